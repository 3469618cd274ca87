"""`manage.py catch_up [COUNCIL]`."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.programme.services import run_missed
from qaf.jobs.enums import JobStatus
from qaf.jobs.services import do_daily_work, forgotten_jobs, run
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from qaf.ui.words import long_date, plural

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "After an outage: do here and now what the calendar has missed, in order and once, then the daily work and "
        "what else waits. What a worker has begun is left to it. Doing it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("council", nargs="?", help="one council's slug; without it, all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        councils = Authority.objects.order_by("slug")
        if options["council"]:
            councils = councils.filter(slug=options["council"])
            if not councils:
                raise CommandError(f"There is no council '{options['council']}'.")
        failed = sum(self._guarded(authority) for authority in list(councils))
        if failed:
            noun = "thing" if failed == 1 else "things"
            raise CommandError(f"{failed} {noun} could not be done; the queue of work says why.")

    def _guarded(self, authority: Authority) -> int:
        """Catch up with one council; what is wrong with one holds up no other."""
        try:
            return self._catch_up(authority)
        except Exception:
            logger.exception("council %s could not be caught up with", authority.pk)
            self.stdout.write(f"{authority.slug}: its calendar could not be looked at; the log says why.")
            return 1

    def _catch_up(self, authority: Authority) -> int:
        failed = missed = 0
        for occurrence, job in run_missed(authority):
            missed += 1
            failed += job.status == JobStatus.FAILED
            outcome = {
                JobStatus.DONE: occurrence.outcome or "Done.",
                JobStatus.FAILED: f"Failed: {job.error}",
                JobStatus.WAITING: f"Will be tried again: {job.error}",
            }.get(JobStatus(job.status), "A worker is doing it.")
            self.stdout.write(
                f"{authority.slug}: {occurrence.get_kind_display()} {occurrence.period},"
                f" due {long_date(occurrence.due_on)}. {outcome}"
            )
        if not missed:
            self.stdout.write(f"{authority.slug}: the calendar has missed nothing.")
        if broken := do_daily_work(authority):
            failed += broken
            self.stdout.write(
                f"{authority.slug}: {plural(broken, 'piece')} of the daily work failed; the log says why."
            )
        while waiting := self._forgotten(authority):
            for job_id in waiting:
                failed += run(authority.pk, job_id) == JobStatus.FAILED
        return failed

    @staticmethod
    def _forgotten(authority: Authority) -> list[int]:
        with authority_scope(authority):
            return forgotten_jobs()
