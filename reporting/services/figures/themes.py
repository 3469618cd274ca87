"""What findings are about: issues, what they feed into, good practice, wider findings (HER-08, 55, 57, 69)."""

from collections import Counter
from collections.abc import Callable, Iterable

from audits.enums import GradeSource
from reporting.selectors.parts import JudgementRow
from reporting.selectors.records import AuditRow, Records
from reporting.services.figures.model import Cell, ChartBlock, Column, Figure, Table

POPULATION = "audits drawn at random that every auditor has submitted"
TAGS, CODES = "tag", "code"

_OF: dict[str, Callable[[JudgementRow], tuple[str, ...]]] = {
    TAGS: lambda one: one.tags,
    CODES: lambda one: one.codes,
}


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
        population=POPULATION,
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


def by_unit(records: Records, kind: str, level: str = "service") -> Table:
    """Return every issue or code with the number of audits in each service or team (HER-66)."""
    units = [
        (name, counted(own, kind))
        for name, own in (records.by_service() if level == "service" else records.by_team())
    ]
    names, total = labels(records, kind), counted(records, kind)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (names.get(key, key), total[key], *(found[key] for _, found in units))
        for key, _ in _most(total.items())
    )
    return Table(
        key=f"themes_{kind}_{level}",
        title=f"{'Issues' if kind == TAGS else 'Areas to develop'} by {level}",
        definition="Audits with each issue; an audit counts once.",
        population=POPULATION,
        columns=(
            Column("Issue" if kind == TAGS else "Feeds into", "text"),
            Column("All"),
            *(Column(name) for name, _ in units),
        ),
        rows=rows,
        empty="No finding was marked.",
    )


def learning(records: Records) -> tuple[Figure, ...]:
    """Return how many audits are worth sharing, and what reaches beyond the one child."""
    return (
        Figure(
            "good_practice",
            "Practice to celebrate",
            "Audits marked as worth sharing.",
            "audits drawn at random whose grades are final",
            sum(row.good_practice for row in records.final),
            len(records.final),
        ),
        Figure(
            "wider_findings",
            "Wider findings",
            "Findings that reach beyond one child and one worker.",
            POPULATION,
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
