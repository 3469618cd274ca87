"""What stands in each report, section by section: figures counted once, in the order a board reads them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.frameworks.selectors import framework_in_force
from qaf.ui import words
from reporting.enums import Commentary, ReportKind
from reporting.selectors.examples import CHANGE, DEVELOPMENT, STRENGTH, TITLES, WIDER, Example, examples
from reporting.selectors.months import Draws, draws_of
from reporting.selectors.records import Records, read
from reporting.services.figures import actions, agreement, compliance, family, grades, inadequate, themes
from reporting.services.figures.model import Note, Quotes, Section, Tiles, as_data
from reporting.services.periods import Period

SCHEMA = 1


@dataclass(frozen=True)
class Source:
    """Everything one report is made from, read once."""

    period: Period
    records: Records
    before: Records
    history: Records
    draws: Draws
    chosen: tuple[Example, ...] = ()


def source(period: Period, *, as_of: date, chosen: Collection[str] = ()) -> Source:
    """Read what a report of the period needs: its own months, as many before, and the year that ends with it."""
    framework = framework_in_force(min(as_of, period.ends))
    starts = min(period.year, period.before[0])
    # Two readings, because of the months before only the grades are wanted: a part is read when it is asked for.
    everything = read(starts=starts, ends=period.ends, as_of=as_of, framework=framework)
    own = read(starts=period.starts, ends=period.ends, as_of=as_of, framework=framework)
    return Source(
        period=period,
        records=own,
        before=everything.within(*period.before),
        history=everything.within(period.year, period.ends),
        draws=draws_of(own.months),
        chosen=tuple(examples(period.starts, period.ends, framework, chosen)) if chosen else (),
    )


def figures_of(
    kind: str, made_from: Source, council: str, sections: Sequence[Section] | None = None
) -> dict[str, Any]:
    """Return a report's figures (or those of ``sections``) as JSON can hold them, with period and population."""
    records, period = made_from.records, made_from.period
    make = monthly if kind == ReportKind.MONTHLY else quarterly
    return {
        "schema": SCHEMA,
        "kind": kind,
        "title": ReportKind(kind).label,
        "council": council,
        "period": {"label": period.label, "title": period.title},
        "starts": period.starts.isoformat(),
        "ends": period.ends.isoformat(),
        "as_of": records.as_of.isoformat(),
        "framework": records.framework.authority.framework_title,
        "population": population(records),
        "months": [
            {
                "month": f"{month:%Y-%m}",
                "title": words.month(month),
                "audits": len(records.only(months={month}).random),
                "final_audits": len(records.only(months={month}).final),
                "final": records.is_month_final(month),
            }
            for month in records.months
        ],
        "headline": headline(made_from),
        "sections": as_data(make(made_from) if sections is None else sections),
    }


def population(records: Records) -> list[str]:
    """Say whom the figures count, and whom not."""
    other = len([row for row in records.audits if not row.is_random and row.status != "withdrawn"])
    said = [
        f"{words.plural(len(records.random), 'audit')} drawn at random for the months of the period, "
        f"{len(records.final):,} of them with a final grade.",
        "A month is the audits allocated for it, whenever they were finished. Grades are final ones: agreed by both "
        "auditors or decided by a moderator.",
    ]
    if other:
        said.append(
            f"{words.plural(other, 'audit')} of another origin, such as re-audits: not in grades or trends."
        )
    if gone := compliance.withdrawn(records):
        said.append(f"{words.plural(gone, 'audit')} withdrawn: not counted.")
    said.append("A share of fewer than five is given as a count: read it as single cases, not as a rate.")
    return said


def not_final(records: Records) -> list[str]:
    """Say which months may still change."""
    found = []
    for month in records.months:
        own = records.only(months={month})
        if own.random and not records.is_month_final(month):
            found.append(
                f"{words.month(month)} is not yet final: {len(own.final)} of {words.plural(len(own.random), 'audit')} "
                "have a final grade, so its figures may still change."
            )
    return found


