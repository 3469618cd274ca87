"""The Celery application of the fault tests: bells every second, and an end at the statement that the test chose.

Every statement that the worker asks of the database is counted in a file (its size is the count), whichever process
asks. A plan beside it says at which count what is killed: this child, its worker, or an engine by its process id.
"""

import json
import os
import signal
from pathlib import Path
from typing import Any

from celery.app.task import Task
from celery.signals import task_postrun, task_prerun
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from tests.faults.plan import COUNT, DONE, FOLDER, PLAN, TWICE, VICTIM
from tests.journeys import moved
from tests.journeys.worker import app

__all__ = ["app"]
_folder = Path(os.environ[FOLDER])
_began: list[str] = []

SECONDS = {"sweep-jobs": 0.7, "relay-notices": 0.5, "look-at-calendars": 0.5, "daily": 1.5}
EXPIRES = 6
"""Seconds after which a bell is not worth hearing: on a busy machine fresh ones must not queue behind stale ones."""
_slower = 3 if os.environ.get(TWICE) else 1  # two beats, each of which rings twice
for _name, _seconds in SECONDS.items():
    app.conf.beat_schedule[_name] = app.conf.beat_schedule[_name] | {
        "schedule": _seconds * _slower,
        "options": {"expires": EXPIRES},
    }

if os.environ.get(TWICE):
    _once = Task.apply_async

    def _twice(self: Task, *args: Any, **kwargs: Any) -> Any:
        """Deliver everything twice."""
        _once(self, *args, **kwargs)
        return _once(self, *args, **kwargs)

    Task.apply_async = _twice


def _count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Count the statement; where the plan says so, this is as far as it gets."""
    counter = os.open(_folder / COUNT, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(counter, b".")
    number = os.lseek(counter, 0, os.SEEK_CUR)
    os.close(counter)
    try:
        plan = json.loads((_folder / PLAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return execute(sql, params, many, context)
    if number >= plan["at"]:
        # Whoever removes the plan carries it out: it is carried out once.
        try:
            (_folder / PLAN).rename(_folder / f"{PLAN}.done")
        except FileNotFoundError:
            return execute(sql, params, many, context)
        _kill(plan, sql)
    return execute(sql, params, many, context)


def _kill(plan: dict[str, Any], sql: str) -> None:
    with (_folder / "killed.log").open("a", encoding="utf-8") as log:
        log.write(f"{plan['what']} at statement {plan['at']}, before {sql[:60]!r}\n")
    # The test goes on when it sees this one gone; of everything that is the worker.
    pid = {"child": os.getpid(), "worker": os.getppid(), "everything": os.getppid()}.get(
        plan["what"], plan["pid"]
    )
    (_folder / f"{VICTIM}.new").write_text(str(pid), encoding="utf-8")
    (_folder / f"{VICTIM}.new").rename(_folder / VICTIM)
    if plan["what"] == "everything":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)


@receiver(connection_created)
def _watch(connection: Any, **kwargs: Any) -> None:
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


@task_prerun.connect
def _begin(**kwargs: Any) -> None:
    _began[:] = [Path(os.environ[moved.PATH]).read_text(encoding="utf-8")]


@task_postrun.connect
def _end(task: Task, state: str, **kwargs: Any) -> None:
    """Note for which moment the periodic work was last done to its end."""
    if state == "SUCCESS":
        done = _folder / f"{DONE}-{task.name.rpartition('.')[2]}"
        fresh = done.with_suffix(f".{os.getpid()}")
        fresh.write_text(_began[0], encoding="utf-8")
        fresh.replace(done)
