"""An auditor's answers as people read them: the tool's own fields, the sources, the marks beside criteria."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.enums import CHECKLIST, NOT_APPLICABLE, OVERALL, CriterionMark
from audits.frameworks.schema import Framework, Tool
from audits.frameworks.schema.tools import ExtraField
from audits.models import Assessment, Judgement
from audits.selectors.asked import (
    COMPLIANCE_ACTION,
    EXTRA,
    FURTHER,
    LOOK_BACK_REASON,
    LOOKED_BACK,
    MARK,
    MARKS_REASON,
    WARNING_REASON,
    WORDS,
    answers_given,
    label_of,
    source_fields,
)
from audits.selectors.sections import Section
from qaf.ui.words import long_date

Answer = tuple[str, str]
TITLES = {"strengths": "Strengths", "development": "Areas to develop", "evidence": "Evidence"}


@dataclass(frozen=True)
class ItemAnswer:
    """One question of a checklist with its answer in words, and what stands beside it: a note, or a reason."""

    question: str
    answer: str
    note: str = ""

    @property
    def text(self) -> str:
        """Both, as they stand side by side."""
        return "\n".join(part for part in (self.answer, self.note) if part)


def words_in(section: Section, tool: Tool, framework: Framework) -> list[Answer]:
    """Return everything written in a section but its grade, label and text, in the form's order."""
    fields = section.fields
    found = [(label_of(tool, name, TITLES[name]), str(fields[name])) for name in WORDS if fields.get(name)]
    if fields.get("not_applicable_reason"):
        found.append(("Why it does not apply", str(fields["not_applicable_reason"])))
    extra = {key.removeprefix(EXTRA): value for key, value in fields.items() if key.startswith(EXTRA)}
    marks = {key.removeprefix(MARK): str(value) for key, value in fields.items() if key.startswith(MARK)}
    return [
        *((one.question, one.text) for one in items_in(answers_given(fields), tool)),
        *found,
        *answers_in(extra, tool, framework),
        *marks_in_words(marks, tool, section.stored_as),
    ]


def items_in(answers: Mapping[str, Mapping[str, str]], tool: Tool) -> tuple[ItemAnswer, ...]:
    """Return the questions of a checklist that were answered, in the form's order."""
    found = []
    for one in tool.items:
        if not (given := answers.get(one.key)):
            continue
        labels = {choice.key: choice.label for choice in one.choices}
        answer, beside = given.get("answer", ""), [given.get("note", "")]
        if answer == NOT_APPLICABLE and not one.in_words:
            labels[NOT_APPLICABLE] = "Not applicable"
            beside.insert(0, given.get("reason", ""))
        text = "\n".join(part for part in beside if part)
        found.append(ItemAnswer(one.question, labels.get(answer, answer), text))
    return tuple(found)


def answers_in(extra: Mapping[str, Any], tool: Tool, framework: Framework) -> Iterator[Answer]:
    """Yield the answers kept beside a judgement, in words: look-back, sources, the tool's fields, reasons."""
    if extra.get(LOOKED_BACK) == FURTHER:
        yield "Looked further back", str(extra.get(LOOK_BACK_REASON) or "No reason given yet")
    for name, label in source_fields(framework).items():
        if value := extra.get(name.removeprefix(EXTRA)):
            yield label, str(value)
    for one in tool.fields:
        if value := extra.get(one.key):
            yield one.label, answer_in_words(one, value, framework)
    for key, label in (
        (COMPLIANCE_ACTION, "What is done about what does not comply"),
        (MARKS_REASON, "Why some statements do not apply"),
        (WARNING_REASON, "Why the overall grade is right beside the domains"),
    ):
        if extra.get(key):
            yield label, str(extra[key])


def answer_in_words(one: ExtraField, value: Any, framework: Framework) -> str:
    """Return one answer as it is read."""
    if one.type == "date":
        return long_date(date.fromisoformat(str(value)))
    labels = {choice.key: choice.label for choice in one.choices}
    if one.type == "documents":
        labels = {document.key: document.title for document in framework.documents}
    elif one.type == "flag":
        labels = {"yes": "Yes", "no": "No"}
    given = value if isinstance(value, list) else [value]
    return ", ".join(labels.get(str(key), str(key)) for key in given)


def marks_in_words(marks: Mapping[str, str], tool: Tool, domain: str) -> Iterator[Answer]:
    """Yield the statements of a domain under each mark they were given."""
    if domain in (OVERALL, CHECKLIST) or not marks:
        return
    texts = {one.key: one.text.rstrip(".") for one in tool.domain(domain).criteria}
    for mark in CriterionMark:
        if given := [texts[key] for key in texts if marks.get(key) == mark]:
            yield f"Statements: {mark.label.lower()}", ". ".join(given) + "."


@dataclass(frozen=True)
class CriterionCount:
    """How often one criterion was marked how; what does not apply is left out of ``n`` (DUR-170)."""

    domain: str
    key: str
    text: str
    compliance: bool
    counts: Mapping[str, int]

    @property
    def n(self) -> int:
        """In how many audits it was marked and applied."""
        return sum(number for mark, number in self.counts.items() if mark != NOT_APPLICABLE)


def count_marks(assessments: Iterable[Assessment], tool: Tool) -> list[CriterionCount]:
    """Return how each criterion of the tool was marked over ``assessments``, in the form's order. One query.

    The caller answers for who may see it: marks are as confidential as the grades they stand beside.
    """
    found: dict[tuple[str, str], Counter[str]] = {}
    rows = Judgement.objects.filter(assessment__in=assessments).exclude(marks={})
    for domain, marks in rows.values_list("domain", "marks"):
        for key, mark in marks.items():
            found.setdefault((domain, key), Counter())[mark] += 1
    return [
        CriterionCount(
            domain.key, one.key, one.text, one.compliance, found.get((domain.key, one.key), Counter())
        )
        for domain in tool.domains
        for one in domain.criteria
    ]
