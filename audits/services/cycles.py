"""A month of audits: preparing it, showing what opening it would mean, opening and closing it (HER-02, HER-14)."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from audits.enums import AuditStatus, CycleStatus, Origin
from audits.events import CycleOpened
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import framework_of, version_in_force
from audits.models import Audit, CaseExclusion, Cycle, SampledCase, Theme
from audits.programme.enums import OccurrenceKind
from audits.programme.selectors import moved_day
from audits.services.choices import (
    ask_for_choices,
    chosen_by_a_post,
    link_choices,
    lists_to_settle,
    settled_cases,
)
from audits.services.drawing import (
    Plan,
    expected_by_service,
    expected_of_each,
    make_draw,
    plan_of,
    shares_of,
    theme_for,
)
from audits.services.forecasting import Forecast, forecast
from audits.services.issuing import Batch, Chosen, allocated_slots, issue_audits, slot_due_on
from audits.services.population import Population, population_on, share_excluded_by_team
from audits.services.quotas import CHOOSES
from audits.services.receipts import receipt_of_draw
from audits.services.roster import Roster, roster_on
from audits.services.sampling import Rule
from audits.services.theming import filter_of
from audits.workflow import cycle_workflow
from qaf.lib import clock
from qaf.lib.calendar import month_start
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, StatusHasChanged, TransitionRefused

NOBODY = "Nobody can be drawn: bring in the case list, and map its teams to services."
ENDED = (AuditStatus.FINAL, AuditStatus.CLOSED, AuditStatus.WITHDRAWN)


@dataclass(frozen=True)
class Basis:
    """Everything that a draw, a replacement or a forecast starts from, read on one day."""

    cycle: Cycle
    framework: Framework
    roster: Roster
    population: Population
    plan: Plan
    theme: Theme | None = None

    @property
    def settled(self) -> dict[str, str]:
        """The cases that a named post has settled on, as local ids by the key of their share."""
        return settled_cases(self.cycle)


@dataclass(frozen=True)
class Preview:
    """What opening the month would mean. The drawn cases are not in it: nobody sees them before confirming."""

    basis: Basis
    services: list[dict[str, Any]]
    excluded_by_team: list[dict[str, Any]]
    forecast: Forecast
    gaps: list[str]
    issue_on: date
    begins_on: date
    due_on: date

    @property
    def is_early(self) -> bool:
        """Whether the framework allocates on a later day, without having said that notice is given before."""
        return clock.today() < self.issue_on and self.begins_on < self.issue_on

    @property
    def may_open(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.gaps


def prepare_cycle(*, period: date, person: Person | None = None, seed: str | None = None) -> Cycle:
    """Return the month's cycle, made as a draft where there is none; its seed is fixed from then on.

    ``seed`` is for demonstrations and tests: otherwise it comes from the operating system's randomness, before
    anybody can see what it would draw. A draft follows the framework that is in force.
    """
    version = version_in_force(clock.today())
    cycle, _ = Cycle.objects.get_or_create(
        period=month_start(period),
        defaults={"framework_version": version, "seed": seed or secrets.token_hex(16)},
    )
    if cycle.status == CycleStatus.DRAFT and cycle.framework_version_id != version.pk:
        Cycle.objects.filter(pk=cycle.pk, status=CycleStatus.DRAFT).update(framework_version=version)
        cycle.framework_version = version
    return cycle


def basis_of(cycle: Cycle, day: date | None = None) -> Basis:
    """Read what the cycle's draw starts from, today. Raises ``TransitionRefused`` where the month lacks its theme."""
    day = day or clock.today()
    framework = framework_of(cycle.framework_version)
    theme = cycle.theme or theme_for(framework, cycle.period)
    roster = roster_on(day, framework)
    limits = filter_of(theme) if theme is not None else None
    population = population_on(day, cycle.period, framework, roster, limits)
    plan = plan_of(framework, roster, population, period=cycle.period, seed=cycle.seed)
    return Basis(cycle, framework, roster, population, plan, theme)


