"""The council that the calendar's tests look at."""

from types import SimpleNamespace

import pytest

from audits.programme.tasks import tick
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from tests.factories.audits import small_council
from tests.factories.people import make_council
from tests.factories.programme import SEPTEMBER


@pytest.fixture
def world(db):
    """A small council whose calendar was first looked at on Monday 14 September 2026."""
    council = make_council("alder", "Alder Council")
    with clock.travel(SEPTEMBER):
        with authority_scope(council):
            small = small_council(cases_per_team=6)
        tick()
        yield SimpleNamespace(council=council, small=small)
