"""A look at an audit before it is finalised: offered to all, required of the new, given by the QA team."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audits.followup.due import due_things
from audits.frameworks.selectors import version_in_force
from audits.models import Assessment, FinalisationCheck
from audits.selectors.checking import is_offered, is_required, missing_for_check
from audits.selectors.missing import missing_before_submission
from audits.services.checking import ask_for_check, give_check
from audits.services.experience import record_experience
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from qaf.tenants.transitions import TransitionRefused
from tests.factories import tools as made
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("frozen")
MISSING = "Ask for the check before you finalise"


@pytest.fixture
def sheet(council) -> made.Sheet:
    with authority_scope(council):
        return made.make_sheet("sefton", role="service_manager", signs_in=True)


@pytest.fixture
def quin(council, sheet):
    """Quin of the quality assurance team."""
    with authority_scope(council):
        return make_person("Quin Checker", "practice_improvement_manager", signs_in=True)


def submitted_before(sheet: made.Sheet, number: int, first: int = 0) -> None:
    """Give Ada audits that she submitted earlier."""
    version = version_in_force()
    for place in range(first, first + number):
        audit = made.make_audit_of(
            sheet.framework,
            version,
            sheet.ada,
            sheet.wyn,
            sheet.mo,
            None,
            sheet.team,
            "auditor",
            "looked_after",
            local_id=f"00099{place}",
        )
        then = clock.now() - timedelta(days=30)
        Assessment.objects.filter(audit=audit).update(status="submitted", locked_at=then, submitted_at=then)


@pytest.mark.req("SEF-78")
def test_a_new_auditor_needs_the_check_and_a_practised_one_may_ask_for_it(council, sheet, quin):
    with authority_scope(council):
        assessment = sheet.assessment
        assert (is_offered(assessment, sheet.framework), is_required(assessment, sheet.framework)) == (
            True,
            True,
        )
        assert [one.text for one in missing_for_check(assessment, sheet.framework)] == [MISSING]
        made.lock_form(assessment, sheet.framework)
        problems = missing_before_submission(sheet.assessment, sheet.framework)
        assert MISSING in [one.text for one in problems]
        assert next(one.href for one in problems if one.text == MISSING).endswith("/part/auditor/check/")
        submitted_before(sheet, 1)
        assert is_required(sheet.assessment, sheet.framework)
        submitted_before(sheet, 1, first=1)
        assert is_offered(sheet.assessment, sheet.framework)
        assert not is_required(sheet.assessment, sheet.framework)
        assert missing_for_check(sheet.assessment, sheet.framework) == []


def test_an_auditor_with_somebody_experienced_beside_them_is_new(council, sheet, quin):
    with authority_scope(council):
        submitted_before(sheet, 5)
        assert not is_required(sheet.assessment, sheet.framework)
        Assessment.objects.create(
            audit=sheet.audit, slot="paired_auditor", assessor=quin, due_on=sheet.audit.due_on
        )
        assert is_required(sheet.assessment, sheet.framework)


def test_what_an_auditor_did_before_the_product_came_counts_and_their_self_assessments_do_not(
    council, sheet, quin
):
    with authority_scope(council):
        submitted_before(sheet, 2)
        Assessment.objects.filter(assessor=sheet.ada, submitted_at__isnull=False).update(locked_at=None)
        assert is_required(sheet.assessment, sheet.framework)
        lead = make_person("Lee Lead", "qa_manager")
        record_experience(of=sheet.ada, audits_before=2, person=lead)
        assert not is_required(sheet.assessment, sheet.framework)


@pytest.mark.req("SEF-78")
def test_the_check_is_asked_for_given_in_the_browser_and_read_by_the_auditor(council, sheet, quin, client):
    def enter(person):
        client.logout()
        client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})

    base = f"/a/alder/audits/{sheet.audit.reference}/part/auditor/"
    enter(sheet.ada)
    page = client.get(f"{base}check/").content.decode()
    assert "Complete “Help Protection and Stability” first" in page
    assert 'name="question"' not in page
    with authority_scope(council):
        made.fill_form(sheet.assessment, sheet.framework)
    assert "A check before you finalise" in client.get(base).content.decode()
    assert client.post(f"{base}check/", {"question": "Is planning too generous?"}).status_code == 302
    assert client.post(f"{base}check/", {"question": "Again"}).status_code == 422
    with authority_scope(council):
        check = FinalisationCheck.objects.get()
        assert (check.required, check.asked_by, check.question) == (
            True,
            sheet.ada,
            "Is planning too generous?",
        )
        (todo,) = [one for one in todo_for(quin) if "finalised" in one.text]
        assert (todo.href, todo.due_on) == (f"/a/alder/checks/{check.pk}/", sheet.audit.due_on)
        assert [one for one in todo_for(sheet.mo) if "finalised" in one.text] == []
        assert [one.people for one in due_things("check")] == [(quin,)]
        told = Notice.objects.get(kind="audits.check_asked")
        assert (told.person, told.href) == (quin, todo.href)
        missing = [one.text for one in missing_for_check(sheet.assessment, sheet.framework)]
        assert missing == ["Wait for the check of your audit"]
    for nosy in (sheet.ada, sheet.wyn, sheet.mo):
        enter(nosy)
        assert client.get(f"/a/alder/checks/{check.pk}/").status_code == 403
    enter(quin)
    page = client.get(todo.href).content.decode()
    for text in (
        "Seen alone every ten days.",
        "Is planning too generous?",
        "What the key worker said",
        "Good",
    ):
        assert text in page
    assert client.post(todo.href, {"feedback": " "}).status_code == 422
    assert client.post(todo.href, {"feedback": "Say what changed for her."}).status_code == 302
    enter(sheet.ada)
    page = client.get(f"{base}check/").content.decode()
    assert "Say what changed for her." in page
    assert "What Quin Checker says" in page
    assert "Feedback is there" in client.get(base).content.decode()
    with authority_scope(council):
        assert missing_for_check(sheet.assessment, sheet.framework) == []
        assert Notice.objects.get(kind="audits.check_given").person == sheet.ada
        assert [one for one in todo_for(quin) if "finalised" in one.text] == []
        assert due_things("check") == []


def test_a_check_is_given_once_by_somebody_without_a_part_in_the_audit(council, sheet, quin):
    with authority_scope(council):
        with pytest.raises(TransitionRefused) as refused:
            ask_for_check(assessment=sheet.assessment, question="", person=sheet.ada)
        assert len(refused.value.problems) == 8
        made.fill_form(sheet.assessment, sheet.framework)
        with pytest.raises(PermissionDenied):
            ask_for_check(assessment=sheet.assessment, question="", person=quin)
        check = ask_for_check(assessment=sheet.assessment, question="", person=sheet.ada)
        assert ask_for_check(assessment=sheet.assessment, question="Planning?", person=sheet.ada) == check
        with pytest.raises(PermissionDenied):
            give_check(check=check, feedback="Fine.", person=sheet.wyn)
        give_check(check=check, feedback="Fine.", person=quin)
        with pytest.raises(TransitionRefused):
            give_check(check=check, feedback="Twice.", person=quin)
        assert FinalisationCheck.objects.get().feedback == "Fine."


def test_nobody_to_check_is_said_in_words(council, sheet):
    with authority_scope(council):
        made.fill_form(sheet.assessment, sheet.framework)
        with pytest.raises(TransitionRefused, match="Nobody who could check it holds the post of"):
            ask_for_check(assessment=sheet.assessment, question="", person=sheet.ada)
