"""Follow-ups: who may answer, what is asked, and what becomes of them."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.followup.models import FollowUp
from audits.followup.selectors import may_see_follow_up, visible_follow_ups
from audits.followup.services import (
    chase,
    complete_follow_up,
    open_follow_up,
    replace_leavers,
    stand_down_follow_up,
)
from audits.followup.services.reminders import still_due
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.services import record_leaver
from qaf.tenants.transitions import StatusHasChanged
from tests.factories.people import make_person

pytestmark = pytest.mark.usefixtures("frozen", "scope")


def make_follow_up(audit, kind: str = "oversight", **fields) -> FollowUp:
    wanted = {
        "title": "Look at it",
        "case": audit.case,
        "assignee": None,
        "party": "qa_team",
        "due_on": date(2026, 10, 12),
    }
    return open_follow_up(kind=kind, **{**wanted, **fields})


@pytest.mark.req("HER-27")
def test_a_follow_up_of_a_group_is_everybodys_of_the_group_and_whoever_comes_first_answers(
    audit, cast, seniors
):
    filing = make_follow_up(audit, "filing", title="Place it on the record")
    for person in (cast.quinn, cast.petra):
        assert "Place it on the record" in {item.text for item in todo_for(person)}
    assert "Place it on the record" not in {item.text for item in todo_for(cast.lena)}
    with pytest.raises(PermissionDenied):
        complete_follow_up(follow_up=filing, person=cast.lena, answers={"filed_on": "2026-10-05"})
    answers = {"filed_on": "2026-10-05", "reference": "M-77"}
    complete_follow_up(follow_up=filing, person=cast.petra, answers=answers)
    filing.refresh_from_db()
    assert (filing.status, filing.done_by, filing.done_at, filing.answers) == (
        "done",
        cast.petra,
        clock.now(),
        answers,
    )
    with pytest.raises(StatusHasChanged):
        complete_follow_up(follow_up=filing, person=cast.quinn, answers=answers)


@pytest.mark.req("HER-44", "HER-50")
@pytest.mark.parametrize(
    ("kind", "field"), [("oversight", "comment"), ("filing", "filed_on"), ("supervision", "held_on")]
)
def test_an_answer_without_its_substance_is_refused(audit, cast, kind, field):
    follow_up = make_follow_up(audit, kind, assignee=cast.sam)
    with pytest.raises(ValidationError) as error:
        complete_follow_up(follow_up=follow_up, person=cast.sam)
    assert set(error.value.message_dict) == {field}
    follow_up.refresh_from_db()
    assert follow_up.status == "open"


def test_what_is_asked_about_a_colleague_is_seen_by_them_their_managers_and_trackers_only(
    audit, cast, seniors
):
    from audits.models import AuditFollowUp

    about = make_follow_up(audit, "conversation", assignee=cast.lena, party="team_manager", about=cast.wyn)
    AuditFollowUp.objects.create(audit=audit, follow_up=about, rule="x")
    for person in (cast.wyn, cast.lena, cast.sam, cast.quinn):
        assert may_see_follow_up(about, person), person
    for person in (cast.stranger, cast.ivor):
        assert not may_see_follow_up(about, person), person
    assert list(visible_follow_ups(cast.wyn)) == [about]
    assert list(visible_follow_ups(cast.stranger)) == []


def test_a_late_one_is_chased_until_it_is_made(audit, cast):
    supervision = make_follow_up(audit, "supervision", assignee=cast.lena, party="team_manager")
    for day in (date(2026, 10, 13), date(2026, 10, 14), date(2026, 10, 20)):
        with clock.travel(day):
            chase()
    assert Notice.objects.filter(kind="follow_up_overdue").count() == 2
    complete_follow_up(follow_up=supervision, person=cast.lena, answers={"held_on": "2026-10-20"})
    with clock.travel(date(2026, 10, 27)):
        chase()
    assert Notice.objects.filter(kind="follow_up_overdue").count() == 2


def test_one_that_names_nobody_is_chased_with_everybody_who_may_answer_and_climbs_their_line(
    audit, cast, seniors
):
    filing = make_follow_up(audit, "filing", due_on=date(2026, 10, 12))
    about = make_follow_up(audit, "conversation", party="qa_lead", about=cast.quinn)
    with clock.travel(date(2026, 10, 13)):
        chase()
        chase()
        late = Notice.objects.filter(kind="follow_up_overdue")
        assert sorted(late.values_list("person__name", flat=True)) == ["Petra Peer", "Quinn Lead"]
        assert not late.filter(key__startswith=f"follow_up-{about.pk}:").exists(), "nobody chases themselves"
        assert set(still_due(list(late))) == {one.pk for one in late}
        complete_follow_up(follow_up=filing, person=cast.petra, answers={"filed_on": "2026-10-13"})
        assert still_due(list(late)) == {}
    with clock.travel(date(2026, 10, 19)):
        chase()
        above = Notice.objects.filter(kind="escalation", key__startswith=f"follow_up-{about.pk}:")
        assert above.exists()
        assert all("Who has it to do: Nobody yet." in one.body for one in above)


def test_what_a_leaver_was_asked_passes_to_whoever_holds_the_post(audit, cast):
    follow_up = make_follow_up(audit, "review", assignee=cast.sam, party="service_manager")
    record_leaver(person=cast.sam, left_on=date(2026, 10, 2))
    assert replace_leavers() == 0, "nobody holds the post yet"
    sue = make_person("Sue Successor", "service_manager", unit=cast.service)
    assert replace_leavers() == 1
    follow_up.refresh_from_db()
    assert follow_up.assignee == sue


def test_standing_down_tells_who_was_asked_and_why(audit, cast):
    follow_up = make_follow_up(audit, "supervision", assignee=cast.lena, party="team_manager")
    stand_down_follow_up(follow_up=follow_up, why="The worker has left.", person=cast.lena)
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.comment) == ("not_needed", "The worker has left.")
    assert Notice.objects.get(kind="follow_up_stood_down").body == "Lena Lead says why on its page."
