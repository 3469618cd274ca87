"""Where an action of the organisation comes from, for the pages of actions."""

from django.urls import reverse

from audits.followup.paths import council_slug
from audits.followup.registry import Ids, Origin
from reporting.models import PlanAction


def plan_origins(kind: str, ids: Ids) -> dict[int, Origin]:
    """Return the plan as the origin of those of the actions that stand in it."""
    if kind != "action":
        return {}
    href = reverse("reporting:plan", args=[council_slug()])
    rows = PlanAction.objects.filter(action__in=list(ids))
    return {
        one.action_id: Origin(f"Improvement plan, {one.get_source_display().lower()}", href) for one in rows
    }
