"""A site on engines of its own, which a test may stop and start."""

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from qaf.lib import clock
from tests.faults.month import DATABASES, Engines, database_of, pointed_at
from tests.journeys import moved
from tests.journeys.conftest import chromium
from tests.journeys.people import Looks, Tab
from tests.journeys.running import Site, free_port

__all__ = ["chromium"]
JOURNEYS = "tests.journeys.settings"
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


def site_in(folder: Path, environment: dict[str, str]) -> Site:
    """Give a site that keeps its files in ``folder``, at nine on 1 October 2026; nothing runs yet."""
    own = {
        "QAF_DATA": str(folder / "files"),
        "QAF_JOURNEY_QUEUE": database_of(environment),
        moved.PATH: str(folder / "clock"),
    }
    site = Site(folder, free_port(), environment | own)
    site.move_to(datetime(2026, 10, 1, 9, tzinfo=clock.LONDON))
    return site


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """Engines of the tests' own with the tables of QAF in a database that every house copies."""
    folder = tmp_path_factory.mktemp("engines")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(settings.BASE_DIR) / "script"))
        for name in (*DATABASES, "REDIS_URL"):
            patch.delenv(name, raising=False)
        from _lib.places import DataFolder
        from _lib.processes import Programs
        from _lib.sessions import start_engines

        data = DataFolder.open(str(folder / "data"))
        with contextlib.closing(Programs()) as programs:
            # Until there is something to lose, speed; then as in production: what was said to be kept is kept.
            engines, addresses = start_engines(data, programs, throw_away=True)
            environment = {**os.environ, **addresses, "DJANGO_SETTINGS_MODULE": JOURNEYS}
            base = House(site_in(folder, environment), Engines(engines, programs))
            base.python(MIGRATE)
            engines.throw_away = False
            for name in ("postgres", "valkey"):
                base.engines.stop(name, signal.SIGINT)
                base.engines.start(name)
            yield base
        engines.erase()


@contextlib.contextmanager
def house_of(base: House, folder: Path, name: str, *, settings_module: str) -> Iterator[House]:
    """Give a house with a copy of the empty database; stop its processes afterwards, and start what has died."""
    base.engines.copy(database_of(base.site.environment), name)
    environment = pointed_at(base.site.environment, name) | {"DJANGO_SETTINGS_MODULE": settings_module}
    site = site_in(folder, environment)
    try:
        yield House(site, base.engines)
    finally:
        for process in list(site.processes):
            site.stop(process, signal.SIGKILL)
        base.engines.revive()


@pytest.fixture
def house(base, tmp_path):
    """An empty site with two councils: engines and web server run, the worker does not yet."""
    with house_of(base, tmp_path, f"house_{uuid.uuid4().hex[:8]}", settings_module=JOURNEYS) as house:
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
