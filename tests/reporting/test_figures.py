"""Every figure on a small world whose numbers are known beforehand."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from reporting.periods import parse
from reporting.selectors.months import draws_of
from reporting.selectors.records import read
from reporting.services.contents import figures_of, not_final
from reporting.services.figures import actions, agreement, compliance, family, grades, inadequate, themes
from reporting.services.source import source


@pytest.fixture
def quarter(world):
    """The quarter's records."""
    return read(
        starts=date(2026, 7, 1), ends=date(2026, 9, 30), as_of=clock.today(), framework=framework_in_force()
    )


def said(figures) -> dict[str, str]:
    return {figure.key: figure.text for figure in figures}


@pytest.mark.req("HER-56")
def test_the_programme_is_counted_from_allocation_to_supervision(quarter):
    assert said(compliance.compliance(quarter)) == {
        "allocated": "5",
        "submitted": "80% (4 of 5)",
        "on_time": "60% (3 of 5)",
        "overdue": "1",
        "moderated": "1 of 1",
        "final": "80% (4 of 5)",
        "filed": "1 of 4",
        "supervision": "1 of 2",
    }


@pytest.mark.req("HER-56", "HER-66")
def test_the_programme_stands_by_service_by_team_and_by_month(quarter):
    by_team = {row[0]: row[1:] for row in compliance.breakdown(quarter, "team").rows}
    assert by_team == {
        "Beech team": (2, (1, 2), (1, 2), 1, (0, 0), (1, 2), (0, 1)),
        "Maple team": (1, (1, 1), (1, 1), 0, (0, 0), (1, 1), (0, 1)),
        "Rowan team": (2, (2, 2), (1, 2), 0, (1, 1), (2, 2), (1, 2)),
    }
    by_service = {row[0]: row[1] for row in compliance.breakdown(quarter, "service").rows}
    assert by_service["Safeguarding Teams"] == 3
    assert by_service["Children in Care"] == 2
    assert by_service["Early Help"] == 0
    months = [row[0] for row in compliance.breakdown(quarter, "month").rows]
    assert months == ["July 2026", "August 2026", "September 2026 (not yet final)"]


@pytest.mark.req("HER-03")
def test_a_service_without_any_audit_is_named(quarter):
    assert compliance.services_without_audits(quarter) == [
        "Early Help",
        "MASH",
        "Assessment Teams",
        "Get Safe Team",
        "Care Leavers Service",
    ]


@pytest.mark.req("HER-26", "HER-52")
def test_only_final_grades_of_audits_drawn_at_random_are_counted(quarter):
    # Not the re-audit's Outstanding, not the one that is only locked, not the withdrawn one.
    assert grades.counts(quarter) == {"outstanding": 1, "good": 1, "requires_improvement": 1, "inadequate": 1}
    assert grades.good_share(quarter) == (2, 4)
    # Not applicable is no grade.
    assert grades.good_share(quarter, "quality_of_plans") == (1, 3)
    assert grades.counts(quarter, "quality_of_plans")["not_applicable"] == 1


def test_an_outcome_that_is_not_final_is_no_grade_yet(world):
    world.audit(date(2026, 9, 1), "Rowan team", "inadequate", status="outcome")
    now = read(
        starts=date(2026, 9, 1), ends=date(2026, 9, 30), as_of=clock.today(), framework=framework_in_force()
    )
    assert grades.counts(now) == {"good": 1, "requires_improvement": 1}
    assert inadequate.chains(now) == []


@pytest.mark.req("HER-52", "HER-66")
def test_grades_stand_by_service_and_team_with_their_number(quarter):
    table = grades.breakdown(quarter, "team")
    assert [column.label for column in table.columns] == [
        "Team", "Outstanding", "Good", "Requires improvement", "Inadequate", "Graded", "Good or better",
    ]  # fmt: skip
    assert table.rows == (
        ("Beech team", 1, 0, 0, 0, 1, (1, 1)),
        ("Maple team", 0, 0, 0, 1, 1, (0, 1)),
        ("Rowan team", 0, 1, 1, 0, 2, (1, 2)),
    )
    assert [[cell["text"] for cell in line] for line in table.lines][2] == [
        "Rowan team", "0", "1", "1", "0", "2", "1 of 2",
    ]  # fmt: skip
    service = {row[0]: row[1] for row in grades.domain_breakdown(quarter, "service").rows}
    assert service == {"Safeguarding Teams": (1, 3), "Children in Care": (1, 1)}


