"""Checks beyond the schema: what is well written and still could not work."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel

from audits.frameworks.base import Ref
from audits.frameworks.enums import Anchor, Capability, Relation
from audits.frameworks.problems import Path
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary import DueFacts, DueRule, Exclude, Pool

Found = tuple[Path, str, str, str]
"""Path, message, value, what is allowed."""


@dataclass
class Keys:
    """Keys of the file by what they name. Taken from the raw document too, so that a faulty role is still a role."""

    spaces: dict[str, list[str]] = field(default_factory=dict)

    def known(self, spaces: Iterable[str]) -> list[str]:
        """Every key of these spaces."""
        return [key for space in spaces for key in self.spaces.get(space, [])]


def keys_of(document: Any) -> Keys:
    """Collect the keys of a raw document."""

    def items(*path: str) -> list[Any]:
        node = document
        for part in path:
            node = node.get(part) if isinstance(node, Mapping) else None
        return node if isinstance(node, list) else []

    def keys(nodes: Iterable[Any], name: str = "key") -> list[str]:
        return [str(node[name]) for node in nodes if isinstance(node, Mapping) and name in node]

    def inner(nodes: Iterable[Any], name: str) -> list[Any]:
        return [item for node in nodes if isinstance(node, Mapping) for item in node.get(name) or []]

    tools = items("tools")
    return Keys(
        {
            "role": keys(items("roles")),
            "service": keys(items("services")),
            "document": keys(items("documents")),
            "grade_set": keys(items("grade_sets")),
            "grade": keys(inner(items("grade_sets"), "grades")),
            "tool": keys(tools),
            "domain": keys(inner(tools, "domains")),
            "slot": keys(items("process", "slots")),
            "conversation": keys(items("process", "conversations")),
            "forum": keys(items("forums")),
            "flag": keys(items("flags")),
            "relation": [relation.value for relation in Relation],
        }
    )


def references(model: BaseModel, keys: Keys, path: Path = ()) -> Iterator[Found]:
    """Every key that names something the file does not have."""
    for name, info in type(model).model_fields.items():
        if name in model.__dict__:
            yield from _references_in(
                getattr(model, name), info.annotation, info.metadata, keys, (*path, name)
            )


def _references_in(
    value: Any, annotation: Any, metadata: Iterable[Any], keys: Keys, path: Path
) -> Iterator[Found]:
    for marker in metadata:
        if isinstance(marker, Ref) and value is not None:
            yield from _unresolved(value, marker, keys, path)
    if isinstance(value, BaseModel):
        yield from references(value, keys, path)
        return
    arguments = [
        argument for argument in getattr(annotation, "__args__", ()) if argument not in (type(None), Ellipsis)
    ]
    if isinstance(value, Mapping) and len(arguments) == 2:
        for key, item in value.items():
            yield from _references_in(key, *_parts(arguments[0]), keys, (*path, key))
            yield from _references_in(item, *_parts(arguments[1]), keys, (*path, key))
    elif isinstance(value, tuple) and arguments:
        for index, item in enumerate(value):
            argument = arguments[min(index, len(arguments) - 1)]
            yield from _references_in(item, *_parts(argument), keys, (*path, index))
    elif value is not None and len(arguments) == 1:
        yield from _references_in(value, *_parts(arguments[0]), keys, path)


def _parts(annotation: Any) -> tuple[Any, Iterable[Any]]:
    metadata = getattr(annotation, "__metadata__", None)
    return (annotation.__origin__, metadata) if metadata else (annotation, ())


def _unresolved(value: Any, marker: Ref, keys: Keys, path: Path) -> Iterator[Found]:
    known = keys.known(marker.spaces)
    if isinstance(value, str) and value not in known:
        what = " or ".join(space.replace("_", " ") for space in marker.spaces)
        yield path, f"names a {what} this framework does not have", value, ", ".join(dict.fromkeys(known))


# Checks of sense ----------------------------------------------------------------------------------------------------

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


@needs()
def unique_keys(framework: Framework) -> Iterator[Found]:
    """No two things of one list share a key."""
    for name in type(framework).model_fields:
        if name in framework.__dict__:
            yield from _duplicates(getattr(framework, name), (name,))


def _duplicates(value: Any, path: Path) -> Iterator[Found]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _duplicates(getattr(value, name, None), (*path, name))
    elif isinstance(value, tuple):
        seen: set[Any] = set()
        for index, item in enumerate(value):
            key = (getattr(item, "key", None), getattr(item, "version", None))
            if key[0] and key in seen:
                yield (*path, index, "key"), "stands twice in this list", str(key[0]), "a key of its own"
            seen.add(key)
            yield from _duplicates(item, (*path, index))


@needs("roles", "process", "moderation")
def unreachable_roles(framework: Framework) -> Iterator[Found]:
    """A role that nothing names and that may do nothing serves nobody."""
    named = _named_roles(framework)
    for index, role in enumerate(framework.roles):
        if role.key not in named and not role.capabilities and not role.planned and not role.external:
            yield (
                ("roles", index),
                "is never reached: no rule names it and it may do nothing",
                role.key,
                ("capabilities for it, a rule that names it, or `planned: true`"),
            )


def _named_roles(framework: Framework) -> set[str]:
    named: set[str] = set()

    def visit(node: Any, inside_roles: bool) -> None:
        if isinstance(node, BaseModel):
            for name in type(node).model_fields:
                if name in node.__dict__ and not (isinstance(node, Framework) and name == "roles"):
                    visit(getattr(node, name), inside_roles)
        elif isinstance(node, tuple | list):
            for item in node:
                visit(item, inside_roles)
        elif isinstance(node, str):
            named.add(node)

    visit(framework, False)
    named.update(member for role in framework.roles for member in role.members)
    return named


@needs("roles")
def groups_end(framework: Framework) -> Iterator[Found]:
    """No role is a member of itself, however far round."""
    members = {role.key: role.members for role in framework.roles}
    for index, role in enumerate(framework.roles):
        todo, seen = list(role.members), set()
        while todo:
            key = todo.pop()
            if key == role.key:
                yield (
                    ("roles", index, "members"),
                    "makes the role a member of itself",
                    role.key,
                    "other roles",
                )
                break
            if key not in seen:
                seen.add(key)
                todo.extend(members.get(key, ()))


@needs("disputes")
def ladders_end(framework: Framework) -> Iterator[Found]:
    """Every ladder has steps and its last step, and only that, settles the matter."""
    for index, dispute in enumerate(framework.disputes):
        path: Path = ("disputes", index, "steps")
        if not dispute.allowed or (not dispute.steps and dispute.meanwhile == "moderation_decides"):
            continue
        if not dispute.steps:
            yield (
                path,
                f"'{dispute.label}' is allowed and has no step",
                "",
                "at least one step, or `allowed: false`",
            )
            continue
        if not dispute.steps[-1].final:
            last = dispute.steps[-1].name
            yield (
                (*path, len(dispute.steps) - 1),
                "the ladder has no end: its last step does not settle the matter",
                last,
                "`final: true`",
            )
        for step, item in enumerate(dispute.steps[:-1]):
            if item.final:
                yield (
                    (*path, step),
                    "settles the matter although more steps follow",
                    item.name,
                    "`final: true` on the last step only",
                )


@needs("actions")
def default_within_maximum(framework: Framework) -> Iterator[Found]:
    """An action's default due date never lies after the latest one allowed."""
    actions = framework.actions
    days = _due_on_one_day(actions.default_due), _due_on_one_day(actions.maximum_due)
    if all(days) and all(default > maximum for default, maximum in zip(*days, strict=True)):
        names = _PlainNames()
        yield (
            ("actions", "default_due"),
            "lies after the latest date allowed",
            actions.default_due.in_words(names),
            (f"at the latest {actions.maximum_due.in_words(names)}"),
        )


