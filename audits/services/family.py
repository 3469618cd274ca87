"""The family's consent, recorded by the worker, and what they told the auditor, or one reason why not."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import BEFORE_SUBMISSION, Consent
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit, FamilyConsent, FamilyContact
from audits.selectors.family import Relative, asks_family, caller_of, no_contact_reasons, relative_of
from audits.selectors.standing import standing_of
from audits.services import telling
from audits.services.assessments import start_assessment
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.transitions import StatusHasChanged

SAFETY = (
    "safe_number",
    "safe_time",
    "must_not_know",
    "police_or_court",
    "parental_responsibility",
    "adoption_or_bereavement",
    "communication_needs",
)


@transaction.atomic
def record_consent(
    *,
    audit: Audit,
    target: str,
    consent: str,
    person: Person,
    asked_on: date | None = None,
    not_asked_reason: str = "",
    safety: Mapping[str, str] | None = None,
    other: Mapping[str, str] | None = None,
) -> FamilyConsent:
    """Record the family's answer to being contacted, and what makes a call safe (HER-29).

    ``safety`` is by column (``SAFETY``), ``other`` by the key of a question only this framework asks. A changed
    answer replaces the earlier one (the trail keeps both) until somebody has been spoken to. Raises
    ``PermissionDenied`` for anyone but the worker, whoever has the case, or their manager, and ``ValidationError``.
    """
    standing = standing_of(person, audit)
    if not standing.may_record_consent:
        raise PermissionDenied("Only the allocated worker or their manager records the family’s answer.")
    relative = _relative(audit, target)
    _still_open(audit)
    if relative.spoken_to:
        raise StatusHasChanged(
            "The auditor has already spoken to them, so the answer can no longer be changed."
        )
    safety = {key: value.strip() for key, value in (safety or {}).items() if key in SAFETY}
    _check_consent(consent, asked_on, not_asked_reason, safety)
    values = {
        "consent": consent,
        "asked_on": asked_on if consent != Consent.NOT_ASKED else None,
        "not_asked_reason": not_asked_reason.strip() if consent == Consent.NOT_ASKED else "",
        # What makes a call safe is kept only where there may be a call.
        **{key: safety.get(key, "") if consent == Consent.YES else "" for key in SAFETY},
        "other": {key: text for key, text in (other or {}).items() if text} if consent == Consent.YES else {},
        "recorded_by": person,
        "recorded_at": clock.now(),
    }
    record, _ = FamilyConsent.objects.update_or_create(audit=audit, target=target, defaults=values)
    caller = caller_of(audit, standing.framework)
    if caller and caller.assessor and caller.assessor_id != person.pk:
        telling.consent_recorded(audit, caller=caller.assessor, target=target, label=relative.label)
    return record


def _check_consent(
    consent: str, asked_on: date | None, not_asked_reason: str, safety: Mapping[str, str]
) -> None:
    errors: dict[str, str] = {}
    if consent not in Consent.values:
        errors["consent"] = "Select what they answered"
    if consent == Consent.NOT_ASKED and not not_asked_reason.strip():
        errors["not_asked_reason"] = "Enter why they were not asked"
    if consent in (Consent.YES, Consent.NO) and asked_on is None:
        errors["asked_on"] = "Enter the date you asked"
    if asked_on and asked_on > clock.today():
        errors["asked_on"] = "The date you asked must be today or in the past"
    if consent == Consent.YES and not safety.get("safe_number"):
        errors["safe_number"] = "Enter a safe way to reach them"
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def record_contact(
    *,
    audit: Audit,
    target: str,
    who: str,
    spoken_on: date,
    mode: str,
    person: Person,
    answers: Mapping[str, str] | None = None,
    words: str = "",
) -> FamilyContact:
    """Record who was spoken to and what they said (HER-30, HER-31); one entry for each person, never a name.

    Impossible without consent. The same ``who`` again corrects the entry. A reason why nobody was spoken to
    gives way. Raises ``PermissionDenied``, ``StatusHasChanged``, or ``ValidationError`` by field.
    """
    relative, own = _for_caller(audit, target, person)
    if not relative.may_be_contacted:
        raise ValidationError({"who": "They have not agreed to be contacted: record the reason instead"})
    errors: dict[str, str] = {}
    if not who.strip():
        errors["who"] = "Enter who you spoke to, such as mother"
    if spoken_on > clock.today():
        errors["spoken_on"] = "The date you spoke must be today or in the past"
    if not words.strip() and not any((answers or {}).values()):
        errors["words"] = "Enter what they said"
    if errors:
        raise ValidationError(errors)
    start_assessment(assessment=own, person=person)
    FamilyContact.objects.filter(audit=audit, target=target).exclude(no_contact_reason="").delete()
    if not relative.target.each:
        FamilyContact.objects.filter(audit=audit, target=target).exclude(who=who.strip()).delete()
    contact, _ = FamilyContact.objects.update_or_create(
        audit=audit,
        target=target,
        who=who.strip(),
        defaults={
            "spoken_on": spoken_on,
            "mode": mode,
            "answers": {key: text for key, text in (answers or {}).items() if text},
            "words": words.strip(),
            "recorded_by": person,
            "recorded_at": clock.now(),
        },
    )
    return contact


@transaction.atomic
def record_no_contact(
    *, audit: Audit, target: str, reason: str, person: Person, text: str = ""
) -> FamilyContact:
    """Record the one reason why they were not spoken to (HER-32); another reason replaces it.

    Raises ``ValidationError`` for a reason the framework does not know, or where somebody was spoken to.
    """
    relative, own = _for_caller(audit, target, person)
    if reason not in no_contact_reasons(framework_of(audit.framework_version)):
        raise ValidationError({"no_contact_reason": "Select why they were not spoken to"})
    if relative.spoken_to:
        raise ValidationError(
            {"no_contact_reason": "You have recorded that somebody was spoken to: remove that first"}
        )
    start_assessment(assessment=own, person=person)
    contact, _ = FamilyContact.objects.update_or_create(
        audit=audit,
        target=target,
        who="",
        defaults={
            "no_contact_reason": reason,
            "no_contact_text": text.strip(),
            "recorded_by": person,
            "recorded_at": clock.now(),
        },
    )
    return contact


@transaction.atomic
def remove_contact(*, contact: FamilyContact, person: Person) -> None:
    """Take back an entry made in error; its auditor may, until they submit."""
    _for_caller(contact.audit, contact.target, person)
    contact.delete()


def _for_caller(audit: Audit, target: str, person: Person) -> tuple[Relative, Assessment]:
    standing = standing_of(person, audit)
    own = next((one for one in standing.own if asks_family(one, standing.framework)), None)
    if own is None:
        raise PermissionDenied("Only the auditor who speaks to the family records this.")
    _still_open(audit)
    if own.submitted_at:
        raise StatusHasChanged("You have submitted, so this can no longer be changed.")
    return _relative(audit, target), own


def _still_open(audit: Audit) -> None:
    if audit.status not in BEFORE_SUBMISSION:
        raise StatusHasChanged("This audit is submitted, so this can no longer be changed.")


def _relative(audit: Audit, target: str) -> Relative:
    try:
        return relative_of(audit, framework_of(audit.framework_version), target)
    except KeyError as error:
        raise PermissionDenied("This audit does not ask for that family member.") from error
