"""Closed lists of what follows."""

from django.db import models


class ActionStatus(models.TextChoices):
    """An action from proposal to sign-off."""

    PROPOSED = "proposed", "Proposed"
    OPEN = "open", "Open"
    DONE = "done", "Done, waiting for sign-off"
    SIGNED_OFF = "signed_off", "Signed off"
    NOT_AGREED = "not_agreed", "Not taken forward"


OPEN_ACTIONS = (ActionStatus.OPEN, ActionStatus.DONE)
UNFINISHED_ACTIONS = (ActionStatus.PROPOSED, *OPEN_ACTIONS)
OWNER_ROLES = ("worker", "manager")


class FollowUpKind(models.TextChoices):
    """What a follow-up asks its assignee to do."""

    OVERSIGHT = "oversight", "Oversight and comment"
    REVIEW = "review", "Review"
    RE_AUDIT = "re_audit", "Re-audit"
    CONVERSATION = "conversation", "Supportive conversation"
    SUPERVISION = "supervision", "Supervision entry"
    FILING = "filing", "Placed on the child's record"
    ACKNOWLEDGE = "acknowledge", "Read and acknowledged"
    SCRUTINY = "scrutiny", "Look at what contributed"
    SUMMARY = "summary", "Summary of what went well"
    ACTION_REVIEW = "action_review", "Review of actions"
    OBSERVATION = "observation", "Observation of practice"
    PROVIDER = "provider", "Scrutiny of a provider"


class FollowUpStatus(models.TextChoices):
    """Where a follow-up stands."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    NOT_NEEDED = "not_needed", "No longer needed"


class Placement(models.TextChoices):
    """What is decided for a child whose provider was judged inadequate."""

    STAYS = "stays", "The child stays, with a plan of action"
    MOVES = "moves", "The child moves"


class ConcernStatus(models.TextChoices):
    """Where an urgent concern stands."""

    RAISED = "raised", "Raised"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


class Ending(models.TextChoices):
    """Why a review or re-audit could not be carried out: the child's own outcome."""

    CLOSED = "closed", "The case has closed"
    MOVED = "moved", "The child has moved to another council"
    DIED = "died", "The child has died"
    TURNED_18 = "turned_18", "The young person has turned 18"
