"""Which audit an action, task or concern came from, for the lists that know no audit."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Model

from audits.followup.enums import ActionStatus
from audits.followup.models import Action, FollowUp
from audits.followup.registry import Origin
from audits.models import Audit, AuditAction, AuditConcern, AuditFollowUp
from audits.selectors.audits import audits
from audits.selectors.links import audit_href
from audits.selectors.standing import standing_of
from qaf.tenants.models import Person
from qaf.tenants.permissions import may

_LINKS: dict[str, tuple[type[Model], str]] = {
    "action": (AuditAction, "action_id"),
    "follow_up": (AuditFollowUp, "follow_up_id"),
    "concern": (AuditConcern, "concern_id"),
}


def audit_origins(kind: str, ids: Iterable[int]) -> dict[int, Origin]:
    """Return the audit behind each of ``ids`` that came from one."""
    link, column = _LINKS[kind]
    rows = link._default_manager.filter(**{f"{column}__in": list(ids)}).select_related("audit")
    return {
        getattr(row, column): Origin(f"Audit {row.audit.reference}", audit_href(row.audit))  # type: ignore[attr-defined]
        for row in rows
    }


def is_part_of_audit(kind: str, pk: int, person: Person) -> bool:
    """Say whether the person may read what came from an audit because they have a part in it.

    What was asked about a colleague's practice is for their managers, not for the auditors. ``case`` asks whether
    they have a part in any audit of that child.
    """
    if kind == "case":
        return may(person, "cases.view") or any(_part(audit, person) for audit in audits().filter(case=pk))
    link, column = _LINKS[kind]
    found = audits().filter(pk__in=link._default_manager.filter(**{column: pk}).values("audit"))
    return any(_part(audit, person, managers_only=kind != "action") for audit in found)


def _part(audit: Audit, person: Person, *, managers_only: bool = False) -> bool:
    try:
        standing = standing_of(person, audit)
    except PermissionDenied:
        return False
    return standing.is_manager or standing.sees_all if managers_only else True


def actions_looked_over(follow_up: FollowUp) -> list[Action]:
    """Return the agreed actions of the audit that a follow-up came from."""
    audits_behind = AuditFollowUp.objects.filter(follow_up=follow_up).values("audit")
    links = AuditAction.objects.filter(audit__in=audits_behind).exclude(
        action__status__in=(ActionStatus.PROPOSED, ActionStatus.NOT_AGREED)
    )
    return [link.action for link in links.select_related("action__owner").order_by("action__due_on", "id")]
