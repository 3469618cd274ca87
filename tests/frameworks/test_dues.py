from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from audits.frameworks import loader
from audits.frameworks.vocabulary import Due, DueFacts, MissingAnchorError
from qaf.lib import calendar

DUE = TypeAdapter(Due)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


def due(month=None, **moments):
    def of(**rule):
        return DUE.validate_python(rule).due_on(DueFacts(month=month, moments=moments))

    return of


def framework():
    return loader.builtin("herefordshire")


@pytest.mark.req("HER-24", "HER-25")
def test_both_auditors_have_three_weeks_from_allocation_and_never_a_weekend_as_their_last_day():
    herefordshire = framework()
    for slot in herefordshire.process.slots:
        # 1 November 2026 and, three weeks on, 22 November are Sundays
        assert herefordshire.due_on(slot.due, allocation=date(2026, 11, 1)) == date(2026, 11, 20)
        assert herefordshire.due_on(slot.due, allocation=date(2026, 12, 1)) == date(2026, 12, 22)


@pytest.mark.req("HER-15")
def test_allocation_goes_out_on_the_first_even_on_a_sunday_or_new_years_day():
    herefordshire = framework()
    rule = herefordshire.allocation.issued_on
    assert herefordshire.issued_on(rule, month=date(2026, 11, 17)) == date(2026, 11, 1)
    assert herefordshire.issued_on(rule, month=date(2027, 1, 1)) == date(2027, 1, 1)


@pytest.mark.req("HER-37", "HER-41")
def test_moderation_belongs_to_the_fourth_week_of_the_month():
    herefordshire = framework()
    rules = herefordshire.moderation
    assert herefordshire.issued_on(rules.allocate, month=date(2026, 10, 1)) == date(2026, 10, 22)
    assert herefordshire.due_on(rules.due, month=date(2026, 10, 1)) == date(2026, 10, 28)
    # 28 February 2026 is a Saturday: people's dates move back
    assert herefordshire.due_on(rules.due, month=date(2026, 2, 1)) == date(2026, 2, 27)


@pytest.mark.req("HER-45", "HER-46")
def test_the_six_week_review_and_the_re_audit_count_from_the_completed_audit():
    herefordshire = framework()
    effects = {effect.kind: effect for rule in herefordshire.consequences for effect in rule.effects}
    done = {"audit_completed": date(2026, 11, 20), "audit_finalised": date(2026, 11, 28)}
    assert herefordshire.due_on(effects["schedule_review"].due, **done) == date(
        2026, 12, 31
    )  # 1 January is a holiday
    assert herefordshire.due_on(effects["schedule_re_audit"].due, **done) == date(
        2027, 2, 19
    )  # the 20th is a Saturday


def test_an_urgent_concern_raised_on_friday_evening_is_due_on_saturday_evening():
    herefordshire = framework()
    raised = datetime(2026, 12, 4, 18, 30, tzinfo=UTC)
    rule = herefordshire.urgent_concern.due
    assert herefordshire.due_at(rule, concern_raised=raised) == datetime(2026, 12, 5, 18, 30, tzinfo=UTC)
    assert herefordshire.due_on(rule, concern_raised=raised) == date(2026, 12, 5)


def test_a_day_ends_with_its_last_minute_in_london_in_summer_too():
    herefordshire = framework()
    slot = herefordshire.slot("lead")
    late = herefordshire.due_at(slot.due, allocation=date(2026, 7, 1))
    assert late == datetime(2026, 7, 22, 22, 59, tzinfo=UTC)


def test_each_kind_of_rule_gives_its_day():
    of = due(
        month=date(2026, 2, 14),
        action_agreed=date(2026, 1, 31),
        concern_raised=datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
    )
    assert of(kind="after", event="action_agreed", months=1) == date(2026, 2, 28)
    assert of(kind="after", event="action_agreed", weeks=4) == date(2026, 2, 28)
    assert of(kind="after", event="action_agreed", days=31) == date(2026, 3, 3)
    assert of(kind="working_days", event="action_agreed", days=5) == date(2026, 2, 6)
    assert of(kind="same_day", event="concern_raised") == date(2026, 7, 2)  # past midnight in London
    assert of(kind="day_of_month", day=31) == date(2026, 2, 28)
    assert of(kind="day_of_month", day=1, month=1) == date(2026, 3, 1)
    assert of(kind="week_of_month", week=2, edge="end", month=-1) == date(2026, 1, 14)
    assert of(kind="month_end") == date(2026, 2, 28)
    assert of(kind="last_week_of_previous_month", edge="start") == date(2026, 1, 25)
    assert of(kind="working_days", event="audit_month_end", days=1) == date(2026, 3, 2)


@given(days, st.integers(min_value=1, max_value=60))
def test_a_rule_in_working_days_always_ends_on_a_working_day(day, count):
    end = due(action_agreed=day)(kind="working_days", event="action_agreed", days=count)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(day, end) == count


@given(days)
def test_a_date_people_must_keep_is_a_working_day_and_never_later_than_the_rule_says(day):
    herefordshire = framework()
    rule = herefordshire.slot("lead").due
    kept = herefordshire.due_on(rule, allocation=day)
    assert calendar.is_working_day(kept)
    assert kept <= rule.due_on(DueFacts(moments={"allocation": day}))


def test_a_rule_whose_moment_has_not_come_says_which():
    with pytest.raises(MissingAnchorError, match="audit_finalised"):
        due()(kind="after", event="audit_finalised", weeks=1)
    with pytest.raises(MissingAnchorError, match="audit month"):
        due()(kind="month_end")


def test_a_quarters_start_a_steps_day_and_the_next_occasion_are_days_too():
    of = due(month=date(2026, 11, 1), next_supervision=date(2026, 12, 3), step_stage_1=date(2026, 11, 16))
    assert of(kind="quarter_start", within_days=10) == date(2027, 1, 11)
    assert of(kind="next_occasion", occasion="supervision") == date(2026, 12, 3)
    assert of(kind="before_step", step="stage_1") == date(2026, 11, 13), "the 14th is a Saturday"
    assert of(kind="before_step", step="stage_2") == date(2026, 11, 30), "no day is known: with the month"


def test_an_occasion_that_nobody_knows_a_day_for_says_so_instead_of_guessing():
    with pytest.raises(MissingAnchorError, match="next_board"):
        due(month=date(2026, 2, 1))(kind="next_occasion", occasion="board")


@pytest.mark.parametrize("rule", [{"weeks": 1, "days": 2}, {}])
def test_a_period_is_given_in_exactly_one_unit(rule):
    with pytest.raises(ValueError, match="exactly one of"):
        DUE.validate_python({"kind": "after", "event": "allocation", **rule})
