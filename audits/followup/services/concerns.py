"""Urgent concerns: told at once, answered within the framework's hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from audits.cases.models import Case
from audits.followup.enums import FollowUpKind
from audits.followup.events import ConcernRaised
from audits.followup.models import UrgentConcern
from audits.followup.selectors import answering, around_case, people_for
from audits.followup.selectors.rights import shut_out
from audits.followup.selectors.supervision import next_supervision
from audits.followup.services.follow_ups import open_follow_up
from audits.followup.workflow import concern_workflow
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_in_force
from audits.frameworks.vocabulary import DueRule
from qaf.lib import calendar, clock
from qaf.notices.services import tell
from qaf.tenants.events import publish
from qaf.tenants.models import Person, Role
from qaf.tenants.paths import council_path
from qaf.tenants.selectors import absent_people, holders
from qaf.ui.words import date_time, long_date


@dataclass(frozen=True)
class SpokenFirst:
    """The conversation before a concern was sent, or why it could not wait for one."""

    person: Person | None = None
    words: str = ""
    not_spoken_reason: str = ""


def require_spoken(framework: Framework, spoken: SpokenFirst | None) -> None:
    """Raise ``ValidationError`` by field where the framework wants a conversation first and nothing is said of one.

    An emergency is never held up: a reason why it could not wait is enough (SEF-107).
    """
    if not framework.urgent_concern.conversation_first_with:
        return
    if spoken is None or not (spoken.person or spoken.not_spoken_reason.strip()):
        raise ValidationError({"spoken_with": "Say whom you spoke with, or why it cannot wait"})
    if spoken.person and not spoken.words.strip():
        raise ValidationError({"conversation": "Say what was said"})


def raise_concern(
    *,
    case: Case,
    raised_by: Person,
    text: str,
    told_whom: str = "",
    safe_now: bool | None = None,
    about_staff: bool = False,
    about_person: Person | None = None,
    about: str = "",
    trigger: str = "",
    spoken: SpokenFirst | None = None,
) -> UrgentConcern:
    """Raise an urgent concern about a child and tell its responder and the quality assurance lead at once.

    The framework says who answers and within how many hours; a deputy stands in for somebody absent. A concern
    about a member of staff goes past the line to the framework's next step, is never given to somebody in the
    child's own team, and neither ``about_person`` nor their line ever see it. ``about`` is the reference of the audit
    it was raised from, where there is one; ``trigger`` the framework's reason for it, with its own time to answer.
    ``spoken`` is the conversation that the framework may want first; a concern about staff needs none.
    It never replaces a referral to the front door or the emergency duty team. Raises ``ValidationError`` by field.
    """
    if not text.strip():
        raise ValidationError({"text": "Say what worries you"})
    framework = framework_in_force()
    about_staff = about_staff or about_person is not None
    if not about_staff:
        require_spoken(framework, spoken)
    now = clock.now()
    barred = shut_out(case, about_person) if about_staff else frozenset()
    responder = _responder(framework, case, about_staff=about_staff, never={raised_by.pk, *barred})
    concern = UrgentConcern.objects.create(
        case=case,
        raised_by=raised_by,
        raised_at=now,
        text=text.strip(),
        told_whom=told_whom.strip(),
        safe_now=safe_now,
        about_staff=about_staff,
        about_person=about_person,
        barred=sorted(barred - {raised_by.pk}),
        trigger=trigger,
        **_columns(spoken or SpokenFirst()),
        responder=responder,
        due_at=framework.due_at(_due_of(framework, trigger), concern_raised=now),
    )
    _tell_at_once(concern, never={raised_by.pk, *barred})
    publish(ConcernRaised(concern, about))
    return concern


def _columns(spoken: SpokenFirst) -> dict[str, Any]:
    return {
        "spoken_with": spoken.person,
        "spoken_at": clock.now() if spoken.person else None,
        "conversation": spoken.words.strip(),
        "not_spoken_reason": spoken.not_spoken_reason.strip(),
    }


def _tell_at_once(concern: UrgentConcern, *, never: set[int]) -> None:
    overseers = [person for person in _overseers() if person.pk not in never]
    tell(
        people=[*([concern.responder] if concern.responder else []), *overseers],
        kind="urgent_concern",
        key=f"concern-{concern.pk}",
        subject="Urgent: a concern about a child needs an answer",
        body=_notice(concern, concern.responder),
        href=council_path("followup:concern", concern.pk),
        urgent=True,
    )


def _due_of(framework: Framework, trigger: str) -> DueRule:
    """The trigger's own time, else that of every concern."""
    rules = framework.urgent_concern
    return next((one.due for one in rules.triggers if one.key == trigger), rules.due)


