"""What the case list must ask of those above it without knowing them; registered from their ``ready()``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audits.cases.models import Case
    from qaf.tenants.models import Person

Ids = Iterable[int]


@dataclass(frozen=True)
class Panel:
    """A part of the case page that another app contributes: a template and what it needs."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50


_sampled: list[Callable[[Ids], set[int]]] = []
_audited_now: list[Callable[[Ids], set[int]]] = []
_drawn_since: list[Callable[[datetime], bool]] = []
_panels: list[Callable[["Case", "Person"], Iterable[Panel]]] = []


def add_sampled(provider: Callable[[Ids], set[int]]) -> None:
    """Declare who knows which of these cases were ever sampled, audited or acted upon: they are kept."""
    if provider not in _sampled:
        _sampled.append(provider)


def add_audited_now(provider: Callable[[Ids], set[int]]) -> None:
    """Declare who knows which of these cases are in an audit that is still open."""
    if provider not in _audited_now:
        _audited_now.append(provider)


def add_drawn_since(provider: Callable[[datetime], bool]) -> None:
    """Declare who knows whether a sample was drawn at or after a moment: its import cannot be undone."""
    if provider not in _drawn_since:
        _drawn_since.append(provider)


def add_panel(provider: Callable[["Case", "Person"], Iterable[Panel]]) -> None:
    """Declare panels for the case page."""
    if provider not in _panels:
        _panels.append(provider)


def sampled(case_ids: Ids) -> set[int]:
    """Return those of the cases that something else refers to."""
    ids = list(case_ids)
    return set().union(*(provider(ids) for provider in _sampled)) if ids else set()


def audited_now(case_ids: Ids) -> set[int]:
    """Return those of the cases that are in an open audit."""
    ids = list(case_ids)
    return set().union(*(provider(ids) for provider in _audited_now)) if ids else set()


def drawn_since(moment: datetime) -> bool:
    """Say whether a sample was drawn at or after ``moment``."""
    return any(provider(moment) for provider in _drawn_since)


def panels_for(case: "Case", person: "Person") -> list[Panel]:
    """Return the contributed panels of the case page, in order."""
    return sorted(
        (panel for provider in _panels for panel in provider(case, person)), key=lambda one: one.order
    )
