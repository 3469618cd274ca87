"""How often each statement of a tool was marked how: counted as it was given, never made into a grade (DUR-170)."""

from collections.abc import Iterator
from dataclasses import dataclass

from audits.enums import AssessmentStatus, CriterionMark
from audits.frameworks.models import FrameworkVersion
from audits.frameworks.schema import Tool
from audits.frameworks.selectors import framework_of
from audits.models import Assessment
from audits.selectors.reading import CriterionCount, count_marks
from reporting.selectors.records import Records
from reporting.services.figures.model import Cell, ChartBlock, Column, Table
from reporting.services.figures.themes import population

MOST = 10
_COUNTED = (
    CriterionMark.PARTLY,
    CriterionMark.NOT_MET,
    CriterionMark.NOT_SEEN,
    CriterionMark.NOT_APPLICABLE,
)
_SHORT_OF = (CriterionMark.PARTLY, CriterionMark.NOT_MET)


@dataclass(frozen=True)
class ToolVersion:
    """A tool whose statements are the same in the framework versions ``versions``; only those are added together."""

    key: str
    label: str
    tool: Tool
    versions: frozenset[int]


def has_criteria(tool: Tool) -> bool:
    """Whether the tool has statements to mark."""
    return any(domain.criteria for domain in tool.domains)


def tool_versions() -> list[ToolVersion]:
    """Return every version of every tool that has statements to mark, the newest first. One query.

    A tool whose statements were changed without a new version number is another one here: what auditors were asked
    decides what may be added up.
    """
    found: dict[tuple[object, ...], list[tuple[FrameworkVersion, Tool]]] = {}
    for version in FrameworkVersion.objects.order_by("-number"):
        for tool in framework_of(version).tools:
            if has_criteria(tool):
                asked = tuple((d.key, c.key, c.text) for d in tool.domains for c in d.criteria)
                found.setdefault((tool.key, tool.version, asked), []).append((version, tool))
    names = [f"{same[0][1].name}, version {same[0][1].version}" for same in found.values()]
    return [
        ToolVersion(
            key=f"{same[0][1].key}-{same[0][0].number}",
            label=name if names.count(name) == 1 else f"{name}, as in framework version {same[0][0].number}",
            tool=same[0][1],
            versions=frozenset(version.pk for version, _ in same),
        )
        for name, same in zip(names, found.values(), strict=True)
    ]


def counted(records: Records, asked: ToolVersion) -> tuple[list[CriterionCount], int]:
    """Return how each statement was marked in the submitted audits, and in how many audits. Two queries."""
    own = Assessment.objects.filter(
        audit__in=[row.pk for row in records.submitted],
        audit__framework_version__in=asked.versions,
        audit__tool=asked.tool.key,
    ).exclude(status=AssessmentStatus.REASSIGNED)
    return count_marks(own, asked.tool), len(set(own.values_list("audit_id", flat=True)))


def tables(records: Records, asked: ToolVersion, counts: list[CriterionCount]) -> Iterator[Table]:
    """Yield one table for each domain that has statements: each with how often it was met, of how often marked."""
    for domain in asked.tool.domains:
        own = [one for one in counts if one.domain == domain.key]
        if not own:
            continue
        rows: list[tuple[Cell, ...]] = [
            (
                _said(one),
                (one.counts.get(CriterionMark.MET, 0), one.n),
                *(one.counts.get(m, 0) for m in _COUNTED),
            )
            for one in own
        ]
        yield Table(
            key=f"criteria_{domain.key}",
            title=domain.title,
            definition="How often each statement was marked. Met is of the audits in which it was marked and applies; "
            "each auditor’s mark counts.",
            population=population(records),
            columns=(
                Column("Statement", "text"),
                Column("Met", "share"),
                *(Column(mark.label) for mark in _COUNTED),
            ),
            rows=tuple(rows) if any(one.counts for one in own) else (),
            empty="No statement of this domain was marked.",
        )


def left_to_do(records: Records, counts: list[CriterionCount]) -> ChartBlock:
    """Return the statements that were most often not met or only partly, the most frequent first."""
    short = [(sum(one.counts.get(mark, 0) for mark in _SHORT_OF), one) for one in counts]
    found = sorted((pair for pair in short if pair[0]), key=lambda pair: -pair[0])[:MOST]
    return ChartBlock(
        key="criteria_short",
        kind="bars",
        title="Most often not met, or only partly",
        definition=f"The {MOST} statements with the most such marks.",
        population=population(records),
        data={
            "bars": [
                {"label": _said(one), "value": number, "text": f"{number} of {one.n}"}
                for number, one in found
            ],
            "unit": "Marks",
            "first_column": "Statement",
        },
    )


def _said(one: CriterionCount) -> str:
    text = one.text.rstrip(".")
    return f"{text} (check of compliance)" if one.compliance else text
