"""What is done about what follows: keyword-only verbs."""

from audits.followup.services.actions import (
    complete_action,
    drop_action,
    edit_action,
    open_action,
    propose_action,
    send_back_action,
    shorten_action,
    sign_off_action,
)
from audits.followup.services.caseload import finish_round, open_rounds, save_round
from audits.followup.services.concerns import answer_concern, close_concern, raise_concern
from audits.followup.services.confirmations import ask_for_confirmations, confirm
from audits.followup.services.follow_ups import (
    assign_follow_up,
    complete_follow_up,
    open_follow_up,
    stand_down_follow_up,
)
from audits.followup.services.handover import follow_children, replace_leavers
from audits.followup.services.reminders import chase, remind

__all__ = [
    "answer_concern",
    "ask_for_confirmations",
    "assign_follow_up",
    "chase",
    "close_concern",
    "complete_action",
    "complete_follow_up",
    "confirm",
    "drop_action",
    "edit_action",
    "finish_round",
    "follow_children",
    "open_action",
    "open_follow_up",
    "open_rounds",
    "propose_action",
    "raise_concern",
    "remind",
    "replace_leavers",
    "save_round",
    "send_back_action",
    "shorten_action",
    "sign_off_action",
    "stand_down_follow_up",
]
