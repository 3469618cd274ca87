"""Whose audit: months by theme, by auditor and by quota, each on the framework that asks for it."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from audits.cases.models import Case
from audits.enums import ChoiceStatus, CycleStatus, Origin
from audits.models import Assessment, Audit, AuditorExperience, CaseChoice, Cycle, SampledCase, Theme
from audits.programme.enums import OccurrenceKind
from audits.programme.models import Occurrence
from audits.programme.registry import work_for
from audits.programme.services import plan_calendar
from audits.selectors.quota import moderating, quota_of_month, quota_of_year
from audits.services.choosing import choose_case, draw_unchosen
from audits.services.cycles import open_cycle, prepare_cycle, preview_cycle
from audits.services.lists import cases_for, confirm_list, exchange_in_list, propose_list
from audits.services.reminding import remind_auditors
from audits.services.replacing import replace_case
from audits.services.themes import ThemeContent, plan_theme, records_behind
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.models import Unit
from qaf.tenants.registry import todo_for
from qaf.tenants.services import record_absence
from qaf.tenants.transitions import TransitionRefused
from tests.factories.people import make_person, make_team
from tests.golden.town import build_town

pytestmark = [pytest.mark.usefixtures("scope", "frozen")]
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
THEME = ThemeContent(
    title="Young children on plans",
    question="Is the plan about the child?",
    reason="performance",
    triggered_by="Repeat plans rose to 24 per cent",
    statuses=("child_protection", "child_in_need"),
    guidance="Look for the child’s own words.",
    recipients=("service_manager",),
)


def opened(town, runner, period=OCTOBER, seed="test seed"):
    """Open the month as somebody who runs months."""
    return open_cycle(cycle=prepare_cycle(period=period, seed=seed), person=town.one(runner))


def auditors(cycle, slot="auditor"):
    places = Assessment.objects.filter(audit__cycle=cycle, slot=slot).exclude(assessor=None)
    return Counter(places.values_list("assessor__name", flat=True))


def said(person):
    return [todo.text for todo in todo_for(person)]


# By theme ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("SEF-02", "SEF-40", "SEF-46", "SEF-141")
def test_a_month_is_drawn_at_random_among_what_its_theme_looks_at_and_not_before_it_has_one():
    town = build_town("sefton", children_in_a_team=8)
    manager = town.one("qa_manager")
    cycle = prepare_cycle(period=OCTOBER, seed="lots")
    with pytest.raises(TransitionRefused, match="Choose the theme of October 2026 first"):
        open_cycle(cycle=cycle, person=manager)
    assert "Choose the theme of October 2026" in said(manager)
    assert Cycle.objects.get().status == CycleStatus.DRAFT
    with pytest.raises(PermissionDenied):
        plan_theme(month=OCTOBER, content=THEME, person=town.one("team_manager"))
    with pytest.raises(TransitionRefused, match="Select why this theme is chosen"):
        plan_theme(month=OCTOBER, content=ThemeContent("x", "y", "whim", "z"), person=manager)
    theme = plan_theme(month=OCTOBER, content=THEME, person=manager)
    assert (theme.reason_label, theme.chosen_by) == ("Local performance data", manager)
    behind = records_behind(THEME, period=OCTOBER)
    open_cycle(cycle=cycle, person=manager)
    drawn = SampledCase.objects.filter(cycle=cycle).select_related("case")
    assert {one.case.status for one in drawn} == {"child_in_need", "child_protection"}
    # Twenty auditors and more, and eight records that the theme looks at.
    assert len(drawn) == len(behind.eligible) == 8
    assert {one.origin for one in drawn} == {Origin.THEME}
    assert cycle.theme == theme
    assert cycle.receipt["theme"]["title"] == "Young children on plans"
    with pytest.raises(TransitionRefused, match="drawn already"):
        plan_theme(month=OCTOBER, content=THEME, person=manager)


@pytest.mark.req("SEF-39", "SEF-48", "SEF-49", "SEF-50")
def test_the_calendar_lists_the_month_in_the_last_week_before_and_gives_notice_with_guidance():
    town = build_town("sefton", children_in_a_team=8)
    plan_theme(month=NOVEMBER, content=THEME, person=town.one("qa_manager"))
    plan_calendar()
    listed = Occurrence.objects.get(kind=OccurrenceKind.CASE_LIST, period="2026-11")
    assert listed.due_on == date(2026, 10, 25)
    with clock.travel(datetime(2026, 10, 26, 9, 0, tzinfo=clock.LONDON)):
        outcome = [work(listed) for work in work_for(OccurrenceKind.CASE_LIST)]
    cycle = Cycle.objects.get(period=NOVEMBER)
    assert outcome == [f"Opened with {cycle.audits.count()} audits."]
    assert {(audit.allocated_on, audit.due_on) for audit in cycle.audits.all()} == {
        (date(2026, 11, 1), date(2026, 11, 30))
    }
    told = {notice.kind.removeprefix("audits.allocated."): notice for notice in Notice.objects.all()}
    assert {"auditor", "allocated_worker", "team_manager", "service_manager", "iro_or_chair"} <= set(told)
    assert "begin on Sunday 1 November 2026" in told["allocated_worker"].body
    assert "“Young children on plans”" in told["auditor"].body
    chairs = set(cycle.audits.exclude(chair=None).values_list("chair", flat=True))
    assert (
        set(Notice.objects.filter(kind="audits.allocated.iro_or_chair").values_list("person", flat=True))
        == chairs
    )
    with clock.travel(datetime(2026, 11, 2, 9, 0, tzinfo=clock.LONDON)):
        begun = Occurrence.objects.get(kind=OccurrenceKind.ALLOCATION, period="2026-11")
        assert begun.done_at is None
        assert work_for(OccurrenceKind.ALLOCATION)[0](begun).startswith(
            "Begun; listed on Monday 26 October 2026"
        )
    assert Notice.objects.filter(kind="audits.begins").count() == len(auditors(cycle))


@pytest.mark.req("SEF-41", "SEF-42", "SEF-77")
def test_the_whole_pool_audits_and_a_new_auditor_has_an_experienced_one_beside_them():
    town = build_town("sefton", children_in_a_team=10)
    manager = town.one("qa_manager")
    veteran = town.one("practice_improvement_manager")
    AuditorExperience.objects.create(person=veteran, audits_before=6)
    AuditorExperience.objects.create(person=town.one("assistant_director"), audits_before=2)
    plan_theme(month=OCTOBER, content=replace(THEME, statuses=()), person=manager)
    cycle = opened(town, "qa_manager")
    loads = auditors(cycle)
    assert max(loads.values()) - min(loads.values()) <= 1
    roles = {key for key, people in town.people.items() for one in people if one.name in loads}
    assert {"team_manager", "service_manager", "iro", "qa_manager"} <= roles
    new = {name for name in loads if name not in (veteran.name, town.one("assistant_director").name)}
    for audit in cycle.audits.prefetch_related("assessments__assessor"):
        places = {one.slot: one for one in audit.assessments.all()}
        if places["auditor"].assessor.name in new:
            beside = places["paired_auditor"]
            assert beside.assessor == veteran or "has completed fewer than six audits" in beside.problem
        else:
            assert "paired_auditor" not in places
    assert auditors(cycle, "paired_auditor")[veteran.name]


# By auditor ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("DUR-76", "DUR-77")
def test_each_auditor_has_one_case_of_a_draw_spread_over_localities_and_services_and_never_their_own():
    town = build_town("durham", children_in_a_team=6)
    for team, place in zip(town.teams.values(), ("North", "North", "Coast", "Coast"), strict=True):
        Unit.objects.filter(pk=team.pk).update(locality=place)
    Case.objects.filter(pk=town.cases[0].pk).update(opened_on=clock.today() - timedelta(days=5))
    cycle = opened(town, "service_improvement_manager")
    wanted = [*town.people["team_manager"], *town.people["operations_manager"]]
    assert auditors(cycle) == Counter(one.name for one in wanted)
    for place in Assessment.objects.filter(audit__cycle=cycle).select_related("audit"):
        assert place.assessor_id not in place.audit.line
    strata = Counter(one.stratum.split(" / ")[0] for one in SampledCase.objects.filter(cycle=cycle))
    assert set(strata) == {"North", "Coast"}
    assert max(strata.values()) - min(strata.values()) <= 1
    assert {audit.due_on for audit in cycle.audits.all()} == {date(2026, 10, 30)}
    left_out = {row["case"]: row["why"] for row in cycle.receipt["excluded"]}
    assert left_out == {town.cases[0].pk: "Open since 30 September 2026"}
    lines = quota_of_month(cycle)
    assert [(one.asked, one.given, one.done) for one in lines] == [(1, 1, 0)] * len(wanted)
    again = preview_cycle(cycle=Cycle(period=NOVEMBER, framework_version=cycle.framework_version))
    assert again.forecast.audits == len(wanted)


@pytest.mark.req("DUR-79", "SLO-111")
@pytest.mark.parametrize(
    ("name", "runner", "role", "days", "above"),
    [
        pytest.param("durham", "service_improvement_manager", "team_manager", 3, "Operations Manager of {}"),
        pytest.param("slough", "hos_sqa", "consultant_practitioner", 1, "Head of Service of {}"),
    ],
)
def test_an_auditor_is_reminded_and_their_own_line_hears_of_a_late_audit(name, runner, role, days, above):
    town = build_town(name, children_in_a_team=6)
    cycle = opened(town, runner)
    places = Assessment.objects.filter(audit__cycle=cycle).select_related("audit__service", "assessor")
    own = {one.pk: one.posts.get().unit.parent for one in town.people[role]}
    late = next(one for one in places if one.assessor_id in own)
    other = next(one for one in town.framework.audited_services if one.key != own[late.assessor_id].key)
    # A child of another service than the auditor's: its managers have nothing to do with the lateness.
    elsewhere = Unit.objects.get(kind="service", key=other.key)
    Audit.objects.filter(pk=late.audit_id).update(
        service=elsewhere, team=Unit.objects.filter(parent=elsewhere).first(), manager=None
    )
    due = date(2026, 10, 30)
    assert late.due_on == due

    def told(kind: str) -> set[str]:
        rows = Notice.objects.filter(kind=kind, key__startswith=f"assessment-{late.pk}:")
        return set(rows.values_list("person__name", flat=True))

    reminded = []
    for day in (date(2026, 10, number) for number in range(6, 31)):
        with clock.travel(datetime(day.year, day.month, day.day, 9, 0, tzinfo=clock.LONDON)):
            before = Notice.objects.filter(person=late.assessor, kind="assessment_due").count()
            remind_auditors()
            after = Notice.objects.filter(person=late.assessor, kind="assessment_due").count()
            reminded += [day.day] if after > before else []
    assert reminded == [23, 28, 30], "seven and two days before, and on the day"
    assert told("escalation") == set()
    with clock.travel(datetime(2026, 10, 30, 9, 0, tzinfo=clock.LONDON) + timedelta(days=days)):
        remind_auditors()
    assert told("assessment_overdue") == {late.assessor.name}
    assert told("escalation") == {above.format(own[late.assessor_id].name)}


# By quota ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def slough():
    return build_town("slough", children_in_a_team=9)


@pytest.mark.req("SLO-108", "SLO-110", "SLO-162")
def test_a_quota_gives_each_role_its_number_in_its_own_scope_with_the_kinds_of_case_in_turn():
    slough = build_town("slough", children_in_a_team=18)
    kinds = {}
    for number in range(3):
        period = date(2026, 10 + number, 1)
        with clock.travel(datetime(2026, 10 + number, 5, 9, 0, tzinfo=clock.LONDON)):
            cycle = opened(slough, "hos_sqa", period)
        heads = [one.name for one in slough.people["head_of_service"] if one.name in auditors(cycle)]
        assert len(heads) == len(slough.people["head_of_service"])
        for audit in cycle.audits.prefetch_related("assessments__assessor"):
            auditor = audit.assessments.get().assessor
            if auditor.name.startswith("Head of Service of"):
                assert auditor.name.endswith(audit.service.name)
                kinds.setdefault(auditor.name, []).append(audit.case_status)
            if auditor in slough.people["consultant_practitioner"]:
                assert auditor.name.endswith((audit.team.name, audit.service.name))
        given = auditors(cycle)
        assert all(given[one.name] == 2 for one in slough.people["consultant_practitioner"])
        for one in slough.people["consultant_practitioner"]:
            audited = cycle.audits.filter(assessments__assessor=one)
            if "looked_after" not in audited.values_list("case_status", flat=True):
                assert audited.values("worker").distinct().count() == 2
    both = [seen for seen in kinds.values() if "child_in_need" in seen or "child_protection" in seen]
    assert both
    assert all({"child_protection", "child_in_need"} <= set(seen) for seen in both)


@pytest.mark.req("SLO-108", "SLO-147")
def test_every_head_and_manager_has_a_case_also_where_their_own_part_of_the_council_is_not_audited(slough):
    unit = Unit.objects.get(kind="service", key="family_placement")
    team = make_team("Fostering team", unit)
    head = make_person("Fay Foster", "head_of_service", unit=unit)
    manager = make_person("Fin Foster", "practice_manager", unit=team)
    lead = slough.one("hos_sqa")
    cycle = opened(slough, "hos_sqa")
    given = {one.assessments.get().assessor: one for one in cycle.audits.all()}
    heads = {*slough.people["head_of_service"], head, *slough.people["hos_sqa"]}
    assert heads <= given.keys(), "all heads of service audit, the one for quality assurance too"
    services = {one.key for one in slough.framework.audited_services}
    assert {given[one].service.key for one in (head, manager, lead)} <= services
    assert {given[one].origin for one in (head, manager)} == {Origin.RANDOM}
    assert not CaseChoice.objects.filter(auditor=manager).exists(), "nobody reads through others' children"
    lines = {one.person: one for one in quota_of_month(cycle)}
    assert [(lines[one].asked, lines[one].given, lines[one].notes) for one in (head, manager, lead)] == [
        (1, 1, [])
    ] * 3


@pytest.mark.req("SLO-111", "SLO-147", "SLO-148")
def test_a_practice_manager_chooses_with_a_reason_or_chance_does_and_the_shortfall_is_raised(slough):
    cycle = opened(slough, "hos_sqa")
    choosers = slough.people["practice_manager"]
    waiting = CaseChoice.objects.filter(cycle=cycle, status=ChoiceStatus.WAITING)
    assert {one.auditor for one in waiting} == set(choosers)
    mine = waiting.get(auditor=choosers[0])
    assert mine.choose_by == date(2026, 10, 19)
    assert "Choose a case to audit for October 2026" in said(choosers[0])
    own = cases_for(mine)
    assert own
    assert all(choosers[0].name.endswith((one.team, slough.teams[one.team].parent.name)) for one in own)
    case = Case.objects.get(pk=own[0].case_id)
    other = next(one for one in slough.cases if one.team.name not in choosers[0].name)
    for wrong, text in (
        ({"case": other}, "You cannot choose"),
        ({"reason": "Whim"}, "Select why you choose"),
    ):
        fields = {"case": case, "reason": "Discussed in supervision", "words": "", "person": choosers[0]}
        with pytest.raises(TransitionRefused, match=text):
            choose_case(choice=mine, **(fields | wrong))
    with pytest.raises(PermissionDenied):
        choose_case(choice=mine, case=case, reason="A need arose", words="", person=choosers[1])
    audit = choose_case(
        choice=mine, case=case, reason="Discussed in supervision", words="Drift", person=choosers[0]
    )
    assert (audit.origin, audit.assessments.get().assessor) == (Origin.AUDITOR_CHOICE, choosers[0])
    assert CaseChoice.objects.get(pk=mine.pk).reason == "Discussed in supervision: Drift"
    assert audit.origin not in (Origin.RANDOM, Origin.THEME, Origin.REPLACEMENT)
    lines = {one.person: one for one in quota_of_month(cycle)}
    assert (lines[choosers[0]].given, lines[choosers[1]].to_choose) == (1, 1)
    with clock.travel(datetime(2026, 10, 20, 9, 0, tzinfo=clock.LONDON)):
        assert draw_unchosen() == len(choosers) - 1
        assert draw_unchosen() == 0
    drawn = CaseChoice.objects.get(cycle=cycle, auditor=choosers[1])
    assert (drawn.status, drawn.origin, drawn.audit.origin) == (ChoiceStatus.DRAWN, "random", "random")
    assert drawn.reason == "Nothing was chosen by 19 October 2026"
    with clock.travel(datetime(2026, 11, 2, 9, 0, tzinfo=clock.LONDON)):
        ended = Occurrence.objects.create(
            kind=OccurrenceKind.MONTH_END, period="2026-10", planned_on=date(2026, 10, 31)
        )
        ended.refresh_from_db()
        outcomes = [work(ended) for work in work_for(OccurrenceKind.MONTH_END)]
    asked = sum(one.asked > 0 for one in quota_of_month(cycle))
    assert f"{asked} people have audits of the month not done." in outcomes, outcomes
    raised = Notice.objects.get(kind="audits.shortfall", person=slough.one("hos_sqa"))
    assert f"{choosers[0].name} (Practice Manager): 0 of 1 done." in raised.body
    assert [one.months[-1] for one in quota_of_year(date(2025, 11, 1)) if one.person == choosers[0]] == [
        (0, 1)
    ]


def test_who_is_away_has_no_quota_and_a_replaced_case_comes_from_the_same_scope(slough):
    away = slough.people["head_of_service"][0]
    record_absence(person=away, starts_on=OCTOBER, ends_on=date(2026, 10, 30))
    cycle = opened(slough, "hos_sqa")
    line = next(one for one in quota_of_month(cycle) if one.person == away)
    assert (line.asked, line.given, line.notes) == (0, 0, ["Away on the day of allocation"])
    drawn = SampledCase.objects.filter(
        cycle=cycle, auditor__in=slough.people["consultant_practitioner"]
    ).first()
    new = replace_case(sampled=drawn, person=slough.one("hos_sqa"), reason="closed")
    assert (new.auditor, new.origin) == (drawn.auditor, Origin.REPLACEMENT)
    assert Audit.objects.get(case=new.case).assessments.get().assessor == drawn.auditor


@pytest.mark.req("WSX-39", "WSX-40", "WSX-41", "WSX-42", "WSX-43", "WSX-44")
def test_a_named_post_settles_the_list_that_chance_proposes_and_moderators_stand_aside():
    town = build_town("west_sussex", children_in_a_team=6)
    runner, post = town.one("qa_team"), town.one("principal_manager_sqp")
    cycle = prepare_cycle(period=OCTOBER, seed="lots")
    with pytest.raises(TransitionRefused, match="has to settle the list of cases for October 2026"):
        open_cycle(cycle=cycle, person=runner)
    listed = propose_list(cycle=cycle)
    assert propose_list(cycle=cycle) == listed
    assert f"Confirm the list of {len(listed)} cases for October 2026" in said(post)
    with pytest.raises(TransitionRefused, match=f"{len(listed)} of {len(listed)} wait"):
        open_cycle(cycle=cycle, person=runner)
    first, kept = listed[0], listed[1]
    instead = Case.objects.get(pk=cases_for(first)[0].case_id)
    with pytest.raises(PermissionDenied):
        exchange_in_list(choice=first, case=instead, reason="x", person=runner)
    with pytest.raises(TransitionRefused, match="Enter why this case"):
        exchange_in_list(choice=first, case=instead, reason=" ", person=post)
    with pytest.raises(TransitionRefused, match="cannot be given"):
        exchange_in_list(choice=first, case=kept.case, reason="x", person=post)
    exchange_in_list(choice=first, case=instead, reason="Asked for by the board", person=post)
    assert confirm_list(cycle=cycle, person=post) == len(listed)
    open_cycle(cycle=cycle, person=runner)
    by_case = {audit.case_id: audit for audit in cycle.audits.all()}
    assert (by_case[instead.pk].origin, by_case[kept.case_id].origin) == (Origin.NAMED_POST, Origin.RANDOM)
    assert {one.pk for one in by_case.values()} == set(
        CaseChoice.objects.filter(cycle=cycle).values_list("audit", flat=True)
    )
    managers = town.people["practice_manager"]
    assert [auditors(cycle)[one.name] for one in managers] == [1] * len(managers)
    for audit in by_case.values():
        auditor = audit.assessments.get(slot="auditor").assessor
        assert audit.service.name not in auditor.name.rpartition(" of ")[2]
        assert town.teams.get(auditor.name.rpartition(" of ")[2]) is None or (
            town.teams[auditor.name.rpartition(" of ")[2]].parent != audit.service
        )
        assert not audit.assessments.filter(slot="moderator").exists()
    seniors = {
        one.pk
        for role in ("assistant_director", "service_lead", "deputy_director")
        for one in town.people.get(role, [])
    }
    auditing = set(
        Assessment.objects.filter(audit__cycle=cycle, slot="auditor").values_list("assessor", flat=True)
    )
    aside = moderating(cycle)
    assert aside <= seniors
    assert seniors == aside | (seniors & auditing)
    assert not aside & auditing
    notes = {line.person.pk: line.notes for line in quota_of_month(cycle)}
    assert all(notes[pk] == ["Moderates this month instead"] for pk in aside)
    told = Notice.objects.filter(kind="audits.allocated.auditor").values_list("person", flat=True)
    assert set(told) == auditing
    assert Theme.objects.count() == 0
