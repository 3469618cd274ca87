"""Closed lists of the notices."""

from django.db import models


class DeliveryStatus(models.TextChoices):
    """Where the e-mail of a notice stands."""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    NOT_WANTED = "not_wanted", "Not sent by e-mail"
    FAILED = "failed", "Failed"
