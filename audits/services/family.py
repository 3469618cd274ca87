"""The family's consent or preference, recorded by the worker, and what they told the auditor, or one reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import WITH_FINAL_GRADE, Consent, Worry
from audits.followup.models import Action
from audits.followup.services import open_action, propose_action
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit, AuditAction, FamilyConsent, FamilyContact
from audits.selectors.facts import framework_for
from audits.selectors.family import (
    Relative,
    asks_family,
    caller_of,
    family_is_open,
    no_contact_reasons,
    prefers,
    relative_of,
)
from audits.selectors.people import concerned_now, owner_role_of, possible_owners
from audits.selectors.standing import Standing, standing_of
from audits.services import telling
from audits.services.assessments import start_assessment
from audits.services.findings import action_days
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
ASKED_OTHERWISE = "other"
"""Key among the answers of what the auditor asked in other words, or beside the framework's questions."""


@dataclass(frozen=True)
class Concern:
    """A concern that a family member named in the call: ``when`` is one of ``Worry``."""

    when: str = Worry.NONE
    text: str = ""


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
    _not_spoken_to(standing, target)
    safety = _safety(safety)
    _check_consent(consent, asked_on, not_asked_reason, safety)
    # What makes a call safe is kept only where there may be a call.
    agreed = consent == Consent.YES
    values = {
        "consent": consent,
        "asked_on": asked_on if consent != Consent.NOT_ASKED else None,
        "not_asked_reason": not_asked_reason.strip() if consent == Consent.NOT_ASKED else "",
        **{key: safety.get(key, "") if agreed else "" for key in SAFETY},
        "other": {key: text for key, text in (other or {}).items() if text} if agreed else {},
    }
    return _keep(standing, target, values)


@transaction.atomic
def record_preference(
    *,
    audit: Audit,
    target: str,
    person: Person,
    safety: Mapping[str, str],
    other: Mapping[str, str] | None = None,
) -> FamilyConsent:
    """Record how the family prefers to be reached, where no consent is asked for beforehand (SEF-88).

    The worker and their manager may, and the auditor who has asked the worker. Raises as ``record_consent``.
    """
    standing = standing_of(person, audit)
    calls = any(asks_family(one, standing.framework) for one in standing.own)
    if not (standing.may_record_consent or calls):
        raise PermissionDenied(
            "The allocated worker, their manager and the auditor record how to reach the family."
        )
    relative = _not_spoken_to(standing, target)
    if relative.consent_required:
        raise PermissionDenied("This framework asks the family for consent first.")
    safety = _safety(safety)
    if not safety.get("communication_needs"):
        raise ValidationError({"communication_needs": "Enter how they prefer to communicate"})
    values = {
        "consent": Consent.NOT_NEEDED,
        "asked_on": None,
        "not_asked_reason": "",
        **{key: safety.get(key, "") for key in SAFETY},
        "other": {key: text for key, text in (other or {}).items() if text},
    }
    return _keep(standing, target, values)


def _not_spoken_to(standing: Standing, target: str) -> Relative:
    relative = _relative(standing.audit, target)
    _still_open(standing.audit)
    if relative.spoken_to:
        raise StatusHasChanged(
            "The auditor has already spoken to them, so the answer can no longer be changed."
        )
    return relative


def _safety(given: Mapping[str, str] | None) -> dict[str, str]:
    return {key: value.strip() for key, value in (given or {}).items() if key in SAFETY}


def _keep(standing: Standing, target: str, values: Mapping[str, object]) -> FamilyConsent:
    audit, person = standing.audit, standing.person
    record, _ = FamilyConsent.objects.update_or_create(
        audit=audit,
        target=target,
        defaults={**values, "recorded_by": person, "recorded_at": clock.now()},
    )
    caller = caller_of(audit, standing.framework)
    if caller and caller.assessor and caller.assessor_id != person.pk:
        label = _relative(audit, target).label
        telling.consent_recorded(audit, caller=caller.assessor, target=target, label=label)
    return record


