"""A site on engines of its own, which a test may stop and start."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from qaf.lib import clock
from tests.faults.month import Engines
from tests.journeys import moved
from tests.journeys.conftest import chromium
from tests.journeys.people import Looks, Tab
from tests.journeys.running import Site, free_port

__all__ = ["chromium"]
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_PURGE_URL", "REDIS_URL")
BEGIN = """
import django
django.setup()
from tests.journeys.moved import at_the_moment
moment = at_the_moment()
moment.__enter__()
"""
# Some minutes later: what nobody has heard is rung for again, and here twice.
LATER = """
from datetime import timedelta
from django.db.models import F
from qaf.jobs.models import Job
from qaf.jobs.tasks import sweep
from qaf.tenants.scope import for_each_authority
for council in for_each_authority():
    Job.objects.update(rung_at=F("rung_at") - timedelta(minutes=5))
sweep.delay()
sweep.delay()
"""
MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
SEED = "from tests.journeys.world import make_world; make_world()"
STATE = """
import json
from audits.cases.models import Case, CaseImport
from qaf.jobs.models import Job
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
with authority_scope(Authority.objects.get(slug="alder")):
    jobs = [[job.kind, job.status] for job in Job.objects.order_by("id")]
    print(json.dumps([Case.objects.count(), list(CaseImport.objects.values_list("status", flat=True)), jobs]))
"""


@dataclass
class House:
    """Engines, web server and worker, each of which can be stopped alone."""

    site: Site
    engines: Engines

    def python(self, code: str) -> str:
        """Run ``code`` in a process that sees the site's database."""
        done = subprocess.run(
            [sys.executable, "-c", BEGIN + code],
            cwd=settings.BASE_DIR,
            env=self.site.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


@contextlib.contextmanager
def built(folder: Path, *, settings_module: str = "tests.journeys.settings") -> Iterator[House]:
    """Start engines for ``folder`` with an empty database; stop and erase everything afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(settings.BASE_DIR) / "script"))
        for name in ADDRESSES:
            patch.delenv(name, raising=False)
        from _lib.places import DataFolder
        from _lib.processes import Programs
        from _lib.sessions import start_engines

        data = DataFolder.open(str(folder / "data"))
        with contextlib.closing(Programs()) as programs:
            engines, addresses = start_engines(data, programs)
            environment = {
                **os.environ,
                **addresses,
                "DJANGO_SETTINGS_MODULE": settings_module,
                "QAF_DATA": str(folder / "files"),
                "QAF_JOURNEY_QUEUE": "faults",
                moved.PATH: str(folder / "clock"),
            }
            site = Site(folder, free_port(), environment)
            site.move_to(datetime(2026, 10, 1, 9, tzinfo=clock.LONDON))
            house = House(site, Engines(engines, programs))
            try:
                house.python(MIGRATE)
                yield house
            finally:
                for process in list(site.processes):
                    site.stop(process, signal.SIGKILL)
        engines.erase()


@pytest.fixture
def house(tmp_path):
    """An empty site with two councils: engines and web server run, the worker does not yet."""
    with built(tmp_path) as house:
        house.python(SEED)
        house.site.start_web()
        yield house


@pytest.fixture
def ash(house, chromium):
    """Ash, signed in."""
    tab = Tab(chromium, house.site.url, Looks(), name="Ash Rowan")
    tab.sign_in("ash.rowan@example.org")
    yield tab
    tab.close()
