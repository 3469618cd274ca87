"""The story: two months of a council through the real importer and services, as it stands today."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audits.cases.enums import ImportStatus
from audits.cases.models import Case, CaseImport
from audits.enums import AssessmentStatus, AuditStatus, GradeStage
from audits.followup.enums import ConcernStatus, FollowUpKind, FollowUpStatus
from audits.followup.models import FollowUp, UrgentConcern
from audits.frameworks.selectors import framework_in_force
from audits.models import Assessment, Audit, CaseExclusion, FactCorrection, RecordedGrade
from moderation.enums import ModerationStatus
from moderation.models import Moderation
from qaf.demo.guard import refuse_outside_demo
from qaf.demo.story.sign_ins import FILE, PASSWORD
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Access, Authority, Person, User
from qaf.tenants.scope import authority_scope

TODAY = datetime(2026, 11, 18, 14, 30, tzinfo=clock.LONDON)
FULL, OTHER = "herefordshire", "durham"


def make(folder: Path, settings) -> None:
    """Run the command for the council with a history and one of the others."""
    settings.DATA_DIR = folder
    call_command("demo_data", quick=True, only=[FULL, OTHER], one_process=True, verbosity=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the demonstration leaves its files."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module", autouse=True)
def story(folder, django_db_setup, django_db_blocker):
    """Two councils on a Wednesday in November, gone again after the module's tests."""
    from django.conf import settings

    before = settings.DATA_DIR
    with django_db_blocker.unblock(), clock.travel(TODAY), transaction.atomic():
        make(folder, settings)
        yield
        transaction.set_rollback(True)
    settings.DATA_DIR = before


@pytest.fixture
def inside():
    """The open scope of the council with a history."""
    with authority_scope(Authority.objects.get(slug=FULL)):
        yield


@pytest.mark.usefixtures("inside")
def test_there_is_an_audit_in_every_status_but_closed_and_withdrawn_after_two_months():
    found = set(Audit.objects.values_list("status", flat=True))
    assert found >= {
        AuditStatus.ALLOCATED,
        AuditStatus.IN_PROGRESS,
        AuditStatus.LOCKED,
        AuditStatus.REVEALED,
        AuditStatus.IN_MODERATION,
        AuditStatus.OUTCOME,
        AuditStatus.FINAL,
    }


@pytest.mark.usefixtures("inside")
def test_what_was_told_long_ago_has_been_read_and_something_is_new():
    unread = Notice.objects.filter(read_at=None)
    assert unread.exists()
    assert unread.order_by("created_at")[0].created_at > TODAY - timedelta(days=8)


@pytest.mark.usefixtures("inside")
def test_everybody_has_something_to_do_today():
    pending = (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS)
    assert Assessment.objects.filter(slot="lead", status__in=pending).exists()
    assert Assessment.objects.filter(slot="peer", status__in=pending).exists()
    assert Moderation.objects.filter(status=ModerationStatus.ALLOCATED).exists()
    assert FollowUp.objects.filter(kind=FollowUpKind.OVERSIGHT, status=FollowUpStatus.OPEN).exists()
    assert UrgentConcern.objects.filter(status=ConcernStatus.RAISED, responder__isnull=False).exists()
    assert FactCorrection.objects.filter(status="asked").exists()
    assert CaseExclusion.objects.filter(status="asked").exists()
    assert Audit.objects.filter(consents=None, status=AuditStatus.IN_PROGRESS).exists()


@pytest.mark.usefixtures("inside")
def test_the_finished_month_was_audited_by_two_people_moderated_and_made_final():
    finished = Audit.objects.filter(allocated_on__month=10, cycle__isnull=False).exclude(
        status=AuditStatus.WITHDRAWN
    )
    assert finished.count() >= 15
    for audit in finished:
        auditors = set(audit.assessments.exclude(status="reassigned").values_list("assessor", flat=True))
        assert len(auditors) == 2
        assert None not in auditors
        stages = set(RecordedGrade.objects.filter(audit=audit).values_list("stage", flat=True))
        assert {GradeStage.PROVISIONAL, GradeStage.SUBMITTED} <= stages
    assert Moderation.objects.filter(status=ModerationStatus.DECIDED).exists()
    assert finished.filter(status=AuditStatus.FINAL).exists()


@pytest.mark.usefixtures("inside")
def test_nothing_of_the_story_lies_in_the_future():
    assert not RecordedGrade.objects.filter(given_at__gt=clock.now()).exists()
    assert not Audit.objects.filter(allocated_on__gt=clock.today()).exists()
    assert not Case.objects.filter(closed_on__gt=clock.today()).exists()


