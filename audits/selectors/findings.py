"""Actions, wider findings and immediate changes of an audit, as far as somebody may see them yet."""

from audits.models import AuditAction, ImmediateChange, WiderFinding
from audits.selectors.standing import Standing


def proposed_actions(standing: Standing) -> list[AuditAction]:
    """Return the links to the audit's actions: an auditor's own, and everybody's once grades are shown."""
    links = standing.audit.action_links.select_related("action__owner", "action__proposed_by", "assessment")
    return [one for one in links.order_by("id") if standing.sees_grades or _own(one, standing)]


def wider_findings(standing: Standing) -> list[WiderFinding]:
    """Return the wider findings: an auditor's own, and everybody's once grades are shown."""
    found = standing.audit.wider_findings.select_related("raised_by", "assessment")
    return [one for one in found if standing.sees_grades or _own(one, standing)]


def immediate_changes(standing: Standing) -> list[ImmediateChange]:
    """Return what was changed at once for the child.

    Worker, managers and the QA team know at once, because it is about the child; another auditor sees it
    with the grades, so that the two judgements stay their own.
    """
    found = list(standing.audit.immediate_changes.select_related("recorded_by"))
    if standing.sees_grades or not standing.is_auditor:
        return found
    return [one for one in found if one.recorded_by_id == standing.person.pk]


def _own(one: AuditAction | WiderFinding, standing: Standing) -> bool:
    return one.assessment is not None and one.assessment.assessor_id == standing.person.pk