def headline(made_from: Source) -> list[str]:
    """Return what a reader with one minute should know, in sentences."""
    records = made_from.records
    late = sum(actions.is_overdue(one, records) for one in actions.agreed(records))
    lowest, missing = inadequate.chains(records), compliance.services_without_audits(records)
    _, label = inadequate.worst(records)
    on_time, due = compliance.on_time(records)
    return [
        text
        for text in (
            grades.headline(records, made_from.before if made_from.before.final else None),
            grades.weakest_and_strongest(records),
            f"{words.percent_n(on_time, due)} of audits were submitted on time." if due else "",
            _lowest(len(lowest), label) if records.final else "",
            f"{words.plural(late, 'action is', 'actions are')} overdue." if actions.agreed(records) else "",
            f"No audit in {', '.join(missing)}." if missing and records.random else "",
        )
        if text
    ]


def _lowest(count: int, label: str) -> str:
    if not count:
        return f"No audit was {label} overall."
    return f"{words.plural(count, 'audit was', 'audits were')} {label} overall."


def at_a_glance(made_from: Source) -> Section:
    """The figures a board looks at first."""
    records = made_from.records
    by_key = {
        one.key: one
        for one in (
            *compliance.compliance(records),
            *agreement.agreement(records),
            *actions.action_figures(records),
            *inadequate.inadequate_figures(records),
            *family.family_figures(records),
        )
    }
    keys = ("allocated", "on_time", "agreed_overall", "inadequate", "actions_overdue", "family_heard")
    tiles = [by_key[key] for key in keys]
    tiles.insert(1, grades.good_figure(records))
    return Section("glance", "At a glance", (Tiles(tuple(tiles)),), commentary=Commentary.SUMMARY)


def quarterly(made_from: Source) -> list[Section]:
    """The sections of the quarterly report (HER-60, HER-66)."""
    records = made_from.records
    return [
        at_a_glance(made_from),
        programme(made_from),
        grade_section(made_from, detail=True),
        consistency(records),
        theme_section(made_from),
        action_section(made_from),
        inadequate_section(records),
        family_section(records),
    ]


def monthly(made_from: Source) -> list[Section]:
    """The sections of the managers' briefing (HER-59): shorter, for those who act on it."""
    records = made_from.records
    return [
        at_a_glance(made_from),
        programme(made_from),
        grade_section(made_from, detail=False),
        theme_section(made_from),
        family_section(records),
        action_section(made_from),
    ]


def programme(made_from: Source) -> Section:
    """Whether the audits were done."""
    records = made_from.records
    missing = compliance.services_without_audits(records)
    several = [compliance.breakdown(records, "month")] if len(records.months) > 1 else []
    return Section(
        "programme",
        "Audit activity",
        (
            Tiles(compliance.compliance(records)),
            *([Note(f"No audit in these months: {', '.join(missing)}.")] if missing else []),
            *several,
            compliance.breakdown(records, "service"),
            compliance.breakdown(records, "team"),
            Tiles(compliance.draw_figures(made_from.draws)),
            compliance.left_out(made_from.draws),
        ),
        intro="Was the programme carried out as planned?",
    )


def grade_section(made_from: Source, *, detail: bool) -> Section:
    """Grades and where they are going."""
    records = made_from.records
    more = (
        (grades.domain_breakdown(records, "service"), grades.domain_breakdown(records, "team"))
        if detail
        else ()
    )
    return Section(
        "grades",
        "Grades",
        (
            grades.trend_chart(made_from.history),
            grades.domain_chart(records),
            grades.domain_trend(made_from.history),
            grades.breakdown(records, "service"),
            grades.breakdown(records, "team"),
            *more,
            Tiles((themes.never_checked(records),)),
        ),
        intro="How good is practice, and which way is it going?",
        commentary=Commentary.TO_IMPROVE,
    )


def consistency(records: Records) -> Section:
    """How consistent the grades are (HER-42)."""
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
            themes.chart(records, themes.CODES),
            *printed(made_from, STRENGTH, DEVELOPMENT, WIDER),
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


def inadequate_section(records: Records) -> Section:
    """What followed the lowest grade."""
    _, label = inadequate.worst(records)
    return Section(
        "inadequate",
        f"{label} audits and re-audits",
        (
            Tiles(inadequate.inadequate_figures(records)),
            inadequate.chain_table(records),
            inadequate.re_audit_table(records),
        ),
        intro="Was every child whose audit worried us seen to?",
    )


def family_section(records: Records) -> Section:
    """What families told (HER-12)."""
    heard = family.themes(records)
    chart = [family.theme_chart(records)] if heard.rows else [heard]
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
