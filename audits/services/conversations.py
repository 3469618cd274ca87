"""Recording conversations: held, or excused with one of the framework's reasons."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import OVERALL, ConversationStatus
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit, Conversation
from audits.selectors.conversations import Talk, conversation_of, is_open, may_record
from audits.selectors.sections import section_of
from audits.selectors.standing import standing_of
from audits.services.assessments import reveal_when_discussed, start_assessment
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.transitions import Problem, TransitionRefused

DISCUSSED_GRADE = "overall_grade"
"""Key among the answers of the overall grade that the worker was asked about."""


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
) -> Conversation:
    """Record that a conversation was held (HER-21 to HER-23); recording it again corrects it.

    Where the framework asks for somebody's agreement with the overall grade it is kept with the grade they were
    asked about. The last conversation before the reveal shows the grades. Raises ``PermissionDenied`` for
    somebody without a part in it, ``TransitionRefused`` before its time, ``ValidationError`` by field.
    """
    talk, own = _checked(audit, kind, person)
    answers = dict(answers or {})
    errors = _plain_errors(talk, held_on, participants, (notes, *answers.values()))
    if talk.framework.asks_agreement_of:
        errors |= _agreement_errors(talk, worker_agrees, worker_comment)
        grade = section_of(own, framework_of(audit.framework_version), "overall").grade if own else ""
        if not grade:
            raise TransitionRefused([Problem("Give your overall grade first: the worker is asked about it")])
        answers[DISCUSSED_GRADE] = grade
    if errors:
        raise ValidationError(errors)
    values: dict[str, object] = {
        "status": ConversationStatus.HELD,
        "held_on": held_on,
        "mode": mode,
        "minutes": minutes,
        "participants": list(dict.fromkeys(participants)),
        "notes": notes.strip(),
        "answers": {key: text for key, text in answers.items() if text},
        "worker_agrees": worker_agrees,
        "worker_comment": worker_comment.strip(),
        "excused_reason": "",
        "excused_text": "",
    }
    return _write(audit, talk, own, person, values)


def _plain_errors(
    talk: Talk, held_on: date, participants: Sequence[int], words: Iterable[str]
) -> dict[str, str]:
    errors = {}
    if held_on > clock.today():
        errors["held_on"] = "The date of the conversation must be today or in the past"
    if not participants:
        errors["participants"] = "Select who took part"
    if talk.is_between_auditors and not any(text.strip() for text in words):
        errors["notes"] = "Enter what came out of the discussion"
    return errors


@transaction.atomic
def excuse_conversation(
    *, audit: Audit, kind: str, person: Person, reason: str, text: str = ""
) -> Conversation:
    """Record why a conversation could not be held, by one of the framework's reasons.

    Raises as ``hold_conversation``, and ``ValidationError`` for a reason the framework does not know.
    """
    talk, own = _checked(audit, kind, person)
    if reason not in {one.key for one in talk.framework.excused_reasons}:
        raise ValidationError({"excused_reason": "Select the reason why it could not be held"})
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
        "excused_reason": reason,
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
    own = next((one for one in standing.own if one.slot in talk.slots), None)
    return talk, own


def _agreement_errors(talk: Talk, agrees: bool | None, comment: str) -> dict[str, str]:
    if agrees is None:
        return {"worker_agrees": "Say whether the worker agrees with the overall grade"}
    if not agrees and talk.framework.disagreement_reason_required and not comment.strip():
        return {"worker_comment": "Enter why the worker does not agree"}
    return {}


def _write(
    audit: Audit, talk: Talk, own: Assessment | None, person: Person, values: dict[str, object]
) -> Conversation:
    if own:
        start_assessment(assessment=own, person=person)
    conversation, _ = Conversation.objects.update_or_create(
        audit=audit, kind=talk.key, defaults={**values, "recorded_by": person, "recorded_at": clock.now()}
    )
    reveal_when_discussed(audit=audit, person=person)
    return conversation


def agreement_of(conversation: Conversation) -> str:
    """Return the key of the overall grade that the worker was asked about; empty where they were not."""
    return str(conversation.answers.get(DISCUSSED_GRADE, OVERALL))
