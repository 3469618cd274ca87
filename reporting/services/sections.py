"""The sections of a report that show the audits themselves: programme, grades, themes, actions, families."""

from collections.abc import Sequence

from audits.followup.enums import FollowUpKind
from reporting.enums import Commentary, ReportKind
from reporting.selectors.examples import CHANGE, DEVELOPMENT, PRACTICE, STRENGTH, TITLES, VIEW, WIDER
from reporting.services.figures import (
    actions,
    activity,
    agreement,
    compliance,
    family,
    grades,
    inadequate,
    movement,
    themes,
)
from reporting.services.figures.model import Note, Quotes, Section, Tiles
from reporting.services.source import Source


def at_a_glance(made_from: Source) -> Section:
    """The figures a board looks at first."""
    records = made_from.records
    by_key = {
        one.key: one
        for one in (
            *compliance.compliance(records),
            *agreement.agreement(records),
            *movement.movement_figures(records),
            *actions.action_figures(records),
            *inadequate.inadequate_figures(records),
            *family.family_figures(records),
        )
    }
    several, family_asked = len(agreement.slots(records)) > 1, bool(family.targets(records))
    keys = (
        "allocated",
        "on_time",
        "agreed_overall" if several else "moderation_confirmed",
        "inadequate",
        "actions_overdue",
        *(("family_heard",) if family_asked else ()),
    )
    tiles = [by_key[key] for key in keys]
    tiles.insert(1, grades.good_figure(records))
    return Section("glance", "At a glance", (Tiles(tuple(tiles)),), commentary=Commentary.SUMMARY)


def programme(made_from: Source) -> Section:
    """Whether the audits were done."""
    records = made_from.records
    missing = compliance.services_without_audits(records) if made_from.whole else []
    several = [compliance.breakdown(records, "month")] if len(records.months) > 1 else []
    return Section(
        "programme",
        "Audit activity",
        (
            Tiles(compliance.compliance(records)),
            *([Note(f"No audit in these months: {', '.join(missing)}.")] if missing else []),
            *((activity.activity(records),) if made_from.whole and made_from.wanted.sections else ()),
            *several,
            *((compliance.breakdown(records, "service"),) if made_from.whole else ()),
            compliance.breakdown(records, "team"),
            *(
                (Tiles(compliance.draw_figures(made_from.draws)), compliance.left_out(made_from.draws))
                if made_from.whole
                else ()
            ),
        ),
        intro="Was the programme carried out as planned?",
    )


def grade_section(made_from: Source) -> Section:
    """Grades and where they are going; with domains by service and team where the report is not a briefing."""
    records, detail = made_from.records, made_from.wanted.kind != ReportKind.MONTHLY
    history = made_from.history
    more = (
        (grades.domain_breakdown(records, "service"), grades.domain_breakdown(records, "team"))
        if detail
        else ()
    )
    return Section(
        "grades",
        "Grades",
        (
            *grades.series(history, made_from.former),
            grades.domain_chart(records),
            grades.domain_trend(made_from.history),
            grades.breakdown(records, "service"),
            grades.breakdown(records, "team"),
            *more,
            *((Tiles((themes.never_checked(records),)),) if len(agreement.slots(records)) > 1 else ()),
        ),
        intro="How good is practice, and which way is it going?",
        commentary=Commentary.TO_IMPROVE,
    )


def consistency(made_from: Source) -> Section | None:
    """How consistent the grades of several auditors are (HER-42); one auditor has nobody to agree with."""
    records = made_from.records
    if len(agreement.slots(records)) < 2:
        return None
    return Section(
        "consistency",
        "Consistency of grading",
        (
            Tiles(agreement.agreement(records)),
            agreement.domain_agreement(records),
            agreement.by_service(records),
            Tiles(agreement.moderation(records)),
            agreement.reasons(records),
        ),
        intro="Can the grades be relied on?",
    )


def theme_section(made_from: Source) -> Section:
    """What findings are about."""
    records = made_from.records
    return Section(
        "themes",
        "Themes and learning",
        (
            Tiles(themes.learning(records)),
            themes.chart(records, themes.TAGS),
            themes.by_service(records, themes.TAGS),
            themes.by_team(records, themes.TAGS),
            *((themes.chart(records, themes.CODES),) if themes.labels(records, themes.CODES) else ()),
            *printed(made_from, STRENGTH, PRACTICE, DEVELOPMENT, VIEW, WIDER),
        ),
        intro="What do the audits keep finding?",
        commentary=Commentary.WORKING_WELL,
    )


def printed(made_from: Source, *kinds: str) -> Sequence[Quotes]:
    """Return the texts that the QA lead chose, by kind."""
    found = []
    for kind in kinds:
        items = tuple((one.text, one.about) for one in made_from.chosen if one.kind == kind)
        if items:
            found.append(Quotes(TITLES[kind], items))
    return found


def action_section(made_from: Source) -> Section:
    """What was done, and what it changed."""
    records = made_from.records
    return Section(
        "actions",
        "Actions and what they changed",
        (
            Tiles(actions.action_figures(records)),
            actions.by_unit(records, "service"),
            actions.by_unit(records, "team"),
            *printed(made_from, CHANGE),
        ),
        intro="Does finding something lead to a change for children?",
    )


def inadequate_section(made_from: Source) -> Section:
    """What followed the lowest grade."""
    records = made_from.records
    _, label = inadequate.worst(records)
    audited_again = FollowUpKind.RE_AUDIT in inadequate.steps_of(records, inadequate.chains(records))
    return Section(
        "inadequate",
        f"{label} audits and re-audits",
        (
            Tiles(inadequate.inadequate_figures(records)),
            inadequate.chain_table(records),
            *((inadequate.re_audit_table(records),) if audited_again else ()),
        ),
        intro="Was every child whose audit worried us seen to?",
    )


def family_section(made_from: Source) -> Section | None:
    """What families told (HER-12); nothing where the framework asks no family."""
    records = made_from.records
    if not family.targets(records):
        return None
    heard = family.themes(records)
    chart = [family.theme_chart(records), family.themes_by_service(records)] if heard.rows else [heard]
    words_of = family.quotes(records)
    return Section(
        "families",
        "What children and families told us",
        (
            Tiles(family.family_figures(records)),
            *chart,
            *([words_of] if words_of.items else []),
            family.reasons(records),
        ),
        intro="What is it like for those we work with?",
        commentary=Commentary.FAMILIES,
    )
