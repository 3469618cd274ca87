"""What the page of an audit must ask of those above it without knowing them; registered from their ``ready()``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audits.models import Audit
    from audits.selectors.standing import Standing
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class Panel:
    """A part of the audit page: a heading, a template and what it needs.

    A panel shows nobody's grades or words that ``standing`` may not see yet.
    """

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50


_panels: list[Callable[["Standing"], Iterable[Panel]]] = []
_guests: list[Callable[["Audit", "Person"], bool]] = []


def add_panel(provider: Callable[["Standing"], Iterable[Panel]]) -> None:
    """Declare panels for the audit page; the provider is told who looks and what they may see."""
    if provider not in _panels:
        _panels.append(provider)


def panels_for(standing: "Standing") -> list[Panel]:
    """Return the contributed panels, in order."""
    found = [panel for provider in _panels for panel in provider(standing)]
    return sorted(found, key=lambda panel: (panel.order, panel.title))


def add_guest(provider: Callable[["Audit", "Person"], bool]) -> None:
    """Declare who else has a part in an audit, such as its moderator: they see what its managers see."""
    if provider not in _guests:
        _guests.append(provider)


def is_guest(audit: "Audit", person: "Person") -> bool:
    """Say whether another app gives ``person`` a part in ``audit``."""
    return any(provider(audit, person) for provider in _guests)


_moderators: list[Callable[["Audit"], Iterable["Person"]]] = []
_marks: list[Callable[["Audit"], Iterable[str]]] = []


def add_moderators(provider: Callable[["Audit"], Iterable["Person"]]) -> None:
    """Declare who knows an audit's moderator, for the framework's party `moderator`."""
    if provider not in _moderators:
        _moderators.append(provider)


def moderators_of(audit: "Audit") -> tuple["Person", ...]:
    """Return who moderates ``audit``, named or at work."""
    return tuple(dict.fromkeys(person for provider in _moderators for person in provider(audit)))


def add_marks(provider: Callable[["Audit"], Iterable[str]]) -> None:
    """Declare what else must stand beside an audit's grades, in words."""
    if provider not in _marks:
        _marks.append(provider)


def marks_from_others(audit: "Audit") -> list[str]:
    """Return the declared marks of ``audit``."""
    return [mark for provider in _marks for mark in provider(audit)]


_settled: list[Callable[["Audit"], str]] = []


def add_settled(provider: Callable[["Audit"], str]) -> None:
    """Declare who knows that the overall grade was settled elsewhere than in its moderation, and where, in words."""
    if provider not in _settled:
        _settled.append(provider)


def settled_elsewhere(audit: "Audit") -> str:
    """Return where the overall grade of ``audit`` was settled, in words; ``""``: where its source says."""
    return next((words for provider in _settled if (words := provider(audit))), "")
