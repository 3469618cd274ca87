"""Meetings that look at several audits: people, cases, record, and the feedback that goes out (SLO-74, DUR-86)."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import OVERALL, AuditStatus
from audits.events import ModerationReasonFound
from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import Selector
from audits.frameworks.selectors import framework_of, version_in_force
from audits.frameworks.vocabulary.selection import PanelAudits
from audits.models import Audit, Cycle
from audits.programme.dates import month_label, month_of
from audits.services.outcome import send_to_moderation
from moderation.enums import Attendance, CaseMethod, MeetingKind, MeetingStatus, Mode
from moderation.models import FeedbackReceipt, Meeting, MeetingPerson, Moderation
from moderation.paths import meeting_href
from moderation.selectors.meetings import (
    feedback_targets,
    framework_of_meeting,
    has_meetings,
    how_many,
    may_lead,
    people_to_invite,
    who_hears,
)
from moderation.selectors.modes import panel_of, session_of
from moderation.selectors.panels import role_holders
from moderation.services.panels import seat_invited
from moderation.workflow import meeting_workflow
from qaf.lib import calendar, clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, StatusHasChanged, TransitionRefused
from qaf.ui.words import long_date


@transaction.atomic
def meeting_for(*, cycle: Cycle | None = None, quarter: str = "") -> Meeting:
    """Return the month's moderation meeting or the quarter's session; it is set up with its people the first time.

    Everybody who always sits on the panel, or leads sessions, is expected and told. The chair is whoever decides
    where the panel is divided, or the first of those who lead sessions.
    """
    kind = MeetingKind.PANEL if cycle else MeetingKind.SESSION
    period = month_label(cycle.period) if cycle else quarter
    if found := Meeting.objects.filter(kind=kind, period=period).first():
        return found
    version = cycle.framework_version if cycle else version_in_force()
    framework = framework_of(version)
    expected, chair = _expected(framework)
    due_on, feedback_due_on = _days(framework, period)
    meeting = Meeting.objects.create(
        kind=kind,
        period=period,
        framework_version=version,
        chair=chair,
        due_on=due_on,
        feedback_due_on=feedback_due_on,
    )
    MeetingPerson.objects.bulk_create(
        MeetingPerson(meeting=meeting, person=person, role=role) for person, role in expected.items()
    )
    _tell_invited(meeting, expected)
    return meeting


def prepare_meeting(*, cycle: Cycle) -> Meeting | None:
    """Set up the month's moderation meeting where the framework holds one, so that its chair can choose by theme."""
    framework = framework_of(cycle.framework_version)
    return meeting_for(cycle=cycle) if has_meetings(framework) == MeetingKind.PANEL else None


def _expected(framework: Framework) -> tuple[dict[Person, str], Person | None]:
    panel, session = panel_of(framework), session_of(framework)
    roles = (
        (panel.tie_decided_by, *panel.standing)
        if panel
        else (session.led_by, *session.settled_by)
        if session
        else ()
    )
    expected: dict[Person, str] = {}
    for role in roles:
        for person in role_holders(framework, role):
            expected.setdefault(person, role)
    return expected, next(iter(expected), None)


def _days(framework: Framework, period: str) -> tuple[date, date | None]:
    """When the meeting is held at the latest, and by when its feedback goes out."""
    today, month = clock.today(), month_of(period)
    session = session_of(framework)
    if session is None:
        # The audits of one month are discussed in the next.
        following = calendar.add_months(month, 1)
        return max(calendar.working_day_on_or_before(calendar.month_end(following)), today), None
    last_month = calendar.add_months(month, 2)
    due = framework.due_on(framework.moderation.due, month=last_month, audit_completed=today)
    feedback = framework.due_on(session.feedback_due, month=last_month, audit_completed=today)
    return max(due, today), max(feedback, today)


def _tell_invited(meeting: Meeting, people: Iterable[Person]) -> None:
    tell(
        people=people,
        kind="meeting_invited",
        key=f"meeting-{meeting.pk}",
        subject=f"You are invited: {meeting.get_kind_display().lower()}",
        body=f"It is held by {long_date(meeting.due_on)}. Its audits are on its page.",
        href=meeting_href(meeting),
    )


def _locked(meeting: Meeting) -> Meeting:
    """The meeting as it stands, locked: what several people do to it comes one after the other."""
    rows = Meeting.objects.select_related("chair")
    return rows.select_for_update(of=("self",)).get(pk=meeting.pk)


def _require_lead(meeting: Meeting, person: Person, *, planned: bool = True) -> None:
    if not may_lead(meeting, person):
        raise PermissionDenied("Only its chair, or whoever allocates moderations, runs this meeting.")
    if planned and meeting.status != MeetingStatus.PLANNED:
        raise StatusHasChanged("This meeting has been held.")


@transaction.atomic
def invite(*, meeting: Meeting, people: Iterable[Person], person: Person) -> int:
    """Invite the people whom the chair selects; they sit on the panel of each of its audits (SLO-118).

    Raises ``PermissionDenied``, ``ValidationError`` for somebody whose role is not invited, ``StatusHasChanged``
    once it was held. Returns how many were invited.
    """
    meeting = _locked(meeting)
    _require_lead(meeting, person)
    can = {one.pk: role for one, role, _ in people_to_invite(meeting)}
    chosen = list(people)
    if strangers := [one.name for one in chosen if one.pk not in can]:
        raise ValidationError(
            {"people": f"Not invited to this meeting by their post: {', '.join(strangers)}"}
        )
    with because("Invited by the chair", person=person):
        for one in chosen:
            MeetingPerson.objects.create(meeting=meeting, person=one, role=can[one.pk], invited_by=person)
            for case in meeting.cases.all():
                seat_invited(moderation=case, member=one, role=can[one.pk], person=person)
    _tell_invited(meeting, chosen)
    return len(chosen)


