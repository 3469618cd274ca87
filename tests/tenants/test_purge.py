"""Deleting for good leaves the child's data nowhere."""

from datetime import date

import pytest
from django.db import ProgrammingError, connections, transaction

from audits.cases.models import Case, StatusPeriod
from audits.cases.services import delete_never_sampled
from qaf.lib import clock
from qaf.tenants.models import PurgeOrder, TrailEvent, Unit
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import order_purge, purge_trail
from tests.factories.people import make_council, make_service

CANARY = "Zebedee Canary"


def everything_the_trail_says() -> str:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_trailevent NO FORCE ROW LEVEL SECURITY")
        cursor.execute("SELECT string_agg(t::text, ' ') FROM tenants_trailevent t")
        said = cursor.fetchone()[0] or ""
        cursor.execute("ALTER TABLE tenants_trailevent FORCE ROW LEVEL SECURITY")
    return said


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])
def test_after_a_purge_the_trail_holds_nothing_of_the_deleted_row_and_everything_of_the_others():
    alder = make_council("alder", "Alder Council")
    with authority_scope(alder):
        doomed = make_service(CANARY)
        make_service("Early help")
        key = doomed.pk
        doomed.delete()
        order_purge(rows={"tenants_unit": [key]}, why="never sampled")
    assert CANARY in everything_the_trail_says()

    assert purge_trail() == 2
    assert CANARY not in everything_the_trail_says()
    assert "Early help" in everything_the_trail_says()
    with authority_scope(alder):
        assert PurgeOrder.objects.get().done_at is not None
    assert purge_trail() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])
def test_after_a_restore_the_orders_are_carried_out_again():
    alder = make_council("alder", "Alder Council")
    with authority_scope(alder):
        doomed = make_service(CANARY)
        key = doomed.pk
        doomed.delete()
        order_purge(rows={"tenants_unit": [key]}, why="never sampled")
    purge_trail()
    with authority_scope(alder):  # what a backup would bring back
        Unit.objects.create(id=key, kind="service", key="c", name=CANARY)
        Unit.objects.filter(pk=key).delete()
    assert purge_trail() == 0
    assert purge_trail(again=True) == 2
    assert CANARY not in everything_the_trail_says()


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])
def test_the_purge_role_reads_and_changes_nothing_else():
    alder = make_council("alder", "Alder Council")
    with authority_scope(alder):
        make_service("Early help")
    with authority_scope(alder, using="purge"):
        assert TrailEvent.objects.using("purge").exists()
        with pytest.raises(ProgrammingError), transaction.atomic(using="purge"):
            Unit.objects.using("purge").exists()


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])
def test_a_child_never_sampled_is_gone_from_tables_and_trail_on_the_councils_date():
    alder = make_council("alder", "Alder Council")
    with clock.travel(date(2025, 10, 1)), authority_scope(alder):
        case = Case.objects.create(
            local_id="0042", initials="ZQX", status="child_in_need", closed_on=date(2025, 10, 1)
        )
        StatusPeriod.objects.create(case=case, status="child_in_need", starts_on=date(2025, 1, 1))
    with clock.travel(date(2026, 9, 30)), authority_scope(alder):
        assert delete_never_sampled() == 0
    with clock.travel(date(2026, 10, 1)), authority_scope(alder):
        assert delete_never_sampled() == 1
        assert not Case.objects.exists()
    assert "ZQX" in everything_the_trail_says()
    assert purge_trail() == 4
    assert "ZQX" not in everything_the_trail_says()
    assert "0042" not in everything_the_trail_says()
