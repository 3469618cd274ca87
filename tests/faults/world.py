"""The two councils whose month is run while everything dies around it: one audits, the other cannot open its months."""

from datetime import date, datetime

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.programme.services import plan_calendar
from audits.services.cycles import prepare_cycle
from qaf.lib import clock
from qaf.tenants.scope import authority_scope
from tests.factories.audits import FRAMEWORK, small_council
from tests.factories.people import LONG_AGO, make_council, make_person

BEFORE = datetime(2026, 9, 30, 12, tzinfo=clock.LONDON)


def make_world() -> None:
    """Write the councils as they stand at noon on 30 September 2026; the seeds of two months are fixed."""
    council, other = make_council("alder", "Alder Council"), make_council("birch", "Birch Council")
    with authority_scope(council):
        small_council(cases_per_team=3)
        make_person("Dara Dale", "service_director")
        for period in (date(2026, 10, 1), date(2026, 11, 1)):
            prepare_cycle(period=period, seed=f"seed of {period:%B}")
        plan_calendar()
    with authority_scope(other):
        publish_framework(text=loader.builtin_text(FRAMEWORK), effective_from=LONG_AGO)
        make_person("Bryn Stranger", "qa_lead")
        plan_calendar()
