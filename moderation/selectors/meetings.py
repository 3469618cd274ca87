"""Reads about meetings: the month's moderation meeting, the quarter's session, and who came over the months."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from audits.enums import OVERALL, AuditStatus
from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import FeedbackTo
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary.selection import PanelAudits
from audits.models import Assessment, Audit, Cycle, GradeOfRecord
from audits.programme.dates import month_of
from moderation.enums import Attendance, MeetingKind
from moderation.models import Meeting, MeetingPerson, Moderation
from moderation.selectors.modes import panel_of, session_of
from moderation.selectors.panels import role_holders
from qaf.lib import calendar
from qaf.tenants.models import Person
from qaf.tenants.permissions import may


def meeting_list() -> QuerySet[Meeting]:
    """Return every meeting with its chair and people."""
    people = MeetingPerson.objects.select_related("person").order_by("person__name", "id")
    return Meeting.objects.select_related("chair").prefetch_related(Prefetch("people", people), "receipts")


def framework_of_meeting(meeting: Meeting) -> Framework:
    """Return the framework by which the meeting is held."""
    return framework_of(meeting.framework_version)


def cases_of(meeting: Meeting) -> list[Moderation]:
    """Return the meeting's audits with what a page shows of them."""
    found = meeting.cases.select_related("audit__service", "moderator").prefetch_related(
        "reasons", "members__person", "decisions"
    )
    return list(found.order_by("audit__reference"))


def may_lead(meeting: Meeting, person: Person) -> bool:
    """Say whether the person chairs the meeting or allocates moderations."""
    return person.pk == meeting.chair_id or may(person, "moderation.allocate")


def may_see(meeting: Meeting, person: Person) -> bool:
    """Say whether the person has a part in the meeting."""
    return may_lead(meeting, person) or meeting.people.filter(person=person).exists()


def people_to_invite(meeting: Meeting) -> list[tuple[Person, str, str]]:
    """Return whom the chair may invite, with role and its words (SLO-118)."""
    framework = framework_of_meeting(meeting)
    panel = panel_of(framework)
    session = session_of(framework)
    roles = panel.invited if panel else session.settled_by if session else ()
    taken = set(meeting.people.values_list("person_id", flat=True))
    found: dict[int, tuple[Person, str, str]] = {}
    for role in roles:
        for person in role_holders(framework, role):
            if person.pk not in taken:
                found.setdefault(person.pk, (person, role, framework.names.role(role)))
    return sorted(found.values(), key=lambda one: (one[2], one[0].name))


@dataclass(frozen=True)
class Choice:
    """One audit that the chair may bring to the meeting."""

    audit: Audit
    grade: str


def audits_to_choose(meeting: Meeting) -> list[Choice]:
    """Return the month's audits with an outcome that is not final, for a choice by theme."""
    cycle = Cycle.objects.filter(period=month_of(meeting.period)).first()
    if cycle is None:
        return []
    framework = framework_of_meeting(meeting)
    audits = list(
        cycle.audits.filter(status=AuditStatus.OUTCOME)
        .select_related("service", "team")
        .order_by("reference")
    )
    grades = dict(
        GradeOfRecord.objects.filter(audit__in=audits, domain=OVERALL).values_list("audit_id", "grade")
    )
    return [Choice(one, framework.names.grade(grades.get(one.pk, ""))) for one in audits]


def how_many(meeting: Meeting) -> int:
    """Return how many audits the framework brings to the meeting."""
    rules = (one.rule for one in framework_of_meeting(meeting).moderation.selectors)
    return next((rule.count for rule in rules if isinstance(rule, PanelAudits)), 0)


def feedback_targets(meeting: Meeting) -> tuple[FeedbackTo, ...]:
    """Return the groups and boards that hear what a session found, as the framework names them."""
    session = session_of(framework_of_meeting(meeting))
    return session.feedback_to if session else ()


def who_hears(meeting: Meeting, target: FeedbackTo) -> list[Person]:
    """Return the people in the product behind a group or board: the quarter's auditors, or holders of posts."""
    framework, found = framework_of_meeting(meeting), list[Person]()
    for party in target.tell:
        if party == "auditors":
            starts, ends = calendar.quarter_bounds(*calendar.parse_quarter(meeting.period))
            audited = Assessment.objects.filter(
                submitted_at__date__gte=starts, submitted_at__date__lte=ends, assessor__left_on=None
            )
            found += Person.objects.filter(pk__in=audited.values("assessor")).order_by("name")
        else:
            found += role_holders(framework, party)
    return list(dict.fromkeys(found))


def may_read_feedback(meeting: Meeting, person: Person) -> bool:
    """Say whether the person reads what the session found: those of the meeting, and once issued whoever it went to."""
    if may_see(meeting, person):
        return True
    return meeting.receipts.exists() and any(
        person in who_hears(meeting, one) for one in feedback_targets(meeting)
    )


def concludes_on_standards(meeting: Meeting) -> bool:
    """Say whether the meeting concludes on whether quality standards were met (SLO-75)."""
    return "standards_met" in framework_of_meeting(meeting).moderation.decides


@dataclass(frozen=True)
class Attended:
    """One person over the meetings shown: a word for each, and how many of those held they came to."""

    person: Person
    role: str
    marks: tuple[str, ...]
    came: int
    held: int


def attendance_of(meetings: list[Meeting]) -> list[Attended]:
    """Return who came to which of the meetings, everybody with a part in one, by role and name (SLO-117).

    ``meetings`` come from ``meeting_list``: no query more, however many there are.
    """
    rows: dict[int, dict[int, MeetingPerson]] = {}
    for meeting in meetings:
        for one in meeting.people.all():
            rows.setdefault(one.person_id, {})[meeting.pk] = one
    found = []
    for places in rows.values():
        first = next(iter(places.values()))
        marks = tuple(
            (place.get_attendance_display() or "Not recorded") if (place := places.get(one.pk)) else ""
            for one in meetings
        )
        recorded = [one for one in places.values() if one.attendance]
        came = sum(one.attendance == Attendance.ATTENDED for one in recorded)
        framework = framework_of_meeting(meetings[0])
        found.append(Attended(first.person, framework.names.role(first.role), marks, came, len(recorded)))
    return sorted(found, key=lambda one: (one.role, one.person.name))


def has_meetings(framework: Framework) -> MeetingKind | None:
    """Return the kind of meeting that the framework holds, or ``None``."""
    if session_of(framework):
        return MeetingKind.SESSION
    if any(isinstance(one.rule, PanelAudits) for one in framework.moderation.selectors):
        return MeetingKind.PANEL
    return None
