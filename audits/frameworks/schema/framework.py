"""The whole framework of one council."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from audits.frameworks.base import Kind, Model, walk
from audits.frameworks.enums import Capability, NonWorkingDay, Relation
from audits.frameworks.schema.followup import (
    Actions,
    CaseloadCheck,
    Consequence,
    Escalation,
    Flag,
    TrendRule,
    UrgentConcern,
)
from audits.frameworks.schema.governance import Activity, Forum, NotUsed, Report, Retention, Tracking
from audits.frameworks.schema.grades import GradeSet
from audits.frameworks.schema.identity import Authority, CalendarSettings, Document, Role, Service
from audits.frameworks.schema.moderation import Dispute, Moderation
from audits.frameworks.schema.process import Conversation, Process, Slot
from audits.frameworks.schema.sampling import Allocation, Sampling
from audits.frameworks.schema.tools import Domain, Tool
from audits.frameworks.vocabulary import DueFacts, DueRule
from audits.frameworks.vocabulary.strategies import QuotaPerRole
from qaf.lib import calendar

Item = TypeVar("Item")


class Gap(Model):
    """Something the framework asks for that this release cannot run."""

    path: str
    text: str


class Framework(Model):
    """One council's quality assurance framework: immutable, validated, the same for everyone who reads it."""

    schema_version: Literal[1]
    authority: Authority
    calendar: CalendarSettings
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    services: Annotated[tuple[Service, ...], Field(min_length=1)]
    documents: tuple[Document, ...] = ()
    grade_sets: Annotated[tuple[GradeSet, ...], Field(min_length=1)]
    tools: Annotated[tuple[Tool, ...], Field(min_length=1)]
    process: Process
    sampling: Sampling
    allocation: Allocation
    moderation: Moderation
    disputes: tuple[Dispute, ...] = ()
    flags: tuple[Flag, ...] = ()
    actions: Actions
    consequences: tuple[Consequence, ...] = ()
    trends: tuple[TrendRule, ...] = ()
    escalation: Escalation
    urgent_concern: UrgentConcern
    caseload_check: CaseloadCheck | None = None
    tracking: Tracking
    reports: tuple[Report, ...] = ()
    forums: tuple[Forum, ...] = ()
    activities: tuple[Activity, ...] = ()
    retention: Retention
    not_used: tuple[NotUsed, ...] = ()

    # Looking things up ----------------------------------------------------------------------------------------------

    def role(self, key: str) -> Role:
        """The role with this key. Raises KeyError."""
        return _find(self.roles, key, "role")

    def role_keys(self, key: str) -> frozenset[str]:
        """The role's key and, for a group, those of all its members."""
        return frozenset({key}) | frozenset(role for role, groups in self._groups.items() if key in groups)

    def with_groups(self, keys: Iterable[str]) -> frozenset[str]:
        """The roles somebody holds together with the groups these belong to. Roles of another framework are kept."""
        held = frozenset(keys)
        return held.union(*(self._groups.get(key, frozenset()) for key in held))

    def roles_that_may(self, capability: Capability) -> tuple[Role, ...]:
        """Roles with a capability, those of a group through the group included."""
        return tuple(role for role in self.roles if capability in self.capabilities(role.key))

    def capabilities(self, role: str) -> frozenset[Capability]:
        """What a role may do, through the groups it belongs to as well."""
        keys = self.with_groups([role])
        return frozenset(
            capability for item in self.roles if item.key in keys for capability in item.capabilities
        )

    @cached_property
    def _groups(self) -> dict[str, frozenset[str]]:
        """Each role with the groups that hold it, however far round."""
        direct: dict[str, set[str]] = {}
        for role in self.roles:
            for member in role.members:
                direct.setdefault(member, set()).add(role.key)
        groups: dict[str, frozenset[str]] = {}
        for key in direct:
            found: set[str] = set()
            todo = [key]
            while todo:
                new = direct.get(todo.pop(), set()) - found
                found |= new
                todo.extend(new)
            groups[key] = frozenset(found)
        return groups

    def service(self, key: str) -> Service:
        """The service with this key. Raises KeyError."""
        return _find(self.services, key, "service")

    @property
    def audited_services(self) -> tuple[Service, ...]:
        """Services that take part in the monthly audit."""
        return tuple(service for service in self.services if service.in_audit)

    def grade_set(self, key: str) -> GradeSet:
        """The grade set with this key. Raises KeyError."""
        return _find(self.grade_sets, key, "grade set")

    def tool(self, key: str) -> Tool:
        """The tool with this key. Raises KeyError."""
        return _find(self.tools, key, "tool")

    @property
    def tools_in_use(self) -> tuple[Tool, ...]:
        """The tools that an audit can be held with: graded, or with questions of their own."""
        return tuple(tool for tool in self.tools if not tool.planned and (tool.graded or tool.items))

    @property
    def main_tool(self) -> Tool:
        """The first graded tool: the one of the monthly audit."""
        return next(tool for tool in self.tools if tool.graded)

    def tool_for(self, service: str) -> Tool:
        """The graded tool used in a service."""
        for tool in self.tools:
            if tool.graded and not tool.planned and service in tool.services:
                return tool
        return self.main_tool

    @property
    def main_grades(self) -> GradeSet:
        """The grade set of the monthly audit."""
        return self.grade_set(self.main_tool.grade_set or "")

    def domain(self, key: str) -> Domain:
        """The domain with this key, of any tool. Raises KeyError."""
        return _find(tuple(domain for tool in self.tools for domain in tool.domains), key, "domain")

    def slot(self, key: str) -> Slot:
        """The slot with this key. Raises KeyError."""
        return _find(self.process.slots, key, "slot")

    @property
    def grading_slots(self) -> tuple[Slot, ...]:
        """Slots whose grades an audit waits for."""
        return tuple(slot for slot in self.process.slots if slot.gives_grades)

    @property
    def assessed_slots(self) -> tuple[Slot, ...]:
        """Slots that somebody fills with an assessment of their own, graded or not."""
        return tuple(slot for slot in self.process.slots if slot.is_assessed)

    def conversation(self, key: str) -> Conversation:
        """The conversation with this key. Raises KeyError."""
        return _find(self.process.conversations, key, "conversation")

    def consequences_of(self, occurrence: str) -> tuple[Consequence, ...]:
        """Consequences that an occurrence may have, in the order of the file."""
        return tuple(rule for rule in self.consequences if rule.when == occurrence)

    # Dates ----------------------------------------------------------------------------------------------------------

    def due_on(self, rule: DueRule, *, month: date | None = None, **moments: date | datetime) -> date:
        """The day a person must keep, moved off non-working days as the council says.

        `moments` are named as in enums.Anchor: `framework.due_on(slot.due, allocation=allocated_at)`.
        """
        day = rule.due_on(DueFacts(month=month, moments=moments))
        return settle(day, self.calendar.due_on_non_working_day) if rule.moves_off_non_working_days else day

    def due_at(self, rule: DueRule, *, month: date | None = None, **moments: date | datetime) -> datetime:
        """The moment after which the thing is late: the clock's own, or the last minute of the due day in London."""
        if rule.clock:
            return rule.due_at(DueFacts(month=month, moments=moments))
        return calendar.last_minute_of(self.due_on(rule, month=month, **moments))

    def issued_on(self, rule: DueRule, *, month: date | None = None, **moments: date | datetime) -> date:
        """The day on which the product itself sends or opens something."""
        return settle(
            rule.due_on(DueFacts(month=month, moments=moments)), self.calendar.issue_on_non_working_day
        )

    def list_on(self, month: date) -> date | None:
        """The day on which the month's cases are listed before it begins; None where nobody hears of them before."""
        if self.allocation.notice_on is not None:
            return self.issued_on(self.allocation.notice_on, month=month)
        strategy = self.sampling.strategy
        if isinstance(strategy, QuotaPerRole) and strategy.has_list_to_confirm:
            issued = self.issued_on(self.allocation.issued_on, month=month)
            return calendar.add_working_days(issued, -strategy.proposed_before)
        return None

    # What this release can do ---------------------------------------------------------------------------------------

    def unimplemented(self) -> tuple[Gap, ...]:
        """What keeps this release from opening a cycle of this framework, in words; empty where it can."""
        return _once(gap for gap, blocks in self._gaps if blocks)

    def later(self) -> tuple[Gap, ...]:
        """What the framework records beside the loop and a later release will run, in words."""
        return _once(gap for gap, blocks in self._gaps if not blocks)

    @cached_property
    def _gaps(self) -> tuple[tuple[Gap, bool], ...]:
        return tuple(_gaps(self))

    @cached_property
    def names(self) -> "FrameworkNames":
        """The council's words for the framework's keys."""
        return FrameworkNames(self)


