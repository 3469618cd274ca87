"""The auditors' records side by side: one pure structure for page, PDF and reports (HER-33)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audits.enums import NOT_APPLICABLE, OVERALL
from audits.frameworks.schema import Framework
from audits.frameworks.vocabulary import Grades
from audits.models import Audit, Judgement
from audits.selectors.facts import framework_for, grading_assessments, submitted_grades, tool_of


@dataclass(frozen=True)
class Cell:
    """One auditor's grade and words for one domain. ``grade`` is ``None`` where nothing was graded."""

    grade: str | None = None
    label: str = ""
    not_applicable_reason: str = ""
    strengths: str = ""
    development: str = ""
    evidence: str = ""
    answers: str = ""
    """The tool's own questions and the marks beside criteria, as answered: one to a line."""
    counts: bool = True
    """Whether it is compared; a self-assessment only stands beside the others."""

    def __bool__(self) -> bool:
        return self.grade is not None


@dataclass(frozen=True)
class Row:
    """One domain (empty key: overall) across the auditors."""

    domain: str
    label: str
    cells: tuple[Cell, ...]

    @property
    def overall(self) -> bool:
        """Whether this is the overall judgement."""
        return self.domain == OVERALL

    @property
    def differs(self) -> bool:
        """Whether the auditors' grades differ; not applicable against a grade is a difference."""
        return len({cell.grade for cell in self.cells if cell.counts}) > 1


@dataclass(frozen=True)
class Comparison:
    """Every domain side by side, the overall judgement last."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(default_factory=tuple)

    @property
    def disputed(self) -> tuple[Row, ...]:
        """The rows on which the auditors differ."""
        return tuple(row for row in self.rows if row.differs)

    @property
    def agreed(self) -> bool:
        """Whether they agree on every grade."""
        return not self.disputed

    def row(self, domain: str) -> Row:
        """The row of a domain. Raises KeyError where there is none."""
        for row in self.rows:
            if row.domain == domain:
                return row
        raise KeyError(domain)


def compare(
    *,
    columns: Sequence[str],
    domains: Mapping[str, str],
    cells: Sequence[Mapping[str, Cell]],
    overall: str = "Overall",
) -> Comparison:
    """Put several records side by side: ``domains`` gives titles by key in order, ``cells`` one mapping a column."""
    titles = {**domains, OVERALL: overall}
    rows = tuple(
        Row(key, title, tuple(column.get(key, Cell()) for column in cells)) for key, title in titles.items()
    )
    return Comparison(tuple(columns), rows)


def cells_of(
    grades: Grades, framework: Framework, words: Mapping[str, Judgement] | None = None
) -> dict[str, Cell]:
    """Return one record's cells by domain from its grades and, where given, its written judgements."""
    found = {**grades.domains, OVERALL: grades.overall}
    return {key: _cell(grade, framework, (words or {}).get(key)) for key, grade in found.items()}


def _cell(grade: str | None, framework: Framework, words: Judgement | None) -> Cell:
    key = grade or NOT_APPLICABLE
    label = framework.names.grade(grade) if grade else "Not applicable"
    if words is None:
        return Cell(grade=key, label=label)
    return Cell(
        grade=key,
        label=label,
        not_applicable_reason=words.not_applicable_reason,
        strengths=words.strengths,
        development=words.development,
        evidence=words.evidence,
    )


def graded_domains(audit: Audit, framework: Framework) -> dict[str, str]:
    """Return the titles of the tool's graded domains by key, in order."""
    return {domain.key: domain.title for domain in tool_of(audit, framework).domains if domain.graded}


def comparison_of(audit: Audit) -> Comparison:
    """Return the submitted records of an audit side by side; columns only for those who have submitted.

    Callers show it to nobody before every auditor has locked and the discussion is recorded.
    """
    framework = framework_for(audit)
    submitted = submitted_grades(audit)
    rows = [row for row in grading_assessments(audit, framework) if row.slot in submitted]
    words: dict[int, dict[str, Judgement]] = {row.pk: {} for row in rows}
    for judgement in Judgement.objects.filter(assessment__in=rows):
        words[judgement.assessment_id][judgement.domain] = judgement
    return compare(
        columns=[framework.names.slot(row.slot) for row in rows],
        domains=graded_domains(audit, framework),
        cells=[cells_of(submitted[row.slot], framework, words[row.pk]) for row in rows],
    )
