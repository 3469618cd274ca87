"""What the calendar does by itself: it tells who owns the framework that it is due for review."""

from audits.frameworks.selectors import framework_in_force
from audits.programme.enums import OccurrenceKind
from audits.programme.models import Occurrence
from audits.programme.registry import on_occurrence
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.paths import council_path
from qaf.tenants.selectors import acting_for_each, holders


@on_occurrence(OccurrenceKind.FRAMEWORK_REVIEW)
def ask_for_review(occurrence: Occurrence) -> str:
    """Tell the framework's owner, or who deputises for them."""
    today = clock.today()
    framework = framework_in_force()
    owner = framework.authority.owner
    people = acting_for_each(holders(*framework.role_keys(owner), on=today), on=today)
    tell(
        people=people,
        kind="framework_review",
        key=occurrence.period,
        subject="Your framework is due for review",
        body=f"{framework.authority.framework_title}: every {framework.authority.review.every_months} months.",
        href=council_path("frameworks:document"),
    )
    if not people:
        return f"Nobody holds the post of {framework.names.role(owner)}."
    return f"Told {', '.join(sorted(person.name for person in people))}."
