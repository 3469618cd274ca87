"""What auditors answered on the form that rules read: the last supervision on record, and marks they called for.

The framework's tool says by the meaning of its fields which answers these are (SEF-105, SEF-106, WSX-78).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.enums import OVERALL, AssessmentStatus
from audits.frameworks.schema import Tool
from audits.frameworks.schema.tools import OF_THE_WHOLE
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit, Judgement, SectionDraft
from audits.selectors.asked import EXTRA
from audits.selectors.links import OVERALL_SECTION
from audits.selectors.standing import is_self_assessment
from qaf.tenants.models import Person


@dataclass(frozen=True)
class Told:
    """What stands on the form of one audit; of two auditors' days the earlier, so that no gap is passed over."""

    supervised_on: date | None = None
    never_supervised: bool = False
    marks: tuple[str, ...] = ()
    """Keys of the marks that an answer calls for, whether they are set or not."""


def told_by(person: Person, audits: Collection[Audit]) -> dict[int, Told]:
    """Return, by audit, what this person answered, typed or locked: nobody else reads it before they submit."""
    return _told(audits, assessor=person)


def told_in(audits: Collection[Audit]) -> dict[int, Told]:
    """Return, by audit, what was answered in submitted assessments."""
    return _told(audits, submitted_at__isnull=False)


def _told(audits: Collection[Audit], **whose: Any) -> dict[int, Told]:
    """Two queries however many audits; none where no tool has such a field."""
    frameworks = {audit.pk: framework_of(audit.framework_version) for audit in audits}
    every = {audit.pk: frameworks[audit.pk].tool(audit.tool) for audit in audits}
    tools = {pk: tool for pk, tool in every.items() if any(tool.meaning(one) for one in OF_THE_WHOLE)}
    if not tools:
        return {}
    parts = {
        row.pk: row.audit_id
        for row in Assessment.objects.filter(audit__in=list(tools), **whose).exclude(
            status=AssessmentStatus.REASSIGNED
        )
        if not is_self_assessment(frameworks[row.audit_id], row.slot)
    }
    given: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    drafts = SectionDraft.objects.filter(assessment__in=list(parts), section=OVERALL_SECTION)
    for part, fields in drafts.values_list("assessment_id", "fields"):
        given[parts[part]].append(
            {key.removeprefix(EXTRA): value for key, value in fields.items() if key.startswith(EXTRA)}
        )
    judged = Judgement.objects.filter(assessment__in=list(parts), domain=OVERALL)
    for part, extra in judged.values_list("assessment_id", "extra"):
        given[parts[part]].append(extra)
    return {pk: _read(tools[pk], answers) for pk, answers in given.items()}


def _read(tool: Tool, answers: list[Mapping[str, Any]]) -> Told:
    last, never = tool.meaning("last_supervision"), tool.meaning("no_supervision")
    days = [date.fromisoformat(one[last.key]) for one in answers if last is not None and one.get(last.key)]
    marks = [
        field.mark
        for field in tool.fields
        if field.mark and any(one.get(field.key) == "yes" for one in answers)
    ]
    return Told(
        supervised_on=min(days, default=None),
        never_supervised=never is not None and any(one.get(never.key) == "yes" for one in answers),
        marks=tuple(dict.fromkeys(marks)),
    )
