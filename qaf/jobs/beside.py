"""What a running job tells while its own transaction is still open: how far it is, and that its worker lives.

The work of a job commits as one piece at its end, so nobody would see its progress before. These few columns are
therefore written on a connection of their own, each time in a transaction of their own. A worker that was killed
stops telling; its lease runs out, and the sweeper gives the job to another.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections

from qaf.jobs.models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""How long a worker that says nothing is believed to live: a killed one's work is taken up within five minutes."""
BEAT_SECONDS = 45.0
_OPEN = "SELECT set_config('qaf.authority', %s, true), set_config('lock_timeout', '2s', true)"


class Beside:
    """A second connection, opened when first needed, for one attempt at one job."""

    def __init__(self, authority_id: int, job: Job) -> None:
        self._authority_id, self._job, self._attempt = authority_id, job.pk, job.attempts
        self._connection: Any = None

    def write(self, **columns: Any) -> bool:
        """Write columns of the job and its lease; return whether somebody has asked for it to be cancelled.

        Whatever goes wrong here does not harm the work: it is logged, and nobody sees how far it is.
        """
        columns["lease_until"] = datetime.now(UTC) + LEASE
        names = ", ".join(f"{name} = %s" for name in columns)
        sql = (
            f"UPDATE {Job._meta.db_table} SET {names}"  # noqa: S608 — names of columns, from this module's callers
            " WHERE id = %s AND status = 'running' AND attempts = %s RETURNING cancel_asked"
        )
        try:
            if self._connection is None:
                self._connection = connections[DEFAULT_DB_ALIAS].copy()
                self._connection.set_autocommit(False)
            with self._connection.cursor() as cursor:
                cursor.execute(_OPEN, [str(self._authority_id)])
                cursor.execute(sql, [*columns.values(), self._job, self._attempt])
                row = cursor.fetchone()
            self._connection.commit()
        except Error as error:
            logger.warning("the progress of job %s was not written: %s", self._job, type(error).__name__)
            self.close()
            return False
        return bool(row and row[0])

    def close(self) -> None:
        """Close the connection; the next word opens a new one."""
        if self._connection is not None:
            try:
                self._connection.close()
            except Error:
                logger.debug("a connection that had broken already was closed")
            self._connection = None


_running: ContextVar[tuple[Beside, int] | None] = ContextVar("qaf_running_job", default=None)


def running(job: Job) -> Beside | None:
    """Return the connection beside ``job`` where it is the one being done here."""
    current = _running.get()
    return current[0] if current and current[1] == job.pk else None


@contextmanager
def watched(authority_id: int, job: Job) -> Iterator[None]:
    """Keep the job's lease alive inside the block, and let its work tell how far it is."""
    beside, over = Beside(authority_id, job), Event()
    token = _running.set((beside, job.pk))
    heart = Thread(target=_beat, args=(authority_id, job, over), name=f"job-{job.pk}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()
        _running.reset(token)
        beside.close()


def _beat(authority_id: int, job: Job, over: Event) -> None:
    beside = Beside(authority_id, job)
    try:
        while not over.wait(BEAT_SECONDS):
            beside.write()
    finally:
        beside.close()
