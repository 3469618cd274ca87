from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.frameworks import loader
from audits.frameworks.capabilities import give, given_permissions, permissions_for
from audits.frameworks.enums import Capability
from audits.frameworks.models import FrameworkVersion
from audits.frameworks.problems import FrameworkError
from audits.frameworks.selectors import NoFrameworkError, framework_in_force, framework_of, version_in_force
from audits.frameworks.services import keep_in_step, publish_framework
from audits.frameworks.vocabulary.strategies import ThemeRandom
from audits.models import Cycle
from qaf.lib import clock
from qaf.tenants.models import Role, TrailEvent, Unit
from qaf.tenants.permissions import may
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person, make_role, make_team

TEXT = loader.builtin_text("herefordshire")
CHANGED = TEXT.replace("per_service: 3", "per_service: 4")


@pytest.fixture
def alder(scope, frozen):
    return scope


def test_a_published_framework_is_in_force_from_its_day_and_gives_back_its_rules(alder):
    with pytest.raises(NoFrameworkError, match="5 October 2026"):
        framework_in_force()
    version = publish_framework(text=TEXT, effective_from=date(2026, 11, 1))
    with pytest.raises(NoFrameworkError):
        framework_in_force()
    assert version_in_force(date(2026, 11, 1)) == version
    assert framework_in_force(date(2026, 11, 1)) is framework_of(version)
    assert framework_of(version).sampling.strategy.per_service == 3
    assert (version.number, version.title, version.checksum) == (
        1, "Quality Assurance and Learning Framework", loader.checksum(TEXT),
    )  # fmt: skip


def test_a_new_version_leaves_the_old_one_in_force_until_its_day(alder):
    first = publish_framework(text=TEXT)
    second = publish_framework(text=CHANGED, effective_from=date(2026, 12, 1))
    assert (first.number, second.number) == (1, 2)
    assert version_in_force(date(2026, 11, 30)) == first
    assert version_in_force(date(2026, 12, 1)) == second
    assert framework_of(first).sampling.strategy.per_service == 3
    assert framework_of(second).sampling.strategy.per_service == 4


def test_a_versions_text_is_read_once_however_many_rows_name_it(alder):
    version = publish_framework(text=TEXT)
    months = [Cycle(period=date(2026, month, 1), framework_version_id=version.pk) for month in (9, 10, 11)]
    with CaptureQueriesContext(connection) as asked:
        assert {month.framework_version for month in months} == {version}
        assert version_in_force() == version
    assert sum('"source"' in one["sql"] for one in asked) <= 1


def test_publishing_the_same_text_again_is_no_new_version(alder):
    first = publish_framework(text=TEXT)
    assert publish_framework(text=TEXT.replace("\n", "\r\n")) == first
    assert FrameworkVersion.objects.count() == 1


def test_a_version_cannot_begin_before_the_one_published_earlier(alder):
    publish_framework(text=TEXT, effective_from=date(2026, 12, 1))
    with pytest.raises(ValidationError, match="in force from 1 December 2026"):
        publish_framework(text=CHANGED, effective_from=date(2026, 11, 30))


def test_a_faulty_text_is_not_published(alder):
    with pytest.raises(FrameworkError, match="per_service"):
        publish_framework(text=TEXT.replace("per_service: 3", "per_service: many"))
    assert not FrameworkVersion.objects.exists()
    assert not Role.objects.exists()


def test_the_database_refuses_to_change_a_published_version(alder):
    version = publish_framework(text=TEXT)
    with pytest.raises(DatabaseError), transaction.atomic():
        FrameworkVersion.objects.filter(pk=version.pk).update(source=CHANGED)
    with pytest.raises(DatabaseError), transaction.atomic():
        FrameworkVersion.objects.filter(pk=version.pk).update(effective_from=date(2020, 1, 1))
    version.refresh_from_db()
    assert loader.checksum(version.source) == version.checksum


def test_two_councils_never_see_each_others_frameworks(council, other_council, frozen):
    with authority_scope(council):
        publish_framework(text=TEXT)
    with authority_scope(other_council):
        with pytest.raises(NoFrameworkError):
            framework_in_force()
        assert publish_framework(text=CHANGED).number == 1


def test_roles_and_services_follow_the_framework(alder):
    publish_framework(text=TEXT)
    framework = framework_in_force()
    roles = {role.key: role for role in Role.objects.all()}
    assert set(roles) == {role.key for role in framework.roles}
    line = {key: role.rank for key, role in roles.items() if role.in_line}
    assert line == {"team_manager": 1, "service_manager": 2, "head_of_service": 3}
    services = Unit.objects.filter(kind="service").values_list("key", "name")
    assert dict(services) == {service.key: service.name for service in framework.services}


