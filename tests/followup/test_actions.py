"""Actions: agreed, done with evidence, signed off by somebody else, following the child."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.cases.events import CasesImported
from audits.followup.models import Action
from audits.followup.selectors import visible_actions
from audits.followup.services import (
    chase,
    complete_action,
    drop_action,
    edit_action,
    open_action,
    propose_action,
    replace_leavers,
    send_back_action,
    sign_off_action,
)
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.events import publish
from qaf.tenants.registry import todo_for
from qaf.tenants.services import record_absence, record_leaver
from qaf.tenants.transitions import StatusHasChanged
from tests.factories.people import make_person, make_service, make_team

JUDGED = {"completed": True, "impact": True}
pytestmark = pytest.mark.usefixtures("frozen", "scope")


def make_action(
    case, owner, *, role: str = "worker", due_on: date = date(2026, 11, 2), opened: bool = True
) -> Action:
    action = propose_action(
        case=case,
        text="Visit the father",
        intended_change="He is heard.",
        owner=owner,
        owner_role=role,
        due_on=due_on,
        latest_on=date(2027, 1, 5),
        proposed_by=None,
    )
    if opened:
        open_action(action=action)
    return action


def done(action: Action, person) -> Action:
    complete_action(
        action=action, evidence="Case note of today.", change_for_child="He visits.", person=person
    )
    return action


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


@pytest.mark.req("HER-49")
def test_an_action_goes_from_proposal_to_sign_off_and_everybody_concerned_is_told(audit, cast):
    action = make_action(audit.case, cast.wyn, opened=False)
    assert (action.status, told("action_opened")) == ("proposed", [])
    open_action(action=action)
    assert told("action_opened") == ["Wyn Worker"]
    done(action, cast.wyn)
    assert told("action_done") == ["Lena Lead"]
    sign_off_action(action=action, comment="Seen.", person=cast.lena, judged=JUDGED)
    action.refresh_from_db()
    assert (action.status, action.done_by, action.signed_off_by) == ("signed_off", cast.wyn, cast.lena)
    assert action.done_at == action.signed_off_at == clock.now()


def test_completing_needs_evidence_and_what_changed_for_the_child(audit, cast):
    action = make_action(audit.case, cast.wyn)
    with pytest.raises(ValidationError) as error:
        complete_action(action=action, evidence=" ", change_for_child="", person=cast.wyn)
    assert set(error.value.message_dict) == {"evidence", "change_for_child"}
    action.refresh_from_db()
    assert action.status == "open"


def test_only_the_owner_or_their_deputy_completes_it(audit, cast):
    action = make_action(audit.case, cast.wyn)
    for person in (cast.lena, cast.quinn, cast.stranger):
        with pytest.raises(PermissionDenied):
            done(action, person)
    record_absence(
        person=cast.wyn, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 9), deputy=cast.stranger
    )
    stan = type(cast.stranger).objects.get(pk=cast.stranger.pk)
    assert done(action, stan).done_by == stan


def test_nobody_signs_off_their_own_action_nor_what_they_completed(audit, cast):
    own = done(make_action(audit.case, cast.lena, role="manager"), cast.lena)
    with pytest.raises(PermissionDenied):
        sign_off_action(action=own, comment="", person=cast.lena, judged=JUDGED)
    assert told("action_done") == ["Sam Service"], "the manager above signs a manager's own action"
    for person in (cast.wyn, cast.stranger, cast.petra):
        with pytest.raises(PermissionDenied):
            sign_off_action(action=own, comment="", person=person, judged=JUDGED)
    sign_off_action(action=own, comment="", person=cast.sam, judged=JUDGED)


def test_an_owner_with_the_right_to_sign_everything_off_still_cannot_sign_their_own(audit, cast):
    own = done(make_action(audit.case, cast.quinn, role=""), cast.quinn)
    with pytest.raises(PermissionDenied):
        sign_off_action(action=own, comment="", person=cast.quinn, judged=JUDGED)


def test_sent_back_it_is_open_again_with_what_is_missing(audit, cast):
    action = done(make_action(audit.case, cast.wyn), cast.wyn)
    with pytest.raises(ValidationError):
        send_back_action(action=action, comment=" ", person=cast.lena)
    send_back_action(action=action, comment="He was not at home.", person=cast.lena)
    action.refresh_from_db()
    assert (action.status, action.sign_off_comment) == ("open", "He was not at home.")
    assert told("action_sent_back") == ["Wyn Worker"]
    with pytest.raises(StatusHasChanged):
        sign_off_action(action=action, comment="", person=cast.lena, judged=JUDGED)


def test_later_than_the_latest_day_is_refused_and_an_agreed_action_is_not_rewritten(audit, cast):
    with pytest.raises(ValidationError, match="Tuesday 5 January 2027"):
        make_action(audit.case, cast.wyn, due_on=date(2027, 1, 6))
    action = make_action(audit.case, cast.wyn)
    words = {
        "text": "Else",
        "intended_change": "",
        "owner": cast.wyn,
        "owner_role": "",
        "due_on": date(2026, 11, 3),
    }
    with pytest.raises(ValidationError, match="agreed"):
        edit_action(action=action, **words)


def test_opening_moves_a_day_that_has_become_too_late(audit, cast):
    action = make_action(audit.case, cast.wyn, due_on=date(2027, 1, 5), opened=False)
    open_action(action=action, latest_on=date(2026, 12, 1))
    action.refresh_from_db()
    assert (action.due_on, action.latest_on) == (date(2026, 12, 1), date(2026, 12, 1))


def test_leaving_out_needs_a_reason(audit, cast):
    action = make_action(audit.case, cast.wyn, opened=False)
    with pytest.raises(ValidationError):
        drop_action(action=action, reason="", person=cast.quinn)
    drop_action(action=action, reason="Done already.", person=cast.quinn)
    assert Action.objects.get().status == "not_agreed"


# Following the child --------------------------------------------------------------------------------------------------


def test_actions_follow_the_child_to_the_next_worker_and_manager(audit, cast):
    team = make_team("Elder", make_service("Looked after"))
    nora, mia = (
        make_person("Nora New", "social_worker", unit=team),
        make_person("Mia Manager", "team_manager", unit=team),
    )
    of_worker = make_action(audit.case, cast.wyn)
    of_manager = make_action(audit.case, cast.lena, role="manager")
    stays = make_action(audit.case, cast.ivor, role="")
    finished = done(make_action(audit.case, cast.wyn), cast.wyn)
    case = audit.case
    case.team, case.worker, case.manager = team, nora, None
    case.save()
    publish(CasesImported(1))
    publish(CasesImported(2))
    owners = {
        action.pk: Action.objects.get(pk=action.pk).owner
        for action in (of_worker, of_manager, stays, finished)
    }
    assert owners == {of_worker.pk: nora, of_manager.pk: mia, stays.pk: cast.ivor, finished.pk: cast.wyn}
    assert told("action_handed_over") == ["Lena Lead", "Mia Manager", "Nora New", "Wyn Worker"]


def test_the_action_of_a_child_without_a_worker_is_their_managers(audit, cast):
    action = make_action(audit.case, cast.wyn)
    audit.case.worker = None
    audit.case.save()
    publish(CasesImported(1))
    action.refresh_from_db()
    assert (action.owner, action.owner_role) == (cast.lena, "worker")


def test_what_a_leaver_had_passes_to_their_manager(audit, cast):
    action = make_action(audit.case, cast.ivor, role="")
    record_leaver(person=cast.ivor, left_on=date(2026, 10, 2))
    assert replace_leavers() == 1
    assert replace_leavers() == 0
    action.refresh_from_db()
    assert action.owner == cast.lena


# Seeing and chasing ---------------------------------------------------------------------------------------------------


@pytest.mark.req("HER-49")
def test_trackers_see_every_action_managers_their_own_childrens_and_others_theirs(audit, cast, seniors):
    action = make_action(audit.case, cast.wyn)
    for person in (cast.quinn, cast.petra, seniors.dev, cast.wyn, cast.lena, cast.sam, seniors.hetty):
        assert list(visible_actions(person)) == [action], person
    for person in (cast.stranger, cast.ivor):
        assert list(visible_actions(person)) == [], person


def test_a_restricted_childs_action_is_seen_only_by_those_cleared_and_its_owner(audit, cast, seniors):
    action = make_action(audit.case, cast.wyn)
    audit.case.restricted = True
    audit.case.save()
    assert list(visible_actions(cast.wyn)) == [action]
    assert list(visible_actions(cast.sam)) == []
    assert list(visible_actions(seniors.dev)) == [action], "this post sees restricted records"


def test_late_is_told_once_and_then_once_a_week(audit, cast):
    make_action(audit.case, cast.wyn)
    for day, count in (
        (date(2026, 11, 2), 0),
        (date(2026, 11, 3), 1),
        (date(2026, 11, 4), 1),
        (date(2026, 11, 10), 2),
    ):
        with clock.travel(day):
            chase()
            chase()
        assert len(told("action_overdue")) == count, day


@pytest.mark.req("HER-49")
def test_the_owner_is_asked_to_complete_and_the_manager_to_sign_off(audit, cast):
    def texts(person):
        return [item.text for item in todo_for(person) if "action" in item.text]

    action = make_action(audit.case, cast.wyn)
    assert texts(cast.wyn) == ["Complete an action"]
    done(action, cast.wyn)
    assert texts(cast.wyn) == []
    assert texts(cast.lena) == ["Sign off an action"]
    assert texts(cast.sam) == []
    assert texts(cast.stranger) == []
