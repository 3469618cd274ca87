"""From what a framework lets a role do to the permissions the apps ask for.

A framework speaks of capabilities, a closed list that councils read. Each app says in its `apps.py` which of its
permissions a capability gives: `give(Capability.RUN_CYCLE, "audits.run_cycle", …)`. What no capability gives,
nobody may do.
"""

from collections import defaultdict

from audits.frameworks.enums import Capability
from audits.frameworks.schema.framework import Framework

_given: dict[Capability, set[str]] = defaultdict(set)


def give(capability: Capability, *permissions: str) -> None:
    """Let a capability give permissions; called from an app's `ready()` beside `declare`."""
    _given[capability].update(permissions)


def permissions_for(framework: Framework, role: str) -> list[str]:
    """The permissions of a role of this framework, in order."""
    return sorted({key for capability in framework.capabilities(role) for key in _given[capability]})


def given_permissions() -> frozenset[str]:
    """Every permission that some capability gives."""
    return frozenset(key for keys in _given.values() for key in keys)
