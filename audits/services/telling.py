"""Telling the people of an audit what they can do next.

No text holds a grade, a word of an audit or a child's detail.
"""

from collections.abc import Iterable

from audits.enums import AssessmentStatus
from audits.frameworks.schema import Framework
from audits.models import Appointment, Assessment, Audit
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.standing import gives_grades
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.ui.words import long_date


def _grading(audit: Audit, framework: Framework) -> list[Assessment]:
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    return [one for one in current if one.assessor and gives_grades(framework, one.slot)]


def all_locked(audit: Audit, framework: Framework) -> None:
    """Every auditor has locked: they can talk."""
    tell(
        people=[one.assessor for one in _grading(audit, framework) if one.assessor],
        kind="audits.all_locked",
        key=audit.reference,
        subject=f"{audit.reference}: record your discussion",
        body="All auditors have locked their grades. Talk the audit through and record the discussion; "
        "then each of you sees the other’s grades.",
        href=audit_href(audit),
    )


def grades_shown(audit: Audit, framework: Framework, *, by: Person) -> None:
    """The grades are shown to the auditors; whoever recorded the discussion knows."""
    for assessment in _grading(audit, framework):
        assessment.audit = audit
        if assessment.assessor and assessment.assessor_id != by.pk:
            tell(
                people=[assessment.assessor],
                kind="audits.grades_shown",
                key=f"{audit.reference}:{assessment.pk}",
                subject=f"{audit.reference}: grades are shown",
                body="The discussion is recorded, so each auditor now sees the other’s grades. "
                "Change one with a reason if you need to, then submit.",
                href=assessment_href(assessment),
            )


def invited(
    audit: Audit, label: str, appointment: Appointment, *, people: Iterable[Person], by: Person
) -> None:
    """Those who take part learn for which day the conversation is booked; a moved day is news of its own."""
    when = long_date(appointment.booked_for)
    at = f", {appointment.booked_time}" if appointment.booked_time else ""
    tell(
        people=people,
        kind="audits.invited",
        key=f"{audit.reference}:{appointment.kind}:{appointment.booked_for}",
        subject=f"{audit.reference}: you are invited for {when}",
        body=f"{label}, {when}{at}. {by.name} has booked it.",
        href=audit_href(audit),
    )


def consent_recorded(audit: Audit, *, caller: Person, target: str, label: str) -> None:
    """The auditor who speaks to the family can see the answer."""
    tell(
        people=[caller],
        kind="audits.consent_recorded",
        key=f"{audit.reference}:{target}",
        subject=f"{audit.reference}: consent recorded",
        body=f"The answer about contact is recorded ({label.lower()}).",
        href=audit_href(audit, "family"),
    )
