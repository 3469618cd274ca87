"""The sections of one auditor's assessment: what is written in each, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audits.enums import NOT_APPLICABLE, OVERALL, AssessmentStatus
from audits.frameworks.schema import Domain, Framework, Grade, GradeSet, Tool
from audits.frameworks.schema.tools import ExtraField
from audits.models import Assessment, Judgement, SectionDraft
from audits.selectors.links import OVERALL_SECTION

BUILT_IN = {"strengths", "development_areas", "evidence", "immediate_changes", "wider_findings"}
"""Extra fields of a tool that have a place of their own in the assessment."""
WRITTEN = ("strengths", "development", "evidence")
EXTRA = "x_"
SOURCES = "sources_considered"
WARNING_REASON = "warning_reason"


@dataclass(frozen=True)
class Section:
    """One domain, or the overall judgement, as one auditor has it now."""

    key: str
    title: str
    domain: Domain | None
    applies: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    saved_at: datetime | None = None
    missing: tuple[str, ...] = ()

    @property
    def is_overall(self) -> bool:
        """Whether this is the overall judgement."""
        return self.domain is None

    @property
    def stored_as(self) -> str:
        """The key under which judgements and grades are kept: a domain's, or empty for overall."""
        return OVERALL if self.domain is None else self.key

    @property
    def grade(self) -> str:
        """The grade's key, ``not_applicable``, or empty."""
        return str(self.fields.get("grade") or "")

    @property
    def is_begun(self) -> bool:
        """Whether anything stands in it."""
        return any(self.fields.values())

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
    described = tool.overall_descriptors if domain == OVERALL else tool.domain(domain).descriptors
    return [(grade, described.get(grade.key, ())) for grade in grades_of(framework, tool).best_first]


def extra_fields(tool: Tool, scope: str) -> tuple[ExtraField, ...]:
    """Return the tool's further fields of a scope: ``domain`` or ``audit``."""
    return tuple(one for one in tool.fields if one.scope == scope and one.key not in BUILT_IN)


def sections_of(assessment: Assessment, framework: Framework) -> list[Section]:
    """Return the domains in the tool's order, then the overall judgement. Two queries at most."""
    tool = tool_of(framework, assessment)
    drafts = {draft.section: draft for draft in assessment.drafts.all()}
    judged = {one.domain: _as_fields(one) for one in assessment.judgements.all()}
    sections = [_section(domain, tool, framework, assessment, drafts, judged) for domain in tool.domains]
    return [*sections, _section(None, tool, framework, assessment, drafts, judged)]


def section_of(assessment: Assessment, framework: Framework, key: str) -> Section:
    """Return one section. Raises KeyError where the tool has none of this key."""
    for section in sections_of(assessment, framework):
        if section.key == key:
            return section
    raise KeyError(key)


def _section(
    domain: Domain | None,
    tool: Tool,
    framework: Framework,
    assessment: Assessment,
    drafts: Mapping[str, SectionDraft],
    judged: Mapping[str, Mapping[str, Any]],
) -> Section:
    key = domain.key if domain else OVERALL_SECTION
    draft = drafts.get(key)
    fields = dict(draft.fields) if draft else dict(judged.get(domain.key if domain else OVERALL, {}))
    applies = domain is None or applies_to(domain, assessment.audit.case_status)
    grades = grades_of(framework, tool)
    if assessment.status in (AssessmentStatus.LOCKED, AssessmentStatus.SUBMITTED):
        missing: tuple[str, ...] = ()
    elif domain:
        missing = missing_in_domain(fields, domain, tool, grades) if applies or any(fields.values()) else ()
    else:
        given = [drafts[one.key].fields.get("grade") for one in tool.domains if one.key in drafts]
        missing = missing_overall(
            fields, tool, grades, warning(grades, str(fields.get("grade") or ""), given)
        )
    return Section(
        key=key,
        title=domain.title if domain else "Overall grade",
        domain=domain,
        applies=applies,
        fields=fields,
        version=draft.version if draft else 0,
        saved_at=draft.saved_at if draft else None,
        missing=missing,
    )


def applies_to(domain: Domain, case_status: str) -> bool:
    """Whether the domain is part of an audit of a child with this status."""
    return domain.applies is None or not domain.applies.statuses or case_status in domain.applies.statuses


def missing_in_domain(
    fields: Mapping[str, Any], domain: Domain, tool: Tool, grades: GradeSet
) -> tuple[str, ...]:
    """Say in sentences what a domain needs before its grade can be locked (HER-04, HER-07)."""
    found = []
    grade = fields.get("grade")
    if domain.graded and not grade:
        found.append("Give a grade")
    if grade == NOT_APPLICABLE:
        if grades.not_applicable.reason_required and not fields.get("not_applicable_reason"):
            found.append("Say why it does not apply")
    elif not any(fields.get(name) for name in WRITTEN):
        found.append("Write a strength, an area to develop or the evidence")
    found += [f"Answer “{one.label}”" for one in extra_fields(tool, "domain") if _unanswered(one, fields)]
    return tuple(found)


def missing_overall(
    fields: Mapping[str, Any], tool: Tool, grades: GradeSet, warned: str | None
) -> tuple[str, ...]:
    """Say in sentences what the overall judgement needs before it can be locked."""
    found = []
    if not fields.get("grade"):
        found.append("Give the overall grade")
    if not any(fields.get(name) for name in WRITTEN):
        found.append("Write what the grade rests on")
    if warned and grades.overall.reason_required_on_warning and not fields.get(EXTRA + WARNING_REASON):
        found.append("Say why the overall grade lies so far from the domains")
    found += [f"Answer “{one.label}”" for one in extra_fields(tool, "audit") if _unanswered(one, fields)]
    return tuple(found)


def warning(grades: GradeSet, overall: str, domains: list[str | None]) -> str | None:
    """Return what to point out about an overall grade beside the domains' (HER-26), or None."""
    given = [key for key in domains if key and key != NOT_APPLICABLE]
    return grades.overall_warning(overall, given) if overall else None


def overall_warning(sections: list[Section], grades: GradeSet) -> str | None:
    """Return the warning for an assessment as it stands."""
    overall = next(one for one in sections if one.is_overall)
    return warning(grades, overall.grade, [one.grade for one in sections if not one.is_overall])


def _unanswered(one: ExtraField, fields: Mapping[str, Any]) -> bool:
    return one.required and not fields.get(EXTRA + one.key)


def _as_fields(judgement: Judgement) -> dict[str, Any]:
    return {
        "grade": judgement.grade,
        "not_applicable_reason": judgement.not_applicable_reason,
        "strengths": judgement.strengths,
        "development": judgement.development,
        "evidence": judgement.evidence,
        "development_codes": judgement.development_codes,
        "tags": judgement.tags,
        **{EXTRA + key: value for key, value in judgement.extra.items()},
    }