@pytest.mark.usefixtures("inside")
def test_the_case_lists_came_through_the_importer_and_map_every_team_and_worker():
    imports = CaseImport.objects.order_by("as_of")
    assert [one.status for one in imports] == [ImportStatus.DONE] * 2
    assert all(one.unmapped["teams"] == [] and one.unmapped["people"] == [] for one in imports)
    assert 850 <= Case.objects.filter(closed_on=None).count() <= 1000
    assert not Case.objects.filter(closed_on=None, service=None).exists()


def test_the_other_council_has_begun_its_own_loop():
    with authority_scope(Authority.objects.get(slug=OTHER)):
        framework = framework_in_force()
        assert CaseImport.objects.count() == 1
        assert Case.objects.filter(closed_on=None).count() > 850
        found = set(Audit.objects.values_list("status", flat=True))
        assert found >= {AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS, AuditStatus.OUTCOME}
        slots = {slot.key for slot in framework.process.slots if slot.is_assessed}
        assert set(Assessment.objects.values_list("slot", flat=True)) == slots
        submitted = Audit.objects.filter(status=AuditStatus.OUTCOME)
        asked = {one.key for one in framework.process.conversations if one.required == "always"}
        assert submitted.exclude(worker=None).count() >= 2
        for audit in submitted.exclude(worker=None):  # a child whom nobody has leaves nobody to talk with
            assert set(audit.conversations.values_list("kind", flat=True)) >= asked
        assert UrgentConcern.objects.filter(status=ConcernStatus.RAISED).exists()
        assert CaseExclusion.objects.filter(status="asked").exists()


def test_the_sign_ins_are_listed_one_for_each_role_and_their_password_works(folder):
    table = (folder / FILE).read_text(encoding="utf-8")
    roles = {line.split("  ")[0] for line in table.splitlines()[2:] if "@" in line}
    assert roles == {
        "Quality assurance lead",
        "Team manager, lead auditor",
        "Peer auditor",
        "Moderator",
        "Head of service",
        "Service manager, urgent concern",
        "Social worker",
        "Auditor in two councils",
        "Authority administrator",
        "Auditor",
        "Asked to settle a disagreement",
        "Asked to answer an urgent concern",
    }
    addresses = {word for word in table.split() if "@" in word}
    assert all(User.objects.get(email=address).check_password(PASSWORD) for address in addresses)


def test_one_person_works_for_two_councils_under_one_account():
    both = [user for user in User.objects.all() if Access.objects.filter(user=user).count() == 2]
    assert len(both) == 1
    names = set()
    for slug in (FULL, OTHER):
        with authority_scope(Authority.objects.get(slug=slug)):
            names.add(Person.objects.get(user=both[0]).name)
    assert len(names) == 1


def test_files_to_try_the_case_list_with_are_left(folder):
    left = sorted(path.name for path in (folder / "demo-files").iterdir())
    assert left == ["herefordshire-2026-11-18-annex-a.xlsx", "herefordshire-2026-11-18-supplement.csv"]


def test_a_second_run_changes_nothing(folder, settings):
    def counts():
        with authority_scope(Authority.objects.get(slug=FULL)):
            return [model.objects.count() for model in (Person, Case, Audit, RecordedGrade, FollowUp)]

    before = counts()
    user = User.objects.order_by("pk").first()
    user.set_password("a visitor's own")
    user.save()
    make(folder, settings)
    assert counts() == before
    assert User.objects.get(pk=user.pk).check_password("a visitor's own")
    user.set_password(PASSWORD)
    user.save()


def test_an_interrupted_council_leaves_nothing_behind(folder, settings, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("qaf.demo.story.build.import_files", interrupted)
    settings.DATA_DIR = folder
    with pytest.raises(KeyboardInterrupt):
        call_command("demo_data", quick=True, only=["sefton"], one_process=True, verbosity=0)
    assert not Authority.objects.filter(slug="sefton").exists()


def test_the_command_refuses_other_settings(settings):
    settings.QAF_DEMO = False
    with pytest.raises(CommandError, match="QAF_DEMO"):
        call_command("demo_data", verbosity=0)


def test_the_command_refuses_a_database_with_another_council():
    with pytest.raises(CommandError, match=f"not the demonstration's: {FULL}"):
        refuse_outside_demo({OTHER})
