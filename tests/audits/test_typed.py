"""Whatever is typed about an audit is kept as it is typed, by everybody who types; two windows never overwrite."""

import pytest

from audits.enums import AuditStatus
from audits.models import SectionDraft, TypedWords
from qaf.tenants.scope import authority_scope
from tests.factories import assessments as made
from tests.factories.moderation import make_seniors

pytestmark = pytest.mark.usefixtures("frozen")
TYPING = {"X-Requested-With": "autosave"}
DAY = {"made_on_0": "5", "made_on_1": "10", "made_on_2": "2026"}


@pytest.fixture
def cast(council):
    with authority_scope(council):
        return made.make_cast(signs_in=True)


@pytest.fixture
def audit(cast, council):
    with authority_scope(council):
        return made.make_audit(cast)


@pytest.fixture
def as_(client):
    def enter(person):
        client.logout()
        client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
        return client

    return enter


def at(audit, page=""):
    return f"/a/alder/audits/{audit.reference}/{page}"


FORMS = [
    ("lena", "part/lead/actions/", {"form": "action"}, "text"),
    ("lena", "part/lead/actions/", {"form": "none"}, "none-reason"),
    ("lena", "part/lead/wider-findings/", {}, "text"),
    ("lena", "immediate-change/", DAY, "text"),
    ("sam", "immediate-change/", DAY, "text"),
    ("wyn", "family/child/consent/", {"consent": "not_asked"}, "not_asked_reason"),
]


@pytest.mark.parametrize(("who", "page", "answers", "control"), FORMS)
def test_a_half_written_form_is_kept_given_back_and_never_overwritten_by_another_window(
    audit, cast, as_, who, page, answers, control
):
    client = as_(getattr(cast, who))
    first = client.post(at(audit, page), {**answers, "version": "0", control: "Half a sent"}, headers=TYPING)
    assert (first.status_code, first.json()["version"]) == (200, 1)
    body = client.get(at(audit, page)).content.decode()
    assert "Half a sent" in body
    assert 'name="version" value="1"' in body
    other = client.post(at(audit, page), {**answers, "version": "0", control: "Other"}, headers=TYPING)
    assert (other.status_code, other.json()["theirs"][control]) == (409, "Half a sent")
    again = client.post(at(audit, page), {**answers, "version": "1", control: "Other"}, headers=TYPING)
    assert (again.status_code, again.json()["version"]) == (200, 2)


def test_what_was_typed_is_dropped_once_it_is_recorded_and_is_nobody_elses(audit, cast, council, as_):
    client = as_(cast.sam)
    page, words = at(audit, "immediate-change/"), {**DAY, "text": "Weekly visits."}
    client.post(page, {**words, "version": "0"}, headers=TYPING)
    assert "Weekly visits." not in as_(cast.lena).get(page).content.decode()
    assert as_(cast.sam).post(page, {**words, "version": "1"}).status_code == 302
    client = as_(cast.lena)
    for page, words in (
        ("part/lead/wider-findings/", {"text": "No fathers' worker."}),
        ("part/lead/actions/", {"form": "none", "none-reason": "All is well."}),
    ):
        client.post(at(audit, page), {**words, "version": "0"}, headers=TYPING)
        assert client.post(at(audit, page), {**words, "version": "1"}).status_code == 302
    client = as_(cast.wyn)
    consent = {"consent": "not_asked", "not_asked_reason": "Away."}
    client.post(at(audit, "family/child/consent/"), {**consent, "version": "0"}, headers=TYPING)
    assert client.post(at(audit, "family/child/consent/"), {**consent, "version": "1"}).status_code == 302
    with authority_scope(council):
        assert not TypedWords.objects.exists()
        assert not SectionDraft.objects.exists()


@pytest.mark.parametrize(("who", "page"), [("ivor", "immediate-change/"), ("petra", "family/child/consent/")])
def test_who_may_not_record_it_keeps_no_words_either(audit, cast, council, as_, who, page):
    answer = as_(getattr(cast, who)).post(at(audit, page), {"version": "0", "text": "x"}, headers=TYPING)
    assert answer.status_code == 403
    with authority_scope(council):
        assert not TypedWords.objects.exists()


@pytest.mark.req("HER-48")
@pytest.mark.parametrize("status", [AuditStatus.IN_MODERATION, AuditStatus.OUTCOME, AuditStatus.FINAL])
def test_a_change_is_recorded_after_submission_too_by_auditor_manager_and_moderator(
    audit, cast, council, as_, status, monkeypatch
):
    with authority_scope(council):
        mona = make_seniors(cast, signs_in=True).mona
        made.submit_both(audit)
        type(audit).objects.filter(pk=audit.pk).update(status=status)
    monkeypatch.setattr("audits.registry._guests", [lambda found, person: person.pk == mona.pk])
    for person in (cast.lena, cast.sam, mona):
        client = as_(person)
        assert at(audit, "immediate-change/") in client.get(at(audit)).content.decode()
        answer = client.post(at(audit, "immediate-change/"), {**DAY, "text": f"Said by {person.name}"})
        assert answer.status_code == 302, person
    assert as_(cast.wyn).post(at(audit, "immediate-change/"), {**DAY, "text": "x"}).status_code == 403
    page = as_(cast.sam).get(at(audit)).content.decode()
    assert page.count("Said by") == 3
