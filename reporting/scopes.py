"""Whose audits a report is about, as it is written in addresses and kept: ``service-4``, ``person-7``, ``theme-2``."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a report that is not about the whole council is about."""

    WHOLE = ""
    SERVICE = "service"
    PERSON = "person"
    THEME = "theme"


SCOPE_OF = {Scope.WHOLE: "authority", Scope.SERVICE: "service", Scope.PERSON: "auditor", Scope.THEME: "theme"}
"""The framework's word for each."""
PATTERN = re.compile(r"^(service|person|theme)-([1-9]\d{0,17})$")


@dataclass(frozen=True)
class Whose:
    """A scope taken apart."""

    kind: Scope
    pk: int = 0


def scope_of(written: str) -> Whose:
    """Return a scope from its written form. Raises ``ValueError`` for anything else."""
    if not written:
        return Whose(Scope.WHOLE)
    found = PATTERN.match(written)
    if not found:
        raise ValueError(f"‘{written}’ does not name a service, a person or a theme.")
    return Whose(Scope(found[1]), int(found[2]))
