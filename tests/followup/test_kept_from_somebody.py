"""What is kept from somebody stays so on every way in, and what was done in one window is done in the other."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from audits.followup.models import Confirmation, UrgentConcern
from audits.followup.selectors import visible_actions
from audits.followup.services import answer_concern, close_concern, confirm, raise_concern
from audits.models import Assessment, AuditConcern, AuditFlag
from audits.selectors.action_position import sees_positions, visible_audits_with_actions
from audits.selectors.links import assessment_href
from audits.services.extras import put_forward
from audits.services.findings import record_wider_finding
from audits.services.flags import set_flag, take_back_flag
from audits.services.members import may_name_members
from qaf.tenants.models import ReadEvent
from qaf.tenants.scope import authority_scope
from qaf.tenants.transitions import StatusHasChanged
from tests.factories.people import make_person
from tests.factories.towns import audit_of, finish_with, propose, submit_with
from tests.followup.test_close_the_loop import World as OneLoop
from tests.golden.town import build_town


def test_whoever_a_concern_about_staff_is_kept_from_cannot_close_it_by_its_number(council, frozen):
    world = OneLoop(council, signs_in=True)
    with authority_scope(council):
        concern = raise_concern(
            case=world.case, raised_by=world.worker, text="He shouted.", about_person=world.qa
        )
        answer_concern(concern=concern, answer="Looked into.", person=concern.responder)
        with pytest.raises(PermissionDenied):
            close_concern(concern=concern, person=world.qa)
    lead = world.client(world.qa)
    assert lead.post(world.url(f"follow-up/concerns/{concern.pk}/close/")).status_code == 403
    with authority_scope(council):
        assert UrgentConcern.objects.get().status == "answered"
        close_concern(concern=concern, person=world.worker)


def test_who_opens_a_case_that_was_put_forward_is_logged(council, frozen):
    world = OneLoop(council, signs_in=True)
    with authority_scope(council):
        extra = put_forward(
            case=world.case,
            origin="nominated",
            tool="deep_dive",
            reason="A father found.",
            person=world.service_manager,
        )
    assert (
        "A father found."
        in world.client(world.qa).get(world.url(f"put-forward/{extra.pk}/")).content.decode()
    )
    with authority_scope(council):
        seen = ReadEvent.objects.filter(person=world.qa, subject="case")
        assert set(seen.values_list("subject_id", flat=True)) == {world.case.pk}


def test_a_confirmation_in_another_window_keeps_whoever_was_first(scope, frozen):
    town = build_town("slough", teams_in_a_service=1, at_the_centre=1)
    case = town.cases[0]
    audit = audit_of(town, case, town.holder("consultant_practitioner", case.team.name))
    propose(audit, owner=case.worker)
    submit_with(audit, "good")
    finish_with(audit, "good")
    first = Confirmation.objects.select_related("action", "asked_of").first()
    stale = Confirmation.objects.select_related("action", "asked_of").get(pk=first.pk)
    confirm(confirmation=first, person=first.asked_of)
    done_at = Confirmation.objects.get(pk=first.pk).done_at
    with pytest.raises(StatusHasChanged):
        confirm(confirmation=stale, person=first.asked_of)
    assert Confirmation.objects.get(pk=first.pk).done_at == done_at


def test_a_mark_is_taken_back_once(scope, frozen):
    town = build_town("west_sussex", teams_in_a_service=1, at_the_centre=1)
    case = town.cases[-1]
    auditor = town.holder("practice_manager", case.team.name)
    audit = audit_of(town, case, auditor)
    mark = set_flag(audit=audit, flag="safeguarding_concern", reason="Left alone.", person=auditor)
    stale = AuditFlag.objects.select_related("audit").get(pk=mark.pk)
    take_back_flag(mark=mark, reason="She was with her aunt.", person=auditor)
    with pytest.raises(StatusHasChanged):
        take_back_flag(mark=stale, reason="Again.", person=auditor)
    assert AuditFlag.objects.get(pk=mark.pk).taken_back_reason == "She was with her aunt."
    assert not AuditConcern.objects.exists()


def test_a_worker_who_looks_at_their_own_work_neither_says_who_audits_it_nor_what_is_to_be_done(
    scope, frozen
):
    town = build_town("west_sussex", teams_in_a_service=1, at_the_centre=1, signs_in=True)
    case = town.cases[-1]
    auditor = town.holder("practice_manager", case.team.name)
    audit = audit_of(town, case, auditor)
    own = next(slot.key for slot in town.framework.process.slots if slot.grades == "optional")
    part = Assessment.objects.create(audit=audit, slot=own, assessor=case.worker, due_on=audit.due_on)
    assert may_name_members(auditor, audit)
    assert not may_name_members(case.worker, audit)
    with pytest.raises(PermissionDenied, match="Write what you would change in your own part"):
        record_wider_finding(assessment=part, text="Too many cases.", person=case.worker)
    client = Client()
    client.post("/account/login/", {"login": case.worker.email, "password": "correct horse battery"})
    for name in ("actions", "wider_findings"):
        assert client.get(assessment_href(part, name)).status_code == 403
    assert client.get(assessment_href(part)).status_code == 200


def test_a_manager_whose_unit_is_missing_follows_nobodys_actions(scope, frozen):
    town = build_town("west_sussex", teams_in_a_service=1, at_the_centre=1)
    case = town.cases[-1]
    manager = town.holder("practice_manager", case.team.name)
    audit = audit_of(town, case, town.people["practice_manager"][0])
    action = propose(audit, owner=case.worker)
    submit_with(audit, "good")
    finish_with(audit, "good")
    assert action in visible_actions(manager)
    assert audit in visible_audits_with_actions(manager)
    astray = make_person("Astray Manager", "practice_manager")
    assert not visible_actions(astray).exists()
    assert not visible_audits_with_actions(astray).exists()
    assert not sees_positions(astray)
    assert action in visible_actions(town.one("qa_team")), "whose post is for the whole council"
