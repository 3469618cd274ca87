"""What a month will ask of people, before anybody confirms it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from audits.enums import AuditStatus, GradeSource
from audits.frameworks.enums import Relation
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.process import Slot
from audits.frameworks.vocabulary import FromCase, Pool
from audits.models import Audit
from audits.services.drawing import Plan, expected_auditors, expected_by_service
from audits.services.issuing import allocated_slots, slot_rule
from audits.services.population import Population, lead_is_manager
from audits.services.quotas import AUDITS, CHOOSES
from audits.services.roster import Roster
from audits.services.sampling import Rule
from qaf.lib import clock
from qaf.lib.calendar import add_months

ENOUGH = 20
"""So many compared audits make the council's own share of differences worth more than the framework's guess."""


@dataclass(frozen=True)
class SlotWork:
    """The hours that one slot takes in all."""

    label: str
    audits: int
    hours_each: float
    our_default: bool
    people: int

    @property
    def hours(self) -> float:
        """Hours for the whole month."""
        return self.audits * self.hours_each

    @property
    def per_person(self) -> float:
        """Audits for each person who could be asked; 0 where there is nobody."""
        return self.audits / self.people if self.people else 0


@dataclass(frozen=True)
class ExpectedLoad:
    """How many audits chance gives one lead auditor on average."""

    name: str
    teams: str
    audits: float
    away: bool


@dataclass(frozen=True)
class Forecast:
    """Hours, people and moderations to expect."""

    audits: int
    slots: tuple[SlotWork, ...]
    loads: tuple[ExpectedLoad, ...]
    moderation_share: float
    moderation_seen: tuple[int, int] | None
    """Moderated and compared audits of the last year, where they are enough to go by."""
    moderation_hours_each: float
    without_lead: int
    """Eligible cases whose team has no manager to lead the audit."""

    @property
    def moderations(self) -> int:
        """Expected moderations, rounded."""
        return round(self.audits * self.moderation_share)

    @property
    def moderation_hours(self) -> float:
        """Expected hours of moderators."""
        return self.moderations * self.moderation_hours_each

    @property
    def hours(self) -> float:
        """Everybody's hours together."""
        return sum(slot.hours for slot in self.slots) + self.moderation_hours


def forecast(*, framework: Framework, plan: Plan, population: Population, roster: Roster) -> Forecast:
    """Return the month's expected work; nothing in it depends on the seed, so it gives no drawn case away."""
    eligible = Counter(one.service for one in population.eligible)
    expected = expected_by_service(plan, population)
    audits = round(sum(expected.values()))
    seen = _seen_moderations(clock.today())
    share = seen[0] / seen[1] if seen else framework.moderation.expected_share
    return Forecast(
        audits=audits,
        slots=tuple(_slot_work(framework, population, roster, audits)),
        loads=_loads(expected, eligible, plan, population, roster),
        moderation_share=share,
        moderation_seen=seen,
        moderation_hours_each=framework.moderation.effort_hours,
        without_lead=sum(one.lead is None for one in population.eligible)
        if lead_is_manager(framework)
        else 0,
    )


def _slot_work(framework: Framework, population: Population, roster: Roster, audits: int) -> list[SlotWork]:
    leads = {one.lead for one in population.eligible if one.lead}
    workers = {one.worker for one in population.eligible if one.worker}
    found = []
    for slot in allocated_slots(framework):
        if isinstance(slot.eligible, Pool):
            wanted = set(slot.eligible.roles)
            least = slot.eligible.min_completed_audits
            people = sum(
                1
                for one in roster.people.values()
                if one.roles & wanted and not one.away and one.completed_audits >= least
            )
        elif isinstance(slot.eligible, FromCase) and slot.eligible.relation is Relation.TEAM_MANAGER:
            people = len(leads)
        else:
            people = len(workers)
        default = slot.provenance("effort_hours").is_default
        count = round(audits * _share_needed(slot, framework, roster)) if slot.required_when else audits
        found.append(SlotWork(slot.label, count, slot.effort_hours, default, people))
    return found


def _share_needed(slot: Slot, framework: Framework, roster: Roster) -> float:
    """Return the share of expected auditors beside whom the slot is needed."""
    wanted = slot_rule(slot, framework).wanted
    people = [one for one in expected_auditors(framework, roster) if not one.away]
    if wanted is None or not people:
        return 1.0
    first = framework.grading_slots[0].key
    return sum(wanted({first: one.completed_audits}) for one in people) / len(people)


def _loads(
    expected: Mapping[str, float],
    eligible: Mapping[str, int],
    plan: Plan,
    population: Population,
    roster: Roster,
) -> tuple[ExpectedLoad, ...]:
    if isinstance(plan, Rule):
        return () if plan.whole else tuple(_expected_loads(expected, eligible, plan, population, roster))
    counts = Counter(one.person for one in plan.shares if one.outcome in (AUDITS, CHOOSES))
    return tuple(
        ExpectedLoad(
            name=person.name,
            teams=", ".join(sorted(person.services)),
            audits=count,
            away=person.away,
        )
        for pk, count in counts.items()
        if (person := roster.people[pk])
    )


def _expected_loads(
    expected: Mapping[str, float],
    eligible: Mapping[str, int],
    rule: Rule,
    population: Population,
    roster: Roster,
) -> list[ExpectedLoad]:
    audits: dict[int, float] = {}
    teams: dict[int, set[str]] = {}
    for one in population.eligible:
        if one.lead is None:
            continue
        audits[one.lead] = audits.get(one.lead, 0.0) + expected.get(one.service, 0) / eligible[one.service]
        teams.setdefault(one.lead, set()).add(one.team)
    cap = rule.limits.per_lead
    loads = [
        ExpectedLoad(
            name=roster.people[person].name,
            teams=", ".join(sorted(filter(None, teams[person]))),
            audits=min(count, cap) if cap else count,
            away=roster.people[person].away,
        )
        for person, count in audits.items()
    ]
    return sorted(loads, key=lambda load: (-round(load.audits, 2), load.name))


def _seen_moderations(today: date) -> tuple[int, int] | None:
    compared = Audit.objects.filter(submitted_at__isnull=False, allocated_on__gt=add_months(today, -12))
    whole = compared.exclude(status=AuditStatus.WITHDRAWN).count()
    if whole < ENOUGH:
        return None
    moderated = compared.filter(status=AuditStatus.IN_MODERATION).count()
    decided = compared.filter(grades__domain="", grades__source=GradeSource.MODERATED).count()
    return moderated + decided, whole
