"""What the open scope knows of its council."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.scope import authority_scope, because, current_council
from tests.factories.people import make_council, make_person


def test_a_row_names_its_council_without_asking_for_what_the_scope_knows(db):
    aldershire = make_council("aldershire", "Aldershire")
    with authority_scope(aldershire):
        ann = make_person("Ann Example", "qa_lead")
        with because("a reason"), CaptureQueriesContext(connection) as asked:
            read = Person.objects.get(pk=ann.pk)
            assert read.authority == aldershire
            assert council_path("home") == f"/a/{aldershire.slug}/"
        assert len([one for one in asked if "tenants_authority" in one["sql"]]) == 0


def test_a_scope_opened_by_its_number_asks_once_for_its_council(db):
    council = make_council("aldershire", "Aldershire")
    with authority_scope(council.pk), CaptureQueriesContext(connection) as asked:
        assert (current_council(), current_council()) == (council, council)
    assert len([one for one in asked if "tenants_authority" in one["sql"]]) == 1


def test_a_row_kept_from_another_council_is_never_said_to_be_this_ones(db):
    aldershire, borsetshire = (
        make_council("aldershire", "Aldershire"),
        make_council("borsetshire", "Borsetshire"),
    )
    with authority_scope(aldershire):
        pk = make_person("Ann Example", "qa_lead").pk
        kept = Person.objects.get(pk=pk)
    with authority_scope(borsetshire):
        assert kept.authority == aldershire
        assert council_path("home") == f"/a/{borsetshire.slug}/"
    assert Person(authority_id=aldershire.pk).authority == aldershire
