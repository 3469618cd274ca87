"""Reads about moderation."""

from moderation.selectors.deciding import (
    asks_plan,
    field_name,
    grade_choices,
    missing,
    proposed_actions,
    to_decide,
)
from moderation.selectors.lists import (
    moderation_list,
    moderation_of,
    visible_moderations,
    why_in_short,
)
from moderation.selectors.moderators import (
    Candidate,
    able_to_moderate,
    candidates_for,
    load_of_the_time,
)

__all__ = [
    "Candidate",
    "able_to_moderate",
    "asks_plan",
    "candidates_for",
    "field_name",
    "grade_choices",
    "load_of_the_time",
    "missing",
    "moderation_list",
    "moderation_of",
    "proposed_actions",
    "to_decide",
    "visible_moderations",
    "why_in_short",
]
