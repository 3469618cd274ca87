"""Deciding: saved as typed, each disputed grade with its reason, the plan agreed; then it binds (HER-38 to HER-40)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from audits.enums import AuditStatus
from audits.models import WiderFinding
from audits.selectors.facts import framework_for
from audits.services.outcome import record_decision
from audits.services.revising import confirm_or_revise
from moderation.enums import ModerationStatus
from moderation.models import Decision, DecisionDraft, Moderation
from moderation.paths import moderation_href
from moderation.selectors import field_name, grade_choices, missing, to_decide
from moderation.selectors.questions import agrees
from moderation.services.disputes import climb_after_discussion
from moderation.services.telling import record_discussion, tell_decided
from moderation.workflow import moderation_workflow
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused


class DraftConflict(Exception):
    """Another window saved first; ``theirs`` is the draft as it stands."""

    def __init__(self, theirs: DecisionDraft):
        self.theirs = theirs
        super().__init__("Another window saved this decision after you opened it.")


def require_own(moderation: Moderation, person: Person) -> None:
    """Raise ``PermissionDenied`` for anybody but its moderator, ``StatusHasChanged`` once it is decided."""
    if moderation.moderator_id != person.pk:
        raise PermissionDenied("Only its moderator decides this moderation.")
    if moderation.status != ModerationStatus.ALLOCATED:
        raise StatusHasChanged("This moderation has been decided or given to somebody else.")


def draft_of(moderation: Moderation) -> DecisionDraft | None:
    """Return what was typed so far."""
    return moderation.drafts.first()


@transaction.atomic
def save_draft(
    *, moderation: Moderation, fields: dict[str, Any], version: int, person: Person
) -> DecisionDraft:
    """Save what was typed if ``version`` is still the one it was typed over (0: nothing was there).

    Raises ``DraftConflict`` with the other text, ``StatusHasChanged`` once it is decided.
    """
    require_own(moderation, person)
    now = clock.now()
    if version == 0:
        draft, made = DecisionDraft.objects.get_or_create(
            moderation=moderation, defaults={"fields": fields, "saved_by": person, "saved_at": now}
        )
        if made or draft.fields == fields:
            return draft
        raise DraftConflict(draft)
    rows = DecisionDraft.objects.filter(moderation=moderation, version=version)
    written = rows.update(fields=fields, version=F("version") + 1, saved_at=now, saved_by=person)
    draft = DecisionDraft.objects.get(moderation=moderation)
    if not written and draft.fields != fields:
        raise DraftConflict(draft)
    return draft


def agree_plan(*, moderation: Moderation, agreed: bool, person: Person) -> None:
    """Agree the action plan as it stands, or open it again before the decision (HER-40).

    Raises ``PermissionDenied`` for anybody but its moderator, ``StatusHasChanged`` once it is decided.
    """
    require_own(moderation, person)
    rows = Moderation.objects.filter(pk=moderation.pk, moderator=person, status=ModerationStatus.ALLOCATED)
    with because("Action plan agreed" if agreed else "Action plan opened again", person=person):
        if not rows.update(action_plan_agreed=agreed):
            raise StatusHasChanged("This moderation has been decided or given to somebody else.")
    moderation.action_plan_agreed = agreed


@transaction.atomic
def decide(*, moderation: Moderation, person: Person) -> None:
    """Make the typed decision binding: grades, reasons, conversation, and the finding beyond the case.

    The audit has its outcome in the same transaction; a session's decision on a final audit changes the grades of
    record. Where moderator and auditor do not agree, the auditor's grades stand and a dispute opens. Raises
    ``TransitionRefused`` with everything missing, each with its link; ``PermissionDenied`` for anybody but the
    moderator; ``StatusHasChanged`` the second time.
    """
    moderation = Moderation.objects.select_for_update(of=("self",)).get(pk=moderation.pk)
    require_own(moderation, person)
    draft = draft_of(moderation)
    fields = draft.fields if draft else {}
    if problems := missing(moderation, fields, _hrefs(moderation)):
        raise TransitionRefused(problems)
    agreed = agrees(fields)
    decided = _decided(moderation, fields) if agreed else {}
    with because("Decide", person=person):
        Decision.objects.bulk_create(
            Decision(moderation=moderation, domain=domain, grade=grade, reason=reason)
            for domain, (grade, reason) in decided.items()
        )
        if finding := str(fields.get("wider_finding", "")).strip():
            WiderFinding.objects.create(
                audit=moderation.audit, text=finding, raised_by=person, raised_at=clock.now()
            )
        record_discussion(moderation=moderation, fields=fields, person=person)
        moderation.drafts.all().delete()
    moderation_workflow.apply(moderation, "decide", person=person, also=_also(fields))
    if moderation.audit.status == AuditStatus.IN_MODERATION:
        record_decision(audit=moderation.audit, decided=decided, moderator=person)
    else:
        confirm_or_revise(audit=moderation.audit, decided=decided, person=person)
    if not agreed:
        climb_after_discussion(
            moderation=moderation, text=str(fields.get("agreement_why", "")), person=person
        )
    tell_decided(moderation=moderation)


def _also(fields: dict[str, Any]) -> dict[str, Any]:
    needed = fields.get("conversation_needed") == "yes"
    return {
        "conversation_needed": needed if "conversation_needed" in fields else None,
        "conversation_on": fields.get("conversation_on") or None if needed else None,
        "conversation_outcome": str(fields.get("conversation_outcome", "")).strip() if needed else "",
        "rationale": str(fields.get("rationale", "")).strip(),
        "agreement": fields.get("agreement", ""),
        "standards_met": fields.get("standards_met", ""),
        "standards_text": str(fields.get("standards_text", "")).strip(),
        "decided_at": clock.now(),
    }


def _hrefs(moderation: Moderation) -> dict[str, str]:
    return {name: moderation_href(moderation, name) for name in ("decide", "plan", "moderation", "view")}


def _decided(moderation: Moderation, fields: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The typed grades and reasons by domain; a grade that the framework does not have is refused."""
    framework = framework_for(moderation.audit)
    found: dict[str, tuple[str, str]] = {}
    for row in to_decide(moderation):
        name = field_name(row.domain)
        grade, reason = fields[f"grade_{name}"], str(fields.get(f"reason_{name}", "")).strip()
        if grade not in dict(grade_choices(moderation.audit, framework, row.domain)):
            raise TransitionRefused([f"{row.label}: choose one of the framework’s grades."])
        found[row.domain] = (grade, reason)
    return found
