"""What conditions and eligibility may know about an audit: plain, immutable, free of the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from audits.frameworks.enums import NOT_APPLICABLE


@dataclass(frozen=True)
class Grades:
    """One set of grades: keys of the grade set, None (or "not_applicable") where not applicable or not given."""

    overall: str | None = None
    domains: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plain = {key: _given(grade) for key, grade in self.domains.items()}
        object.__setattr__(self, "overall", _given(self.overall))
        object.__setattr__(self, "domains", plain)


def _given(grade: str | None) -> str | None:
    return None if grade in (None, "", NOT_APPLICABLE) else grade


@dataclass(frozen=True)
class AuditFacts:
    """One audit as the rules see it.

    `submitted` holds the grades of every slot that has submitted, `outcome` the grade of record once there is one,
    `submitter` the slot whose submission is being looked at. `rank` maps each grade's key to its rank.
    """

    rank: Mapping[str, int]
    submitted: Mapping[str, Grades] = field(default_factory=dict)
    outcome: Grades | None = None
    submitter: str | None = None
    service: str | None = None
    status: str | None = None
    flags: Collection[str] = ()
    attributes: Collection[str] = ()
    """What is true of the child's case, by the names that a framework may use: its status, and `restricted`."""
    overall_disputed: bool = False
    months_since_supervision: int | None = None
    """Whole months since the last supervision on record; None where none is known."""
    never_supervised: bool = False
    """Whether an auditor found no supervision on record at all."""
    origin: str | None = None
    theme: str | None = None
    completed_audits: Mapping[str, int] = field(default_factory=dict)
    """How many audits each slot's auditor had submitted before this one."""

    @property
    def grades(self) -> Grades:
        """The grades a condition reads: the submitter's where a submission is looked at, else the outcome."""
        if self.submitter is not None:
            return self.submitted.get(self.submitter, Grades())
        return self.outcome or Grades()


@dataclass(frozen=True)
class PastAudit:
    """One finished audit in an ordered history, with who answered for it then."""

    reference: str
    on: date
    grades: Grades
    worker_weeks: int | None = None
    """Whole weeks that the worker had had the child on that day; None where it is not known."""
    factors: Collection[str] = ()
    """Fields of the tool in which the auditors recorded what else contributed, beyond the worker."""


@dataclass(frozen=True)
class HistoryFacts:
    """The finished audits of one practitioner, team, service or council, oldest first, random origins only."""

    rank: Mapping[str, int]
    level: str
    audits: Sequence[PastAudit]


@dataclass(frozen=True)
class PersonFacts:
    """A person as eligibility sees them."""

    id: int
    roles: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    """Keys of the services they work in, by their posts and their unit."""
    completed_audits: int = 0
    """Audits they have submitted, with those they did before the product came (see audits.selectors.experience)."""


@dataclass(frozen=True)
class CaseFacts:
    """The people around a case on the day it is allocated, by id."""

    worker: int | None = None
    team_manager: int | None = None
    line: frozenset[int] = frozenset()
    """Everyone who manages the case: worker, team manager and the managers above them for that team and service."""
    iro_or_chair: frozenset[int] = frozenset()
    auditors: frozenset[int] = frozenset()
    """Who audits, or audited, this case."""
    service: str | None = None
    auditor_line: frozenset[int] = frozenset()
    """Everyone who manages one of its auditors: nobody moderates those they answer for."""


@dataclass(frozen=True)
class Reason:
    """Why a rule holds, in words, with the domain it concerns where it concerns one."""

    text: str
    domain: str | None = None
    references: tuple[str, ...] = ()
    """The audits it rests on, where it rests on a history."""


@dataclass(frozen=True)
class Verdict:
    """Whether a rule holds, and why."""

    holds: bool
    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        return self.holds


NO = Verdict(holds=False)
