"""Reads about actions, follow-ups and urgent concerns."""

from audits.followup.selectors.lists import (
    action_list,
    concern_list,
    follow_up_list,
    open_actions_of,
    visible_actions,
    visible_concerns,
    visible_follow_ups,
)
from audits.followup.selectors.parties import Around, answering, around_case, holding, people_for
from audits.followup.selectors.rights import (
    answering_for,
    may_answer,
    may_close,
    may_raise_about,
    may_see_action,
    may_see_concern,
    may_see_follow_up,
    may_sign_off,
    owns,
    responds,
    signers_of,
)

__all__ = [
    "Around",
    "action_list",
    "answering",
    "answering_for",
    "around_case",
    "concern_list",
    "follow_up_list",
    "holding",
    "may_answer",
    "may_close",
    "may_raise_about",
    "may_see_action",
    "may_see_concern",
    "may_see_follow_up",
    "may_sign_off",
    "open_actions_of",
    "owns",
    "people_for",
    "responds",
    "signers_of",
    "visible_actions",
    "visible_concerns",
    "visible_follow_ups",
]