@pytest.mark.req("HER-54")
def test_a_month_is_its_cohort_and_one_that_may_change_is_marked(quarter):
    [line] = grades.trend_chart(quarter).data["lines"]
    assert line["points"] == [
        {"label": "Jul 2026", "part": 1, "whole": 1, "final": True},
        {"label": "Aug 2026", "part": 0, "whole": 1, "final": True},
        {"label": "Sep 2026", "part": 1, "whole": 2, "final": False},
    ]
    assert not_final(quarter) == [
        "September 2026 is not yet final: 2 of 3 audits have a final grade, so its figures may still change."
    ]
    assert grades.trend_chart(quarter).chart.rows[2] == ["Sep 2026 (not yet final)", "1 of 2", "2"]


@pytest.mark.req("HER-52", "HER-54")
def test_the_course_of_every_domain_stands_month_by_month(quarter):
    table = grades.domain_trend(quarter)
    assert [column.label for column in table.columns] == [
        "Month",
        "Overall",
        *grades.domains(quarter).values(),
    ]
    course = {
        row[0]: dict(zip(("overall", *grades.domains(quarter)), row[1:], strict=True)) for row in table.rows
    }
    assert {month: found["overall"] for month, found in course.items()} == {
        "July 2026": (1, 1),
        "August 2026": (0, 1),
        "September 2026 (not yet final)": (1, 2),
    }
    # Not applicable in one audit of the quarter: that domain has a month with less behind it.
    assert sum(found["quality_of_plans"][1] for found in course.values()) == 3
    assert sum(found["assessments"][1] for found in course.values()) == 4


@pytest.mark.req("HER-42")
def test_agreement_is_counted_before_and_after_talking(quarter):
    assert said(agreement.agreement(quarter)) == {
        "agreed_unseen": "4 of 4",
        "agreed_overall": "3 of 4",
        "agreed_all": "3 of 4",
        "changed_after_talking": "1 of 4",
        "worker_agrees": "1 of 2",
    }
    bars = {bar["label"]: bar["text"] for bar in agreement.domain_agreement(quarter).data["bars"]}
    assert bars["Overall"] == "3 of 4"
    assert bars["Voice of the Child"] == "3 of 4"


@pytest.mark.req("HER-42")
def test_what_moderation_did_is_counted_with_its_reasons(quarter):
    assert said(agreement.moderation(quarter)) == {
        "moderation_needed": "1 of 4",
        "moderation_kept": "0 of 1",
        "moderation_higher": "0 of 1",
        "moderation_lower": "1 of 1",
        "moderation_other": "0 of 1",
    }
    assert agreement.reasons(quarter).rows == (("The overall grades differ", 1),)


@pytest.mark.req("HER-55")
def test_an_audit_counts_once_for_an_issue_that_both_auditors_marked(quarter, world):
    assert themes.counted(quarter, themes.TAGS) == {"neglect": 2, "supervision": 1}
    assert [row.pk for row in themes.marked_with(quarter, themes.TAGS, "neglect")] == [
        world.worst.pk,
        world.good.pk,
    ]
    assert themes.counted(quarter.only(team=world.teams["Maple team"].pk), themes.TAGS) == {
        "neglect": 1,
        "supervision": 1,
    }
    table = themes.by_service(quarter, themes.TAGS)
    shown = dict(zip([column.label for column in table.columns], table.rows[0], strict=True))
    assert (shown["Issue"], shown["All"], shown["Safeguarding Teams"], shown["Children in Care"]) == (
        "Neglect",
        2,
        2,
        0,
    )


@pytest.mark.req("HER-66")
def test_each_team_has_its_themes_in_words(quarter):
    # Beech team's audits carry no mark; neither auditor of the one that is only locked has submitted.
    assert themes.by_team(quarter, themes.TAGS).rows == (
        ("Maple team", 1, "Neglect (1), Supervision (1)"),
        ("Rowan team", 2, "Neglect (1)"),
    )


