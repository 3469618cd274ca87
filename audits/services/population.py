"""The population of a month: every child's record that could be drawn, and why some may not (HER-14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q

from audits.cases.models import Case
from audits.enums import AuditStatus, ExclusionStatus
from audits.frameworks.enums import Relation
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary import FromCase
from audits.frameworks.vocabulary.strategies import StratifiedPerAuditor
from audits.models import Audit, CaseExclusion, Cycle
from audits.services.allocation import acting
from audits.services.roster import Roster
from audits.services.sampling import Candidate
from audits.services.theming import ThemeFilter
from qaf.lib.calendar import add_months

AUDITED, CLOSED, APPROVED, NO_SERVICE, TOO_NEW = "audited", "closed", "approved", "no_service", "too_new"

EXCLUSION_WORDS = {
    AUDITED: "Audited already in the months the framework leaves between two audits",
    APPROVED: "Left out by an approved request",
    CLOSED: "Closed since the last draw",
    NO_SERVICE: "No service is known for the child: the team is not mapped yet",
    TOO_NEW: "Open for fewer days than the framework asks for",
}

_COLUMNS = (
    "pk", "local_id", "status", "opened_on", "closed_on", "restricted", "family_id", "worker_id", "chair_id",
    "manager_id", "team_id", "team__key", "team__locality", "team__parent_id", "team__parent__key", "service_id",
    "service__key", "birth_year", "birth_month", "last_supervision_on",
)  # fmt: skip


@dataclass(frozen=True)
class Population:
    """The candidates of one day, and what else is known of their rows."""

    candidates: tuple[Candidate, ...]
    rows: Mapping[int, Mapping[str, Any]]
    why: Mapping[int, str]
    """Case id to the detail of its exclusion, in words."""
    outside: int
    """Open cases of services or statuses that the audit does not cover, or outside its theme."""

    @property
    def excluded(self) -> list[Candidate]:
        """Those who are left out, by local id."""
        return sorted((one for one in self.candidates if one.excluded), key=lambda one: one.local_id)

    @property
    def eligible(self) -> list[Candidate]:
        """Those who may be drawn."""
        return [one for one in self.candidates if not one.excluded]


def population_on(
    day: date, period: date, framework: Framework, roster: Roster, theme: ThemeFilter | None = None
) -> Population:
    """Return everybody who could be drawn for ``period`` on ``day``, in four queries however many there are.

    With ``theme`` only the cases that it looks at.
    """
    audited = _audited_since(add_months(day, -framework.sampling.exclusions.audited_within_months), day)
    approved = _approved(period)
    rows = list(
        Case.objects.filter(Q(closed_on=None) | Q(closed_on__gte=_last_draw(period))).values(*_COLUMNS)
    )
    services = {service.key for service in framework.audited_services}
    statuses = {str(status) for status in framework.sampling.statuses}
    localities = "locality" in getattr(framework.sampling.strategy, "stratify_by", ())
    newest = _newest_opening(framework, day)
    leads = lead_is_manager(framework)
    candidates, why, kept, outside = [], {}, {}, 0
    for row in rows:
        service = row["service__key"] or row["team__parent__key"] or ""
        if (
            (service and service not in services)
            or (statuses and row["status"] not in statuses)
            or (theme is not None and not theme.admits(row, service, day))
        ):
            outside += row["closed_on"] is None
            continue
        reasons = _reasons(row, service, day, audited, approved)
        if newest is not None and row["opened_on"] is not None and row["opened_on"] > newest:
            reasons[TOO_NEW] = f"Open since {row['opened_on']:%-d %B %Y}"
        kept[row["pk"]] = row
        if reasons:
            why[row["pk"]] = "; ".join(reasons.values())
        manager = roster.manager_of(row["team_id"], row["manager_id"])
        candidates.append(
            Candidate(
                case_id=row["pk"],
                local_id=row["local_id"],
                service=service,
                status=row["status"],
                team=row["team__key"] or "",
                worker=row["worker_id"],
                lead=acting(manager, roster.people) if leads and manager else None,
                family=row["family_id"],
                excluded=tuple(reasons),
                locality=(row["team__locality"] or row["team__key"] or "") if localities else "",
            )
        )
    return Population(tuple(candidates), kept, why, outside)


def rows_of(case_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the rows of these cases as the population has them, by the case's id."""
    return {row["pk"]: row for row in Case.objects.filter(pk__in=list(case_ids)).values(*_COLUMNS)}


def _newest_opening(framework: Framework, day: date) -> date | None:
    """Return the latest day on which a case may have been opened; ``None`` where it makes no difference."""
    strategy = framework.sampling.strategy
    if isinstance(strategy, StratifiedPerAuditor) and strategy.min_days_open:
        return day - timedelta(days=strategy.min_days_open)
    return None


def _reasons(
    row: Mapping[str, Any], service: str, day: date, audited: Mapping[int, date], approved: Mapping[int, str]
) -> dict[str, str]:
    reasons = {}
    if row["closed_on"] is not None and row["closed_on"] <= day:
        reasons[CLOSED] = f"Closed on {row['closed_on']:%-d %B %Y}"
    if row["pk"] in audited:
        reasons[AUDITED] = f"Last allocated for audit on {audited[row['pk']]:%-d %B %Y}"
    if row["pk"] in approved:
        # The coded reason only: the words beside it are about the child, and stay with the request.
        reasons[APPROVED] = f"Approved request: {approved[row['pk']].partition(':')[0]}"
    if not service:
        reasons[NO_SERVICE] = EXCLUSION_WORDS[NO_SERVICE]
    return reasons


def _audited_since(since: date, day: date) -> dict[int, date]:
    return dict(
        Audit.objects.filter(allocated_on__gt=since, allocated_on__lte=day)
        .exclude(status=AuditStatus.WITHDRAWN)
        .values("case_id")
        .annotate(last=Max("allocated_on"))
        .values_list("case_id", "last")
    )


def _approved(period: date) -> dict[int, str]:
    rows = CaseExclusion.objects.filter(period=period, status=ExclusionStatus.APPROVED)
    return dict(rows.values_list("case_id", "reason"))


def _last_draw(period: date) -> date:
    last = (
        Cycle.objects.filter(period__lt=period)
        .exclude(allocated_on=None)
        .values_list("allocated_on", flat=True)
    )
    return last.first() or add_months(period, -1)


def lead_is_manager(framework: Framework) -> bool:
    """Say whether some auditor is the manager whom the case names."""
    return any(
        isinstance(slot.eligible, FromCase) and slot.eligible.relation is Relation.TEAM_MANAGER
        for slot in framework.process.slots
    )


def share_excluded_by_team(population: Population, asked: Iterable[int]) -> list[dict[str, Any]]:
    """Return for each team how many of its open cases somebody asked to leave out, the largest share first.

    ``asked`` are the ids of cases with a request for the month, whatever was decided.
    """
    wanted = set(asked)
    teams: dict[str, list[int]] = {}
    for one in population.candidates:
        counts = teams.setdefault(one.team or "No team", [0, 0, 0])
        counts[0] += 1
        counts[1] += one.case_id in wanted
        counts[2] += APPROVED in one.excluded
    rows = [
        {"team": team, "cases": cases, "asked": asked_for, "approved": approved}
        for team, (cases, asked_for, approved) in teams.items()
        if asked_for or approved
    ]
    return sorted(rows, key=lambda row: (-row["approved"] / row["cases"], -row["asked"], row["team"]))
