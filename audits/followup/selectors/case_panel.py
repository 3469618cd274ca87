"""What follows for one child, for the page of the case."""

from collections.abc import Iterator
from typing import Any

from audits.cases.models import Case
from audits.cases.registry import Panel
from audits.followup.selectors.lists import visible_actions, visible_concerns, visible_follow_ups
from audits.followup.selectors.providers import may_judge_provider
from audits.followup.selectors.rights import may_see_concern
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path


def case_panel(case: Case, person: Person) -> Iterator[Panel]:
    """The child's actions, follow-ups and concerns, as far as the person may see each."""
    concerns = visible_concerns(person).filter(case=case)
    context: dict[str, Any] = {
        "actions": list(visible_actions(person).filter(case=case).order_by("-due_on", "-pk")),
        "follow_ups": list(visible_follow_ups(person).filter(case=case).order_by("-due_on", "-pk")),
        "concerns": [one for one in concerns.order_by("-pk") if may_see_concern(one, person)],
    }
    judges = may_judge_provider(case, person)
    if any(context.values()) or judges:
        context["provider_url"] = council_path("followup:judge_provider", case.pk) if judges else ""
        yield Panel("followup/case_panel.html", context, order=60)
