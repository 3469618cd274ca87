"""Tables of reporting: what is frozen, and what is learned from the audits."""

from reporting.models.learning import (
    ChosenCase,
    CodedFinding,
    Improvement,
    LeaderComment,
    PlanAction,
    Session,
    SessionPerson,
)
from reporting.models.reports import ReportDraft, ReportFile, ReportSnapshot

__all__ = [
    "ChosenCase",
    "CodedFinding",
    "Improvement",
    "LeaderComment",
    "PlanAction",
    "ReportDraft",
    "ReportFile",
    "ReportSnapshot",
    "Session",
    "SessionPerson",
]
