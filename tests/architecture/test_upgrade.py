"""A later version's migrations, run as the owner over tables that councils have filled."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import (
    DatabaseError,
    IntegrityError,
    ProgrammingError,
    connections,
    migrations,
    models,
    transaction,
)
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from audits.models import Audit
from qaf.lib import clock
from qaf.tenants.constraints import SameCouncil, TenantPolicy, Trail
from qaf.tenants.models import Authority, TenantForeignKey, TrailEvent
from qaf.tenants.scope import authority_scope, current_authority_id, for_each_authority
from tests.factories.assessments import make_audit, make_cast
from tests.factories.databases import separate_database
from tests.factories.people import make_council

COUNCILS = ("alder", "birch")


@pytest.fixture(scope="module")
def populated(django_db_blocker):
    """Two councils with a case and an audit each, committed."""
    with separate_database("upgrade", django_db_blocker):
        for slug in COUNCILS:
            with (
                clock.travel(date(2026, 10, 5)),
                authority_scope(make_council(slug, f"{slug.title()} Council")),
            ):
                make_audit(make_cast())
        yield


def council(slug: str) -> Authority:
    return Authority.objects.get(slug=slug)


def fill(apps, schema_editor):
    """As a data migration must: council by council, in each one's scope."""
    alias = schema_editor.connection.alias
    Case = apps.get_model("cases", "Case")
    for _council in for_each_authority(alias):
        Case.objects.using(alias).update(second_worker=models.F("worker_id"))


def run(*operations) -> None:
    """Apply ``operations`` as the next migration of the case list, as the owner."""
    connection = connections["owner"]
    state = MigrationLoader(connection).project_state()
    migration = Migration("9999_later", "cases")
    migration.operations = list(operations)
    with connection.schema_editor(atomic=True) as editor:
        migration.apply(state, editor)


LATER = (
    migrations.AddField(
        "Case",
        "second_worker",
        TenantForeignKey("tenants.Person", models.PROTECT, null=True, related_name="+"),
    ),
    migrations.AddConstraint(
        "Case", SameCouncil(name="cases_second_worker", column="second_worker_id", to="tenants_person")
    ),
    migrations.RunPython(fill, migrations.RunPython.noop),
    migrations.CreateModel(
        "CaseNote",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("text", models.TextField()),
            ("case", TenantForeignKey("cases.Case", models.PROTECT, related_name="+")),
            (
                "authority",
                models.ForeignKey("tenants.Authority", models.PROTECT, default=current_authority_id),
            ),
        ],
        options={
            "constraints": [
                TenantPolicy(name="cases_casenote_council"),
                SameCouncil(name="cases_casenote_case", column="case_id", to="cases_case"),
                Trail(name="cases_casenote_trail"),
            ]
        },
    ),
)


@pytest.fixture(scope="module")
def upgraded(populated):
    run(*LATER)


def test_migrating_again_changes_nothing(populated, capsys):
    call_command("migrate", interactive=False)
    assert "No migrations to apply." in capsys.readouterr().out


def test_a_later_migration_fills_every_council_and_keeps_them_apart(upgraded):
    workers = {}
    for slug in COUNCILS:
        with authority_scope(council(slug)), connections["default"].cursor() as cursor:
            cursor.execute("SELECT worker_id, second_worker_id FROM cases_case")
            (row,) = cursor.fetchall()
            assert row[0] == row[1]
            workers[slug] = row[0]
            assert Audit.objects.count() == 1
            told = TrailEvent.objects.filter(table_name="cases_case", operation="update").last()
            assert told is not None
            assert told.after == {"second_worker_id": row[0]}
    with (
        authority_scope(council("alder")),
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("UPDATE cases_case SET second_worker_id = %s", [workers["birch"]])


def test_the_tables_of_a_later_migration_are_behind_the_same_locks(upgraded):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE relname IN ('cases_case', 'cases_casenote', 'tenants_person') ORDER BY relname"
        )
        assert cursor.fetchall() == [
            ("cases_case", True, True),
            ("cases_casenote", True, True),
            ("tenants_person", True, True),
        ]
    with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_casenote")


def test_the_app_role_cannot_migrate(populated):
    with pytest.raises(ProgrammingError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case ADD COLUMN diagnosis text")
