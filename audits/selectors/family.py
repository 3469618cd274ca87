"""Whom of the family the audit asks, whether they agreed, and what they said."""

from dataclasses import dataclass

from audits.enums import BEFORE_SUBMISSION, RUNNING, AssessmentStatus, AuditStatus, Consent
from audits.frameworks.schema import Framework
from audits.frameworks.schema.process import FeedbackTarget
from audits.models import Assessment, Audit, FamilyConsent, FamilyContact

CONSENT_FIELDS = {
    "safe_contact": ("safe_number", "safe_time"),
    "must_not_know": ("must_not_know",),
    "police_or_court": ("police_or_court",),
    "parental_responsibility": ("parental_responsibility",),
    "recent_loss": ("adoption_or_bereavement",),
    "communication_needs": ("communication_needs",),
}
"""The framework's question → the columns that hold its answer; any other question is kept by its key."""


@dataclass(frozen=True)
class Relative:
    """One kind of family member the framework wants heard, with consent and contact as recorded."""

    target: FeedbackTarget
    consent_required: bool
    consent: FamilyConsent | None
    contacts: tuple[FamilyContact, ...]

    @property
    def key(self) -> str:
        """The framework's key."""
        return self.target.key

    @property
    def label(self) -> str:
        """The framework's label."""
        return self.target.label

    @property
    def spoken_to(self) -> tuple[FamilyContact, ...]:
        """The people spoken to."""
        return tuple(one for one in self.contacts if one.spoken_on)

    @property
    def reason(self) -> FamilyContact | None:
        """The one reason why nobody of this kind was spoken to, if that is what was recorded."""
        return next((one for one in self.contacts if one.no_contact_reason), None)

    @property
    def may_be_contacted(self) -> bool:
        """Whether the auditor may call: consent given, or not needed by the framework (HER-29)."""
        return not self.consent_required or bool(self.consent and self.consent.consent == Consent.YES)

    @property
    def is_settled(self) -> bool:
        """Whether somebody was spoken to or exactly one reason stands (HER-32)."""
        return bool(self.contacts)

    @property
    def state(self) -> tuple[str, str]:
        """Where it stands in words, with a tone for the tag (none: done)."""
        if self.spoken_to:
            return "Spoken to", ""
        if self.reason:
            return "Not spoken to, with a reason", ""
        if self.may_be_contacted:
            return "Ready to contact", "blue"
        if self.consent:
            return "Did not agree" if self.consent.consent == Consent.NO else "Not asked", "grey"
        return "Waiting for the worker", "grey"


def family_of(audit: Audit, framework: Framework) -> list[Relative]:
    """Return whom the framework wants heard for a child of this status."""
    feedback = framework.process.family_feedback
    if feedback is None:
        return []
    consents = {one.target: one for one in audit.consents.select_related("recorded_by")}
    contacts: dict[str, list[FamilyContact]] = {}
    for one in audit.family_contacts.select_related("recorded_by"):
        contacts.setdefault(one.target, []).append(one)
    return [
        Relative(
            target, feedback.consent.required, consents.get(target.key), tuple(contacts.get(target.key, ()))
        )
        for target in feedback.targets
        if not target.statuses or audit.case_status in target.statuses
    ]


def relative_of(audit: Audit, framework: Framework, key: str) -> Relative:
    """Return one of them. Raises KeyError where this audit does not ask for it."""
    for one in family_of(audit, framework):
        if one.key == key:
            return one
    raise KeyError(key)


def questions_of(framework: Framework) -> tuple[str, ...]:
    """Return what the framework wants the family asked."""
    feedback = framework.process.family_feedback
    return feedback.questions if feedback else ()


def no_contact_reasons(framework: Framework) -> dict[str, str]:
    """Return the framework's reasons for not speaking to somebody, by key."""
    feedback = framework.process.family_feedback
    return {one.key: one.label for one in feedback.no_contact_reasons} if feedback else {}


def asks_family(assessment: Assessment, framework: Framework) -> bool:
    """Whether speaking to the family is this auditor's part."""
    feedback = framework.process.family_feedback
    return feedback is not None and feedback.sought_by == assessment.slot


def caller_of(audit: Audit, framework: Framework) -> Assessment | None:
    """Return the assessment whose auditor speaks to the family, or None where the audit has no such slot."""
    feedback = framework.process.family_feedback
    if feedback is None:
        return None
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    return current.filter(slot=feedback.sought_by).first()


def family_is_open(audit: Audit, framework: Framework, submitted: bool = False) -> bool:
    """Whether the family's answers may be recorded now: until the step that waits for them.

    ``submitted``: whether the auditor who speaks to the family has submitted. Where no step waits, the family is
    asked after the audit, until its loop is closed (WSX-57).
    """
    feedback = framework.process.family_feedback
    if feedback is None:
        return False
    if feedback.precedes == "submit":
        return audit.status in BEFORE_SUBMISSION and not submitted
    if feedback.precedes == "finalise":
        return audit.status in RUNNING
    return audit.status not in (AuditStatus.CLOSED, AuditStatus.WITHDRAWN)


def prefers(relative: Relative) -> str:
    """Return how they prefer to communicate and what help they need, as their worker knows it (SEF-88)."""
    return relative.consent.communication_needs if relative.consent else ""


def lacks_consent(audit: Audit, framework: Framework) -> list[Relative]:
    """Return those whose answer to being contacted nobody has recorded yet."""
    if caller_of(audit, framework) is None:
        return []
    return [
        one
        for one in family_of(audit, framework)
        if one.consent_required and not one.consent and not one.contacts
    ]