def _notice(concern: UrgentConcern, responder: Person | None) -> str:
    who = (
        f"{responder.name} answers it."
        if responder
        else "Nobody could be found to answer it: please take it on."
    )
    return f"{who} An answer is due by {date_time(concern.due_at)}."


def _responder(framework: Framework, case: Case, *, about_staff: bool, never: set[int]) -> Person | None:
    """The first who is here and can answer: the framework's responder or their deputy, else whom it escalates to.

    Staff concerns begin with the framework's own post for allegations, where it names one, else there. Where everybody
    is away, whoever would answer if they were here.
    """
    rules, around, day = framework.urgent_concern, around_case(case), clock.today()
    parties = (
        (rules.allegations_to, rules.escalates_to) if about_staff else (rules.answered_by, rules.escalates_to)
    )
    able = [
        person
        for party in parties
        if party is not None
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


def answer_concern(
    *, concern: UrgentConcern, answer: str, person: Person, wider_view: Mapping[str, str] | None = None
) -> None:
    """Record what was done for the child and tell who raised it. Raises ``ValidationError`` without an answer.

    ``wider_view`` says, by key of the framework's wider view, what was seen beyond the case (SEF-111).
    """
    if not answer.strip():
        raise ValidationError({"answer": "Say what you have done"})
    also = {
        "answer": answer.strip(),
        "wider_view": {key: text.strip() for key, text in (wider_view or {}).items() if text.strip()},
        "answered_by": person,
        "answered_at": clock.now(),
    }
    concern_workflow.apply(concern, "answer", person=person, also=also)
    _take_to_supervision(concern)
    tell(
        people=answering([concern.raised_by], on=clock.today()),
        kind="concern_answered",
        key=f"concern-{concern.pk}",
        subject="Your urgent concern has been answered",
        body=f"{person.name} has answered it. Read the answer, and close the concern when you are satisfied.",
        href=council_path("followup:concern", concern.pk),
    )


def _take_to_supervision(concern: UrgentConcern) -> None:
    """Ask for the concern to be discussed in the worker's next supervision, where the framework wants that (SEF-112).

    Never a concern about staff: that is not their line's to know.
    """
    framework, today = framework_in_force(), clock.today()
    case = concern.case
    if not framework.urgent_concern.discussed_in_supervision or concern.about_staff or case.worker is None:
        return
    label, party = framework.urgent_concern.label, framework.actions.supervision.by
    people = people_for(party, framework=framework, around=around_case(case), on=today)
    open_follow_up(
        kind=FollowUpKind.SUPERVISION,
        title=f"Discuss in supervision: {label.lower()} about child {case.local_id}",
        case=case,
        assignee=next(iter(people), None),
        party=party,
        due_on=next_supervision(case, framework=framework, today=today),
        about=case.worker,
        guidance=f"Go through what was raised on {long_date(calendar.local_date(concern.raised_at))}, and its answer.",
    )


def close_concern(*, concern: UrgentConcern, person: Person) -> None:
    """Close an answered concern: whoever raised it, or the quality assurance lead."""
    concern_workflow.apply(concern, "close", person=person)