def test_a_role_gives_the_permissions_of_its_capabilities_and_no_others(alder):
    publish_framework(text=TEXT)
    admin = make_person("Ada Alder", "authority_administrator")
    worker = make_person("Will Alder", "social_worker")
    assert may(admin, "tenants.manage_people")
    assert may(admin, "frameworks.publish")
    assert not may(worker, "tenants.manage_people", "frameworks.publish")


def test_a_role_that_a_new_version_drops_keeps_its_posts_and_loses_what_it_may(alder):
    make_role("old_role", "tenants.manage_people", in_line=True, rank=1)
    person = make_person("Olga Alder", "old_role")
    publish_framework(text=TEXT)
    old = Role.objects.get(key="old_role")
    assert (old.permissions, old.in_line, old.posts.count()) == ([], False, 1)
    assert not may(person, "tenants.manage_people")


def test_a_service_that_a_new_version_drops_is_closed_unless_it_still_has_teams(alder):
    publish_framework(text=TEXT)
    line = next(row for row in TEXT.splitlines() if "key: get_safe" in row)
    other = next(row for row in TEXT.splitlines() if "key: mash" in row)
    make_team("Front door 1", Unit.objects.get(key="mash"))
    publish_framework(text=TEXT.replace(line + "\n", "").replace(other + "\n", ""))
    closed = dict(Unit.objects.filter(kind="service").values_list("key", "closed_on"))
    assert closed["get_safe"] == date(2026, 10, 5)
    assert closed["mash"] is None


def test_structure_follows_on_the_day_a_version_comes_into_force_and_only_once(alder):
    publish_framework(text=TEXT)
    renamed = TEXT.replace("name: MASH", "name: Front Door")
    publish_framework(text=renamed, effective_from=date(2026, 10, 6))
    assert Unit.objects.get(key="mash").name == "MASH"
    with clock.travel(clock.now() + timedelta(days=1)):
        keep_in_step()
        assert Unit.objects.get(key="mash").name == "Front Door"
        before = TrailEvent.objects.count()
        keep_in_step()
        assert TrailEvent.objects.count() == before


def test_every_declared_permission_is_given_by_some_capability_and_none_is_made_up():
    from qaf.tenants.permissions import declared

    assert given_permissions() == set(declared())


def test_a_permission_added_by_a_release_reaches_the_roles_that_have_its_capability():
    framework = loader.builtin("herefordshire")
    give(Capability.RAISE_CHALLENGE, "frameworks.publish")
    try:
        assert "frameworks.publish" in permissions_for(framework, "iro")
        assert "frameworks.publish" not in permissions_for(framework, "social_worker")
    finally:
        from audits.frameworks import capabilities

        capabilities._given[Capability.RAISE_CHALLENGE].discard("frameworks.publish")


# The command --------------------------------------------------------------------------------------------------------


def run(*args):
    out, err = StringIO(), StringIO()
    call_command("framework", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_an_operator_checks_a_file_and_reads_every_problem(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        TEXT.replace("per_service: 3", "per_service: many").replace("by: qa_team\n", "by: nobody\n")
    )
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("framework", "check", str(file), stdout=out, stderr=err)
    assert ended.value.code == 1
    lines = err.getvalue().splitlines()
    assert [line.split(": ")[1] for line in lines[:-1]] == [
        "process.filing.by",
        "sampling.strategy.per_service",
    ]
    assert lines[-1] == "mine.yaml: 2 problems."


def test_an_operator_reads_what_this_release_cannot_run_and_what_it_only_records(tmp_path, monkeypatch):
    monkeypatch.setattr(ThemeRandom, "implemented", False)
    mine = tmp_path / "mine.yaml"
    mine.write_text(loader.builtin_text("sefton") + "\n# checked by a release that lacks a rule\n")
    out, _ = run("check", str(mine))
    assert "this release cannot run: Sampling: a random draw within the month's theme" in out
    assert "recorded, run by a later release: Reports: Review unit monthly report" in out
    out, _ = run("check", "herefordshire")
    assert "cannot run" not in out


def test_an_operator_loads_a_framework_for_a_council_from_a_day(council, frozen):
    out, _ = run("load", "alder", "herefordshire", "--from", "2026-11-01")
    assert "Alder Council" in out
    assert "in force from 1 November 2026" in out
    with authority_scope(council):
        assert version_in_force(date(2026, 11, 1)).number == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("load", "elsewhere", "durham"), "no council 'elsewhere'"),
        (("check", "no-such-file.yaml"), "Give a file, or one of durham"),
    ],
)
def test_what_the_command_cannot_find_it_says(db, args, message):
    with pytest.raises(CommandError, match=message):
        run(*args)
