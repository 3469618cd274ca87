"""Each audit's script: what its auditors think and when they get round to it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from audits.models import Assessment, Audit
from qaf.demo.world.grades import HIGHEST, Change, Practice, Verdict
from qaf.demo.world.words import Writer
from qaf.lib import calendar
from qaf.tenants.models import Person

# The steps of an audit in the order in which they happen.
CONSENT, LEAD_BEGINS, LEAD_LOCKS, PEER_BEGINS, PEER_LOCKS, TALK, LEAD_SUBMITS, PEER_SUBMITS = range(8)
ALL_STEPS = PEER_SUBMITS + 1

# Working days after allocation at which each step usually begins, and how far it may spread.
USUAL = {
    CONSENT: (1, 4),
    LEAD_BEGINS: (2, 3),
    LEAD_LOCKS: (3, 6),
    PEER_BEGINS: (4, 4),
    PEER_LOCKS: (6, 6),
    TALK: (9, 4),
    LEAD_SUBMITS: (11, 3),
    PEER_SUBMITS: (11, 4),
}
LATE = 0.12


@dataclass
class Script:
    """What will happen to one audit; ``stop`` is the first step that does not happen any more."""

    audit: Audit
    rng: random.Random
    verdict: Verdict
    days: dict[int, date]
    writer: Writer
    stop: int = ALL_STEPS
    done: int = 0
    keeps_worker_waiting: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens before the audit is settled."""
        return self.done >= self.stop

    def next_day(self) -> date | None:
        """Return the day of the next step, or None."""
        return None if self.is_over else self.days[self.done]


def auditor(assessment: Assessment) -> Person:
    """Return who does the assessment. Raises ``LookupError`` for a place that nobody fills."""
    if assessment.assessor is None:
        raise LookupError(f"Nobody fills the place “{assessment.slot}” of {assessment.audit}.")
    return assessment.assessor


def days_for(
    rng: random.Random,
    allocated_on: date,
    usual: Mapping[int, tuple[int, int]] = USUAL,
    late_from: int = TALK,
) -> dict[int, date]:
    """Draw the days of all steps: in order, mostly within the time given, now and then late."""
    late = rng.randrange(3, 8) if rng.random() < LATE else 0
    days, earliest = {}, allocated_on
    for step, (first, spread) in usual.items():
        wait = first + rng.randrange(spread) + (late if step >= late_from else 0)
        earliest = max(earliest, calendar.add_working_days(allocated_on, wait))
        days[step] = earliest
    return days


def squeeze(days: dict[int, date], allocated_on: date, today: date, stop: int) -> dict[int, date]:
    """Return the days moved so that every step before ``stop`` lies between allocation and yesterday."""
    span = max((today - allocated_on).days - 1, 0)
    return {
        step: allocated_on + timedelta(days=round(span * (step + 1) / (stop + 1))) if step < stop else day
        for step, day in days.items()
    }


def agree(verdict: Verdict) -> Verdict:
    """Return the verdict with every difference settled by the lead in the discussion."""
    changes = []
    for key in verdict.lead.differs_from(verdict.peer):
        rank = verdict.peer.overall if key == "overall" else verdict.peer.domains[key]
        if rank is not None:
            changes.append(Change("lead", key, rank))
    return Verdict(verdict.lead, verdict.peer, changes)


def disagree(verdict: Verdict) -> Verdict:
    """Return the verdict with its differences left standing, and at least one."""
    lead, peer = verdict.lead, verdict.peer
    if not lead.differs_from(peer):
        key, rank = next((key, rank) for key, rank in peer.domains.items() if rank is not None)
        lead.domains[key] = rank + 1 if rank < HIGHEST else rank - 1
    return Verdict(lead, peer, [])


def worsen(verdict: Verdict) -> Verdict:
    """Return the verdict with an overall grade of the lowest rank from the peer: something is badly wrong."""
    peer, lead = verdict.peer, verdict.lead
    for opinion, rank in ((peer, 1), (lead, 2)):
        opinion.domains.update({key: min(rank, value) for key, value in opinion.domains.items() if value})
        opinion.overall = rank
    return Verdict(lead, peer, [])


def script_for(audit: Audit, practice: Practice, month: int, domains: list[str], used: set[str]) -> Script:
    """Write the script of a freshly allocated audit; ``used`` keeps its sentences apart from all others'."""
    case = audit.case
    rng = random.Random(f"script:{case.local_id}:{audit.allocated_on}")
    team = audit.team.name if audit.team else ""
    brief = audit.case_status in ("front_door", "early_help", "open_assessment")
    verdict = practice.judge(case.local_id, team, month, domains, brief=brief)
    age = 10
    if case.birth_year:
        age = calendar.age_on(case.birth_year, case.birth_month or 1, audit.allocated_on)
    writer = Writer(rng, audit.case_status, age, month=audit.allocated_on.month, used=used)
    return Script(audit, rng, verdict, days_for(rng, audit.allocated_on), writer=writer)
