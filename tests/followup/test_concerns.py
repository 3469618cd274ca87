"""Urgent concerns: who is told at once, who answers by when, who never hears of it."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.followup.models import UrgentConcern
from audits.followup.selectors import may_see_concern
from audits.followup.services import answer_concern, chase, close_concern, raise_concern
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.services import record_absence
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("frozen", "scope")


def told(kind: str = "urgent_concern") -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


@pytest.fixture
def concern(audit, cast, seniors) -> UrgentConcern:
    return raise_concern(
        case=audit.case, raised_by=cast.petra, text="Nobody has seen her for weeks.", about=audit.reference
    )


@pytest.mark.req("HER-48")
def test_the_service_manager_and_the_lead_are_told_at_once_and_an_answer_is_due_within_the_hours(
    concern, audit, cast
):
    assert concern.responder == cast.sam
    assert concern.due_at == clock.now() + timedelta(hours=24)
    assert told() == {"Sam Service", "Quinn Lead"}
    assert [link.concern for link in audit.concern_links.all()] == [concern]
    for notice in Notice.objects.filter(kind="urgent_concern"):
        assert "weeks" not in notice.subject + notice.body, "no word about the child leaves the page"


def test_a_deputy_answers_for_an_absent_service_manager(audit, cast, seniors):
    dora = make_person("Dora Deputy", "team_manager", unit=cast.team)
    record_absence(person=cast.sam, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 9), deputy=dora)
    concern = raise_concern(case=audit.case, raised_by=cast.petra, text="Look today.")
    assert concern.responder == dora
    answer_concern(concern=concern, answer="Seen at school today.", person=dora)


def test_a_concern_about_a_member_of_staff_goes_past_the_line(audit, cast, seniors):
    concern = raise_concern(case=audit.case, raised_by=cast.petra, text="About a worker.", about_staff=True)
    assert concern.responder == seniors.hetty
    assert told() == {"Hetty Head", "Quinn Lead"}
    for person in (cast.wyn, cast.lena, cast.sam):
        assert not may_see_concern(concern, person)


def test_whoever_raises_it_does_not_answer_it(audit, cast, seniors):
    concern = raise_concern(case=audit.case, raised_by=cast.sam, text="Look today.")
    assert concern.responder == seniors.hetty


def test_where_nobody_can_answer_the_lead_is_asked_to_take_it_on(audit, cast):
    cast.sam.left_on = date(2026, 10, 1)
    cast.sam.save()
    concern = raise_concern(case=audit.case, raised_by=cast.petra, text="Look today.")
    assert concern.responder is None
    notice = Notice.objects.get(kind="urgent_concern")
    assert notice.person == cast.quinn
    assert "Nobody could be found" in notice.body
    assert [i.text for i in todo_for(cast.quinn) if i.urgent] == ["Answer an urgent concern about a child"]


def test_the_answer_goes_back_and_whoever_raised_it_closes_it(concern, cast):
    for person in (cast.petra, cast.lena, cast.stranger):
        with pytest.raises(PermissionDenied):
            answer_concern(concern=concern, answer="No.", person=person)
    with pytest.raises(ValidationError):
        answer_concern(concern=concern, answer=" ", person=cast.sam)
    answer_concern(concern=concern, answer="Visited today; she is well.", person=cast.sam)
    assert told("concern_answered") == {"Petra Peer"}
    with pytest.raises(PermissionDenied):
        close_concern(concern=concern, person=cast.sam)
    close_concern(concern=concern, person=cast.petra)
    concern.refresh_from_db()
    assert (concern.status, concern.answered_by, concern.answered_at) == ("closed", cast.sam, clock.now())


def test_it_stands_first_among_what_the_responder_has_to_do_and_is_chased_when_late(concern, cast):
    first = todo_for(cast.sam)[0]
    assert (first.text, first.urgent) == ("Answer an urgent concern about a child", True)
    chase()
    assert told("concern_overdue") == set()
    with clock.travel(datetime(2026, 10, 6, 9, 1, tzinfo=clock.LONDON)):
        chase()
        chase()
        assert any(item.urgent for item in todo_for(type(cast.quinn).objects.get(pk=cast.quinn.pk)))
    assert Notice.objects.filter(kind="concern_overdue").count() == 1


@pytest.mark.parametrize("about_them", [False, True], ids=["about a child", "about themselves"])
def test_lateness_reaches_the_head_of_service_but_never_of_a_concern_about_themselves(
    audit, cast, seniors, about_them
):
    concern = raise_concern(
        case=audit.case,
        raised_by=cast.petra,
        text="Look today.",
        about_person=seniors.hetty if about_them else None,
    )
    with clock.travel(concern.due_at + timedelta(days=2)):
        chase()
    heard = set(Notice.objects.values_list("person__name", flat=True))
    assert ("Hetty Head" in heard) is not about_them


def test_a_reference_of_another_childs_audit_links_nothing(audit, cast, seniors):
    from tests.factories.assessments import make_audit

    other = make_audit(cast, local_id="0005678")
    raise_concern(case=audit.case, raised_by=cast.petra, text="Look.", about=other.reference)
    assert not audit.concern_links.exists()
    assert not other.concern_links.exists()
