"""Closed lists of the case list."""

from enum import StrEnum

from django.db import models


class CaseStatus(models.TextChoices):
    """Where a child stands with children's services."""

    EARLY_HELP = "early_help", "Early help"
    FRONT_DOOR = "front_door", "Front door"
    OPEN_ASSESSMENT = "open_assessment", "Open assessment"
    CHILD_IN_NEED = "child_in_need", "Child in need"
    CHILD_PROTECTION = "child_protection", "Child protection"
    LOOKED_AFTER = "looked_after", "Looked after"
    CARE_LEAVER = "care_leaver", "Care leaver"


class AssignmentKind(models.TextChoices):
    """Who a child is dated to."""

    WORKER = "worker", "Allocated worker"
    TEAM = "team", "Team"
    CHAIR = "chair", "IRO or chair"
    MANAGER = "manager", "Team manager"


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    READING = "reading", "Being read"
    REFUSED = "refused", "Refused"
    PREVIEW = "preview", "Waiting for confirmation"
    CONFIRMED = "confirmed", "Being written"
    DONE = "done", "Done"
    UNDONE = "undone", "Undone"
    DISCARDED = "discarded", "Discarded"


class ImportJob(StrEnum):
    """The kinds of job that an import asks for."""

    READ = "cases.read"
    WRITE = "cases.write"
    UNDO = "cases.undo"


class RowAction(models.TextChoices):
    """What an import does with a row."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    CLOSED = "closed", "Closed"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"


class AliasKind(models.TextChoices):
    """What another spelling stands for."""

    PERSON = "person", "Person"
    TEAM = "team", "Team"
