"""Business time: the only clock that rules may ask.

Database time says when a row was really written; business time says which day the work believes it is.
They differ when the demo data or a test moves the clock; sessions and leases keep to real time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_frozen: ContextVar[datetime | None] = ContextVar("qaf_clock", default=None)


def now() -> datetime:
    """Return the aware business time in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Return today's date in England."""
    return now().astimezone(LONDON).date()


def is_moved() -> bool:
    """Say whether business time is not real time."""
    return _frozen.get() is not None


@contextmanager
def travel(to: datetime | date) -> Iterator[None]:
    """Freeze business time inside the block; a bare date means nine in the morning in England."""
    if not isinstance(to, datetime):
        to = datetime.combine(to, time(9), LONDON)
    if to.tzinfo is None:
        to = to.replace(tzinfo=LONDON)
    token = _frozen.set(to.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def tick(by: timedelta) -> None:
    """Move the frozen clock on, inside ``travel`` only."""
    current = _frozen.get()
    if current is None:
        raise RuntimeError("The clock is not frozen: tick() belongs inside travel().")
    _frozen.set(current + by)
