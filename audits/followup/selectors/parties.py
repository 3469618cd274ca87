"""From the framework's words for people ("the service manager of the case") to the people themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from audits.cases.models import Case
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from qaf.tenants.models import Person, Unit
from qaf.tenants.selectors import acting_for_each, holders, holders_in_line


@dataclass(frozen=True)
class Around:
    """The people and the unit around one child, now or on another day."""

    unit: Unit | None
    worker: Person | None = None
    manager: Person | None = None
    chair: Person | None = None
    others: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    """Those known by another key: an auditor's slot, `auditors`, `moderator`."""


def around_case(case: Case) -> Around:
    """Return who is around the child as the case list stands now."""
    return Around(unit=case.team or case.service, worker=case.worker, manager=case.manager, chair=case.chair)


def people_for(party: str, *, framework: Framework, around: Around, on: date) -> list[Person]:
    """Return who stands behind a party of the framework on ``on``: nearest to the child's team first.

    Somebody who has left is never among them. Empty where nobody holds the post.
    """
    return [person for person in _people_for(party, framework, around, on) if not _has_left(person, on)]


def _has_left(person: Person, on: date) -> bool:
    return person.left_on is not None and person.left_on < on


def _people_for(party: str, framework: Framework, around: Around, on: date) -> Iterable[Person]:
    if party in around.others:
        return around.others[party]
    if party == Relation.ALLOCATED_WORKER:
        return _some(around.worker)
    if party == Relation.IRO_OR_CHAIR:
        return _some(around.chair)
    if party in (Relation.TEAM_MANAGER, Relation.LINE_MANAGER):
        return _some(around.manager, on) or _in_line(framework, around, on, 1)
    if party == Relation.SERVICE_MANAGER:
        return _in_line(framework, around, on, 2)
    if party == Relation.CASE_MANAGERS:
        first = _some(around.manager, on) or _in_line(framework, around, on, 1)
        return list(dict.fromkeys([*first, *_in_line(framework, around, on, 2)]))
    if party in (Relation.FAMILY, Relation.AUDITORS, Relation.MODERATOR):
        return []
    return _holders(framework.role_keys(party), around, on)


def _some(person: Person | None, on: date | None = None) -> list[Person]:
    return [person] if person and not (on and _has_left(person, on)) else []


def _in_line(framework: Framework, around: Around, on: date, rank: int) -> list[Person]:
    keys = [role.key for role in framework.roles if role.line_rank == rank]
    return _holders(keys, around, on) if keys else []


def _holders(keys: Iterable[str], around: Around, on: date) -> list[Person]:
    if around.unit is None:
        return holders(*keys, on=on)
    return holders_in_line(around.unit, *keys, on=on) or holders(*keys, on=on, unit=around.unit)


def answering(people: Iterable[Person], *, on: date) -> list[Person]:
    """Return the people with their deputies in place of those who are away, each once."""
    return list(dict.fromkeys(acting_for_each(people, on=on)))


def holding(role: str, *, framework: Framework, on: date) -> list[Person]:
    """Return who holds the role, or one of its group, on ``on``, with deputies for those who are away."""
    return answering(holders(*framework.role_keys(role), on=on), on=on)
