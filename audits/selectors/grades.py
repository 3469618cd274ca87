"""The auditors' grades and words beside each other, for those who may see them."""

from dataclasses import dataclass, replace

from audits.enums import CHECKLIST, NOT_APPLICABLE, OVERALL, GradeStage
from audits.frameworks.schema import Framework, Tool
from audits.models import Assessment, Judgement, RecordedGrade
from audits.selectors.comparison import Cell, Comparison, Row, compare, ungraded_cell
from audits.selectors.reading import answers_in, marks_in_words
from audits.selectors.standing import Standing, grading, is_self_assessment

PARTS = (
    ("Strengths", "strengths"),
    ("Areas to develop", "development"),
    ("Evidence", "evidence"),
    ("Why it does not apply", "not_applicable_reason"),
    ("Further answers", "answers"),
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
    beside = [
        one
        for one in standing.assessments
        if is_self_assessment(framework, one.slot) and one.submitted_at and one.slot in _compared(framework)
    ]
    locked = [one for one in grading(framework, standing.assessments) if one.locked_at]
    shown = [*beside, *locked]
    tool = framework.tool(standing.audit.tool)
    domains = {one.key: one.title for one in tool.domains}
    cells: dict[int, dict[str, Cell]] = {one.pk: {} for one in shown}
    for judgement in Judgement.objects.filter(assessment__in=shown):
        counts = judgement.assessment_id in {one.pk for one in locked}
        cells[judgement.assessment_id][judgement.domain] = _cell(judgement, framework, tool, counts=counts)
    for one in beside:
        cells[one.pk] = {**dict.fromkeys([*domains, OVERALL], Cell(counts=False)), **cells[one.pk]}
    return compare(
        columns=[framework.names.slot(one.slot) for one in shown],
        domains=domains,
        cells=[cells[one.pk] for one in shown],
        overall="Overall grade",
        tool=tool,
    )


def own_record(assessment: Assessment, standing: Standing) -> Comparison:
    """Return what one auditor locked, for their own eyes: the others' stay unseen."""
    framework, tool = standing.framework, standing.framework.tool(standing.audit.tool)
    return compare(
        columns=[framework.names.slot(assessment.slot)],
        domains={one.key: one.title for one in tool.domains},
        cells=[
            {
                one.domain: _cell(one, framework, tool, counts=True)
                for one in Judgement.objects.filter(assessment=assessment)
            }
        ],
        overall="Overall grade",
        tool=tool,
    )


def _compared(framework: Framework) -> tuple[str, ...]:
    slots = framework.process.compared_slots
    return slots or tuple(slot.key for slot in framework.assessed_slots)


def _cell(judgement: Judgement, framework: Framework, tool: Tool, *, counts: bool) -> Cell:
    if judgement.domain == CHECKLIST or tool.is_checklist:
        return replace(ungraded_cell(judgement, tool, framework), counts=counts)
    answers = [
        *answers_in(judgement.extra, tool, framework),
        *marks_in_words(judgement.marks, tool, judgement.domain),
    ]
    return Cell(
        counts=counts,
        grade=judgement.grade or None,
        label=word_for(framework, judgement.grade) if judgement.grade else "",
        not_applicable_reason=judgement.not_applicable_reason,
        strengths=judgement.strengths,
        development=judgement.development,
        evidence=judgement.evidence,
        answers="\n".join(f"{label}{'' if label.endswith('?') else ':'} {text}" for label, text in answers),
    )


def words_of(row: Row) -> list[Words]:
    """Return what anybody answered or wrote in a row: the questions of a checklist first."""
    found = [Words(label, tuple(str(getattr(cell, name)) for cell in row.cells)) for label, name in PARTS]
    return [*_items_of(row), *(words for words in found if any(words.cells))]


def _items_of(row: Row) -> list[Words]:
    answered = [{one.question: one for one in cell.items} for cell in row.cells]
    counted = [one for one, cell in zip(answered, row.cells, strict=True) if cell.counts]
    found = []
    for question in dict.fromkeys(question for one in answered for question in one):
        texts = tuple(one[question].text if question in one else "" for one in answered)
        given = {one[question].answer if question in one else "" for one in counted}
        found.append(Words(question, texts, differs=len(given) > 1))
    return found


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
