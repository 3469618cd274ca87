"""The auditors' grades and words beside each other, for those who may see them."""

from dataclasses import dataclass

from audits.enums import NOT_APPLICABLE, GradeStage
from audits.frameworks.schema import Framework
from audits.models import Judgement, RecordedGrade
from audits.selectors.comparison import Cell, Comparison, Row, compare
from audits.selectors.standing import Standing, grading

PARTS = (
    ("Strengths", "strengths"),
    ("Areas to develop", "development"),
    ("Evidence", "evidence"),
    ("Why it does not apply", "not_applicable_reason"),
)


@dataclass(frozen=True)
class Words:
    """One kind of words on one domain, from each auditor."""

    label: str
    cells: tuple[str, ...]
    differs: bool = False


def word_for(framework: Framework, grade: str) -> str:
    """Return a grade's word, also for "not applicable"."""
    return "Not applicable" if grade == NOT_APPLICABLE else framework.names.grade(grade)


def side_by_side(standing: Standing) -> Comparison | None:
    """Return what each grading auditor gave, or None while ``standing`` may not see it (HER-23)."""
    if not standing.sees_grades:
        return None
    framework = standing.framework
    shown = [one for one in grading(framework, standing.assessments) if one.locked_at]
    cells: dict[int, dict[str, Cell]] = {one.pk: {} for one in shown}
    for judgement in Judgement.objects.filter(assessment__in=shown):
        cells[judgement.assessment_id][judgement.domain] = _cell(judgement, framework)
    return compare(
        columns=[framework.names.slot(one.slot) for one in shown],
        domains={one.key: one.title for one in framework.tool(standing.audit.tool).domains},
        cells=[cells[one.pk] for one in shown],
        overall="Overall grade",
    )


def _cell(judgement: Judgement, framework: Framework) -> Cell:
    return Cell(
        grade=judgement.grade,
        label=word_for(framework, judgement.grade),
        not_applicable_reason=judgement.not_applicable_reason,
        strengths=judgement.strengths,
        development=judgement.development,
        evidence=judgement.evidence,
    )


def words_of(row: Row) -> list[Words]:
    """Return the words of a row that anybody wrote."""
    found = [Words(label, tuple(str(getattr(cell, name)) for cell in row.cells)) for label, name in PARTS]
    return [words for words in found if any(words.cells)]


def changes_of(standing: Standing) -> list[RecordedGrade]:
    """Return the grades that were changed after the reveal, with their reasons, in the order given."""
    if not standing.sees_grades:
        return []
    given = standing.audit.recorded_grades.filter(
        stage=GradeStage.PROVISIONAL, assessment__in=standing.assessments
    )
    seen: set[tuple[int | None, str]] = set()
    changed = []
    for one in given.select_related("given_by").order_by("id"):
        place = (one.assessment_id, one.domain)
        if place in seen:
            changed.append(one)
        seen.add(place)
    return changed
