"""Who receives a report that was made: the roles and the forums' members that the framework names (WSX-100)."""

from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from reporting.models import ReportSnapshot
from reporting.selectors.definitions import definition, recipients


def readers_of(kind: str, scope: str) -> list[Person]:
    """Return whom the framework wants the report sent to today."""
    framework = framework_in_force()
    return recipients(framework, definition(framework, kind, scope), scope, clock.today())


def share(snapshot: ReportSnapshot) -> None:
    """Tell everybody the report was made for; whoever made it knows."""
    people = [
        one for one in Person.objects.filter(pk__in=snapshot.shared_with) if one.pk != snapshot.made_by_id
    ]
    tell(
        people=people,
        kind="report_shared",
        key=f"report-{snapshot.pk}",
        subject=f"{snapshot.figures['title']}, {snapshot.figures['period']['title']}: ready for you",
        body="Page, PDF and spreadsheet are ready. What you decide on it can go into the improvement plan.",
        href=council_path("reporting:report", snapshot.pk),
    )