def _check_consent(
    consent: str, asked_on: date | None, not_asked_reason: str, safety: Mapping[str, str]
) -> None:
    errors: dict[str, str] = {}
    if consent not in (Consent.YES, Consent.NO, Consent.NOT_ASKED):
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
    help_used: str = "",
    concern: Concern | None = None,
) -> FamilyContact:
    """Record who was spoken to and what they said (HER-30, HER-31); one entry for each person, never a name.

    Impossible without consent, where consent is asked for. The same ``who`` again corrects the entry. A reason why
    nobody was spoken to gives way. A concern that can wait becomes a proposed action at once (SEF-91). Raises
    ``PermissionDenied``, ``StatusHasChanged``, or ``ValidationError`` by field.
    """
    relative, own = _for_caller(audit, target, person)
    if not relative.may_be_contacted:
        raise ValidationError({"who": "They have not agreed to be contacted: record the reason instead"})
    concern = concern or Concern()
    _check_contact(relative, who, spoken_on, words, answers or {}, help_used, concern)
    _begin(own, person)
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
            "help_used": help_used.strip(),
            "worry": concern.when,
            "worry_text": concern.text.strip() if concern.when else "",
            "recorded_by": person,
            "recorded_at": clock.now(),
        },
    )
    if concern.when == Worry.AFTER:
        _make_action(audit, contact, own, person)
    return contact


def _check_contact(
    relative: Relative,
    who: str,
    spoken_on: date,
    words: str,
    answers: Mapping[str, str],
    help_used: str,
    concern: Concern,
) -> None:
    errors: dict[str, str] = {}
    if not who.strip():
        errors["who"] = "Enter who you spoke to, such as mother"
    if spoken_on > clock.today():
        errors["spoken_on"] = "The date you spoke must be today or in the past"
    if not words.strip() and not any(answers.values()):
        errors["words"] = "Enter what they said"
    if not relative.consent_required and prefers(relative) and not help_used.strip():
        errors["help_used"] = "Enter what helped them to talk with you, or that they needed nothing"
    if concern.when not in Worry.values:
        errors["worry"] = "Select whether they named a concern"
    if concern.when and not concern.text.strip():
        errors["worry_text"] = "Enter the concern they named"
    if errors:
        raise ValidationError(errors)


def _make_action(audit: Audit, contact: FamilyContact, own: Assessment, person: Person) -> None:
    """Propose an action for a concern that can wait, once; where the outcome is final it is open from now on."""
    text = f"Answer the concern of the {contact.who}: {contact.worry_text}"
    if AuditAction.objects.filter(audit=audit, action__text=text).exists():
        return
    # Nobody should answer a family's concern about their own work alone: the team's manager comes first.
    managers = concerned_now(audit, "team_manager", framework=framework_for(audit), on=clock.today())
    owner = next(iter([*managers, *(one for one, _ in possible_owners(audit))]), None)
    days = action_days(audit)
    action: Action = propose_action(
        case=audit.case,
        text=text,
        intended_change="The family knows what became of their concern.",
        owner=owner,
        owner_role=owner_role_of(audit, owner) if owner else "",
        due_on=days.proposed,
        latest_on=days.latest,
        proposed_by=person,
    )
    AuditAction.objects.create(audit=audit, action=action, assessment=own)
    if audit.status in WITH_FINAL_GRADE:
        open_action(action=action, latest_on=days.latest)


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
    _begin(own, person)
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
    """Take back an entry made in error; its auditor may, until the step that waits for it."""
    _for_caller(contact.audit, contact.target, person)
    contact.delete()


def _begin(own: Assessment, person: Person) -> None:
    if own.submitted_at is None:
        start_assessment(assessment=own, person=person)


def _for_caller(audit: Audit, target: str, person: Person) -> tuple[Relative, Assessment]:
    standing = standing_of(person, audit)
    own = next((one for one in standing.own if asks_family(one, standing.framework)), None)
    if own is None:
        raise PermissionDenied("Only the auditor who speaks to the family records this.")
    _still_open(audit)
    if not family_is_open(audit, standing.framework, bool(own.submitted_at)):
        raise StatusHasChanged("You have submitted, so this can no longer be changed.")
    return _relative(audit, target), own


def _still_open(audit: Audit) -> None:
    if not family_is_open(audit, framework_of(audit.framework_version)):
        raise StatusHasChanged("This audit is submitted, so this can no longer be changed.")


def _relative(audit: Audit, target: str) -> Relative:
    try:
        return relative_of(audit, framework_of(audit.framework_version), target)
    except KeyError as error:
        raise PermissionDenied("This audit does not ask for that family member.") from error
