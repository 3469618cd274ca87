"""Where only a moderated grade counts nothing is on record before, and afterwards where it came from."""

import pytest

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.selectors.facts import grades_of_record
from audits.selectors.outcome import outcome_of
from audits.services.finalise import finalise
from audits.services.outcome import settle
from moderation.models import Moderation
from moderation.services import allocate_by_hand
from qaf.tenants.transitions import StatusHasChanged
from tests.factories.assessments import DOMAINS, make_audit, make_cast, submit_both
from tests.factories.moderation import decide_all, make_seniors
from tests.factories.people import LONG_AGO

pytestmark = pytest.mark.usefixtures("frozen", "scope")

SOURCE = "  grade_of_record: agreed_by_all\n"


@pytest.fixture
def cast(scope, frozen):
    text = loader.builtin_text("herefordshire")
    assert text.count(SOURCE) == 1
    publish_framework(text=text.replace(SOURCE, "  grade_of_record: moderated\n"), effective_from=LONG_AGO)
    return make_cast()


def on_record(audit) -> dict[str, tuple[str, str, str]]:
    rows = audit.grades.select_related("decided_by")
    return {one.domain: (one.grade, one.source, one.decided_by.name) for one in rows}


def test_two_auditors_who_agree_are_moderated_all_the_same_and_nothing_is_on_record_before(cast):
    seniors, audit = make_seniors(cast), make_audit(cast)
    submit_both(audit, "good", "good")
    assert audit.status == "in_moderation"
    assert grades_of_record(audit) is None
    assert on_record(audit) == {}
    moderation = Moderation.objects.get()
    assert [(one.rule, one.text) for one in moderation.reasons.all()] == [
        ("grade_of_record", "Only a moderated grade counts in this framework")
    ]
    settle(audit=audit)
    assert Moderation.objects.get() == moderation
    with pytest.raises(StatusHasChanged):
        finalise(audit=audit, why="too early")
    allocate_by_hand(moderation=moderation, moderator=seniors.mona, person=cast.quinn)
    moderation.refresh_from_db()
    decide_all(moderation, "requires_improvement")
    audit.refresh_from_db()
    decided = ("requires_improvement", "moderated", "Mona Manager")
    assert (audit.status, on_record(audit)) == ("outcome", dict.fromkeys((*DOMAINS, ""), decided))
    assert {(row.grade_label, row.source) for row in outcome_of(audit).rows} == {
        ("Requires improvement", "Decided by a moderator")
    }
    stages = audit.recorded_grades.filter(domain="").order_by("id").values_list("stage", "grade")
    assert [one for one in stages if one[0] != "provisional"] == [
        ("submitted", "good"),
        ("submitted", "good"),
        ("moderated", "requires_improvement"),
    ]
