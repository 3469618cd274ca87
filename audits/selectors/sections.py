"""The sections of one auditor's assessment: what is written in each, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audits.enums import CHECKLIST, NOT_APPLICABLE, OVERALL, AssessmentStatus
from audits.frameworks.schema import Domain, Framework, Grade, GradeSet, Tool
from audits.frameworks.schema.tools import ChecklistItem, Criterion
from audits.models import Assessment, Audit, Judgement, SectionDraft
from audits.selectors.asked import (
    ANSWER,
    ANSWERS,
    EXTRA,
    MARK,
    WORDS,
    answers_as_fields,
    asks_of_the_whole,
    criteria_of,
    missing_answers,
    missing_in_domain,
    missing_overall,
)
from audits.selectors.links import OVERALL_SECTION
from qaf.tenants.selectors.people import posts_on

QUESTIONS = "Questions"
"""The title of a checklist."""
OF_THE_WHOLE = "The audit as a whole"
"""The title of what is said once, where there is no overall grade."""


@dataclass(frozen=True)
class Section:
    """One domain, a checklist, or the overall judgement, as one auditor has it now."""

    key: str
    title: str
    domain: Domain | None
    applies: bool = True
    criteria: tuple[Criterion, ...] = ()
    items: tuple[ChecklistItem, ...] = ()
    """The questions of a checklist."""
    ungraded: bool = False
    """Whether there is no grade to give here: a checklist, and what is said of an audit that is only one."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    saved_at: datetime | None = None
    missing: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    """In which box each of ``missing`` is answered, where the form can say."""

    @property
    def is_overall(self) -> bool:
        """Whether this is the overall judgement."""
        return self.key == OVERALL_SECTION

    @property
    def stored_as(self) -> str:
        """The key under which judgements and grades are kept: a domain's, or empty for overall."""
        return OVERALL if self.is_overall else self.key

    @property
    def grade(self) -> str:
        """The grade's key, ``not_applicable``, or empty."""
        return str(self.fields.get("grade") or "")

    @property
    def is_begun(self) -> bool:
        """Whether anything stands in it."""
        return any(self.fields.values())

    @property
    def answered(self) -> int:
        """How many questions of a checklist are answered."""
        return sum(1 for one in self.items if self.fields.get(ANSWER + one.key))

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def tool_of(framework: Framework, assessment: Assessment) -> Tool:
    """Return the tool of the assessment's audit."""
    return framework.tool(assessment.audit.tool)


def grades_of(framework: Framework, tool: Tool) -> GradeSet:
    """Return the grade set that the tool uses."""
    return framework.grade_set(tool.grade_set or framework.main_grades.key)


def descriptors_of(framework: Framework, tool: Tool, domain: str) -> list[tuple[Grade, tuple[str, ...]]]:
    """Return every grade, best first, with what it looks like in a domain (``""``: overall); empty if not described.

    Shown beside every control that grades: lead's, peer's and moderator's (HER-06).
    """
    if domain == CHECKLIST or tool.is_checklist:
        return []
    described = tool.overall_descriptors if domain == OVERALL else tool.domain(domain).descriptors
    return [(grade, described.get(grade.key, ())) for grade in grades_of(framework, tool).best_first]


def sections_of(assessment: Assessment, framework: Framework) -> list[Section]:
    """Return the domains in the tool's order, its checklist, then the overall judgement. Three queries at most."""
    tool, audit = tool_of(framework, assessment), assessment.audit
    drafts = {draft.section: draft for draft in assessment.drafts.all()}
    judged = {one.domain: _as_fields(one) for one in assessment.judgements.all()}
    keys = [
        *(domain.key for domain in tool.domains),
        *([CHECKLIST] if tool.items else []),
        *([OVERALL_SECTION] if asks_of_the_whole(tool) else []),
    ]
    fields: dict[str, Mapping[str, Any]] = {
        key: drafts[key].fields
        if key in drafts
        else judged.get(OVERALL if key == OVERALL_SECTION else key, {})
        for key in keys
    }
    form = _Form(assessment, framework, tool, drafts, fields, _involved(tool, audit))
    domains = {domain.key: domain for domain in tool.domains}
    return [form.checklist() if key == CHECKLIST else form.section(domains.get(key)) for key in keys]


def section_of(assessment: Assessment, framework: Framework, key: str) -> Section:
    """Return one section. Raises KeyError where the tool has none of this key."""
    for section in sections_of(assessment, framework):
        if section.key == key:
            return section
    raise KeyError(key)


