"""The council's scope: the only way into tenant rows (lock 2 of the tenant boundary).

Inside ``authority_scope`` PostgreSQL's row-level security sees exactly one council; outside it every
query on a tenant table raises. The setting is local to the transaction, so a pooled connection that
is used again carries nothing over.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction

from qaf.lib import clock

if TYPE_CHECKING:
    from qaf.tenants.models import Authority, Person

logger = logging.getLogger(__name__)


class ScopeError(RuntimeError):
    """The scope was opened wrongly, or tenant data was asked for outside it."""


@dataclass(frozen=True)
class Scope:
    """What the database is told about the work being done."""

    authority_id: int
    person_id: int | None = None
    why: str = ""
    request_id: str = ""
    council: "Authority | None" = field(default=None, compare=False, repr=False)
    """The council itself, where whoever opened the scope had it at hand."""
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """Rows that never change once written, read once for everything inside; gone with the outermost scope."""


_current: ContextVar[Scope | None] = ContextVar("qaf_scope", default=None)

_SET = (
    "SELECT set_config('qaf.authority', %s, true), set_config('qaf.person', %s, true),"
    " set_config('qaf.why', %s, true), set_config('qaf.request', %s, true), set_config('qaf.now', %s, true)"
)


def current_scope() -> Scope:
    """Return the open scope; raise ``ScopeError`` when there is none."""
    scope = _current.get()
    if scope is None:
        raise ScopeError("No council's scope is open: wrap this work in authority_scope(authority).")
    return scope


def current_authority_id() -> int:
    """Return the id of the council whose scope is open (the default of every tenant row)."""
    return current_scope().authority_id


def current_council() -> "Authority":
    """Return the council whose scope is open; one that was opened by its id is fetched the first time."""
    scope = current_scope()
    if scope.council is not None:
        return scope.council
    from qaf.tenants.models import Authority

    council = Authority.objects.get(pk=scope.authority_id)
    _current.set(replace(scope, council=council))
    return council


def scope_is_open() -> bool:
    """Say whether any council's scope is open."""
    return _current.get() is not None


def _tell_database(scope: Scope | None, using: str) -> None:
    values = ["", "", "", "", ""]
    if scope is not None:
        business_time = clock.now().isoformat() if clock.is_moved() else ""
        person = str(scope.person_id or "")
        values = [str(scope.authority_id), person, scope.why, scope.request_id, business_time]
    with connections[using].cursor() as cursor:
        cursor.execute(_SET, values)


@contextmanager
def _opened(scope: Scope, using: str) -> Iterator[Scope]:
    previous = _current.get()
    token = _current.set(scope)
    try:
        with transaction.atomic(using=using):
            _tell_database(scope, using)
            yield scope
    finally:
        _current.reset(token)
        connection = connections[using]
        # The setting outlives a savepoint: whoever opened the outer transaction gets theirs back.
        if connection.in_atomic_block and not connection.needs_rollback:
            _tell_database(previous, using)


@contextmanager
def authority_scope(
    authority: "Authority | int",
    *,
    person: "Person | None" = None,
    why: str = "",
    request_id: str = "",
    using: str = "default",
) -> Iterator[Scope]:
    """Open ``authority``'s scope in a transaction of its own.

    A second scope inside must name the same council. ``person``, ``why`` and ``request_id`` go into
    the trail of everything written inside. Raises ``ScopeError`` for ``None`` or another council.
    """
    if authority is None:
        raise ScopeError("authority_scope() needs a council; it was given None.")
    authority_id = authority if isinstance(authority, int) else authority.pk
    if not authority_id:
        raise ScopeError("authority_scope() needs a council that has been saved.")
    outer = _current.get()
    if outer is not None and outer.authority_id != authority_id:
        raise ScopeError("Another council's scope is already open; two never mix.")
    scope = Scope(
        authority_id=authority_id,
        person_id=person.pk if person else (outer.person_id if outer else None),
        why=why or (outer.why if outer else ""),
        request_id=request_id or (outer.request_id if outer else ""),
        council=(outer.council if outer else None) if isinstance(authority, int) else authority,
        kept=outer.kept if outer else {},
    )
    with _opened(scope, using):
        yield scope


@contextmanager
def because(why: str, *, person: "Person | None" = None, using: str = "default") -> Iterator[None]:
    """Give the trail a reason (and, where it changes, a person) for what is written inside."""
    scope = current_scope()
    inner = replace(scope, why=why, person_id=person.pk if person else scope.person_id)
    with _opened(inner, using):
        yield


def for_each_authority(using: str = "default") -> Iterator["Authority"]:
    """Yield every council, each inside its own scope: for periodic work and data migrations."""
    from qaf.tenants.models import Authority

    for authority in list(Authority.objects.using(using).order_by("pk")):
        with authority_scope(authority, using=using):
            yield authority
