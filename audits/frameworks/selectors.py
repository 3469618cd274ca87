"""Reads: which framework is in force."""

from datetime import date

from django.db.models import QuerySet

from audits.frameworks import loader
from audits.frameworks.models import FrameworkVersion
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
    version = framework_versions().filter(effective_from__lte=day).first()
    if version is None:
        raise NoFrameworkError(f"No framework is in force on {day:%-d %B %Y}: publish one first.")
    return version


def framework_in_force(on: date | None = None) -> Framework:
    """The framework in force on a day (today). Raises NoFrameworkError."""
    return framework_of(version_in_force(on))


def framework_of(version: FrameworkVersion) -> Framework:
    """The framework of a version: the same object for the same text, read once."""
    return loader.load(version.source, f"{version.title}, version {version.number}")
