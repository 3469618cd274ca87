"""A domain through the versions of a tool, so that results before and after a change compare (SEF-76)."""

from collections.abc import Callable

from audits.frameworks.models import FrameworkVersion
from audits.frameworks.schema import Tool
from audits.frameworks.selectors import framework_of

KeyNow = Callable[[int, str, str], str]
"""From the id of the framework version an audit was done with, its tool and a domain's key then, to its key now."""


def domain_keys() -> KeyNow:
    """Return what finds the key that a domain of an earlier version has now. One query.

    A domain that a later version of the tool ``continues`` under another key is followed; every other keeps its key:
    one that is no longer asked stays findable, one that is new has no results from before.
    """
    numbers: dict[int, int] = {}
    renamed: list[tuple[int, str, dict[str, str]]] = []
    for version in FrameworkVersion.objects.order_by("number"):
        numbers[version.pk] = version.number
        moves = ((tool.key, _moves(tool)) for tool in framework_of(version).tools)
        renamed += [(version.number, key, found) for key, found in moves if found]

    def key_now(version: int, tool: str, domain: str) -> str:
        for number, key, moves in renamed:
            if key == tool and number > numbers[version]:
                domain = moves.get(domain, domain)
        return domain

    return key_now


def _moves(tool: Tool) -> dict[str, str]:
    return {one.continues: one.key for one in tool.domains if one.continues}
