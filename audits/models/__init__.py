"""The audit loop's tables. Nothing council-shaped: slots, domains and grades are keys of the framework."""

from audits.models.assessment import (
    Assessment,
    GradeOfRecord,
    Judgement,
    RecordedGrade,
    SectionDraft,
)
from audits.models.audit import (
    Audit,
    AuditAction,
    AuditConcern,
    AuditFollowUp,
    FactCorrection,
    ReferenceCounter,
)
from audits.models.conversations import (
    Appointment,
    Contribution,
    Conversation,
    FamilyConsent,
    FamilyContact,
)
from audits.models.cycle import CaseExclusion, Cycle, KnownFamily, SampledCase
from audits.models.disagreements import Disagreement, ModerationDraw
from audits.models.findings import ImmediateChange, WiderFinding

__all__ = [
    "Appointment",
    "Assessment",
    "Audit",
    "AuditAction",
    "AuditConcern",
    "AuditFollowUp",
    "CaseExclusion",
    "Contribution",
    "Conversation",
    "Cycle",
    "Disagreement",
    "FactCorrection",
    "FamilyConsent",
    "FamilyContact",
    "GradeOfRecord",
    "ImmediateChange",
    "Judgement",
    "KnownFamily",
    "ModerationDraw",
    "RecordedGrade",
    "ReferenceCounter",
    "SampledCase",
    "SectionDraft",
    "WiderFinding",
]