@needs("moderation")
def moderation_in_order(framework: Framework) -> Iterator[Found]:
    """Moderation is not due before it is allocated."""
    rules = framework.moderation
    starts, ends = _due_on_one_day(rules.allocate), _due_on_one_day(rules.due)
    if starts and ends and all(end < start for start, end in zip(starts, ends, strict=True)):
        names = _PlainNames()
        yield (
            ("moderation", "due"),
            "lies before moderation is allocated",
            rules.due.in_words(names),
            (f"not before: {rules.allocate.in_words(names)}"),
        )


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


@needs("services", "tools")
def services_are_audited(framework: Framework) -> Iterator[Found]:
    """Some service takes part, and some tool is graded."""
    if not framework.audited_services:
        yield ("services",), "no service takes part in the audit", "", "at least one with `in_audit: true`"
    if not any(tool.graded and not tool.planned for tool in framework.tools):
        yield ("tools",), "no tool is graded", "", "at least one tool with graded domains"


@needs("tools", "grade_sets")
def descriptors_fit(framework: Framework) -> Iterator[Found]:
    """Descriptors speak of grades of the tool's own grade set."""
    sets = {grades.key: grades for grades in framework.grade_sets}
    for number, tool in enumerate(framework.tools):
        grades = sets.get(tool.grade_set or "")
        if grades is None:
            continue
        for index, domain in enumerate(tool.domains):
            for key in domain.descriptors:
                if key not in grades.ranks:
                    path = ("tools", number, "domains", index, "descriptors", key)
                    yield (
                        path,
                        "describes a grade that is not in the tool's grade set",
                        key,
                        ", ".join(grades.ranks),
                    )


@needs("process")
def slots_compared_exist_twice(framework: Framework) -> Iterator[Found]:
    """A comparison needs two slots that give grades."""
    compared = framework.process.compared_slots
    grading = [slot.key for slot in framework.process.slots if slot.grades != "no"]
    if compared and (len(compared) < 2 or not set(compared) <= set(grading)):
        yield (
            ("process", "compared_slots"),
            "needs two or more slots that give grades",
            ", ".join(compared),
            ", ".join(grading),
        )


class _PlainNames:
    """Words for keys where a whole framework may be missing."""

    def __getattr__(self, name: str) -> Callable[[str], str]:
        return lambda key: key.replace("_", " ")


def _due_on_one_day(rule: DueRule) -> list[date]:
    """The rule's day where everything happens on the first of a month; empty where this release cannot say."""
    days = []
    for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 8, 1)):
        facts = DueFacts(
            month=month,
            moments={anchor.value: month for anchor in Anchor if anchor is not Anchor.AUDIT_MONTH_END},
        )
        try:
            days.append(rule.due_on(facts))
        except NotImplementedError:
            return []
    return days
