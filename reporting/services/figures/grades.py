"""Final grades, overall and by domain, by service and team; only audits that chance chose (HER-26, 52, 54)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from audits.enums import NOT_APPLICABLE, OVERALL
from audits.frameworks.schema import GradeSet
from qaf.ui import words
from reporting.selectors.former import Former
from reporting.selectors.records import Records
from reporting.services.figures.model import Cell, ChartBlock, Column, Figure, Table

POPULATION = "audits drawn at random whose grades are final"


def scale(records: Records) -> GradeSet:
    """Return the grades of the monthly audit."""
    return records.framework.main_grades


def domains(records: Records) -> dict[str, str]:
    """Return the titles of the graded domains of every tool in use, by key, in the framework's order."""
    return {
        domain.key: domain.title
        for tool in records.framework.tools
        for domain in tool.domains
        if domain.graded and tool.graded and not tool.planned
    }


def good_grades(records: Records) -> frozenset[str]:
    """Return the better half of the scale: of four grades the upper two."""
    best = scale(records).best_first
    return frozenset(grade.key for grade in best[: max(1, len(best) // 2)])


def good_words(records: Records) -> str:
    """Return "Good or better" in the council's words."""
    best = scale(records).best_first
    return f"{best[max(1, len(best) // 2) - 1].label} or better"


def counts(records: Records, domain: str = OVERALL) -> Counter[str]:
    """Return how many final audits have each grade in the domain."""
    return Counter(grade for row in records.final if (grade := records.grade(row, domain)))


def good_share(records: Records, domain: str = OVERALL) -> tuple[int, int]:
    """Return how many final audits are Good or better in the domain, of how many graded in it."""
    found = counts(records, domain)
    found.pop(NOT_APPLICABLE, None)
    return sum(found[key] for key in good_grades(records)), sum(found.values())


def good_figure(records: Records, domain: str = OVERALL, label: str = "") -> Figure:
    """Return the share judged Good or better."""
    part, whole = good_share(records, domain)
    what = label or "overall"
    return Figure(
        key=f"good.{domain or 'overall'}",
        label=f"{label or 'Overall'}: {good_words(records)}",
        definition=f"Audits whose final grade {what} is {good_words(records)}, of those graded there.",
        population=POPULATION,
        value=part,
        n=whole,
    )


def domain_chart(records: Records) -> ChartBlock:
    """Return every domain's grades, the overall judgement first."""
    titles = {OVERALL: "Overall", **domains(records)}
    return _stacked(
        records,
        key="grades_by_domain",
        title="Grades overall and by domain",
        groups=[(title, counts(records, key)) for key, title in titles.items()],
        definition="Final grades in each domain; not applicable is shown outside the scale.",
        first_column="Domain",
    )


def service_chart(records: Records) -> ChartBlock:
    """Return overall grades by service."""
    return _stacked(
        records,
        key="grades_by_service",
        title="Overall grades by service",
        groups=[(name, counts(own)) for name, own in records.by_service()],
        definition="Final overall grades in each service.",
        first_column="Service",
    )


def _stacked(
    records: Records,
    *,
    key: str,
    title: str,
    groups: Sequence[tuple[str, Counter[str]]],
    definition: str,
    first_column: str,
) -> ChartBlock:
    series = [(grade.key, grade.label) for grade in scale(records).best_first]
    if any(found[NOT_APPLICABLE] for _, found in groups):
        series.append((NOT_APPLICABLE, "Not applicable"))
    return ChartBlock(
        key=key,
        kind="stacked",
        title=title,
        definition=definition,
        population=POPULATION,
        data={
            "series": [list(pair) for pair in series],
            "groups": [
                {"label": name, "counts": [found[name_] for name_, _ in series]} for name, found in groups
            ],
            "first_column": first_column,
        },
    )


def trend_chart(
    history: Records,
    *,
    key: str = "trend",
    place: str = "",
    domain: str = OVERALL,
    former: Former | None = None,
) -> ChartBlock:
    """Return the share Good or better month by month; a month that may still change is marked (HER-54).

    It begins with the first month that has audits. Themes change, so a month that had one of its own is no part of
    the series: ``themed_months`` lists those. ``former`` results stand before the months as a series of their own, by
    year (WSX-22).
    """
    points = []
    for month in _since_the_first_audit(history):
        if former and former.years and former.before and month < former.before:
            # What was before stands there as the former tool's years.
            continue
        themed = month in history.month_themes
        part, whole = (0, 0) if themed else good_share(history.only(months={month}), domain)
        points.append(
            {
                "label": f"{month:%b} {month.year}",
                "part": part,
                "whole": whole,
                "final": history.is_month_final(month),
            }
        )
    return ChartBlock(
        key=key,
        kind="trend",
        title=f"{good_words(history)} overall, month by month{f': {place}' if place else ''}",
        definition=(
            f"Share of audits whose final overall grade is {good_words(history)}, by the month they were allocated in."
            + (" Months with a theme of their own are left out." if history.month_themes else "")
            + (f" {_about_former(former)}" if former and former.years else "")
        ),
        population=POPULATION,
        data=_beside_former(history, former, points)
        if former and former.years
        else {"lines": [{"label": "", "points": points}]},
    )


def _since_the_first_audit(history: Records) -> list[date]:
    first = min((row.month for row in history.random), default=date.min)
    return [month for month in history.months if month >= first]


def _beside_former(history: Records, former: Former, points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the former results and the months as two lines over one stretch of time, neither in the other's part."""
    best = [grade.key for grade in scale(history).best_first]
    good = good_grades(history)
    years = [
        {
            "label": f"Year {one.year}",
            "part": sum(count for key, count in zip(best, one.counts, strict=True) if key in good),
            "whole": sum(one.counts),
            "final": True,
        }
        for one in former.years
    ]
    return {
        "lines": [
            {"label": "Former tool", "points": [*years, *map(_not_counted, points)]},
            {"label": "Months in QAF", "points": [*map(_not_counted, years), *points]},
        ],
        "first_column": "Year or month",
        "notes": [_about_former(former)],
    }


def _not_counted(point: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": point["label"], "part": None, "whole": None, "final": True}


def _about_former(former: Former) -> str:
    """Say what the former series is, and that it is not to be read on into the other."""
    since = f" before {words.month(former.before)}" if former.before else ""
    scores = f", {former.converted:,} of them from scores of the former scale" if former.converted else ""
    return (
        f"“Former tool” is a series of its own: {words.plural(former.n, 'result')} of audits{since}, by calendar"
        f" year{scores}, however their cases were chosen. Do not read one series on into the other."
    )


def series(history: Records, former: Former | None = None) -> tuple[ChartBlock | Table, ...]:
    """Return the trend, and the months with a theme of their own; only these where nothing else has grades."""
    trend = trend_chart(history, former=former)
    if not history.month_themes:
        return (trend,)
    return (themed_months(history),) if trend.is_empty else (trend, themed_months(history))


def themed_months(history: Records) -> Table:
    """Return the months that had a theme, each with its own grades: they are not one series (SEF-144)."""
    best = scale(history).best_first
    rows: list[tuple[Cell, ...]] = []
    for month, theme in sorted(history.month_themes.items()):
        own = history.only(months={month})
        found = counts(own)
        grades = (found[grade.key] for grade in best)
        rows.append((theme, words.month(month), len(own.random), *grades, good_share(own)))
    return Table(
        key="themed_months",
        title="Months with a theme of their own",
        definition="Each theme looks at other children and other questions: do not compare one month with another.",
        population=POPULATION,
        columns=(
            Column("Theme", "text"),
            Column("Month", "text"),
            Column("Audits"),
            *(Column(grade.label) for grade in best),
            Column(good_words(history), "share"),
        ),
        rows=tuple(rows),
        empty="No month had a theme.",
    )


def breakdown(records: Records, level: str) -> Table:
    """Return overall grades for each ``service`` or ``team`` (HER-66), with n and the share Good or better."""
    grades = scale(records).best_first
    units = records.by_service() if level == "service" else records.by_team()
    rows: list[tuple[Cell, ...]] = []
    for name, own in units:
        found = counts(own)
        part, whole = good_share(own)
        rows.append((name, *(found[grade.key] for grade in grades), whole, (part, whole)))
    return Table(
        key=f"grades_{level}",
        title=f"Overall grades by {level}",
        definition="Final overall grades. Fewer than five are given as counts: read them as single cases.",
        population=POPULATION,
        columns=(
            Column(level.capitalize(), "text"),
            *(Column(grade.label) for grade in grades),
            Column("Graded"),
            Column(good_words(records), "share"),
        ),
        rows=tuple(rows),
        empty="No audit is final yet.",
    )


def domain_breakdown(records: Records, level: str) -> Table:
    """Return the share Good or better in each domain for each ``service`` or ``team`` (HER-52)."""
    titles = domains(records)
    units = records.by_service() if level == "service" else records.by_team()
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(good_share(own, key) for key in titles)) for name, own in units if own.final
    )
    return Table(
        key=f"domains_{level}",
        title=f"{good_words(records)} in each domain, by {level}",
        definition=f"Audits {good_words(records)} in the domain, of those graded in it.",
        population=POPULATION,
        columns=(Column(level.capitalize(), "text"), *(Column(title, "share") for title in titles.values())),
        rows=tuple(rows),
        empty="No audit is final yet.",
    )


def domain_trend(history: Records) -> Table:
    """Return the share Good or better overall and in each domain, month by month (HER-54)."""
    titles = {OVERALL: "Overall", **domains(history)}
    months = [(month, history.only(months={month})) for month in history.months]
    return Table(
        key="domains_month",
        title=f"{good_words(history)} in each domain, month by month",
        definition=f"Audits {good_words(history)} in the domain, of those graded in it, by the month of allocation.",
        population=POPULATION,
        columns=(Column("Month", "text"), *(Column(title, "share") for title in titles.values())),
        rows=tuple(
            (_month(history, month), *(good_share(own, key) for key in titles))
            for month, own in months
            if own.final
        ),
        empty="No audit is final yet.",
    )


def _month(history: Records, month: date) -> str:
    theme = f": {history.month_themes[month]}" if month in history.month_themes else ""
    return words.month(month) + theme + ("" if history.is_month_final(month) else " (not yet final)")


def headline(records: Records, before: Records | None = None) -> str:
    """Return one sentence on the overall grade, with the period before beside it."""
    part, whole = good_share(records)
    if not whole:
        return "No audit of this period is final yet."
    text = f"{words.percent_n(part, whole)} of audits with a final grade were {good_words(records)} overall"
    if before is not None and (earlier := good_share(before))[1]:
        text += f"; in the period before it was {words.percent_n(*earlier)}"
    return f"{text}."


def weakest_and_strongest(records: Records) -> str:
    """Return a sentence on the domains with the least and the most Good or better; empty where too few are graded."""
    shares = [
        (part / whole, title, part, whole)
        for key, title in domains(records).items()
        for part, whole in [good_share(records, key)]
        if whole >= words.TOO_FEW
    ]
    if len(shares) < 2 or max(shares)[0] == min(shares)[0]:
        return ""
    (_, best, *top), (_, least, *low) = max(shares), min(shares)
    return f"The strongest domain is {best}, {words.percent_n(*top)}; the weakest is {least}, {words.percent_n(*low)}."
