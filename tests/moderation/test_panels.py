"""A panel decides: who sits on it by the reason, what their views come to, what a month's draw adds."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audits.enums import AuditStatus
from audits.followup.services.concerns import SpokenFirst
from audits.models import ModerationDraw
from audits.services.disagreements import disagree_with_grade
from audits.services.finalise import finalise
from audits.services.flags import set_flag
from audits.services.random_check import waits_for_random_check
from moderation.models import Moderation
from moderation.selectors.panels import kept_from, panel_grade, seats_for, still_needed
from moderation.services import allocate_waiting, decide
from moderation.services.drawing import draw_ended_months
from moderation.services.panels import ask_to_join, give_view
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.transitions import TransitionRefused
from tests.factories.graded import month_of_audits, submitted_audit
from tests.factories.moderation import type_decision
from tests.golden.town import build_town

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def town(scope, frozen):
    return build_town("sefton", children_in_a_team=3, teams_in_a_service=1, at_the_centre=1)


def names(moderation: Moderation) -> dict[str, str]:
    return {one.person.name: one.why for one in moderation.members.select_related("person")}


@pytest.mark.req("SEF-97", "SEF-98", "SEF-99", "SEF-100", "SEF-103")
def test_a_good_audit_goes_to_the_panel_which_cannot_decide_without_the_assistant_director(town):
    cycle, auditor = month_of_audits(), town.people["team_manager"][1]
    audit = submitted_audit(town, cycle, 0, auditor, "good")
    moderation = Moderation.objects.get(audit=audit)
    psw, director = town.one("qa_service_manager_psw"), town.one("assistant_director")
    sgus = town.people["sgu_service_manager"]
    sgu = sgus[0]
    assert (audit.status, moderation.mode) == (AuditStatus.IN_MODERATION, "panel")
    assert names(moderation) == {
        psw.name: "standing",
        **{one.name: "standing" for one in sgus},
        director.name: "added",
        town.one("assistant_director_sqa").name: "added",
    }
    with clock.travel(date(2026, 10, 31)):
        allocate_waiting()
        moderation.refresh_from_db()
        lead = moderation.moderator
        assert lead in (psw, *sgus)
        assert "Give your view as a panel member" in {one.text for one in todo_for(director)}
        give_view(moderation=moderation, grade="good", view="Well evidenced.", person=psw)
        give_view(moderation=moderation, grade="requires_improvement", view="Thin analysis.", person=sgu)
        assert still_needed(moderation) == [
            "The view of the Assistant Director for moderation is needed for this audit"
        ]
        if lead not in (psw, sgu):
            give_view(moderation=moderation, grade="good", view="It reads well.", person=lead)
        type_decision(moderation, {"": "requires_improvement"})
        with pytest.raises(TransitionRefused, match="Assistant Director"):
            decide(moderation=moderation, person=lead)
        give_view(
            moderation=moderation, grade="requires_improvement", view="Analysis is thin.", person=director
        )
        manager = town.people["service_manager"][1]
        with pytest.raises(PermissionDenied):
            ask_to_join(moderation=moderation, member=manager, reason="Knows care leavers.", person=director)
        ask_to_join(moderation=moderation, member=manager, reason="Knows care leavers.", person=lead)
        assert names(moderation)[manager.name] == "asked"
        give_view(moderation=moderation, grade="requires_improvement", view="I agree.", person=manager)
        decide(moderation=moderation, person=lead)
    audit.refresh_from_db()
    assert audit.status == AuditStatus.OUTCOME
    overall = audit.grades.get(domain="")
    assert (overall.grade, overall.source, overall.decided_by) == ("requires_improvement", "moderated", lead)
    assert set(Notice.objects.filter(kind="moderation_feedback").values_list("person", flat=True)) == {
        auditor.pk
    }


def test_a_panel_does_not_wait_for_a_post_whose_only_holders_audited_the_case(town):
    director, over_quality = town.one("assistant_director"), town.one("assistant_director_sqa")
    over_quality.left_on = date(2026, 10, 1)
    over_quality.save()
    audit = submitted_audit(town, month_of_audits(), 0, director, "good")
    moderation = Moderation.objects.get(audit=audit)
    with clock.travel(date(2026, 10, 31)):
        allocate_waiting()
        moderation.refresh_from_db()
        for one in moderation.members.select_related("person"):
            give_view(moderation=moderation, grade="good", view="Well evidenced.", person=one.person)
        sentence = (
            "No Assistant Director for moderation may look at this audit: ask somebody to join in their place"
        )
        assert still_needed(moderation) == [sentence]
        manager = town.people["service_manager"][1]
        ask_to_join(
            moderation=moderation, member=manager, reason="In their place.", person=moderation.moderator
        )
        assert still_needed(moderation) == [sentence], "asked is not yet heard"
        give_view(moderation=moderation, grade="good", view="I agree.", person=manager)
        assert still_needed(moderation) == []


def test_the_lead_cannot_decide_against_most_members_and_a_divided_panel_is_decided_by_its_post():
    def come_to(*views):
        return panel_grade(views, tie_decided_by="psw", role_in_words="Principal Social Worker")

    assert come_to().grade == ""
    assert come_to(("psw", "good"), ("sgu", "inadequate"), ("ad", "inadequate")).grade == "inadequate"
    assert come_to(("psw", "good"), ("sgu", "inadequate")).grade == "good"
    divided = come_to(("ad", "good"), ("sgu", "inadequate"))
    assert (divided.grade, divided.why) == (
        "",
        "The members are divided, and the Principal Social Worker decides",
    )


@pytest.mark.req("SEF-102")
def test_a_worker_who_disagrees_with_the_grade_brings_it_to_moderation_with_their_reason(town):
    cycle = month_of_audits()
    audit = submitted_audit(town, cycle, 0, town.people["team_manager"][1], "requires_improvement")
    assert audit.status == AuditStatus.OUTCOME
    stranger = town.workers[next(name for name in town.teams if name != audit.team.name)][0]
    with pytest.raises(PermissionDenied):
        disagree_with_grade(audit=audit, reason="No.", person=stranger)
    disagree_with_grade(audit=audit, reason="The visits of May are not counted.", person=audit.worker)
    moderation = Moderation.objects.get(audit=audit)
    audit.refresh_from_db()
    assert audit.status == AuditStatus.IN_MODERATION
    assert [(one.kind, one.text) for one in moderation.reasons.all()] == [
        ("disagreement", f"{audit.worker.name} disagrees: The visits of May are not counted.")
    ]
    assert moderation.mode == "panel"


@pytest.mark.req("SEF-102")
@pytest.mark.parametrize("party", ["manager", "chair", "auditor"])
def test_managers_chair_and_auditor_may_bring_a_grade_to_moderation_too(town, party):
    auditor = town.people["team_manager"][1]
    audit = submitted_audit(town, month_of_audits(), 0, auditor, "requires_improvement")
    if audit.chair is None:
        audit.chair = town.people["iro"][0]
        audit.save(update_fields=["chair"])
    person = {
        "manager": town.holder("team_manager", audit.team.name),
        "chair": audit.chair,
        "auditor": auditor,
    }[party]
    disagree_with_grade(audit=audit, reason="The plan is good.", person=person)
    (reason,) = Moderation.objects.get(audit=audit).reasons.all()
    assert reason.text == f"{person.name} disagrees: The plan is good."


@pytest.mark.req("SEF-105")
def test_a_safeguarding_concern_that_a_panel_sees_raises_an_immediate_response(town):
    audit = submitted_audit(town, month_of_audits(), 0, town.people["team_manager"][1], "good")
    moderation = Moderation.objects.get(audit=audit)
    with clock.travel(date(2026, 10, 31)):
        allocate_waiting()
        moderation.refresh_from_db()
        audit.refresh_from_db()
        spoken = SpokenFirst(town.holder("team_manager", audit.team.name), "I rang.")
        words = {"flag": "safeguarding_concern", "reason": "A bruise nobody explained.", "spoken": spoken}
        with pytest.raises(PermissionDenied):
            set_flag(audit=audit, person=town.people["team_manager"][2], **words)
        set_flag(audit=audit, person=moderation.moderator, **words)
        concern = audit.concern_links.get().concern
    assert (concern.raised_by, concern.text) == (moderation.moderator, "A bruise nobody explained.")


@pytest.mark.req("SEF-96", "SEF-101")
def test_a_months_end_tops_up_to_a_third_and_gives_each_improvement_manager_a_colleagues_audit(town):
    cycle, managers = month_of_audits(), town.people["team_manager"]
    pims = town.people["practice_improvement_manager"]
    audits = [
        submitted_audit(town, cycle, number, managers[(number + 1) % len(managers)], "requires_improvement")
        for number in range(6)
    ]
    own = submitted_audit(town, cycle, 6, pims[0], "requires_improvement")
    assert {one.status for one in (*audits, own)} == {AuditStatus.OUTCOME}
    with pytest.raises(TransitionRefused, match="random check"):
        finalise(audit=audits[0], why="too early")
    assert draw_ended_months() == 0
    with clock.travel(date(2026, 11, 2)):
        assert draw_ended_months() == 3
        assert draw_ended_months() == 0
        allocate_waiting()
    draws = {one.selector: one for one in ModerationDraw.objects.all()}
    assert set(draws) == {"colleague_development", "share_of_month"}
    (colleague,) = draws["colleague_development"].chosen
    single = Moderation.objects.get(audit__reference=colleague)
    assert (single.mode, single.moderator, single.audit != own) == ("single_decider", pims[0], True)
    # A third of seven is three: the colleague's one counts, so chance adds two.
    assert len(draws["share_of_month"].chosen) == 2
    assert set(draws["share_of_month"].pool) == {one.reference for one in (*audits, own)} - {colleague}
    assert not any(waits_for_random_check(one) for one in audits)


def as_seen_by(moderation: Moderation, person) -> dict[str, tuple[bool, str, str]]:
    return {one.name: (one.given, one.grade, one.view) for one in seats_for(moderation, person)}


def test_nobody_on_a_panel_reads_a_view_before_giving_their_own_and_neither_does_whoever_leads_it(town):
    audit = submitted_audit(town, month_of_audits(), 0, town.people["team_manager"][1], "good")
    moderation = Moderation.objects.get(audit=audit)
    with clock.travel(date(2026, 10, 31)):
        allocate_waiting()
        moderation.refresh_from_db()
        lead = moderation.moderator
        first, second = (one.person for one in moderation.members.exclude(person=lead).order_by("id")[:2])
        onlooker = town.people["service_manager"][1]
        give_view(moderation=moderation, grade="good", view="Well evidenced.", person=first)
        unread, read = (True, "", ""), (True, "Good", "Well evidenced.")
        for reader, seen in ((first, read), (second, unread), (lead, unread), (onlooker, unread)):
            assert as_seen_by(moderation, reader)[first.name] == seen, reader.name
            kept = kept_from(reader, [one.pk for one in moderation.members.all()])
            place = moderation.members.get(person=first)
            assert (place.pk in kept) is (seen == unread), reader.name
        give_view(moderation=moderation, grade="inadequate", view="The plan is old.", person=second)
        assert as_seen_by(moderation, second)[first.name] == read
        type_decision(moderation, {"": "good"})
        with pytest.raises(TransitionRefused) as refusal:
            decide(moderation=moderation, person=lead)
        said = [one.text for one in refusal.value.problems]
        assert "Give your own view: the others’ are shown afterwards" in said
        assert not [text for text in said if "comes to" in text or "divided" in text]
        give_view(moderation=moderation, grade="good", view="So do I.", person=lead)
        assert as_seen_by(moderation, lead)[second.name] == (True, "Inadequate", "The plan is old.")
        for member in moderation.members.filter(said_at=None).select_related("person"):
            give_view(moderation=moderation, grade="good", view="I agree.", person=member.person)
        assert as_seen_by(moderation, onlooker)[first.name] == read, "the panel waits for nobody"
