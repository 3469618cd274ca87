"""Where an action of the organisation comes from, for the pages of actions."""

from audits.followup.registry import Ids, Origin
from qaf.tenants.paths import council_path
from reporting.models import PlanAction


def plan_origins(kind: str, ids: Ids) -> dict[int, Origin]:
    """Return the plan as the origin of those of the actions that stand in it."""
    if kind != "action":
        return {}
    href = council_path("reporting:plan")
    rows = PlanAction.objects.filter(action__in=list(ids))
    return {
        one.action_id: Origin(f"Improvement plan, {one.get_source_display().lower()}", href) for one in rows
    }
