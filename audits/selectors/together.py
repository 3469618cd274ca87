"""An audit that is held together with the worker: what its auditor has written so far, in the open (DUR-80, WSX-48)."""

from audits.enums import AuditStatus
from audits.models import Assessment
from audits.selectors.asked import answers_given
from audits.selectors.comparison import Cell, Comparison, compare
from audits.selectors.conversations import conversations_of, talk_includes_worker
from audits.selectors.grades import word_for
from audits.selectors.reading import items_in
from audits.selectors.sections import sections_of
from audits.selectors.standing import Standing, grading, is_self_assessment

WHILE = (AuditStatus.IN_PROGRESS, AuditStatus.LOCKED, AuditStatus.REVEALED)


def may_look_on(standing: Standing) -> bool:
    """Whether the worker sees what the auditor writes: from the day of their session until all is submitted.

    Before that day the auditor prepares; afterwards the grades stand on the audit's page.
    """
    if not (standing.is_worker and standing.is_held_together) or standing.audit.status not in WHILE:
        return False
    talks = conversations_of(standing.audit, standing.framework)
    return any(talk_includes_worker(talk) and talk.has_begun for talk in talks)


def as_it_grows(standing: Standing) -> Comparison:
    """Return the auditors' sections as they stand now, the worker's own beside them. Callers ask ``may_look_on``."""
    framework = standing.framework
    own = [one for one in standing.own if is_self_assessment(framework, one.slot) and one.submitted_at]
    shown = [*own, *grading(framework, standing.assessments)]
    return compare(
        columns=[framework.names.slot(one.slot) for one in shown],
        domains={one.key: one.title for one in framework.tool(standing.audit.tool).domains},
        cells=[_cells(one, standing, counts=one not in own) for one in shown],
        overall="Overall grade",
        tool=framework.tool(standing.audit.tool),
    )


def _cells(assessment: Assessment, standing: Standing, *, counts: bool) -> dict[str, Cell]:
    tool = standing.framework.tool(standing.audit.tool)
    return {
        section.stored_as: Cell(
            grade=section.grade or None,
            label=word_for(standing.framework, section.grade) if section.grade else "",
            not_applicable_reason=str(section.fields.get("not_applicable_reason") or ""),
            strengths=str(section.fields.get("strengths") or ""),
            development=str(section.fields.get("development") or ""),
            evidence=str(section.fields.get("evidence") or ""),
            items=items_in(answers_given(section.fields), tool),
            counts=counts,
        )
        for section in sections_of(assessment, standing.framework)
    }
