"""Closed lists of moderation."""

from django.db import models


class ModerationStatus(models.TextChoices):
    """Where a moderation stands."""

    WAITING = "waiting", "Waiting for a moderator"
    ALLOCATED = "allocated", "With a moderator"
    DECIDED = "decided", "Decided"
    WITHDRAWN = "withdrawn", "No longer needed"


OPEN = (ModerationStatus.WAITING, ModerationStatus.ALLOCATED)


class ReasonKind(models.TextChoices):
    """Why an audit is moderated."""

    OVERALL_DIFFERS = "overall_differs", "The overall grades differ"
    DOMAIN_DIFFERS = "domain_differs", "A domain's grades differ"
    RANDOM_SAMPLE = "random_sample", "Drawn for moderation at random"
    RULE = "rule", "A rule of the framework"
    ASKED = "asked", "Asked for"
