"""Reads about people and structure."""

from qaf.tenants.selectors.people import (
    absent_people,
    acting_for,
    acting_for_each,
    here_today,
    holders,
    holders_in_line,
    line_of,
    may_sign_in,
    person_by_name,
    posts_on,
    team_manager_of,
)

__all__ = [
    "absent_people",
    "acting_for",
    "acting_for_each",
    "here_today",
    "holders",
    "holders_in_line",
    "line_of",
    "may_sign_in",
    "person_by_name",
    "posts_on",
    "team_manager_of",
]