@dataclass(frozen=True)
class _Form:
    """One assessment's form as it stands."""

    assessment: Assessment
    framework: Framework
    tool: Tool
    drafts: Mapping[str, SectionDraft]
    fields: Mapping[str, Mapping[str, Any]]
    involved: frozenset[str]

    def section(self, domain: Domain | None) -> Section:
        """The section of a domain; of the overall judgement, where None."""
        key = domain.key if domain else OVERALL_SECTION
        draft, status = self.drafts.get(key), self.assessment.audit.case_status
        applies = domain is None or applies_to(domain, status, self.involved)
        return Section(
            key=key,
            title=domain.title if domain else _title_of_the_whole(self.tool),
            domain=domain,
            ungraded=domain is None and self.tool.is_checklist,
            applies=applies,
            criteria=criteria_of(domain, status),
            fields=dict(self.fields[key]),
            version=draft.version if draft else 0,
            saved_at=draft.saved_at if draft else None,
            missing=self._missing(domain, applies),
        )

    def checklist(self) -> Section:
        """The section of the tool's questions."""
        draft, fields = self.drafts.get(CHECKLIST), self.fields[CHECKLIST]
        missing = () if self._is_over else missing_answers(fields, self.tool)
        return Section(
            key=CHECKLIST,
            title=QUESTIONS,
            domain=None,
            items=self.tool.items,
            ungraded=True,
            fields=dict(fields),
            version=draft.version if draft else 0,
            saved_at=draft.saved_at if draft else None,
            missing=tuple(text for text, _ in missing),
            boxes=tuple(box for _, box in missing),
        )

    @property
    def _is_over(self) -> bool:
        return self.assessment.status in (AssessmentStatus.LOCKED, AssessmentStatus.SUBMITTED)

    def _missing(self, domain: Domain | None, applies: bool) -> tuple[str, ...]:
        if self._is_over:
            return ()
        grades = grades_of(self.framework, self.tool)
        if domain:
            fields = self.fields[domain.key]
            if not applies and not any(fields.values()):
                return ()
            return missing_in_domain(fields, domain, self.tool, grades, self.assessment.audit.case_status)
        fields = self.fields[OVERALL_SECTION]
        given = [self.fields[one.key].get("grade") for one in self.tool.domains]
        return missing_overall(
            fields,
            self.tool,
            grades,
            warning(grades, str(fields.get("grade") or ""), given),
            framework=self.framework,
            written={name: any(one.get(name) for one in self.fields.values()) for name in WORDS},
        )


def applies_to(domain: Domain, case_status: str, involved: frozenset[str] = frozenset()) -> bool:
    """Whether the domain is part of an audit of a child with this status and these ``involved`` (SEF-70, DUR-170)."""
    rule = domain.applies
    if rule is None:
        return True
    return (not rule.statuses or case_status in rule.statuses) and (
        not rule.involves or bool(involved & set(rule.involves))
    )


def _involved(tool: Tool, audit: Audit) -> frozenset[str]:
    """Return the audit's service and the posts its chair held then; asked only where a domain wants to know."""
    if not any(domain.applies and domain.applies.involves for domain in tool.domains):
        return frozenset()
    found = {audit.service.key} if audit.service else set()
    if audit.chair_id:
        found |= set(
            posts_on(audit.allocated_on).filter(person=audit.chair_id).values_list("role__key", flat=True)
        )
    return frozenset(found)


def warning(grades: GradeSet, overall: str, domains: list[str | None]) -> str | None:
    """Return what to point out about an overall grade beside the domains' (HER-26), or None."""
    given = [key for key in domains if key and key != NOT_APPLICABLE]
    return grades.overall_warning(overall, given) if overall else None


def overall_warning(sections: list[Section], grades: GradeSet) -> str | None:
    """Return the warning for an assessment as it stands."""
    overall = next((one.grade for one in sections if one.is_overall), "")
    return warning(grades, overall, [one.grade for one in sections if not one.is_overall])


def _title_of_the_whole(tool: Tool) -> str:
    return OF_THE_WHOLE if tool.is_checklist else "Overall grade"


def _as_fields(judgement: Judgement) -> dict[str, Any]:
    return {
        "grade": judgement.grade,
        "not_applicable_reason": judgement.not_applicable_reason,
        "strengths": judgement.strengths,
        "development": judgement.development,
        "evidence": judgement.evidence,
        "development_codes": judgement.development_codes,
        "tags": judgement.tags,
        **{EXTRA + key: value for key, value in judgement.extra.items() if key != ANSWERS},
        **{MARK + key: value for key, value in judgement.marks.items()},
        **answers_as_fields(judgement.extra.get(ANSWERS) or {}),
    }
