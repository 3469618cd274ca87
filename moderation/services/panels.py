"""A panel: seating its members, asking others to join, and each member's view (SEF-97 to SEF-100, SLO-118)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.selectors.facts import framework_for
from audits.selectors.people import auditors_ever
from moderation.enums import MemberWhy, Mode, ModerationStatus, Standard
from moderation.models import Moderation, PanelMember
from moderation.paths import moderation_href
from moderation.selectors.deciding import grade_choices
from moderation.selectors.modes import decision_for, mode_of, panel_of, reviewer_role_for, rules_of
from moderation.selectors.panels import people_to_ask, role_holders, roles_needed, standing_people
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import StatusHasChanged
from qaf.ui.words import long_date


def follow_reasons(*, moderation: Moderation) -> None:
    """Decide it in the way that all its reasons together ask for, and seat whom they add to the panel."""
    framework, rules = framework_for(moderation.audit), rules_of(moderation)
    mode, reviewer = mode_of(decision_for(framework, rules)), reviewer_role_for(framework, rules)
    if moderation.status != ModerationStatus.DECIDED and (moderation.mode, moderation.reviewer_role) != (
        mode,
        reviewer,
    ):
        moderation.mode, moderation.reviewer_role = mode, reviewer
        moderation.save(update_fields=["mode", "reviewer_role"])
    panel = panel_of(framework)
    if moderation.mode != Mode.PANEL or panel is None:
        return
    for person, role in standing_people(framework, panel):
        _seat(moderation, person, role, MemberWhy.STANDING)
    for role in roles_needed(moderation, framework):
        for person in role_holders(framework, role):
            _seat(moderation, person, role, MemberWhy.ADDED)


def _seat(
    moderation: Moderation,
    person: Person,
    role: str,
    why: MemberWhy,
    *,
    reason: str = "",
    by: Person | None = None,
) -> None:
    """Seat somebody once and tell them; never an auditor of the case, nor somebody not cleared for its record."""
    audit = moderation.audit
    if person.pk in auditors_ever(audit) or (audit.case.restricted and not person.cleared_for_restricted):
        return
    _, new = PanelMember.objects.get_or_create(
        moderation=moderation,
        person=person,
        defaults={"role": role, "why": why, "reason": reason, "added_by": by},
    )
    if new:
        tell(
            people=[person],
            kind="panel_seat",
            key=f"panel-{moderation.pk}-{person.pk}",
            subject=f"{audit.reference}: your view is asked for",
            body=f"You sit on the panel that moderates it. Please give your view by {long_date(moderation.due_on)}.",
            href=moderation_href(moderation, "view"),
        )


@transaction.atomic
def ask_to_join(*, moderation: Moderation, member: Person, reason: str, person: Person) -> None:
    """Ask somebody whose knowledge helps to join the panel, with the reason (SEF-100).

    Raises ``PermissionDenied`` for anybody but whoever leads the panel or allocates, ``ValidationError`` by field,
    ``StatusHasChanged`` once it is decided.
    """
    moderation = _locked(moderation)
    require_lead(moderation, person)
    chosen = next((one for one in people_to_ask(moderation) if one[0].pk == member.pk), None)
    if chosen is None:
        raise ValidationError({"member": f"{member.name} cannot join this panel"})
    if not reason.strip():
        raise ValidationError({"reason": "Say what they know that helps"})
    panel = panel_of(framework_for(moderation.audit))
    why = MemberWhy.TIE if panel and chosen[1] == panel.tie_decided_by else MemberWhy.ASKED
    with because("Asked to join the panel", person=person):
        _seat(moderation, member, chosen[1], why, reason=reason.strip(), by=person)


def seat_invited(*, moderation: Moderation, member: Person, role: str, person: Person) -> None:
    """Seat somebody whom the chair invited to the meeting at which the audit is discussed (SLO-118)."""
    _seat(moderation, member, role, MemberWhy.ASKED, reason="Invited to the meeting", by=person)


def _locked(moderation: Moderation) -> Moderation:
    """The moderation as it stands, locked: its decision waits for a view that is being given, and ends the giving."""
    rows = Moderation.objects.select_related("audit__case", "meeting")
    return rows.select_for_update(of=("self",)).get(pk=moderation.pk)


def require_lead(moderation: Moderation, person: Person) -> None:
    """Raise ``PermissionDenied`` for anybody but whoever leads it, ``StatusHasChanged`` once it is decided."""
    meeting = moderation.meeting
    if person.pk not in {moderation.moderator_id, meeting.chair_id if meeting else None}:
        raise PermissionDenied("Only whoever leads this panel asks others to join.")
    if moderation.status in (ModerationStatus.DECIDED, ModerationStatus.WITHDRAWN):
        raise StatusHasChanged("This moderation has been decided.")


@transaction.atomic
def give_view(
    *, moderation: Moderation, grade: str, view: str, person: Person, standards_met: str = ""
) -> PanelMember:
    """Record a member's view of the overall grade; given again before the decision, it replaces the first.

    Raises ``PermissionDenied`` for somebody who does not sit on the panel, ``ValidationError`` by field,
    ``StatusHasChanged`` once it is decided.
    """
    moderation = _locked(moderation)
    member = PanelMember.objects.select_for_update().filter(moderation=moderation, person=person).first()
    if member is None:
        raise PermissionDenied("You do not sit on the panel that moderates this audit.")
    if moderation.status in (ModerationStatus.DECIDED, ModerationStatus.WITHDRAWN):
        raise StatusHasChanged("This moderation has been decided.")
    framework = framework_for(moderation.audit)
    errors = {}
    if grade not in dict(grade_choices(moderation.audit, framework, "")):
        errors["grade"] = "Select the overall grade in your view"
    if not view.strip():
        errors["view"] = "Say why"
    if "standards_met" in framework.moderation.decides and standards_met not in Standard.values:
        errors["standards_met"] = "Say whether the audit meets quality standards"
    if errors:
        raise ValidationError(errors)
    with because("View of a panel's member", person=person):
        member.grade, member.view, member.standards_met = grade, view.strip(), standards_met
        member.said_at = clock.now()
        member.save(update_fields=["grade", "view", "standards_met", "said_at"])
    return member
