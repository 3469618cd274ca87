"""Who can sign in to the demonstration, with what, and what they will find to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db.models import Count

from audits.enums import AssessmentStatus, AuditStatus
from audits.followup.enums import ConcernStatus, FollowUpKind, FollowUpStatus
from audits.followup.models import FollowUp, UrgentConcern
from audits.frameworks.selectors import framework_in_force
from audits.models import Assessment, Audit
from moderation.enums import MeetingStatus, ModerationStatus
from moderation.models import DisputeStep, Meeting, Moderation
from qaf.demo.world.plan import CouncilPlan, PostPlan
from qaf.lib import clock
from qaf.tenants.models import Access, Person, User
from qaf.tenants.selectors import absent_people, holders

PASSWORD = "quiet-heron-by-the-river"  # the demonstration's, printed with every sign-in
FILE = "demo-sign-ins.txt"
HEADINGS = ("Role", "Council", "Name", "E-mail")


@dataclass(frozen=True)
class SignIn:
    """One line of the table."""

    role: str
    council: str
    name: str
    email: str


def give_passwords() -> None:
    """Give every demonstration account the one password; it is hashed once."""
    User.objects.filter(email__endswith=".example.org").update(password=make_password(PASSWORD))


def sign_ins_of(plan: CouncilPlan, council: str) -> list[SignIn]:
    """Return who of the open scope's council to sign in as, one for each role that has something to do."""
    lead = _named(plan, "qa_lead")
    found: list[tuple[str, Iterable[Person | None]]] = [
        ("Quality assurance lead", holders(lead.role, on=clock.today()) if lead else ()),
    ]
    if plan.full_history:
        found += [
            ("Team manager, lead auditor", _auditors("lead")),
            ("Peer auditor", _auditors("peer")),
            ("Moderator", _moderators()),
            ("Head of service", _asked(FollowUpKind.OVERSIGHT)),
            ("Service manager, urgent concern", _responders()),
            ("Social worker", _workers()),
            ("Auditor in two councils", _in_two_councils()),
        ]
    else:
        slots = [slot for slot in framework_in_force().process.slots if slot.is_assessed]
        found += [
            *((slot.label, _auditors(slot.key)) for slot in slots),
            ("Moderator", _moderators()),
            ("Chair of a moderation meeting", _chairs()),
            ("Asked to settle a disagreement", _settlers()),
            ("Asked to answer an urgent concern", _responders()),
            ("Social worker", _workers()),
        ]
    administrator = _named(plan, "administrator")
    if administrator:
        found.append(("Authority administrator", holders(administrator.role, on=clock.today())))
    away = absent_people(on=clock.today())
    return [line for role, people in found if (line := _line(role, council, people, away)) is not None]


def _line(role: str, council: str, people: Iterable[Person | None], away: set[int]) -> SignIn | None:
    for person in people:
        if person is not None and person.user_id and person.pk not in away and person.left_on is None:
            return SignIn(role, council, person.name, person.email)
    return None


def _named(plan: CouncilPlan, named: str) -> PostPlan | None:
    return next((post for post in plan.posts if post.named == named), None)


def _auditors(slot: str) -> list[Person | None]:
    """Return who has an assessment to go on with, those who have begun first."""
    rows = Assessment.objects.filter(
        slot=slot, audit__status__in=(AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS)
    )
    open_now = rows.filter(status__in=(AssessmentStatus.IN_PROGRESS, AssessmentStatus.ALLOCATED))
    return [row.assessor for row in open_now.select_related("assessor").order_by("-status", "id")]


def _moderators() -> list[Person | None]:
    rows = Moderation.objects.filter(status=ModerationStatus.ALLOCATED).select_related("moderator")
    return [row.moderator for row in rows.order_by("id")]


def _chairs() -> list[Person | None]:
    rows = Meeting.objects.filter(status=MeetingStatus.PLANNED).select_related("chair")
    return [row.chair for row in rows.order_by("due_on")]


def _settlers() -> list[Person | None]:
    steps = DisputeStep.objects.filter(ended_at=None).order_by("id")
    return [person for step in steps for person in Person.objects.filter(pk__in=step.asked).order_by("id")]


def _asked(kind: FollowUpKind) -> list[Person | None]:
    rows = FollowUp.objects.filter(kind=kind, status=FollowUpStatus.OPEN).select_related("assignee")
    return [row.assignee for row in rows.order_by("-id")]


def _responders() -> list[Person | None]:
    rows = UrgentConcern.objects.filter(status=ConcernStatus.RAISED).select_related("responder")
    return [row.responder for row in rows.order_by("-id")]


def _workers() -> list[Person | None]:
    """Return workers who have a family's answer to record, else an outcome to confirm."""
    waiting = Audit.objects.filter(status__in=(AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS), consents=None)
    rows = [
        *waiting.select_related("worker"),
        *Audit.objects.filter(status=AuditStatus.OUTCOME).select_related("worker"),
    ]
    return [row.worker for row in rows]


def _in_two_councils() -> list[Person | None]:
    counted = Access.objects.values("user").annotate(councils=Count("authority")).filter(councils__gt=1)
    return list(Person.objects.filter(user__in=counted.values("user")).order_by("id"))


def write_table(sign_ins: list[SignIn], folder: Path) -> str:
    """Write the table into ``folder`` and return it."""
    rows = [HEADINGS, *((one.role, one.council, one.name, one.email) for one in sign_ins)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    table = "\n".join([*lines, "", f"Password for all of them: {PASSWORD}", ""])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(table, encoding="utf-8")
    path.chmod(0o600)
    return table
