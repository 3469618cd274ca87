"""Consent first, from the worker; then who was spoken to, or exactly one reason why not."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from audits.models import FamilyConsent, FamilyContact
from audits.selectors.family import family_of, relative_of
from audits.selectors.standing import standing_of
from audits.services.family import record_consent, record_contact, record_no_contact, remove_contact
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.services import record_absence
from qaf.tenants.transitions import StatusHasChanged
from tests.factories import assessments as made

pytestmark = pytest.mark.usefixtures("scope", "frozen")


@pytest.fixture
def cast():
    return made.make_cast()


@pytest.fixture
def audit(cast):
    return made.make_audit(cast)


def agree(audit, person, target="parent_or_carer", **safety):
    return record_consent(
        audit=audit,
        target=target,
        consent="yes",
        asked_on=clock.today(),
        person=person,
        safety={"safe_number": "07700 900123", **safety},
    )


def speak(audit, person, who="mother", target="parent_or_carer", words="They listen."):
    return record_contact(
        audit=audit,
        target=target,
        who=who,
        spoken_on=clock.today(),
        mode="telephone",
        words=words,
        answers={"1": "The visits."},
        person=person,
    )


def contacts(audit):
    found = FamilyContact.objects.filter(audit=audit).order_by("target", "who")
    return [(one.target, one.who, one.words, one.no_contact_reason) for one in found]


@pytest.mark.req("HER-29")
@pytest.mark.parametrize("who", ["petra", "sam", "quinn", "ivor"])
def test_only_the_worker_or_their_manager_records_the_familys_answer(cast, audit, who):
    with pytest.raises(PermissionDenied):
        agree(audit, getattr(cast, who))
    agree(audit, cast.wyn)
    agree(audit, cast.lena, target="child")
    assert FamilyConsent.objects.count() == 2


def test_a_deputy_records_it_while_the_worker_is_away(cast, audit):
    today = clock.today()
    record_absence(person=cast.wyn, starts_on=today, ends_on=today, deputy=cast.ivor)
    agree(audit, cast.ivor)
    assert FamilyConsent.objects.get().recorded_by == cast.ivor


@pytest.mark.req("HER-29")
def test_consent_keeps_what_makes_a_call_safe_and_tells_the_auditor_without_saying_it(cast, audit):
    agree(audit, cast.wyn, must_not_know="Former partner", communication_needs="Polish")
    consent = FamilyConsent.objects.get()
    assert (consent.safe_number, consent.must_not_know, consent.communication_needs) == (
        "07700 900123",
        "Former partner",
        "Polish",
    )
    notice = Notice.objects.get(kind="audits.consent_recorded")
    assert notice.person == cast.petra
    assert "07700" not in notice.subject + notice.body
    assert "partner" not in notice.subject + notice.body


def test_a_refusal_keeps_no_number(cast, audit):
    agree(audit, cast.wyn)
    record_consent(
        audit=audit,
        target="parent_or_carer",
        consent="no",
        asked_on=clock.today(),
        person=cast.wyn,
        safety={"safe_number": "07700 900123"},
    )
    assert FamilyConsent.objects.values_list("consent", "safe_number").get() == ("no", "")


@pytest.mark.req("HER-29")
@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ({"consent": "yes"}, {"asked_on", "safe_number"}),
        ({"consent": "no"}, {"asked_on"}),
        ({"consent": "not_asked"}, {"not_asked_reason"}),
        ({"consent": "perhaps"}, {"consent"}),
    ],
)
def test_an_incomplete_answer_is_named_field_by_field(cast, audit, answer, missing):
    with pytest.raises(ValidationError) as refused:
        record_consent(audit=audit, target="child", person=cast.wyn, **answer)
    assert set(refused.value.message_dict) == missing


@pytest.mark.req("HER-29")
def test_without_consent_nobody_can_be_recorded_as_spoken_to(cast, audit):
    with pytest.raises(ValidationError, match="not agreed"):
        speak(audit, cast.petra)
    record_consent(
        audit=audit, target="parent_or_carer", consent="no", asked_on=clock.today(), person=cast.wyn
    )
    with pytest.raises(ValidationError, match="not agreed"):
        speak(audit, cast.petra)
    assert contacts(audit) == []


@pytest.mark.req("HER-30", "HER-31")
def test_each_parent_and_the_child_are_recorded_apart(cast, audit):
    agree(audit, cast.wyn)
    agree(audit, cast.wyn, target="child")
    speak(audit, cast.petra, "mother", words="They listen.")
    speak(audit, cast.petra, "father", words="Nobody rang me.")
    speak(audit, cast.petra, "Child or young person", target="child", words="She is kind.")
    assert contacts(audit) == [
        ("child", "Child or young person", "She is kind.", ""),
        ("parent_or_carer", "father", "Nobody rang me.", ""),
        ("parent_or_carer", "mother", "They listen.", ""),
    ]
    assert all(one.is_settled for one in family_of(audit, standing_of(cast.petra, audit).framework))


@pytest.mark.req("HER-32")
def test_exactly_one_reason_stands_and_it_gives_way_to_a_conversation(cast, audit):
    agree(audit, cast.wyn)
    for reason in ("no_answer", "declined"):
        record_no_contact(audit=audit, target="parent_or_carer", reason=reason, person=cast.petra)
    assert contacts(audit) == [("parent_or_carer", "", "", "declined")]
    speak(audit, cast.petra)
    assert contacts(audit) == [("parent_or_carer", "mother", "They listen.", "")]
    with pytest.raises(ValidationError, match="spoken to"):
        record_no_contact(audit=audit, target="parent_or_carer", reason="no_answer", person=cast.petra)


def test_a_reason_the_framework_does_not_know_is_refused(cast, audit):
    with pytest.raises(ValidationError):
        record_no_contact(audit=audit, target="child", reason="too_busy", person=cast.petra)


def test_the_answer_stands_once_somebody_was_spoken_to(cast, audit):
    agree(audit, cast.wyn)
    entry = speak(audit, cast.petra)
    with pytest.raises(StatusHasChanged):
        record_consent(
            audit=audit, target="parent_or_carer", consent="no", asked_on=clock.today(), person=cast.wyn
        )
    remove_contact(contact=entry, person=cast.petra)
    assert not relative_of(audit, standing_of(cast.petra, audit).framework, "parent_or_carer").is_settled


@pytest.mark.parametrize("who", ["lena", "wyn", "quinn"])
def test_only_the_auditor_who_rings_records_the_contact(cast, audit, who):
    agree(audit, cast.wyn)
    with pytest.raises(PermissionDenied):
        speak(audit, getattr(cast, who))


@pytest.mark.req("HER-31")
def test_a_care_leaver_is_asked_themselves_and_nobody_else(cast):
    audit = made.make_audit(cast, local_id="0009000", status="care_leaver")
    assert [one.key for one in family_of(audit, standing_of(cast.petra, audit).framework)] == ["care_leaver"]


def test_safety_information_is_for_the_worker_their_manager_and_the_auditor_who_rings(cast, audit):
    people = ("wyn", "lena", "petra", "sam", "ivor", "quinn")
    assert [name for name in people if standing_of(getattr(cast, name), audit).sees_safety] == [
        "wyn",
        "lena",
        "petra",
    ]


@pytest.mark.req("HER-32")
@pytest.mark.parametrize(
    "row",
    [
        {"who": "mother", "spoken_on": date(2026, 10, 5), "no_contact_reason": "declined"},
        {"who": "mother"},
        {"who": ""},
    ],
)
def test_the_database_keeps_no_contact_without_either_a_day_or_one_reason(cast, audit, row):
    entry = {"audit": audit, "target": "child", "recorded_by": cast.petra, "recorded_at": clock.now(), **row}
    with pytest.raises(IntegrityError), transaction.atomic():
        FamilyContact.objects.create(**entry)