_RELATIONS = {relation.value: relation.label for relation in Relation}


_SLOTS = {"re_audit": "Re-auditor"}
"""Parts in an audit that every framework has without naming them."""


class FrameworkNames:
    """Implements vocabulary.Names for one framework. An unknown key is given back readable."""

    def __init__(self, framework: Framework) -> None:
        self._roles = {role.key: role.label for role in framework.roles}
        self._slots = _SLOTS | {slot.key: slot.label for slot in framework.process.slots}
        self._grades = {grade.key: grade.label for grades in framework.grade_sets for grade in grades.grades}
        self._domains = {domain.key: domain.title for tool in framework.tools for domain in tool.domains}
        self._services = {service.key: service.name for service in framework.services}
        self._conversations = {item.key: item.label for item in framework.process.conversations}

    def role(self, key: str) -> str:
        """The role's label."""
        return _word(self._roles, key)

    def slot(self, key: str) -> str:
        """The slot's label."""
        return _word(self._slots, key)

    def party(self, key: str) -> str:
        """A relation, slot or role, with its article: "the allocated worker", "the Head of Service"."""
        if key in _RELATIONS:
            return _RELATIONS[key]
        slot = self._slots.get(key)
        return f"the {slot[:1].lower()}{slot[1:]}" if slot else f"the {self.role(key)}"

    def grade(self, key: str) -> str:
        """The grade's word."""
        return _word(self._grades, key)

    def domain(self, key: str) -> str:
        """The domain's title."""
        return _word(self._domains, key)

    def service(self, key: str) -> str:
        """The service's name."""
        return _word(self._services, key)

    def conversation(self, key: str) -> str:
        """The conversation's label, in the middle of a sentence."""
        label = _word(self._conversations, key)
        return f"{label[:1].lower()}{label[1:]}"


