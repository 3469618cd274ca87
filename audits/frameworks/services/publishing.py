"""Publishing a framework, and keeping roles and services in step with it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection

from audits.frameworks import loader
from audits.frameworks.capabilities import permissions_for
from audits.frameworks.enums import Level
from audits.frameworks.models import FrameworkVersion
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import (
    framework_if_any,
    framework_versions,
)
from qaf.lib import clock
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Role, Unit
from qaf.tenants.scope import current_scope

_LOCK = 7_310_001


def publish_framework(
    *,
    text: str,
    file: str = "framework.yaml",
    effective_from: date | None = None,
    published_by: Person | None = None,
    reason: str = "",
) -> FrameworkVersion:
    """Publish a framework for the open council from a day (today) and return its version.

    Publishing the newest version's text again returns that version. Roles and services follow the framework at
    once where it is in force today, else on its day. Raises FrameworkError with every problem of the file, and
    ValidationError where the day lies before that of a version published earlier.
    """
    framework = loader.load(text, file)
    day = effective_from or clock.today()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, current_scope().authority_id])
    newest = framework_versions().first()
    checksum = loader.checksum(text)
    if newest and newest.checksum == checksum and (effective_from is None or newest.effective_from == day):
        keep_in_step()
        return newest
    if newest and day < newest.effective_from:
        raise ValidationError(
            f"Version {newest.number} is in force from {newest.effective_from:%-d %B %Y}; "
            "a new version cannot begin before it."
        )
    version = FrameworkVersion.objects.create(
        number=newest.number + 1 if newest else 1,
        title=framework.authority.framework_title,
        checksum=checksum,
        source=text,
        effective_from=day,
        published_at=clock.now(),
        published_by=published_by,
        reason=reason,
    )
    keep_in_step()
    return version


def keep_in_step() -> None:
    """Bring the council's roles and services in line with the framework in force today, where there is one.

    Running it again changes nothing; it also gives roles the permissions that a new release has added.
    """
    framework = framework_if_any()
    if framework is None:
        return
    _follow_roles(framework)
    _follow_services(framework)


def _follow_roles(framework: Framework) -> None:
    known = {role.key: role for role in Role.objects.all()}
    for item in framework.roles:
        wanted = {
            "label": item.label,
            "permissions": permissions_for(framework, item.key),
            "in_line": item.line_rank > 0,
            "whole_council": item.line_rank > 0 and item.level == Level.AUTHORITY,
            "rank": item.line_rank,
        }
        role = known.pop(item.key, None) or Role(key=item.key)
        _save_where_different(role, wanted)
    for role in known.values():
        # Posts of the past still point at it; nobody may do anything through it any more.
        _save_where_different(role, {"permissions": [], "in_line": False})


def _follow_services(framework: Framework) -> None:
    known = {unit.key: unit for unit in Unit.objects.filter(kind=UnitKind.SERVICE)}
    for item in framework.services:
        unit = known.pop(item.key, None) or Unit(kind=UnitKind.SERVICE, key=item.key)
        _save_where_different(unit, {"name": item.name, "closed_on": None})
    for unit in known.values():
        # Its teams and children need a place until somebody moves them.
        if not unit.children.exists():
            _save_where_different(unit, {"closed_on": unit.closed_on or clock.today()})


def _save_where_different(row: Role | Unit, wanted: dict[str, object]) -> None:
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if changed or row.pk is None:
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save()
