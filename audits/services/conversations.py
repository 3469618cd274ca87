"""Booking conversations and recording them: held, or excused with a reason; and what each brought and took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import ConversationStatus
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Appointment, Assessment, Audit, Contribution, Conversation
from audits.selectors.conversations import (
    Talk,
    contribution_of,
    conversation_of,
    is_open,
    may_give_view,
    may_record,
    people_expected,
    step_moments,
    to_write,
)
from audits.selectors.missing import missing_before_conversation
from audits.selectors.sections import section_of
from audits.selectors.standing import is_self_assessment, standing_of
from audits.services import telling
from audits.services.assessments import reveal_when_discussed, start_assessment
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.transitions import Problem, TransitionRefused

DISCUSSED_GRADE = "overall_grade"
"""Key among the answers of the overall grade that the worker was asked about."""
STRENGTHS, AREAS, DOMAINS, DEPARTURE = "strengths", "areas", "domains", "departure"
"""Keys among the answers of what both agree on, of the domains talked over, and of why it was held otherwise."""


@dataclass(frozen=True)
class Account:
    """What the framework may want beside the notes: each has a place only where the framework asks for it."""

    strengths: str = ""
    areas: str = ""
    domains: Sequence[str] | None = None
    """Keys of the domains talked over; ``None``: not said."""
    departure: str = ""
    """Why it was shorter, longer, held in another way or on fewer subjects than asked."""
    booked_for: date | None = None
    """The day agreed beforehand, where none was recorded."""
    view: str = ""
    """The own view of whoever the framework names."""
    learning: Mapping[int, str] = field(default_factory=dict)
    """What each takes from it, by person."""


_NO_ACCOUNT = Account()
_NOT_EXCUSED = {"excused_reason": "", "excused_text": ""}


@transaction.atomic
def book_conversation(
    *,
    audit: Audit,
    kind: str,
    booked_for: date,
    person: Person,
    time: str = "",
    mode: str = "",
    place: str = "",
) -> Appointment:
    """Agree a day for a conversation and invite everybody who takes part (WSX-47, SEF-53); a later one moves it.

    What is due before that conversation is due accordingly. Raises as ``hold_conversation``.
    """
    talk, own = _checked(audit, kind, person)
    if talk.record:
        raise TransitionRefused([Problem("This conversation is recorded already")])
    if booked_for < clock.today():
        raise ValidationError({"booked_for": "The day must be today or later"})
    if own:
        start_assessment(assessment=own, person=person)
    values = {"booked_for": booked_for, "booked_time": time.strip(), "mode": mode, "place": place.strip()}
    appointment, _ = Appointment.objects.update_or_create(
        audit=audit,
        kind=talk.key,
        defaults={**values, "booked_by": person, "booked_at": clock.now()},
    )
    framework = framework_of(audit.framework_version)
    _move_due_days(audit, framework)
    invited = [one for one in people_expected(audit, talk, framework) if one.pk != person.pk]
    telling.invited(audit, talk.label, appointment, people=invited, by=person)
    return appointment


def _move_due_days(audit: Audit, framework: Framework) -> None:
    month = audit.cycle.period if audit.cycle else audit.allocated_on
    moments = {"allocation": audit.allocated_on, **step_moments(audit)}
    slots = {slot.key: slot for slot in framework.process.slots}
    for one in audit.assessments.filter(submitted_at=None).exclude(status="reassigned"):
        slot = slots.get(one.slot)
        if slot and slot.due.kind == "before_step":
            one.due_on = max(framework.due_on(slot.due, month=month, **moments), clock.today())
            one.save(update_fields=["due_on"])


@transaction.atomic
def hold_conversation(
    *,
    audit: Audit,
    kind: str,
    person: Person,
    held_on: date,
    mode: str,
    minutes: int | None = None,
    participants: Sequence[int] = (),
    notes: str = "",
    answers: Mapping[str, str] | None = None,
    worker_agrees: bool | None = None,
    worker_comment: str = "",
    account: Account = _NO_ACCOUNT,
) -> Conversation:
    """Record that a conversation was held (HER-21 to HER-23); recording it again corrects it.

    Where the framework asks for somebody's agreement with the overall grade it is kept with the grade they were
    asked about. The last conversation before the reveal shows the grades. Raises ``PermissionDenied`` for
    somebody without a part in it, ``TransitionRefused`` before its time, ``ValidationError`` by field.
    """
    talk, own = _checked(audit, kind, person)
    framework = framework_of(audit.framework_version)
    if problems := missing_before_conversation(audit, framework, talk):
        raise TransitionRefused(problems)
    kept: dict[str, Any] = {key: text for key, text in (answers or {}).items() if text}
    expected = {one.pk for one in people_expected(audit, talk, framework)} - {person.pk}
    errors = _plain_errors(talk, held_on, participants, expected, (notes, *kept.values()))
    errors |= _question_errors(talk, kept)
    errors |= _account_errors(audit, talk, framework, account, mode, minutes)
    errors |= _agreement_errors(talk, worker_agrees, worker_comment)
    kept |= _grade_asked_about(talk, own, framework)
    if errors:
        raise ValidationError(errors)
    values: dict[str, object] = {
        "status": ConversationStatus.HELD,
        "held_on": held_on,
        "mode": mode,
        "minutes": minutes,
        "participants": list(dict.fromkeys(participants)),
        "notes": notes.strip(),
        "answers": kept | _kept(talk, account),
        "worker_agrees": worker_agrees,
        "worker_comment": worker_comment.strip(),
    }
    record = _write(audit, talk, own, person, values | _NOT_EXCUSED)
    _keep_booking(audit, talk, account, person)
    _keep_contributions(audit, talk, account, record, person)
    return record


def _grade_asked_about(talk: Talk, own: Assessment | None, framework: Framework) -> dict[str, str]:
    if not talk.framework.asks_agreement_of or talk.framework.agreement_about != "overall_grade":
        return {}
    grade = section_of(own, framework, "overall").grade if own else ""
    if not grade:
        raise TransitionRefused([Problem("Give your overall grade first: the worker is asked about it")])
    return {DISCUSSED_GRADE: grade}


def _plain_errors(
    talk: Talk, held_on: date, participants: Sequence[int], expected: set[int], words: Sequence[str]
) -> dict[str, str]:
    errors = {}
    if held_on > clock.today():
        errors["held_on"] = "The date of the conversation must be today or in the past"
    if not participants:
        errors["participants"] = "Select who took part"
    elif expected and not expected.intersection(participants):
        errors["participants"] = "Select at least one of those whom this conversation is for"
    if talk.is_between_auditors and not any(text.strip() for text in words):
        errors["notes"] = "Enter what came out of the discussion"
    return errors


def _question_errors(talk: Talk, answers: Mapping[str, str]) -> dict[str, str]:
    return {
        f"answer_{one.key}": f"Enter an answer to “{one.label}”"
        for one in talk.framework.questions
        if one.required and not answers.get(one.key, "").strip()
    }


def _account_errors(
    audit: Audit, talk: Talk, framework: Framework, account: Account, mode: str, minutes: int | None
) -> dict[str, str]:
    asked, errors = talk.framework, {}
    if asked.strengths_and_areas:
        if not account.strengths.strip():
            errors["strengths"] = "Enter the strengths you talked about"
        if not account.areas.strip():
            errors["areas"] = "Enter the areas that need attention, or that there are none"
    if asked.booked == "required" and not talk.appointment and account.booked_for is None:
        errors["booked_for"] = "Enter the day for which it was booked"
    if (asked.minutes_at_least or asked.minutes_at_most) and minutes is None:
        errors["minutes"] = "Enter how long it took"
    if not account.departure.strip() and (why := _departures(audit, talk, framework, account, mode, minutes)):
        errors["departure"] = f"Say why {'; '.join(why)}"
    return errors


def _departures(
    audit: Audit, talk: Talk, framework: Framework, account: Account, mode: str, minutes: int | None
) -> list[str]:
    asked, found = talk.framework, []
    if asked.mode and mode and mode != asked.mode:
        found.append(f"it was not held {_MODE_WORDS[asked.mode]}")
    if asked.minutes_at_least and minutes is not None and minutes < asked.minutes_at_least:
        found.append(f"it took less than {asked.minutes_at_least} minutes")
    if asked.minutes_at_most and minutes is not None and minutes > asked.minutes_at_most:
        found.append(f"it took more than {asked.minutes_at_most} minutes")
    if asked.covers_all_domains and account.domains is not None:
        left = [one.title for one in framework.tool(audit.tool).domains if one.key not in account.domains]
        if left:
            found.append(f"you did not talk about {', '.join(left)}")
    return found


_MODE_WORDS = {"in_person": "in person", "video": "by video", "telephone": "by telephone"}


def _kept(talk: Talk, account: Account) -> dict[str, Any]:
    asked = talk.framework
    kept: dict[str, Any] = {}
    if asked.strengths_and_areas:
        kept |= {STRENGTHS: account.strengths.strip(), AREAS: account.areas.strip()}
    if asked.covers_all_domains and account.domains is not None:
        kept[DOMAINS] = list(account.domains)
    if account.departure.strip():
        kept[DEPARTURE] = account.departure.strip()
    return kept


def _keep_booking(audit: Audit, talk: Talk, account: Account, person: Person) -> None:
    if account.booked_for is not None and not talk.appointment:
        Appointment.objects.create(
            audit=audit, kind=talk.key, booked_for=account.booked_for, booked_by=person, booked_at=clock.now()
        )


def _keep_contributions(
    audit: Audit, talk: Talk, account: Account, record: Conversation, person: Person
) -> None:
    """Keep what each brought and took; what somebody has written themselves is theirs and stays."""
    for one in Person.objects.filter(pk__in=record.participants):
        words = {
            "view": account.view.strip() if may_give_view(talk, audit, one) else "",
            "learning": account.learning.get(one.pk, "").strip() if talk.framework.learning_of_each else "",
        }
        earlier = contribution_of(talk, one)
        if earlier and earlier.written_by_id == one.pk and one.pk != person.pk:
            continue
        if any(words.values()) or earlier:
            _write_contribution(audit, talk, one, words, by=person)


@transaction.atomic
def write_contribution(
    *, audit: Audit, kind: str, person: Person, view: str = "", learning: str = ""
) -> Contribution:
    """Let somebody who took part say in their own words what they think and what they take from it (WSX-60).

    Possible as long as the audit's loop is open. Raises ``PermissionDenied`` for anybody else, ``ValidationError``.
    """
    standing_of(person, audit)
    framework = framework_of(audit.framework_version)
    talk = next((one for one in to_write(audit, framework, person) if one.key == kind), None)
    if talk is None:
        raise PermissionDenied("Those who took part in this conversation write what they take from it.")
    if not view.strip() and not learning.strip():
        raise ValidationError("Write something before you save")
    words = {
        "view": view.strip() if may_give_view(talk, audit, person) else "",
        "learning": learning.strip() if talk.framework.learning_of_each else "",
    }
    return _write_contribution(audit, talk, person, words, by=person)


def _write_contribution(
    audit: Audit, talk: Talk, person: Person, words: Mapping[str, str], *, by: Person
) -> Contribution:
    written, _ = Contribution.objects.update_or_create(
        audit=audit,
        kind=talk.key,
        person=person,
        defaults={**words, "written_by": by, "written_at": clock.now()},
    )
    return written


@transaction.atomic
def excuse_conversation(
    *, audit: Audit, kind: str, person: Person, reason: str, text: str = ""
) -> Conversation:
    """Record why a conversation could not be held: by one of the framework's reasons, or in words where it has none.

    Raises as ``hold_conversation``, and ``ValidationError`` for a reason the framework does not know.
    """
    talk, own = _checked(audit, kind, person)
    known = {one.key for one in talk.framework.excused_reasons}
    if not talk.may_be_excused or (known and reason not in known):
        raise ValidationError({"excused_reason": "Select the reason why it could not be held"})
    if not known and not text.strip():
        raise ValidationError({"excused_text": "Say why it could not be held"})
    values: dict[str, object] = {
        "status": ConversationStatus.EXCUSED,
        "held_on": None,
        "mode": "",
        "minutes": None,
        "participants": [],
        "notes": "",
        "answers": {},
        "worker_agrees": None,
        "worker_comment": "",
        "excused_reason": reason if known else "",
        "excused_text": text.strip(),
    }
    return _write(audit, talk, own, person, values)


def _checked(audit: Audit, kind: str, person: Person) -> tuple[Talk, Assessment | None]:
    standing = standing_of(person, audit)
    try:
        talk = conversation_of(audit, standing.framework, kind)
    except KeyError as error:
        raise PermissionDenied("This audit has no such conversation.") from error
    if not may_record(talk, standing):
        raise PermissionDenied("Only the auditors who hold this conversation record it, before they submit.")
    if not is_open(talk, audit):
        raise TransitionRefused(
            [Problem("All auditors lock their grades before this discussion is recorded")]
        )
    own = next(
        (
            one
            for one in standing.own
            if one.slot in talk.slots and not is_self_assessment(standing.framework, one.slot)
        ),
        None,
    )
    return talk, own


def _agreement_errors(talk: Talk, agrees: bool | None, comment: str) -> dict[str, str]:
    if not talk.framework.asks_agreement_of:
        return {}
    about = {
        "overall_grade": "with the overall grade",
        "strengths_and_areas": "with the strengths and areas written down",
    }[talk.framework.agreement_about]
    if agrees is None:
        return {"worker_agrees": f"Say whether the worker agrees {about}"}
    if not agrees and talk.framework.disagreement_reason_required and not comment.strip():
        return {"worker_comment": "Enter why the worker does not agree"}
    return {}


def _write(
    audit: Audit, talk: Talk, own: Assessment | None, person: Person, values: dict[str, object]
) -> Conversation:
    if own and own.submitted_at is None:
        start_assessment(assessment=own, person=person)
    conversation, _ = Conversation.objects.update_or_create(
        audit=audit, kind=talk.key, defaults={**values, "recorded_by": person, "recorded_at": clock.now()}
    )
    reveal_when_discussed(audit=audit, person=person)
    return conversation
