"""Closed lists of the notices."""

from django.db import models


class Rhythm(models.TextChoices):
    """How often somebody wants e-mail. What is urgent always leaves at once."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day, in the morning"
    WEEKLY = "weekly", "Once a week, on Monday morning"


class DeliveryStatus(models.TextChoices):
    """Where the e-mail of a notice stands."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    NOT_WANTED = "not_wanted", "Not sent by e-mail"
    DROPPED = "dropped", "No longer needed"
    FAILED = "failed", "Failed"


class EmailStatus(models.TextChoices):
    """Where one e-mail stands."""

    SENDING = "sending", "Being sent"
    WAITING = "waiting", "To be tried again"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not delivered"
    DROPPED = "dropped", "No longer needed"