def allocation_day(cycle: Cycle, framework: Framework) -> date:
    """Return the day on which the month's audits are handed out: as somebody moved it, else as the framework says."""
    return moved_day(OccurrenceKind.ALLOCATION, cycle.period) or framework.issued_on(
        framework.allocation.issued_on, month=cycle.period
    )


def begins_on(cycle: Cycle, framework: Framework, day: date) -> date:
    """Return the day on which audits begin that are drawn on ``day``: later where notice is given before (SEF-48)."""
    if framework.allocation.notice_on is None:
        return day
    return max(day, allocation_day(cycle, framework))


def preview_cycle(*, cycle: Cycle) -> Preview:
    """Return what opening would mean: population, exclusions, forecast, and what stands in the way."""
    gaps = gaps_of(framework_of(cycle.framework_version))
    basis = basis_of(cycle)
    framework, population = basis.framework, basis.population
    asked = CaseExclusion.objects.filter(period=cycle.period).values_list("case_id", flat=True)
    services = _service_rows(basis)
    if not population.eligible or not basis.plan.asked:
        gaps.append(NOBODY)
    gaps += lists_to_settle(cycle, framework)
    begins = begins_on(cycle, framework, clock.today())
    return Preview(
        basis=basis,
        services=services,
        excluded_by_team=share_excluded_by_team(population, asked),
        forecast=forecast(framework=framework, plan=basis.plan, population=population, roster=basis.roster),
        gaps=gaps,
        issue_on=allocation_day(cycle, framework),
        begins_on=begins,
        due_on=max(slot_due_on(slot, cycle.period, framework, begins) for slot in allocated_slots(framework)),
    )


def gaps_of(framework: Framework) -> list[str]:
    """Return in sentences what this release cannot run of the framework; empty where a month can be opened."""
    return [f"{gap.text}." for gap in framework.unimplemented()]


# Atomic of its own: a refusal after the status was taken leaves the month as it was, whoever catches it.
@transaction.atomic
def open_cycle(*, cycle: Cycle, person: Person | None) -> Cycle:
    """Draw, allocate and tell everyone, in one transaction; opening an open month again changes nothing.

    ``None`` is the calendar, which opens a month on its day.

    Raises ``PermissionDenied``, or ``TransitionRefused`` with a sentence for everything that stands in the way.
    """
    if cycle.status != CycleStatus.DRAFT:
        return cycle
    if gaps := gaps_of(framework_of(cycle.framework_version)):
        raise TransitionRefused([Problem(gap) for gap in gaps])
    day = clock.today()
    framework = framework_of(cycle.framework_version)
    if waiting := lists_to_settle(cycle, framework):
        raise TransitionRefused([Problem(text) for text in waiting])
    theme = theme_for(framework, cycle.period)
    # The status first: whoever comes second waits here, and then finds the month open.
    try:
        cycle_workflow.apply(
            cycle,
            "open",
            person=person,
            also={
                "opened_by": person,
                "opened_at": clock.now(),
                "allocated_on": begins_on(cycle, framework, day),
                "theme": theme,
            },
        )
    except StatusHasChanged:
        cycle.refresh_from_db()
        return cycle
    with because(f"Open the month {cycle.period:%Y-%m}", person=person):
        _draw_and_allocate(cycle, day)
    publish(CycleOpened(cycle))
    return cycle