@transaction.atomic
def choose_by_theme(*, meeting: Meeting, theme: str, audits: Iterable[Audit], person: Person) -> int:
    """Bring audits to the meeting by theme; the theme is recorded, and chance draws none (SLO-76).

    Raises ``PermissionDenied``, ``ValidationError`` by field, ``StatusHasChanged`` once it was held.
    """
    meeting = _locked(meeting)
    _require_lead(meeting, person)
    chosen, count = list(audits), how_many(meeting)
    selector = _panel_selector(framework_of_meeting(meeting))
    errors = {}
    if selector is None or "thematic" not in getattr(selector.rule, "methods", ()):
        raise TransitionRefused([Problem("The framework brings no audits to this meeting by theme.")])
    if not theme.strip():
        errors["theme"] = "Enter the theme"
    if not chosen:
        errors["audits"] = "Select the audits"
    elif len(chosen) + meeting.cases.count() > count:
        errors["audits"] = f"Select at most {count - meeting.cases.count()} audits: the meeting takes {count}"
    if any(one.status != AuditStatus.OUTCOME for one in chosen):
        errors["audits"] = "Select audits whose outcome is not final"
    if errors:
        raise ValidationError(errors)
    meeting.theme = theme.strip()
    with because("Audits chosen by theme", person=person):
        meeting.save(update_fields=["theme"])
        for audit in chosen:
            add_case(
                meeting=meeting,
                audit=audit,
                selector=selector,
                method=CaseMethod.THEMATIC,
                text=f"Chosen by theme: {meeting.theme}",
            )
    return len(chosen)


def _panel_selector(framework: Framework) -> Selector | None:
    selectors = framework.moderation.selectors
    return next((one for one in selectors if isinstance(one.rule, PanelAudits)), None)


def add_case(
    *, meeting: Meeting, audit: Audit, selector: Selector, method: CaseMethod, text: str
) -> Moderation:
    """Bring an audit to the meeting: its moderation is opened, with everybody invited on its panel."""
    found = ModerationReasonFound(selector.key, "rule", OVERALL, text, meeting.chair)
    send_to_moderation(audit=audit, reasons=(found,))
    moderation = Moderation.objects.filter(audit=audit).order_by("-round")[0]
    moderation.meeting, moderation.method, moderation.due_on = meeting, method, meeting.due_on
    moderation.save(update_fields=["meeting", "method", "due_on"])
    if moderation.mode == Mode.PANEL:
        for one in meeting.people.exclude(invited_by=None).select_related("person", "invited_by"):
            seat_invited(
                moderation=moderation, member=one.person, role=one.role, person=one.invited_by or one.person
            )
    return moderation


@transaction.atomic
def record_meeting(
    *,
    meeting: Meeting,
    held_on: date,
    attendance: Mapping[int, str],
    views: Mapping[int, str],
    notes: str,
    person: Person,
) -> None:
    """Record that the meeting was held: when, who came, what each said of standards, what it found.

    ``attendance`` and ``views`` are by the person's id. Raises ``PermissionDenied``, ``ValidationError`` by field,
    ``StatusHasChanged`` the second time.
    """
    meeting = _locked(meeting)
    _require_lead(meeting, person)
    people = list(meeting.people.all())
    errors = {}
    if held_on > clock.today():
        errors["held_on"] = "The date of the meeting must be today or in the past"
    for one in people:
        if attendance.get(one.person_id) not in Attendance.values:
            errors[f"attendance_{one.person_id}"] = f"Say whether {one.person.name} came"
    if errors:
        raise ValidationError(errors)
    with because("Meeting recorded", person=person):
        for one in people:
            one.attendance = attendance[one.person_id]
            one.view = views.get(one.person_id, "").strip() or one.view
            one.save(update_fields=["attendance", "view"])
    also = {"held_on": held_on, "notes": notes.strip(), "chair": meeting.chair or person}
    meeting_workflow.apply(meeting, "hold", person=person, also=also)


@transaction.atomic
def issue_feedback(*, meeting: Meeting, text: str, person: Person) -> int:
    """Issue a session's feedback to each group and board that the framework names; record who received it.

    Returns how many groups and boards. Raises ``PermissionDenied``, ``ValidationError`` without words,
    ``TransitionRefused`` before it was held or where the framework names nobody, ``StatusHasChanged`` the second time.
    """
    meeting = _locked(meeting)
    _require_lead(meeting, person, planned=False)
    targets = feedback_targets(meeting)
    if meeting.status != MeetingStatus.HELD or not targets:
        raise TransitionRefused([Problem("Record first that the session was held.")])
    if not text.strip():
        raise ValidationError({"text": "Enter the feedback"})
    if meeting.receipts.exists():
        raise StatusHasChanged("The feedback of this session has been issued.")
    with because("Feedback issued", person=person):
        meeting.feedback = text.strip()
        meeting.save(update_fields=["feedback"])
        for target in targets:
            people = who_hears(meeting, target)
            FeedbackReceipt.objects.create(
                meeting=meeting,
                forum=target.forum,
                issued_at=clock.now(),
                issued_by=person,
                people=[one.name for one in people],
            )
            tell(
                people=people,
                kind="session_feedback",
                key=f"feedback-{meeting.pk}-{target.forum}",
                subject="What the consistency session found",
                body="Open it to read the feedback.",
                href=meeting_href(meeting, "feedback"),
            )
    return len(targets)
