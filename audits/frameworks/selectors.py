"""Reads: which framework is in force, and what the next one's draft holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from audits.frameworks import loader
from audits.frameworks.models import FrameworkDraft, FrameworkVersion, kept_version
from audits.frameworks.places import place_at, raw_at
from audits.frameworks.problems import FrameworkError, Problem
from audits.frameworks.schema.framework import Framework
from qaf.lib import clock


class NoFrameworkError(LookupError):
    """The council has published no framework for that day."""


def framework_versions() -> QuerySet[FrameworkVersion]:
    """The council's versions, the newest first."""
    return FrameworkVersion.objects.select_related("published_by")


def version_in_force(on: date | None = None) -> FrameworkVersion:
    """The version in force on a day (today). Raises NoFrameworkError."""
    day = on or clock.today()
    pk = FrameworkVersion.objects.filter(effective_from__lte=day).values_list("pk", flat=True).first()
    if pk is None:
        raise NoFrameworkError(f"No framework is in force on {day:%-d %B %Y}: publish one first.")
    return kept_version(pk)


def framework_in_force(on: date | None = None) -> Framework:
    """The framework in force on a day (today). Raises NoFrameworkError."""
    return framework_of(version_in_force(on))


def framework_if_any(on: date | None = None) -> Framework | None:
    """The framework in force on a day (today); None where the council has published none for it."""
    try:
        return framework_in_force(on)
    except NoFrameworkError:
        return None


def framework_of(version: FrameworkVersion) -> Framework:
    """The framework of a version: the same object for the same text, read once."""
    return loader.load(version.source, f"{version.title}, version {version.number}")


# The draft ----------------------------------------------------------------------------------------------------------

DRAFT_FILE = "draft.yaml"


@dataclass(frozen=True)
class DraftReading:
    """A draft as read: its framework, or everything that is wrong with its text."""

    framework: Framework | None
    problems: tuple[Problem, ...] = ()


def current_draft() -> FrameworkDraft | None:
    """The council's draft, or None."""
    return FrameworkDraft.objects.select_related("based_on", "started_by", "edited_by").first()


def reading_of(draft: FrameworkDraft) -> DraftReading:
    """The draft's framework, or all its problems at once."""
    try:
        return DraftReading(loader.load(draft.text, DRAFT_FILE))
    except FrameworkError as error:
        return DraftReading(None, error.problems)


def values_of(draft: FrameworkDraft) -> Mapping[str, Any]:
    """The plain values of a draft that can be read."""
    return loader.values(draft.text, DRAFT_FILE)


def fingerprint(draft: FrameworkDraft, where: str) -> str:
    """What tells whether a block has changed; empty where the draft is faulty or has no such block."""
    framework = reading_of(draft).framework
    if framework is None:
        return ""
    try:
        path = place_at(framework, where).path
    except KeyError:
        return ""
    block = json.dumps(raw_at(values_of(draft), path), sort_keys=True, default=str)
    return sha256(block.encode()).hexdigest()[:24]
