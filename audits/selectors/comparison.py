"""The auditors' records side by side: one pure structure for page, PDF and reports (HER-33)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audits.enums import CHECKLIST, NOT_APPLICABLE, OVERALL
from audits.frameworks.schema import Framework, Tool
from audits.frameworks.vocabulary import Grades
from audits.models import Audit, Judgement
from audits.selectors.asked import ANSWERS, asks_of_the_whole
from audits.selectors.facts import framework_for, grading_assessments, submitted_grades, tool_of
from audits.selectors.reading import ItemAnswer, answers_in, items_in
from audits.selectors.sections import OF_THE_WHOLE, QUESTIONS


@dataclass(frozen=True)
class Cell:
    """One auditor's grade and words for one domain. ``grade`` is ``None`` where nothing was graded."""

    grade: str | None = None
    label: str = ""
    not_applicable_reason: str = ""
    strengths: str = ""
    development: str = ""
    evidence: str = ""
    items: tuple[ItemAnswer, ...] = ()
    """A checklist's questions, each as it was answered."""
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
    ungraded: bool = False
    """Whether nobody grades it: a checklist, or what is said of an audit that is only one."""

    @property
    def overall(self) -> bool:
        """Whether this is the overall judgement."""
        return self.domain == OVERALL

    @property
    def differs(self) -> bool:
        """Whether the auditors' grades differ; not applicable against a grade is a difference."""
        return not self.ungraded and len({cell.grade for cell in self.cells if cell.counts}) > 1


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
    def graded(self) -> tuple[Row, ...]:
        """The rows that have grades."""
        return tuple(row for row in self.rows if not row.ungraded)

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
    tool: Tool | None = None,
) -> Comparison:
    """Put several records side by side: ``domains`` gives titles by key in order, ``cells`` one mapping a column.

    The checklist of ``tool`` stands after its domains; where it is nothing else, no row has a grade.
    """
    titles = {**domains, **({CHECKLIST: QUESTIONS} if tool and tool.items else {})}
    alone = tool is not None and tool.is_checklist
    if tool is None or asks_of_the_whole(tool):
        titles[OVERALL] = OF_THE_WHOLE if alone else overall
    rows = tuple(
        Row(
            key,
            title,
            tuple(column.get(key, Cell()) for column in cells),
            ungraded=alone or key == CHECKLIST,
        )
        for key, title in titles.items()
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
    tool, submitted = tool_of(audit, framework), submitted_grades(audit)
    rows = [
        row
        for row in grading_assessments(audit, framework)
        if row.slot in submitted or (tool.is_checklist and row.submitted_at)
    ]
    words: dict[int, dict[str, Judgement]] = {row.pk: {} for row in rows}
    for judgement in Judgement.objects.filter(assessment__in=rows):
        words[judgement.assessment_id][judgement.domain] = judgement
    return compare(
        columns=[framework.names.slot(row.slot) for row in rows],
        domains=graded_domains(audit, framework),
        cells=[
            {
                **(cells_of(submitted[row.slot], framework, words[row.pk]) if row.slot in submitted else {}),
                **_ungraded_cells(words[row.pk], tool, framework),
            }
            for row in rows
        ],
        tool=tool,
    )


def _ungraded_cells(words: Mapping[str, Judgement], tool: Tool, framework: Framework) -> dict[str, Cell]:
    """Return what was answered and written where no grade is given."""
    keys = [CHECKLIST, *([OVERALL] if tool.is_checklist else [])]
    return {key: ungraded_cell(words[key], tool, framework) for key in keys if key in words}


def ungraded_cell(judgement: Judgement, tool: Tool, framework: Framework) -> Cell:
    """Return one auditor's answers and words of a part without a grade."""
    return Cell(
        strengths=judgement.strengths,
        development=judgement.development,
        evidence=judgement.evidence,
        items=items_in(judgement.extra.get(ANSWERS) or {}, tool),
        answers="\n".join(f"{label}: {text}" for label, text in answers_in(judgement.extra, tool, framework)),
    )
