"""Reports made by the calendar, on their day, with what has been written for them by then (HER-59, HER-60)."""

from audits.frameworks.selectors import framework_in_force
from audits.programme.enums import OccurrenceKind
from audits.programme.models import Occurrence
from audits.programme.registry import on_occurrence
from audits.selectors.people import people_who_may
from qaf.jobs.services import JobRefused
from qaf.notices.services import tell
from qaf.tenants.paths import council_path
from reporting import periods
from reporting.enums import ReportKind
from reporting.models import ReportDraft, ReportSnapshot
from reporting.selectors.definitions import definitions
from reporting.services.freezing import freeze


@on_occurrence(OccurrenceKind.MONTHLY_BRIEFING)
def make_the_briefing(occurrence: Occurrence) -> str:
    """Freeze the month's briefing and send it to its readers."""
    return _make(ReportKind.MONTHLY, occurrence.period)


@on_occurrence(OccurrenceKind.QUARTERLY_REPORT)
def make_the_quarterly_report(occurrence: Occurrence) -> str:
    """Freeze the quarter's report and, where the framework has one, the snapshot for senior leaders (DUR-31)."""
    said = _make(ReportKind.QUARTERLY, occurrence.period)
    if any(one.kind == ReportKind.SNAPSHOT for one in definitions(framework_in_force())):
        _make(ReportKind.SNAPSHOT, occurrence.period)
    return said


def _make(kind: ReportKind, label: str) -> str:
    made = ReportSnapshot.objects.filter(kind=kind, period=label).order_by("-number").first()
    if made is not None:
        who = made.made_by.name if made.made_by else "the calendar"
        return f"Made already, by {who}."
    draft = ReportDraft.objects.filter(kind=kind, period=label).first()
    try:
        snapshot = freeze(
            kind=kind,
            label=label,
            commentary=draft.commentary if draft else {},
            chosen=draft.chosen if draft else (),
        )
    except ValueError as error:
        raise JobRefused(str(error)) from error
    ReportDraft.objects.filter(kind=kind, period=label).delete()
    _send(snapshot, words=draft is not None)
    return "Made and sent." if draft else "Made and sent without commentary: nobody had written any."


def _send(snapshot: ReportSnapshot, *, words: bool) -> None:
    subject = f"{snapshot.figures['title']}, {periods.parse(snapshot.kind, snapshot.period).title}"
    href = council_path("reporting:report", snapshot.pk)
    makers = people_who_may("reporting.make_reports")
    told = {one.pk for one in makers} | set(snapshot.shared_with)
    readers = [one for one in people_who_may("reporting.read_reports") if one.pk not in told]
    nothing = (
        "" if words else " Nobody had written anything beside its figures: you can make another edition."
    )
    for people, body in (
        (makers, f"The calendar has made it and sent it to its readers.{nothing}"),
        (readers, "Page, PDF and spreadsheet are ready for you."),
    ):
        tell(
            people=people,
            kind="report_ready",
            key=f"report-{snapshot.pk}",
            subject=subject,
            body=body,
            href=href,
        )
