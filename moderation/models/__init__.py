"""The tables of moderation: one audit's, the meetings that look at many, and the ladders of disagreement."""

from moderation.models.disputes import Dispute, DisputeStep
from moderation.models.meetings import FeedbackReceipt, Meeting, MeetingPerson
from moderation.models.moderation import (
    Decision,
    DecisionDraft,
    Moderation,
    ModerationReason,
    PanelMember,
)

__all__ = [
    "Decision",
    "DecisionDraft",
    "Dispute",
    "DisputeStep",
    "FeedbackReceipt",
    "Meeting",
    "MeetingPerson",
    "Moderation",
    "ModerationReason",
    "PanelMember",
]
