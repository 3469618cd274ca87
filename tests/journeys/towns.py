"""A town of any built-in framework on a site of its own: what is not walked in the browser is done by the services."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from audits.models import Audit
from audits.services.cycles import prepare_cycle
from qaf.lib import clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_council, make_person
from tests.golden.play import audits_of, month, on
from tests.golden.town import Town, build_town
from tests.journeys.people import Looks, Tab
from tests.journeys.running import Site

SETTLED_IN = datetime(2026, 9, 7, 9, tzinfo=clock.LONDON)
SMALL: dict[str, Any] = {"at_the_centre": 1, "teams_in_a_service": 1, "published_on": date(2026, 9, 1)}


@dataclass
class Place:
    """One council of the journeys, which its calendar and its people bring from day to day."""

    site: Site
    council: Authority
    town: Town

    @property
    def home(self) -> str:
        """The address under which everything of the council is."""
        return f"/a/{self.council.slug}/"

    @contextmanager
    def on(self, day: date, hour: int = 9) -> Iterator[None]:
        """Make it ``day`` for the site and the test, and be at work once the calendar has done what was due."""
        self.site.move_to(datetime.combine(day, time(hour), tzinfo=clock.LONDON))
        with on(self.council, day, hour):
            yield

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Read and write the council's records on the same day."""
        with authority_scope(self.council):
            yield

    def audits(self, period: str) -> list[Audit]:
        """The audits of a month such as 2026-10, in the order of their references."""
        with self.inside():
            return audits_of(month(period))


def settle(site: Site, slug: str, framework: str, *, months: tuple[str, ...], **options: Any) -> Place:
    """Make a council of a framework at the beginning of September; chance is fixed for its months."""
    council = make_council(slug, f"{slug.capitalize()} Council")
    with clock.travel(SETTLED_IN), authority_scope(council):
        town = build_town(framework, **SMALL | {"signs_in": True} | options)
        for period in months:
            prepare_cycle(period=date.fromisoformat(f"{period}-01"), seed=f"journey {period}")
    place = Place(site, council, town)
    with place.on(date(2026, 9, 8)):
        return place


def stranger_of(slug: str) -> str:
    """Make a council next door that has nothing, and return the name of somebody who signs in there."""
    council = make_council(slug, f"{slug.capitalize()} Council")
    with authority_scope(council):
        return make_person(f"Stranger {slug.capitalize()}", "qa_lead", signs_in=True).name


def refuse(stranger: Tab, looks: Looks, home: str, *, at_least: int) -> None:
    """Every address that was met under ``home`` is one that a person of another council does not find."""
    met = sorted(path for path in looks.addresses if path.startswith(home))
    assert len(met) >= at_least, met
    for path in met:
        assert stranger.page.request.get(path).status == 404, path
        assert stranger.page.request.post(path).status == 404, path
