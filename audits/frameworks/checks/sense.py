"""The register of checks of sense: each names the sections without which it cannot run."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from audits.frameworks.problems import Path
from audits.frameworks.schema.framework import Framework

Found = tuple[Path, str, str, str]
"""Path, message, value, what is allowed."""

Check = Callable[[Any], Iterable[Found]]
CHECKS: list[tuple[tuple[str, ...], Check]] = []


def needs(*sections: str) -> Callable[[Check], Check]:
    """Register a check that runs only where these sections could be read."""

    def register(check: Check) -> Check:
        CHECKS.append((sections, check))
        return check

    return register


def sense(partial: Framework) -> Iterator[Found]:
    """Every fault of sense in what could be read of a framework."""
    present = set(partial.__dict__)
    for sections, check in CHECKS:
        if present.issuperset(sections):
            yield from check(partial)
