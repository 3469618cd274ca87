"""Follow-ups: what a rule asks one person to do and answer by a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from audits.cases.models import Case
from audits.followup.enums import FollowUpKind, Placement
from audits.followup.models import FollowUp
from audits.followup.selectors import answering
from audits.followup.workflow import follow_up_workflow
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.ui.words import long_date


def open_follow_up(
    *,
    kind: FollowUpKind,
    title: str,
    case: Case | None,
    assignee: Person | None,
    party: str,
    due_on: date | None,
    guidance: str = "",
    about: Person | None = None,
    invited: Iterable[Person] = (),
    also_tell: Iterable[Person] = (),
) -> FollowUp:
    """Ask somebody to do something by a day, and tell them.

    ``invited`` are to take part: they are told too, and may read it. Without ``assignee`` every holder of the role
    ``party`` is asked, and told when given in ``also_tell``.
    """
    invited = list(invited)
    follow_up = FollowUp.objects.create(
        case=case,
        kind=kind,
        title=title[:200],
        guidance=guidance,
        assignee=assignee,
        assignee_role=party,
        about=about,
        invited=[person.pk for person in invited],
        opened_at=clock.now(),
        due_on=due_on,
    )
    people = [*answering([assignee] if assignee else [], on=clock.today()), *also_tell]
    tell(
        people=people,
        kind="follow_up_opened",
        key=f"follow-up-{follow_up.pk}",
        subject=f"You are asked: {follow_up.title}"[:200],
        body=f"It is due on {long_date(due_on)}." if due_on else "",
        href=council_path("followup:follow_up", follow_up.pk),
    )
    tell(
        people=[person for person in answering(invited, on=clock.today()) if person not in people],
        kind="follow_up_invited",
        key=f"follow-up-{follow_up.pk}",
        subject=f"You are asked to take part: {follow_up.title}"[:200],
        body=f"It is due on {long_date(due_on)}." if due_on else "",
        href=council_path("followup:follow_up", follow_up.pk),
    )
    return follow_up


def complete_follow_up(
    *,
    follow_up: FollowUp,
    person: Person | None,
    comment: str = "",
    answers: dict[str, Any] | None = None,
    outcome: str = "",
) -> None:
    """Record the answer and end the follow-up. ``person=None`` is the system. Raises ``ValidationError`` by field."""
    answers = answers or {}
    errors = {}
    if follow_up.kind == FollowUpKind.OVERSIGHT and not comment.strip():
        errors["comment"] = "Enter your oversight and comment"
    if follow_up.kind == FollowUpKind.FILING and not answers.get("filed_on"):
        errors["filed_on"] = "Enter the date it was placed on the child’s record"
    if follow_up.kind == FollowUpKind.SCRUTINY:
        errors |= _scrutiny_lacks(answers, comment)
    if follow_up.kind == FollowUpKind.SUMMARY:
        for key in ("features", "strengths"):
            if not str(answers.get(key, "")).strip():
                errors[key] = f"Enter the {key}"
    if follow_up.kind == FollowUpKind.PROVIDER:
        errors |= _decision_lacks(answers, comment)
    if follow_up.kind == FollowUpKind.SUPERVISION and not answers.get("held_on"):
        errors["held_on"] = "Enter the date of the supervision"
    if errors:
        raise ValidationError(errors)
    also = {
        "comment": comment.strip(),
        "answers": {**follow_up.answers, **answers},
        "outcome": outcome,
        "done_by": person,
        "done_at": clock.now(),
    }
    follow_up_workflow.apply(follow_up, "complete", person=person, also=also)


def _scrutiny_lacks(answers: dict[str, Any], comment: str) -> dict[str, str]:
    errors = {}
    if not answers.get("held_on"):
        errors["held_on"] = "Enter the date of the discussion"
    if not str(answers.get("features", "")).strip():
        errors["features"] = "Say which features contributed"
    if not answers.get("took_part") and not str(answers.get("others", "")).strip():
        errors["took_part"] = "Say who took part"
    if not comment.strip():
        errors["comment"] = "Say what was agreed"
    return errors


def _decision_lacks(answers: dict[str, Any], comment: str) -> dict[str, str]:
    """What a decision about a child and their provider still needs; where the child stays, its plan (WSX-206)."""
    errors = {}
    if answers.get("decision") not in Placement.values:
        errors["decision"] = "Say whether the child moves or stays"
    elif answers["decision"] == Placement.STAYS:
        if not str(answers.get("plan") or "").strip():
            errors["plan"] = "Enter the plan of action with which the child stays"
        if not answers.get("plan_due_on"):
            errors["plan_due_on"] = "Enter by when the plan is carried out"
    if not comment.strip():
        errors["comment"] = "Say what you looked at, and why you decide so"
    return errors


def stand_down_follow_up(*, follow_up: FollowUp, why: str, person: Person | None = None) -> None:
    """End a follow-up that is no longer needed, saying why, and tell who was asked."""
    also = {"comment": why, "done_by": person, "done_at": clock.now()}
    follow_up_workflow.apply(follow_up, "stand_down", person=person, why=why, also=also)
    if follow_up.assignee:
        tell(
            people=answering([follow_up.assignee], on=clock.today()),
            kind="follow_up_stood_down",
            key=f"follow-up-{follow_up.pk}",
            subject=f"No longer needed: {follow_up.title}"[:200],
            # What a person typed may tell of the child: it stays on the page.
            body=f"{person.name} says why on its page." if person else why,
            href=council_path("followup:follow_up", follow_up.pk),
        )


def assign_follow_up(*, follow_up: FollowUp, assignee: Person) -> None:
    """Give an open follow-up to another person and tell them."""
    follow_up.assignee = assignee
    follow_up.save(update_fields=["assignee"])
    tell(
        people=answering([assignee], on=clock.today()),
        kind="follow_up_assigned",
        key=f"follow-up-{follow_up.pk}-{assignee.pk}",
        subject=f"You are asked: {follow_up.title}"[:200],
        body=f"It is due on {long_date(follow_up.due_on)}." if follow_up.due_on else "",
        href=council_path("followup:follow_up", follow_up.pk),
    )
