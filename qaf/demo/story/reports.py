"""The calendar's work, and what the quality assurance lead writes beside the figures before a report is made."""

import random
from datetime import date, timedelta

from audits.programme.enums import OccurrenceKind
from audits.programme.models import Occurrence
from audits.programme.services import plan_calendar, run_missed
from qaf.demo.world.words import Writer, bank
from qaf.lib import clock
from qaf.tenants.models import Authority, Person
from reporting.enums import Commentary, ReportKind
from reporting.models import ReportDraft
from reporting.services.freezing import save_draft

KINDS = {
    OccurrenceKind.MONTHLY_BRIEFING: ReportKind.MONTHLY,
    OccurrenceKind.QUARTERLY_REPORT: ReportKind.QUARTERLY,
}
BEFORE = timedelta(days=8)


class ReportsDesk:
    """Runs the council's calendar from a month on. Needs the open scope and the moved clock."""

    def __init__(self, authority: Authority, lead: Person, begins: date) -> None:
        """Know whose calendar it is and from which day it is followed."""
        self.authority = authority
        self.lead = lead
        self.begins = begins
        self.is_planned = False

    def work(self) -> None:
        """Write what is due to be written, then do what the calendar says."""
        if clock.today() < self.begins:
            return
        if not self.is_planned:
            self.is_planned = plan_calendar() is not None
        for occurrence in Occurrence.objects.filter(
            kind__in=KINDS, done_at=None, due_on__lte=clock.today() + BEFORE
        ):
            self._write(KINDS[OccurrenceKind(occurrence.kind)], occurrence.period)
        for _done in run_missed(self.authority):
            pass

    def _write(self, kind: ReportKind, label: str) -> None:
        if ReportDraft.objects.filter(kind=kind, period=label).exists():
            return
        writer = Writer(random.Random(f"{kind}:{label}"), "child_in_need", 9, month=clock.today().month)
        words = {
            key: writer.say("reports", key, 2 if kind == ReportKind.QUARTERLY else 1)
            for key in Commentary.values
            if key in bank("reports")
        }
        save_draft(kind=kind, label=label, commentary=words, chosen=[], version=0, person=self.lead)