def _draw_and_allocate(cycle: Cycle, day: date) -> None:
    basis = basis_of(cycle, day)
    drawn = make_draw(basis.plan, basis.population, cycle.seed, basis.settled)
    choosing = [one for one in shares_of(drawn) if one.outcome == CHOOSES]
    if not drawn.picks and not choosing:
        raise TransitionRefused([Problem(NOBODY)])
    by_post = chosen_by_a_post(cycle)
    drawn_as = Origin.THEME if basis.theme else Origin.RANDOM
    chosen = [
        Chosen(
            pick.candidate.case_id,
            pick.position,
            Origin.NAMED_POST if pick.candidate.case_id in by_post else drawn_as,
            pick.auditor,
        )
        for pick in drawn.picks
    ]
    SampledCase.objects.bulk_create(
        SampledCase(
            cycle=cycle,
            case_id=one.case_id,
            origin=one.origin,
            auditor_id=one.auditor,
            stratum=pick.stratum[:120],
            weight=0 if one.origin == Origin.NAMED_POST else pick.weight,
            position=one.position,
        )
        for one, pick in zip(chosen, drawn.picks, strict=True)
    )
    audits = issue_audits(batch=batch_of(basis), chosen=chosen, rows=basis.population.rows)
    ask_for_choices(cycle, basis.framework, choosing)
    cycle.due_on = max(
        [audit.due_on for audit in audits]
        + [
            slot_due_on(slot, cycle.period, basis.framework, cycle.allocated_on or day)
            for slot in allocated_slots(basis.framework)
        ]
    )
    cycle.receipt = receipt_of_draw(
        drawn,
        basis.plan,
        basis.framework,
        basis.population,
        day,
        basis.theme,
        expected_of_each(basis.framework, basis.roster),
    )
    cycle.save(update_fields=["due_on", "receipt"])
    link_choices(cycle, audits)


def batch_of(basis: Basis) -> Batch:
    """Return what the audits of an open month have in common."""
    cycle = basis.cycle
    return Batch(
        framework=basis.framework,
        version_id=cycle.framework_version_id,
        seed=cycle.seed,
        roster=basis.roster,
        allocated_on=max(cycle.allocated_on or basis.roster.day, basis.roster.day),
        cycle=cycle,
    )


def close_cycle(*, cycle: Cycle, person: Person | None) -> None:
    """Close a month whose every audit has its final grade or was withdrawn; ``None`` is the system itself.

    Raises ``TransitionRefused`` while some are still under way.
    """
    if person is not None:
        require(person, "audits.open_cycle")
    running = Audit.objects.filter(cycle=cycle).exclude(status__in=ENDED).count()
    if running:
        noun = "audit is" if running == 1 else "audits are"
        raise TransitionRefused([Problem(f"{running} {noun} still under way.")])
    cycle_workflow.apply(cycle, "close", person=person, also={"closed_at": clock.now()})


def close_finished_cycles() -> None:
    """Close every open month whose audits have all ended (daily)."""
    running = Audit.objects.exclude(status__in=ENDED).values("cycle_id")
    for cycle in Cycle.objects.filter(status=CycleStatus.OPEN).exclude(
        pk__in=running.filter(cycle__isnull=False)
    ):
        close_cycle(cycle=cycle, person=None)


def _service_rows(basis: Basis) -> list[dict[str, Any]]:
    population, plan = basis.population, basis.plan
    expected = expected_by_service(plan, population)
    sizes = plan.sizes if isinstance(plan, Rule) and not plan.whole else None
    keys = list(sizes) if sizes is not None else [one.key for one in basis.framework.audited_services]
    rows = []
    for key in keys:
        mine = [one for one in population.candidates if one.service == key]
        eligible = sum(not one.excluded for one in mine)
        rows.append(
            {
                "key": key,
                "name": basis.framework.service(key).name,
                "population": len(mine),
                "excluded": len(mine) - eligible,
                "eligible": eligible,
                "asked": sizes[key] if sizes is not None else None,
                "drawn": expected.get(key, 0),
            }
        )
    return rows


def upcoming_cycle(*, period: date) -> Cycle:
    """Return the month's cycle, or one that is not saved yet: looking ahead leaves no trace.

    The seed of a month is made when it is confirmed, so nobody can look for one that they like.
    """
    existing = Cycle.objects.filter(period=month_start(period)).first()
    if existing is not None and existing.status != CycleStatus.DRAFT:
        return existing
    return Cycle(period=month_start(period), framework_version=version_in_force(clock.today()))
