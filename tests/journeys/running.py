"""The site of the journeys: a database of its own, a web server and a worker in processes of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from qaf.lib import clock
from tests.factories.databases import separate_database
from tests.journeys import moved

STARTING_SECONDS = 120


@dataclass
class Site:
    """Where the site is, and its processes."""

    folder: Path
    port: int
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def move_to(self, moment: datetime) -> None:
        """Set business time."""
        moved.set_now(self.folder / "clock", moment)

    def ring(self, task: str) -> None:
        """Ring one of the periodic bells now, instead of waiting for it."""
        from qaf.celery import app

        app.send_task(task, queue=self.environment["QAF_JOURNEY_QUEUE"], retry=False)

    def start_web(self) -> None:
        """Start the web server and wait until it answers; another port where somebody has taken ours meanwhile."""
        for _ in range(3):
            if self._serve():
                return
            if "in use" not in self.log("web"):
                break
            self.port = free_port()
        raise RuntimeError(f"The site does not answer:\n{self.log('web')}")

    def _serve(self) -> bool:
        self._start(
            "web", "gunicorn", "tests.journeys.site", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
            "--threads", "4", "--timeout", "120",
        )  # fmt: skip
        deadline = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < deadline and self.processes["web"].poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/account/login/", timeout=10):  # noqa: S310 — our own site
                    return self.processes["web"].poll() is None
            except OSError:
                time.sleep(0.1)
        return False

    def start_worker(
        self, name: str = "worker", *, application: str = "tests.journeys.worker", schedule: str = "schedule"
    ) -> None:
        """Start a worker that also rings the periodic bells, by a ``schedule`` file of its own."""
        self._start(
            name, "celery", "-A", application, "worker", "-B", "-s", str(self.folder / schedule), "-n", f"{name}@%h",
            "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def log(self, name: str) -> str:
        """The end of a process's log."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a process and its children."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def address_of(alias: str, name: str) -> str:
    """Return how the settings' ``alias`` is reached in the database ``name``."""
    one = settings.DATABASES[alias]
    secret = f":{one['PASSWORD']}" if one["PASSWORD"] else ""
    host = one["HOST"] or ""
    if host.startswith("/"):
        return f"postgres://{one['USER']}{secret}@/{host}/{name}"
    return f"postgres://{one['USER']}{secret}@{host}:{one['PORT'] or 5432}/{name}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_site(folder: Path, blocker, *, purpose: str = "journeys") -> Iterator[Site]:
    """Start the site on a fresh database in ``folder``; stop and remove everything afterwards.

    Inside, the test's own connections see the same database; nothing is in it but the tables.
    """
    with separate_database(purpose, blocker) as name:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
            "DATABASE_URL": address_of("default", name),
            "REDIS_URL": settings.REDIS_URL,
            "QAF_DATA": str(folder / "data"),
            "QAF_JOURNEY_QUEUE": name,
            moved.PATH: str(folder / "clock"),
        }
        environment.pop("DATABASE_OWNER_URL", None)
        (folder / "data").mkdir(parents=True)
        site = Site(folder, free_port(), environment)
        site.move_to(datetime(2026, 10, 1, 9, tzinfo=clock.LONDON))
        try:
            yield site
        finally:
            for process in list(site.processes):
                site.stop(process)
            shutil.rmtree(folder / "data", ignore_errors=True)
