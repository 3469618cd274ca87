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
from audits.models.checks import FinalisationCheck, ToolReview
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
from audits.models.historic import HistoricAudit
from audits.models.marks import AuditFlag, FoundPattern, ReportedPosition
from audits.models.programmes import (
    AuditMember,
    AuditorExperience,
    CaseChoice,
    ExtraCase,
    PerformanceQuestion,
    Theme,
    ThemeCase,
    ThemedProgramme,
)
from audits.models.typed import TypedWords

__all__ = [
    "Appointment",
    "Assessment",
    "Audit",
    "AuditAction",
    "AuditConcern",
    "AuditFlag",
    "AuditFollowUp",
    "AuditMember",
    "AuditorExperience",
    "CaseChoice",
    "CaseExclusion",
    "Contribution",
    "Conversation",
    "Cycle",
    "Disagreement",
    "ExtraCase",
    "FactCorrection",
    "FamilyConsent",
    "FamilyContact",
    "FinalisationCheck",
    "FoundPattern",
    "GradeOfRecord",
    "HistoricAudit",
    "ImmediateChange",
    "Judgement",
    "KnownFamily",
    "ModerationDraw",
    "PerformanceQuestion",
    "RecordedGrade",
    "ReferenceCounter",
    "ReportedPosition",
    "SampledCase",
    "SectionDraft",
    "Theme",
    "ThemeCase",
    "ThemedProgramme",
    "ToolReview",
    "TypedWords",
    "WiderFinding",
]
