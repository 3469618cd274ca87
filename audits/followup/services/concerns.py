"""Urgent concerns: told at once, answered within the framework's hours."""

from django.core.exceptions import ValidationError

from audits.cases.models import Case
from audits.followup.events import ConcernRaised
from audits.followup.models import UrgentConcern
from audits.followup.paths import council_path
from audits.followup.selectors import answering, around_case, people_for
from audits.followup.workflow import concern_workflow
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.events import publish
from qaf.tenants.models import Person, Role
from qaf.tenants.selectors import absent_people, holders
from qaf.ui.words import date_time


def raise_concern(
    *,
    case: Case,
    raised_by: Person,
    text: str,
    told_whom: str = "",
    safe_now: bool | None = None,
    about_staff: bool = False,
    about: str = "",
) -> UrgentConcern:
    """Raise an urgent concern about a child and tell its responder and the quality assurance lead at once.

    The framework says who answers and within how many hours; a deputy stands in for somebody absent. A concern
    about a member of staff goes past the line to the framework's next step, and is never given to somebody in the
    child's own team. ``about`` is the reference of the audit it was raised from, where there is one.
    It never replaces a referral to the front door or the emergency duty team. Raises ``ValidationError`` by field.
    """
    if not text.strip():
        raise ValidationError({"text": "Say what worries you"})
    framework = framework_in_force()
    now = clock.now()
    responder = _responder(framework, case, about_staff=about_staff, raised_by=raised_by)
    concern = UrgentConcern.objects.create(
        case=case,
        raised_by=raised_by,
        raised_at=now,
        text=text.strip(),
        told_whom=told_whom.strip(),
        safe_now=safe_now,
        about_staff=about_staff,
        responder=responder,
        due_at=framework.due_at(framework.urgent_concern.due, concern_raised=now),
    )
    overseers = [person for person in _overseers() if person.pk != raised_by.pk]
    tell(
        people=[*([responder] if responder else []), *overseers],
        kind="urgent_concern",
        key=f"concern-{concern.pk}",
        subject="Urgent: a concern about a child needs an answer",
        body=_notice(concern, responder),
        href=council_path("followup:concern", concern.pk),
        urgent=True,
    )
    publish(ConcernRaised(concern, about))
    return concern


def _notice(concern: UrgentConcern, responder: Person | None) -> str:
    who = (
        f"{responder.name} answers it."
        if responder
        else "Nobody could be found to answer it: please take it on."
    )
    return f"{who} An answer is due by {date_time(concern.due_at)}."


def _responder(framework: Framework, case: Case, *, about_staff: bool, raised_by: Person) -> Person | None:
    """The first who is here and can answer: the framework's responder or their deputy, else whom it escalates to.

    Staff concerns begin there. Where everybody is away, whoever would answer if they were here.
    """
    rules, around, day = framework.urgent_concern, around_case(case), clock.today()
    never = {raised_by.pk}
    if about_staff:
        never |= {pk for pk in (case.worker_id, case.manager_id) if pk}
        never |= {p.pk for p in people_for("team_manager", framework=framework, around=around, on=day)}
        never |= {p.pk for p in people_for("service_manager", framework=framework, around=around, on=day)}
    able = [
        person
        for party in ((rules.escalates_to,) if about_staff else (rules.answered_by, rules.escalates_to))
        for person in answering(people_for(party, framework=framework, around=around, on=day), on=day)
        if person.pk not in never
    ]
    away = absent_people(on=day)
    return next((person for person in able if person.pk not in away), next(iter(able), None))


def _overseers() -> list[Person]:
    keys = [
        role.key
        for role in Role.objects.only("key", "permissions")
        if "followup.see_concerns" in role.permissions
    ]
    return answering(holders(*keys, on=clock.today()), on=clock.today()) if keys else []


def answer_concern(*, concern: UrgentConcern, answer: str, person: Person) -> None:
    """Record what was done for the child and tell who raised it. Raises ``ValidationError`` without an answer."""
    if not answer.strip():
        raise ValidationError({"answer": "Say what you have done"})
    also = {"answer": answer.strip(), "answered_by": person, "answered_at": clock.now()}
    concern_workflow.apply(concern, "answer", person=person, also=also)
    tell(
        people=answering([concern.raised_by], on=clock.today()),
        kind="concern_answered",
        key=f"concern-{concern.pk}",
        subject="Your urgent concern has been answered",
        body=f"{person.name} has answered it. Read the answer, and close the concern when you are satisfied.",
        href=council_path("followup:concern", concern.pk),
    )


def close_concern(*, concern: UrgentConcern, person: Person) -> None:
    """Close an answered concern: whoever raised it, or the quality assurance lead."""
    concern_workflow.apply(concern, "close", person=person)
