"""A framework is data: another council, another service and another post holder need no line of Python."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from audits.cases.models import Case
from audits.cases.services import import_files
from audits.frameworks import loader
from audits.frameworks.models import FrameworkVersion
from audits.frameworks.selectors import current_draft, framework_in_force, version_in_force
from audits.frameworks.services import drafts, keep_in_step, publish_framework
from audits.services.cycles import open_cycle, prepare_cycle
from qaf.lib import clock
from qaf.tenants.models import Authority, Unit
from qaf.tenants.permissions import may
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import end_post, give_post
from tests.factories import annex_a
from tests.factories.people import LONG_AGO, make_person, make_team

SIXTH = Path(__file__).parents[1] / "fixtures" / "invented" / "sixth_council.yaml"
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def elderfield(db):
    """A sixth council, set up by the command alone from a file that nobody has seen before."""
    call_command("create_council", "elderfield", "--framework", str(SIXTH), stdout=StringIO())
    return Authority.objects.get(slug="elderfield")


def staff_and_cases(tmp_path):
    """Two teams of families with their leads, one of leaving care, and the case list as a file."""
    services = {unit.key: unit for unit in Unit.objects.filter(kind="service")}
    rows = []
    for name, service in (("Oak", "families"), ("Ash", "families"), ("Elm", "leaving_care")):
        team = make_team(f"{name} team", services[service])
        make_person(f"Lee {name}", "lead", unit=team)
        make_person(f"Pat {name}", "practitioner", unit=team)
        rows += [
            annex_a.child(f"{name}{number}", team=f"{name} team", worker=f"Pat {name}") for number in range(4)
        ]
    import_files(files=[annex_a.list_6(tmp_path / "cases.xlsx", *rows)], as_of=clock.today())
    return make_person("Prue Principal", "principal")


def opened(period, person):
    cycle = prepare_cycle(period=period, person=person, seed="seed")
    return list(open_cycle(cycle=cycle, person=person).audits.select_related("service", "case__team"))


@pytest.mark.req("SEF-01")
def test_a_sixth_council_imports_its_cases_opens_a_month_and_later_audits_one_more_service(
    elderfield, tmp_path
):
    with authority_scope(elderfield):
        principal = staff_and_cases(tmp_path)
        assert Case.objects.count() == 12
        audits = opened(date(2026, 10, 1), principal)
        assert [audit.service.key for audit in audits] == ["families"] * 2
        for audit in audits:
            (assessment,) = audit.assessments.all()
            assert assessment.slot == "auditor"
            assert assessment.assessor.name in {"Lee Oak", "Lee Ash", "Lee Elm", "Prue Principal"}
            assert assessment.assessor.name.split()[1] not in audit.case.team.name
        drafts.start_draft(person=principal)
        for where, changes in (
            ("services.leaving_care", {"in_audit": True}),
            ("tools.short", {"services": ["families", "leaving_care"]}),
        ):
            drafts.change_rule(
                revision=current_draft().revision,
                where=where,
                changes=changes,
                source="Board",
                person=principal,
            )
        drafts.publish_draft(
            revision=current_draft().revision,
            effective_from=clock.today(),
            reason="Leaving Care joins",
            person=principal,
        )
        keep_in_step()
        november = opened(date(2026, 11, 1), principal)
        assert sorted(audit.service.key for audit in november) == ["families"] * 2 + ["leaving_care"] * 2
        assert {audit.framework_version.number for audit in audits} == {1}
        assert {audit.framework_version.number for audit in november} == {2}


@pytest.mark.req("SEF-01")
def test_a_service_that_is_only_planned_joins_the_audit_by_a_change_of_the_draft(council):
    with authority_scope(council):
        publish_framework(text=loader.builtin_text("sefton"))
        owner = make_person("Olive Owner", "assistant_director_sqa")
        assert "youth_justice" not in {service.key for service in framework_in_force().audited_services}
        drafts.start_draft(person=owner)
        for where, changes in (
            ("services.youth_justice", {"in_audit": True, "planned": False, "statuses": ["open_assessment"]}),
            (
                f"tools.{framework_in_force().main_tool.key}",
                {"services": [*framework_in_force().main_tool.services, "youth_justice"]},
            ),
        ):
            drafts.change_rule(
                revision=current_draft().revision, where=where, changes=changes, source="p", person=owner
            )
        drafts.publish_draft(
            revision=current_draft().revision, effective_from=clock.today(), reason="It joins", person=owner
        )
        framework = framework_in_force()
        assert "youth_justice" in {service.key for service in framework.audited_services}
        assert framework.tool_for("youth_justice").key == framework.main_tool.key
        assert Unit.objects.filter(kind="service", key="youth_justice", closed_on=None).exists()


@pytest.mark.req("SEF-03")
def test_the_posts_of_the_team_are_roles_and_a_new_holder_changes_no_rule(council):
    posts = (
        "assistant_director_sqa",
        "qa_service_manager_psw",
        "practice_improvement_manager",
        "practice_improvement_manager",
        "qa_manager",
    )
    with authority_scope(council):
        version = publish_framework(text=loader.builtin_text("sefton"))
        people = [make_person(f"Post Holder {number}", role) for number, role in enumerate(posts)]
        before, after = people[-1], make_person("New Holder")
        assert may(before, "audits.open_cycle")
        assert not may(after, "audits.open_cycle")
        post = before.posts.get()
        role = post.role
        end_post(post=post, on=date(2026, 10, 4))
        give_post(person=after, role=role, starts_on=date(2026, 10, 5))
        assert not may(type(before).objects.get(pk=before.pk), "audits.open_cycle")
        assert may(type(after).objects.get(pk=after.pk), "audits.open_cycle")
        assert list(FrameworkVersion.objects.all()) == [version]


@pytest.mark.req("SLO-20")
def test_two_roles_see_everything_of_the_council_and_others_do_not(council):
    everything = (
        "cases.view",
        "audits.see_all",
        "followup.see_all",
        "followup.see_concerns",
        "reporting.see_council",
        "reporting.see_practitioners",
        "reporting.read_reports",
        "frameworks.edit",
    )
    with authority_scope(council):
        publish_framework(text=loader.builtin_text("slough"))
        for role in ("assistant_director", "hos_sqa"):
            person = make_person(f"{role} holder", role)
            assert [key for key in everything if not may(person, key)] == []
        head = make_person("Heath Head", "head_of_service")
        assert not may(head, "audits.see_all")


@pytest.mark.req("DUR-01")
def test_one_published_framework_is_in_force_and_what_was_begun_keeps_its_version(elderfield, tmp_path):
    with authority_scope(elderfield):
        principal = staff_and_cases(tmp_path)
        first = FrameworkVersion.objects.get()
        audits = opened(date(2026, 10, 1), principal)
        second = publish_framework(text=SIXTH.read_text() + "# reviewed\n", published_by=principal)
        assert (first.number, second.number) == (1, 2)
        assert version_in_force() == second, "one is in force, and the newest"
        assert {audit.framework_version_id for audit in audits} == {first.pk}
        assert {audit.cycle.framework_version_id for audit in audits} == {first.pk}
        with pytest.raises(DatabaseError), transaction.atomic():
            FrameworkVersion.objects.filter(pk=first.pk).update(source="changed")
        assert second.effective_from == clock.today()
        lead = make_person("Lou Lead", "lead")
        assert may(principal, "frameworks.edit")
        assert not may(lead, "frameworks.edit")


@pytest.mark.req("DUR-01")
def test_durhams_framework_is_published_dated_and_edited_by_those_it_names(council):
    with authority_scope(council):
        version = publish_framework(text=loader.builtin_text("durham"), effective_from=LONG_AGO)
        assert (version.number, version.effective_from) == (1, LONG_AGO)
        assert may(make_person("Stella Manager", "strategic_manager_pps"), "frameworks.publish")
        for role in ("practitioner", "team_manager", "operations_manager", "head_of_service"):
            assert not may(make_person(f"{role} holder", role), "frameworks.edit"), role
