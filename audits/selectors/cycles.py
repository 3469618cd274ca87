"""Where every audit of a month stands (HER-02), and what those who run it have to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from audits.cases.enums import ImportStatus
from audits.cases.models import CaseImport
from audits.enums import (
    BEFORE_SUBMISSION,
    RUNNING,
    AssessmentStatus,
    AuditStatus,
    CycleStatus,
    ExclusionStatus,
    SampleStatus,
)
from audits.frameworks.selectors import framework_if_any
from audits.models import Assessment, Audit, CaseExclusion, Cycle, SampledCase
from audits.programme.enums import OccurrenceKind
from audits.programme.selectors import moved_day
from qaf.lib import clock
from qaf.lib.calendar import add_months, month_start
from qaf.tenants.models import Person, Post
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo
from qaf.ui.words import month as month_words
from qaf.ui.words import plural

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Not started", (AuditStatus.ALLOCATED,)),
    ("Under way", (AuditStatus.IN_PROGRESS, AuditStatus.LOCKED)),
    ("Grades shown", (AuditStatus.REVEALED,)),
    ("In moderation", (AuditStatus.IN_MODERATION,)),
    ("Not final yet", (AuditStatus.OUTCOME,)),
    ("Final", (AuditStatus.FINAL, AuditStatus.CLOSED)),
)


@dataclass
class BoardRow:
    """One service of a month: how many audits stand at each stage, and how many are late."""

    name: str
    service_id: int | None
    counts: list[int] = field(default_factory=lambda: [0] * len(STAGES))
    late: int = 0
    asked: int = 0
    missing: int = 0
    eligible: int = 0
    drawn: int = 0

    @property
    def why_missing(self) -> str:
        """What kept the service below what the framework asks for, by the receipt of the draw."""
        if self.drawn >= self.asked:
            return "a case was taken out and no other could come in its place"
        if self.eligible < self.asked:
            return "there was no other record that could be drawn"
        could = plural(self.eligible, "record")
        return f"{could} could be drawn, and the caps for one auditor, worker or family allowed no more"

    @property
    def total(self) -> int:
        """Audits of the service that have not been withdrawn."""
        return sum(self.counts)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Each stage with its count."""
        return [(name, count) for (name, _), count in zip(STAGES, self.counts, strict=True)]


@dataclass(frozen=True)
class Board:
    """The whole month."""

    rows: tuple[BoardRow, ...]
    totals: BoardRow
    withdrawn: int
    unfilled: int
    uncovered: tuple[str, ...]
    """Services of which nobody was drawn (HER-03)."""

    @property
    def finished(self) -> bool:
        """Whether every audit of the month is final."""
        return self.totals.total == self.totals.counts[-1]

    @property
    def stages(self) -> list[str]:
        """The stages' names, in order."""
        return [name for name, _ in STAGES]


def late_audits() -> Q:
    """Return the condition of an audit whose auditors are late."""
    return Q(status__in=BEFORE_SUBMISSION, due_on__lt=clock.today())


def has_unfilled_place() -> Exists:
    """Return the condition of an audit with a place that nobody has."""
    empty = Assessment.objects.filter(audit=OuterRef("pk"), assessor=None)
    return Exists(empty.exclude(status=AssessmentStatus.REASSIGNED))


def unfilled_places() -> QuerySet[Assessment]:
    """Return the assessments of running audits that nobody has."""
    waiting = Assessment.objects.filter(assessor=None, audit__status__in=RUNNING)
    return waiting.exclude(status=AssessmentStatus.REASSIGNED).select_related("audit__service", "audit__team")


def months() -> QuerySet[Cycle]:
    """Return the months, the newest first, with their audits counted."""
    live = ~Q(audits__status=AuditStatus.WITHDRAWN)
    return Cycle.objects.order_by("-period").annotate(
        audit_count=Count("audits", filter=live),
        final_count=Count("audits", filter=Q(audits__status__in=(AuditStatus.FINAL, AuditStatus.CLOSED))),
        late_count=Count(
            "audits", filter=Q(audits__status__in=BEFORE_SUBMISSION, audits__due_on__lt=clock.today())
        ),
    )


def board_of(cycle: Cycle) -> Board:
    """Return the month's progress board, in two queries."""
    receipt = {row["name"]: row for row in cycle.receipt.get("services", ())}
    rows: dict[str, BoardRow] = {name: BoardRow(name, None) for name in receipt}
    withdrawn = 0
    counted = (
        Audit.objects.filter(cycle=cycle)
        .values("service_id", "service__name", "status")
        .annotate(n=Count("id"), late=Count("id", filter=late_audits()))
        .order_by("service__name")
    )
    for found in counted:
        if found["status"] == AuditStatus.WITHDRAWN:
            withdrawn += found["n"]
            continue
        name = found["service__name"] or "No service"
        row = rows.setdefault(name, BoardRow(name, found["service_id"]))
        row.service_id = found["service_id"]
        row.late += found["late"]
        row.counts[_stage_of(found["status"])] += found["n"]
    for name, row in rows.items():
        if name in receipt:
            row.asked, row.eligible, row.drawn = (
                receipt[name][key] for key in ("asked", "eligible", "drawn")
            )
        row.missing = max(row.asked - row.total, 0)
    ordered = tuple(rows[name] for name in rows)
    totals = BoardRow("All services", None)
    totals.counts = [sum(row.counts[index] for row in ordered) for index in range(len(STAGES))]
    totals.late = sum(row.late for row in ordered)
    totals.asked = sum(row.asked for row in ordered)
    totals.missing = sum(row.missing for row in ordered)
    return Board(
        rows=ordered,
        totals=totals,
        withdrawn=withdrawn,
        unfilled=unfilled_places().filter(audit__cycle=cycle).count(),
        uncovered=tuple(row.name for row in ordered if not row.total),
    )