def settle(day: date, rule: NonWorkingDay) -> date:
    """The day moved off a weekend or bank holiday as the rule says."""
    if rule is NonWorkingDay.PREVIOUS:
        return calendar.working_day_on_or_before(day)
    if rule is NonWorkingDay.NEXT:
        return calendar.working_day_on_or_after(day)
    return day


def _word(words: dict[str, str], key: str) -> str:
    return words.get(key) or key.replace("_", " ").capitalize()


def _find(items: tuple[Item, ...], key: str, noun: str) -> Item:
    for item in items:
        if getattr(item, "key", None) == key:
            return item
    raise KeyError(f"the framework has no {noun} '{key}'")


def _gaps(framework: Framework) -> Iterator[tuple[Gap, bool]]:
    for path, node in walk(framework):
        where = ".".join(str(part) for part in path)
        if isinstance(node, Kind) and not node.implemented:
            yield Gap(path=where, text=f"{_section(path)}: {node.title}"), node.blocks_cycle
    yield from _gaps_beside_the_loop(framework)


def _gaps_beside_the_loop(framework: Framework) -> Iterator[tuple[Gap, bool]]:
    for index, report in enumerate(framework.reports):
        if report.kind == "later":
            yield Gap(path=f"reports.{index}", text=f"Reports: {report.label}"), False
    if framework.activities:
        yield Gap(path="activities", text="Activities: reminders for the calendar of other activities"), False


def _once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps without those that say the same in other places."""
    return tuple({gap.text: gap for gap in reversed(list(gaps))}.values())[::-1]


def _section(path: tuple[Any, ...]) -> str:
    return str(path[0]).replace("_", " ").capitalize() if path else "Framework"
