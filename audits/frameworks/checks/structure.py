"""Keys, roles and ladders hang together."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from audits.frameworks.checks.sense import Found, needs
from audits.frameworks.problems import Path
from audits.frameworks.schema.framework import Framework


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