def _stage_of(status: str) -> int:
    return next(index for index, (_, statuses) in enumerate(STAGES) if status in statuses)


def audits_of_month(cycle: Cycle) -> QuerySet[Audit]:
    """Return the month's audits for a list, with everybody it names."""
    return (
        Audit.objects.filter(cycle=cycle)
        .select_related("case", "service", "team", "worker")
        .prefetch_related("assessments__assessor")
    )


def sample_of(cycle: Cycle) -> QuerySet[SampledCase]:
    """Return the drawn cases in the order of the draw, with what they replace."""
    return (
        SampledCase.objects.filter(cycle=cycle)
        .select_related("case", "case__service", "case__team", "replaces__case")
        .order_by("position")
    )


def is_replaceable(sampled: SampledCase, status: str) -> bool:
    """Say whether a drawn case, whose audit has this status, may still be replaced."""
    return sampled.status == SampleStatus.DRAWN and status in BEFORE_SUBMISSION


def next_month_to_open() -> date:
    """Return the month that is opened next: this one until it is open, then the one after the latest."""
    this = month_start(clock.today())
    latest = (
        Cycle.objects.exclude(status=CycleStatus.DRAFT)
        .order_by("-period")
        .values_list("period", flat=True)
        .first()
    )
    return this if latest is None or latest < this else add_months(latest, 1)


def case_list_as_of() -> date | None:
    """Return the day of which the case list is, ``None`` before the first import."""
    done = CaseImport.objects.filter(status=ImportStatus.DONE)
    return done.order_by("-as_of").values_list("as_of", flat=True).first()


def months_still_to_draw(count: int = 3) -> list[date]:
    """Return the next months for which a child can still be left out."""
    first = month_start(clock.today())
    drawn = set(Cycle.objects.exclude(status=CycleStatus.DRAFT).values_list("period", flat=True))
    ahead = [add_months(first, number) for number in range(count + 1)]
    return [period for period in ahead if period not in drawn][:count]


def exclusions_seen_by(person: Person) -> QuerySet[CaseExclusion]:
    """Return the requests that ``person`` may see: all for those who decide, else their own."""
    found = CaseExclusion.objects.select_related("case__team", "asked_by", "decided_by")
    found = found.order_by("-period", "status", "-asked_at")
    if may(person, "audits.decide_exclusion", "audits.see_all"):
        return found
    return found.filter(asked_by=person)


def units_managed_by(person: Person) -> tuple[bool, set[int]]:
    """Return whether ``person`` manages the whole council, and the units whose line they are in today."""
    today = clock.today()
    posts = Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), person=person, starts_on__lte=today, role__in_line=True
    )
    units = set(posts.values_list("unit_id", flat=True))
    return None in units, {unit for unit in units if unit is not None}


def month_todo(person: Person) -> Iterable[ToDo]:
    """List what somebody who runs the months has to do."""
    if may(person, "audits.open_cycle"):
        yield from _month_to_open()
        yield from _gaps_to_fill()
    if may(person, "audits.decide_exclusion"):
        waiting = CaseExclusion.objects.filter(status=ExclusionStatus.ASKED).count()
        if waiting:
            yield ToDo(
                f"Decide {plural(waiting, 'request')} to leave a child out",
                council_path("audits:exclusions"),
                about="Nobody is left out until you approve.",
            )


def _month_to_open() -> Iterable[ToDo]:
    today = clock.today()
    period = month_start(today)
    framework = framework_if_any(today)
    if framework is None:
        return
    issue_on = moved_day(OccurrenceKind.ALLOCATION, period) or framework.issued_on(
        framework.allocation.issued_on, month=period
    )
    if today < issue_on or Cycle.objects.filter(period=period).exclude(status=CycleStatus.DRAFT).exists():
        return
    yield ToDo(
        f"Open the audits of {month_words(period)}",
        council_path("audits:prepare_month", period),
        due_on=issue_on,
    )


def _gaps_to_fill() -> Iterable[ToDo]:
    gaps = (
        unfilled_places()
        .filter(audit__cycle__isnull=False)
        .values("audit__cycle__period")
        .annotate(n=Count("id"))
        .order_by("audit__cycle__period")
    )
    for row in gaps:
        period: date = row["audit__cycle__period"]
        yield ToDo(
            f"Find auditors for {plural(row['n'], 'place')} of {month_words(period)}",
            f"{council_path('audits:month', period)}#unfilled",
            about="Nobody could be allocated; each says why.",
        )
