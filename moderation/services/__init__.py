"""What is done in moderation: keyword-only verbs."""

from moderation.services.allocation import allocate_by_hand, allocate_waiting, allocate_when_due, remind_late
from moderation.services.deciding import (
    DraftConflict,
    agree_plan,
    decide,
    draft_of,
    save_draft,
)
from moderation.services.opening import ask_for_moderation, open_moderation, withdraw_moderation
from moderation.services.plan import add_to_plan, leave_out_of_plan, rewrite_in_plan

__all__ = [
    "DraftConflict",
    "add_to_plan",
    "agree_plan",
    "allocate_by_hand",
    "allocate_waiting",
    "allocate_when_due",
    "ask_for_moderation",
    "decide",
    "draft_of",
    "leave_out_of_plan",
    "open_moderation",
    "remind_late",
    "rewrite_in_plan",
    "save_draft",
    "withdraw_moderation",
]
