"""Somebody can do what is asked, and may."""

from collections.abc import Iterable, Iterator

from audits.frameworks.checks.sense import Found, needs
from audits.frameworks.enums import Capability
from audits.frameworks.problems import Path
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary import Exclude, Pool


@needs("process", "roles")
def slots_can_be_filled(framework: Framework) -> Iterator[Found]:
    """Somebody could fill each slot, and at least one gives grades."""
    for index, slot in enumerate(framework.process.slots):
        if isinstance(slot.eligible, Pool):
            yield from _pool(
                framework, slot.eligible, ("process", "slots", index, "eligible"), "fill this slot"
            )
    if not framework.grading_slots:
        yield ("process", "slots"), "no slot gives grades", "", "at least one with `grades: yes`"


@needs("moderation", "roles", "process")
def somebody_could_moderate(framework: Framework) -> Iterator[Found]:
    """The moderators' pool holds somebody that auditing and management of the case leave over."""
    moderators = framework.moderation.moderators
    path: Path = ("moderation", "moderators")
    if not isinstance(moderators, Pool):
        return
    yield from _pool(framework, moderators, path, "moderate")
    slots = [slot for slot in framework.process.slots if isinstance(slot.eligible, Pool)]
    if Exclude.EARLIER_AUDITORS in moderators.exclude and len(moderators.roles) == 1:
        everyone = _holders(framework, moderators.roles)
        for slot in slots:
            if (
                isinstance(slot.eligible, Pool)
                and everyone == _holders(framework, slot.eligible.roles)
                and len(everyone) == 1
            ):
                yield (
                    path,
                    "nobody could moderate: the only role also audits, and auditors are kept out",
                    moderators.roles[0],
                    ("a further role"),
                )


def _pool(framework: Framework, pool: Pool, path: Path, verb: str) -> Iterator[Found]:
    known = {role.key: role for role in framework.roles}
    roles = [known[key] for key in pool.roles if key in known]
    if roles and all(role.planned for role in roles):
        yield (
            (*path, "roles"),
            f"nobody could {verb}: every role is only planned",
            ", ".join(pool.roles),
            "a role that exists",
        )
    if roles and all(role.external for role in roles):
        yield (
            (*path, "roles"),
            f"nobody could {verb}: every role is outside the council",
            ", ".join(pool.roles),
            "a role of the council",
        )


def _holders(framework: Framework, roles: Iterable[str]) -> frozenset[str]:
    known = {role.key for role in framework.roles}
    return frozenset(key for role in roles if role in known for key in framework.role_keys(role))


@needs("roles", "moderation")
def moderators_may_moderate(framework: Framework) -> Iterator[Found]:
    """Every role of the moderators' pool has the capability to moderate."""
    moderators = framework.moderation.moderators
    if isinstance(moderators, Pool):
        known = {role.key for role in framework.roles}
        for index, role in enumerate(moderators.roles):
            if role in known and Capability.MODERATE not in framework.capabilities(role):
                yield (
                    ("moderation", "moderators", "roles", index),
                    "is asked to moderate and may not",
                    role,
                    ("a role with the capability `moderate`"),
                )


@needs("roles", "process")
def auditors_may_audit(framework: Framework) -> Iterator[Found]:
    """Every role of a slot's pool has the capability to audit."""
    known = {role.key for role in framework.roles}
    for number, slot in enumerate(framework.process.slots):
        roles = slot.eligible.roles if isinstance(slot.eligible, Pool) else ()
        for index, role in enumerate(roles):
            wanted = (
                {Capability.AUDIT, Capability.MODERATE} if slot.grades == "may_revise" else {Capability.AUDIT}
            )
            if role in known and not wanted & framework.capabilities(role):
                path = ("process", "slots", number, "eligible", "roles", index)
                yield path, "is asked to audit and may not", role, "a role with the capability `audit`"
