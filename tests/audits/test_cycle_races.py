"""Two people at once: one month, one set of audits, no reference twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from audits.models import Audit, Cycle, SampledCase
from audits.services.cycles import open_cycle, prepare_cycle
from audits.services.references import take_references
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import authority_scope
from tests.factories.audits import small_council
from tests.factories.people import make_council

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
FIFTH = date(2026, 10, 5)


def together(work, times: int) -> list:
    def alone(number: int):
        try:
            with clock.travel(FIFTH):
                return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))


@pytest.mark.req("HER-02")
def test_a_month_opened_by_four_clicks_at_once_is_drawn_once():
    council = make_council("alder", "Alder Council")
    with clock.travel(FIFTH), authority_scope(council):
        small_council(cases_per_team=3)

    def click(number: int) -> int:
        with authority_scope(council):
            ash = Person.objects.get(name="Ash Rowan")
            return open_cycle(cycle=prepare_cycle(period=FIFTH, person=ash), person=ash).pk

    assert len(set(together(click, 4))) == 1
    with authority_scope(council):
        assert Cycle.objects.count() == 1
        drawn = list(SampledCase.objects.values_list("case_id", flat=True))
        audited = list(Audit.objects.values_list("case_id", flat=True))
        assert len(drawn) == len(set(drawn)) > 0
        assert sorted(drawn) == sorted(audited)


def test_references_taken_at_once_are_all_different_and_leave_no_gap():
    council = make_council("alder", "Alder Council")

    def take(number: int) -> list[str]:
        with authority_scope(council):
            return take_references(year=2026, count=3)

    taken = sorted(reference for batch in together(take, 4) for reference in batch)
    assert taken == [f"ALD-2026-{number:04d}" for number in range(1, 13)]
