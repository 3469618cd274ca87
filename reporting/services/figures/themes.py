"""What findings are about: issues, what they feed into, good practice, wider findings (HER-08, 55, 57, 69)."""

from collections import Counter
from collections.abc import Callable, Iterable

from audits.enums import GradeSource
from reporting.selectors.parts import JudgementRow
from reporting.selectors.records import AuditRow, Records
from reporting.services.figures.model import Cell, ChartBlock, Column, Figure, Table

TAGS, CODES = "tag", "code"
MOST_OF_A_TEAM = 5
_TITLES = {TAGS: "Issues", CODES: "Areas to develop"}

_OF: dict[str, Callable[[JudgementRow], tuple[str, ...]]] = {
    TAGS: lambda one: one.tags,
    CODES: lambda one: one.codes,
}


def population(records: Records) -> str:
    """Say which audits are counted."""
    return f"{records.who} that every auditor has submitted"


def labels(records: Records, kind: str) -> dict[str, str]:
    """Return the words of issues (``tag``) or of what findings feed into (``code``), of every tool."""
    return {
        choice.key: choice.label
        for tool in records.framework.tools
        for choice in (tool.tags if kind == TAGS else tool.development_codes)
    }


def marks(records: Records, row: AuditRow, kind: str) -> set[str]:
    """Return the issues or codes that either auditor gave anywhere in the audit."""
    return {key for one in records.parts.judgements.get(row.pk, ()) for key in _OF[kind](one)}


def counted(records: Records, kind: str) -> Counter[str]:
    """Return how many audits carry each issue or code; an audit counts once for each."""
    return Counter(key for row in records.submitted for key in marks(records, row, kind))


def marked_with(records: Records, kind: str, key: str) -> list[AuditRow]:
    """Return the audits that carry an issue or code."""
    return [row for row in records.submitted if key in marks(records, row, kind)]


def chart(records: Records, kind: str) -> ChartBlock:
    """Return the issues or codes, the most frequent first."""
    names, whole = labels(records, kind), len(records.submitted)
    title = "Issues found" if kind == TAGS else "What areas to develop feed into"
    return ChartBlock(
        key=f"themes_{kind}",
        kind="bars",
        title=title,
        definition=f"Audits in which either auditor marked a finding so; an audit counts once. Of {whole} submitted.",
        population=population(records),
        data={
            "bars": [
                {"label": names.get(key, key.replace("_", " ").capitalize()), "value": count}
                for key, count in _most(counted(records, kind).items())
            ],
            "unit": "Audits",
            "first_column": "Issue" if kind == TAGS else "Feeds into",
        },
    )


def _most(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def by_service(records: Records, kind: str) -> Table:
    """Return every issue or code with the number of audits in each service (HER-66)."""
    units = [(name, counted(own, kind)) for name, own in records.by_service()]
    names, total = labels(records, kind), counted(records, kind)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (names.get(key, key), total[key], *(found[key] for _, found in units))
        for key, _ in _most(total.items())
    )
    return Table(
        key=f"themes_{kind}_service",
        title=f"{_TITLES[kind]} by service",
        definition="Audits with each issue; an audit counts once.",
        population=population(records),
        columns=(
            Column("Issue" if kind == TAGS else "Feeds into", "text"),
            Column("All"),
            *(Column(name) for name, _ in units),
        ),
        rows=rows,
        empty="No finding was marked.",
    )


def by_team(records: Records, kind: str) -> Table:
    """Return for each team what its audits found most often, in words, for there are many teams (HER-66)."""
    names = labels(records, kind)
    rows: list[tuple[Cell, ...]] = []
    for name, own in records.by_team():
        if found := _most(counted(own, kind).items())[:MOST_OF_A_TEAM]:
            said = ", ".join(f"{names.get(key, key)} ({count})" for key, count in found)
            rows.append((name, len(own.submitted), said))
    return Table(
        key=f"themes_{kind}_team",
        title=f"{_TITLES[kind]} by team",
        definition=f"The {MOST_OF_A_TEAM} most frequent in each team, with the number of its audits that carry them.",
        population=population(records),
        columns=(Column("Team", "text"), Column("Submitted"), Column("Found most often", "text")),
        rows=tuple(rows),
        empty="No finding was marked.",
    )


def learning(records: Records) -> tuple[Figure, ...]:
    """Return how many audits are worth sharing, and what reaches beyond the one child."""
    shared = sum(row.good_practice for row in records.final)
    rules = {effect.kind for rule in records.framework.consequences for effect in rule.effects}
    celebrated = Figure(
        "good_practice",
        "Practice to celebrate",
        "Audits marked as worth sharing.",
        "audits drawn at random whose grades are final",
        shared,
        len(records.final),
    )
    return (
        # Where no rule marks an audit so, a nought would say that nothing was worth it.
        *((celebrated,) if shared or "flag_good_practice" in rules else ()),
        Figure(
            "wider_findings",
            "Wider findings",
            "Findings that reach beyond one child and one worker.",
            population(records),
            sum(records.parts.wider.get(row.pk, 0) for row in records.submitted),
        ),
        Figure(
            "immediate_changes",
            "Changed at once",
            "Changes to the management of a case made straight away.",
            "audits drawn at random",
            sum(records.parts.changes.get(row.pk, 0) for row in records.random),
        ),
        concerns(records),
    )


def concerns(records: Records) -> Figure:
    """Return how many urgent concerns the audits raised, random or not."""
    return Figure(
        "urgent_concerns",
        "Urgent concerns",
        "Urgent concerns raised from an audit.",
        "all audits of the period",
        sum(records.parts.concerns.get(row.pk, 0) for row in records.audits),
    )


def never_checked(records: Records) -> Figure:
    """Return how many final grades no second person has confirmed."""
    alone = [row for row in records.final if records.parts.source.get(row.pk) == GradeSource.SINGLE]
    return Figure(
        "single_auditor",
        "Graded by one auditor only",
        "Final grades that no second auditor and no moderator has confirmed.",
        "audits drawn at random whose grades are final",
        len(alone),
        len(records.final),
    )
