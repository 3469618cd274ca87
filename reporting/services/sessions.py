"""Learning sessions: planned, people invited, who came, ideas and feedback, what was agreed (SEF-130, 131, 139)."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person, Unit
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import require
from qaf.ui.words import long_date
from reporting.enums import IdeaKind
from reporting.models import Improvement, Session, SessionPerson
from reporting.workflow import session_workflow

LEARN = "reporting.learn"


@transaction.atomic
def plan_session(
    *,
    kind: str,
    period: str,
    title: str,
    held_on: date,
    people: Iterable[Person],
    person: Person,
    starts_at: str = "",
    place: str = "",
    unit: Unit | None = None,
) -> Session:
    """Plan a session and invite people to it; each is told once.

    Raises ``PermissionDenied``, and ``ValidationError`` where nobody is invited.
    """
    require(person, LEARN)
    invited = list(people)
    if not invited:
        raise ValidationError({"people": "Select who is invited"})
    session = Session.objects.create(
        kind=kind,
        period=period,
        unit=unit,
        title=title.strip(),
        held_on=held_on,
        starts_at=starts_at.strip(),
        place=place.strip(),
        planned_by=person,
        planned_at=clock.now(),
    )
    SessionPerson.objects.bulk_create(SessionPerson(session=session, person=one) for one in invited)
    at = " ".join(
        part for part in (f"at {session.starts_at}" if session.starts_at else "", session.place) if part
    )
    tell(
        people=[one for one in invited if one.pk != person.pk],
        kind="session_planned",
        key=f"session-{session.pk}",
        subject=f"You are invited: {session.title}",
        body=f"It is on {long_date(held_on)}{f', {at}' if at else ''}. "
        "Bring what you learned and what you would change.",
        href=_href(session),
    )
    return session


def _href(session: Session) -> str:
    return council_path("reporting:session", session.pk)


@transaction.atomic
def record_session(
    *, session: Session, came: Iterable[int], notes: str, agreed: str, person: Person
) -> Session:
    """Record that a session was held: who came, what was said and what was agreed; it can be put right later.

    ``came`` holds people's numbers. Raises ``PermissionDenied``; ``ValidationError`` before its day.
    """
    require(person, LEARN)
    if session.held_on > clock.today():
        raise ValidationError(
            f"The session is on {long_date(session.held_on)}: record it when it has been held."
        )
    present = set(came)
    for one in session.people.all():
        one.came = one.person_id in present
        one.save(update_fields=["came"])
    also = {
        "notes": notes.strip(),
        "agreed": agreed.strip(),
        "recorded_by": person,
        "recorded_at": clock.now(),
    }
    session_workflow.apply(session, "record", person=person, also=also)
    return session


def add_improvement(
    *, session: Session, kind: str, text: str, person: Person, from_whom: str = ""
) -> Improvement:
    """Record an idea or feedback from a session. Whoever was invited may add their own.

    Raises ``PermissionDenied`` for anybody else, and ``ValidationError`` by field.
    """
    if not session.people.filter(person=person).exists():
        require(person, LEARN)
    errors = {}
    if kind not in IdeaKind.values:
        errors["kind"] = "Select whether it is an idea or feedback"
    if not text.strip():
        errors["text"] = "Enter the idea or the feedback"
    if errors:
        raise ValidationError(errors)
    return Improvement.objects.create(
        session=session,
        kind=kind,
        text=text.strip(),
        from_whom=from_whom.strip() or person.name,
        recorded_by=person,
        recorded_at=clock.now(),
    )
