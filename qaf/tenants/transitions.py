"""The one function that changes a status.

An app's ``workflow.py`` is a table of ``Transition`` rows. ``apply`` checks who and whether, writes
with a conditional UPDATE (so two people cannot both win), then publishes the event, all in one
transaction. Buttons, permission tests and the diagrams in docs/ are made from the same table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from qaf.tenants.events import publish
from qaf.tenants.scope import because


class TransitionRefused(Exception):
    """A guard said no. ``problems`` are sentences for the person, each with an optional link target."""

    def __init__(self, problems: Sequence["Problem | str"]):
        self.problems = [p if isinstance(p, Problem) else Problem(p) for p in problems]
        super().__init__(" ".join(problem.text for problem in self.problems))


class StatusHasChanged(Exception):
    """Somebody else was first: the row is no longer in a status that the transition starts from."""


@dataclass(frozen=True)
class Problem:
    """What is missing, in a sentence, and where to put it right (a URL or a fragment)."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Transition:
    """One allowed change of status.

    ``who(instance, person)`` decides who may (``person`` is ``None`` for the system itself, allowed
    only where ``by_system``); ``guard(instance)`` returns what stands in the way;
    ``event(instance, person)`` makes what is published.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    who: Callable[[Any, Any], bool]
    guard: Callable[[Any], Sequence[Problem | str]] | None = None
    event: Callable[[Any, Any], object] | None = None
    by_system: bool = False


class Workflow:
    """The table of transitions of one model's status field."""

    def __init__(self, field: str, *transitions: Transition):
        self.field = field
        self.transitions = {transition.name: transition for transition in transitions}

    def __getitem__(self, name: str) -> Transition:
        return self.transitions[name]

    def available(self, instance: models.Model, person: Any) -> list[Transition]:
        """Return the transitions that ``person`` may start now; guards are not asked."""
        status = getattr(instance, self.field)
        return [
            t for t in self.transitions.values() if status in t.sources and person and t.who(instance, person)
        ]

    def apply(
        self,
        instance: models.Model,
        name: str,
        *,
        person: Any | None,
        why: str = "",
        also: dict[str, Any] | None = None,
    ) -> None:
        """Change ``instance``'s status by the transition ``name``, writing ``also`` with it.

        ``person=None`` is the system. Raises ``PermissionDenied``, ``TransitionRefused`` or
        ``StatusHasChanged``; nothing is written then.
        """
        transition = self.transitions[name]
        if person is None and not transition.by_system:
            raise PermissionDenied(f"“{transition.label}” needs a person.")
        if person is not None and not transition.who(instance, person):
            raise PermissionDenied(f"You cannot do this: {transition.label}.")
        if transition.guard and (problems := list(transition.guard(instance))):
            raise TransitionRefused(problems)
        changes = {self.field: transition.target, **(also or {})}
        reason = f"{transition.label}: {why}" if why else transition.label
        with transaction.atomic(), because(reason, person=person):
            rows = type(instance)._default_manager.filter(
                pk=instance.pk, **{f"{self.field}__in": transition.sources}
            )
            if rows.update(**changes) == 0:
                raise StatusHasChanged(
                    f"This has changed since you opened it, so “{transition.label}” was not done."
                )
            for field, value in changes.items():
                setattr(instance, field, value)
            if transition.event:
                publish(transition.event(instance, person))
