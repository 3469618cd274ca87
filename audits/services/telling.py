"""Telling the people of an audit what they can do next.

No text holds a grade, a word of an audit or a child's detail.
"""

from audits.enums import AssessmentStatus
from audits.models import Audit
from audits.selectors.links import assessment_href, audit_href
from qaf.notices.services import tell
from qaf.tenants.models import Person


def _auditors(audit: Audit) -> list[Person]:
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    return [one.assessor for one in current if one.assessor]


def all_locked(audit: Audit) -> None:
    """Every auditor has locked: they can talk."""
    tell(
        people=_auditors(audit),
        kind="audits.all_locked",
        key=audit.reference,
        subject=f"{audit.reference}: record your discussion",
        body="All auditors have locked their grades. Talk the audit through and record the discussion; "
        "then each of you sees the other’s grades.",
        href=audit_href(audit),
    )


def grades_shown(audit: Audit, *, by: Person) -> None:
    """The grades are shown to the auditors; whoever recorded the discussion knows."""
    for assessment in audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related(
        "assessor"
    ):
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
