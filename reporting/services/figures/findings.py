"""Coded findings: strengths of practice, barriers to effective work and their themes (SLO-77, WSX-85 to 87)."""

from collections import Counter

from reporting.enums import Mark
from reporting.selectors.records import Records
from reporting.services.figures.model import Column, Figure, Table
from reporting.services.figures.themes import TAGS, labels, population


def counted(records: Records) -> dict[str, Counter[str]]:
    """Return for each mark how many texts carry each theme."""
    found: dict[str, Counter[str]] = {mark: Counter() for mark in Mark.values}
    for row in records.submitted:
        for mark, themes in records.parts.coded.get(row.pk, ()):
            found[mark].update(themes)
    return found


def finding_figures(records: Records) -> tuple[Figure, ...]:
    """Return how many texts were read, and how many tell of a strength or a barrier."""
    marks = Counter(mark for row in records.submitted for mark, _ in records.parts.coded.get(row.pk, ()))
    whole = sum(marks.values())
    return (
        Figure(
            "findings_coded",
            "Findings coded",
            "Texts of audits that the quality assurance team has read and coded.",
            population(records),
            whole,
        ),
        Figure(
            "findings_strength",
            "Strengths of practice",
            "Coded texts that tell of a strength.",
            population(records),
            marks[Mark.STRENGTH],
            whole,
        ),
        Figure(
            "findings_barrier",
            "Barriers to effective work",
            "Coded texts that tell of a barrier.",
            population(records),
            marks[Mark.BARRIER],
            whole,
        ),
    )


def finding_table(records: Records) -> Table:
    """Return each theme with how often it was heard as a strength and as a barrier, the most frequent first."""
    found, names = counted(records), labels(records, TAGS)
    strength, barrier = found[Mark.STRENGTH], found[Mark.BARRIER]
    every = strength + barrier + found[Mark.NEITHER]
    rows = sorted(every, key=lambda key: (-every[key], names.get(key, key)))
    return Table(
        key="coded_findings",
        title="Coded findings: strengths and barriers by theme",
        definition="Texts of audits in which the quality assurance team heard the theme; one text may have several.",
        population=population(records),
        columns=(Column("Theme", "text"), Column("As a strength"), Column("As a barrier"), Column("All")),
        rows=tuple((names.get(key, key), strength[key], barrier[key], every[key]) for key in rows),
        empty="No finding has been coded yet.",
    )