@pytest.mark.req("HER-57")
def test_learning_that_reaches_further_is_counted(quarter):
    assert said(themes.learning(quarter)) == {
        "good_practice": "1 of 4",
        "wider_findings": "1",
        "immediate_changes": "0",
        "urgent_concerns": "1",
    }


@pytest.mark.req("HER-49")
def test_actions_are_counted_by_where_they_stand(quarter):
    # The open one due on 30 September and the one that has waited for sign-off since the 15th are overdue.
    assert said(actions.action_figures(quarter)) == {
        "actions": "4",
        "actions_open": "2 of 4",
        "actions_overdue": "2 of 4",
        "actions_done": "1 of 4",
        "actions_signed_off": "1 of 4",
        "actions_on_time": "1 of 2",
        "actions_changed": "1 of 1",
    }
    assert actions.by_unit(quarter, "team").rows == (
        ("Beech team", 0, 0, 0, 0, 0),
        ("Maple team", 2, 0, 1, 1, 1),
        ("Rowan team", 2, 2, 1, 0, 0),
    )


@pytest.mark.req("HER-44", "HER-45", "HER-47")
def test_what_followed_the_lowest_grade_is_told_step_by_step(quarter, world):
    assert said(inadequate.inadequate_figures(quarter)) == {
        "inadequate": "1",
        "oversight_done": "1 of 1",
        "review_done": "0 of 1",
        "re_audit_done": "1 of 1",
        "inadequate_overdue": "1",
    }
    assert inadequate.chain_table(quarter).rows == (
        (
            world.worst.reference,
            "Safeguarding Teams",
            "August 2026",
            "Done 22 Aug 2026",
            "Overdue since 30 Sep 2026",
            "Done 22 Aug 2026",
            "Improved",
        ),
    )
    changes = {row[0]: row[1:] for row in inadequate.re_audit_table(quarter).rows}
    assert changes["Overall"] == (1, 0, 0, 0)
    assert changes["Assessments"] == (0, 1, 0, 0)
    assert changes["Voice of the Child"] == (0, 0, 1, 0)


@pytest.mark.req("HER-12", "HER-30", "HER-32")
def test_what_families_told_is_counted_and_quoted_without_a_name(quarter):
    assert said(family.family_figures(quarter)) == {
        "family_heard": "1 of 4",
        "heard_parent_or_carer": "1 of 2",
        "heard_child": "0 of 1",
        "heard_care_leaver": "none",
    }
    assert family.reasons(quarter).rows == (
        ("Could not be reached after three tries", 1),
        ("The child is too young or cannot take part", 1),
    )
    assert family.themes(quarter).rows == (("Being listened to", 1, 0), ("Waiting and delay", 0, 1))
    assert family.quotes(quarter).items == (("She rings back when she says she will.", "Parent or carer"),)


@pytest.mark.req("HER-14")
def test_the_draws_of_the_months_are_counted(quarter):
    assert said(compliance.draw_figures(draws_of(quarter.months))) == {
        "drawn": "6",
        "replaced": "0",
        "exclusions_asked": "1",
        "exclusions_approved": "1",
    }
    assert compliance.left_out(draws_of(quarter.months)).rows == (("Audited not long ago", 3),)


def test_the_same_records_narrowed_to_a_team_are_those_of_the_team(quarter, world):
    rowan = quarter.only(team=world.teams["Rowan team"].pk)
    assert {row.pk for row in rowan.audits} == {world.good.pk, world.disputed.pk}
    assert said(compliance.compliance(rowan))["on_time"] == "1 of 2"


@pytest.mark.req("HER-60")
def test_a_report_asks_the_database_as_often_for_three_audits_as_for_eight(world):
    def queries() -> int:
        framework_in_force()
        with CaptureQueriesContext(connection) as asked:
            figures_of(
                source("quarterly", parse("quarterly", "2026-Q3"), as_of=clock.today()), "Alder Council"
            )
        return len(asked)

    before = queries()
    for number in range(3):
        more = world.audit(date(2026, 9, 1), "Maple team", "good", peer="outstanding", tags=("neglect",))
        world.action(more, date(2026, 9, 1 + number))
        world.family(more, "child", themes=[("plan", True)], quotation="I knew.")
    assert queries() == before
