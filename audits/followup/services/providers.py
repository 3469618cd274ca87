"""A provider judged inadequate while a child is placed there: whether the child moves or stays (WSX-206)."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.cases.models import Case
from audits.followup.enums import FollowUpKind, FollowUpStatus, Placement
from audits.followup.models import Action, FollowUp
from audits.followup.selectors import answering, around_case, people_for
from audits.followup.selectors.providers import may_judge_provider, scrutinies_asked
from audits.followup.services.actions import open_action, propose_action
from audits.followup.services.follow_ups import complete_follow_up, open_follow_up
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import because


@transaction.atomic
def judge_provider(
    *, case: Case, provider: str, judged_on: date, text: str, person: Person
) -> list[FollowUp]:
    """Record that a provider was judged inadequate, and open each scrutiny that the framework asks for.

    While one of the same provider is open for the child, it is that one. Raises ``PermissionDenied``,
    ``ValidationError`` by field.
    """
    if not may_judge_provider(case, person):
        raise PermissionDenied("Only those who have to do with the child record this.")
    errors = {}
    if not provider.strip():
        errors["provider"] = "Enter the provider"
    if judged_on > clock.today():
        errors["judged_on"] = "The date of the judgement must be today or in the past"
    if not text.strip():
        errors["text"] = "Say what it means for this child"
    if errors:
        raise ValidationError(errors)
    Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
    open_ones = FollowUp.objects.filter(case=case, kind=FollowUpKind.PROVIDER, status=FollowUpStatus.OPEN)
    there = list(open_ones.filter(answers__provider__iexact=provider.strip()))
    if there:
        return there
    framework, today = framework_in_force(), clock.today()
    opened = []
    with because("A provider was judged inadequate", person=person):
        for rule, effect in scrutinies_asked(framework):
            people = people_for(effect.by, framework=framework, around=around_case(case), on=today)
            asked = people[0] if len(people) == 1 else None
            follow_up = open_follow_up(
                kind=FollowUpKind.PROVIDER,
                title=f"Scrutiny of a provider: child {case.local_id}",
                case=case,
                assignee=asked,
                party=effect.by,
                due_on=framework.due_on(effect.due, month=today, task_opened=clock.now()),
                guidance=f"{rule.label}. Decide whether the child moves or stays; where they stay, with which plan.",
                also_tell=[] if asked else answering(people, on=today),
            )
            follow_up.answers = {
                "provider": provider.strip(),
                "judged_on": judged_on.isoformat(),
                "about_child": text.strip(),
            }
            follow_up.save(update_fields=["answers"])
            opened.append(follow_up)
    return opened


@transaction.atomic
def decide_placement(
    *, follow_up: FollowUp, person: Person, comment: str = "", answers: dict[str, Any] | None = None
) -> Action | None:
    """Record whether the child moves or stays; where they stay, the plan becomes an action of whoever decides.

    Raises ``ValidationError`` by field, and what completing a follow-up raises.
    """
    answers = answers or {}
    complete_follow_up(follow_up=follow_up, person=person, comment=comment, answers=answers)
    if answers.get("decision") != Placement.STAYS:
        return None
    action = propose_action(
        case=follow_up.case,
        text=answers["plan"],
        intended_change="",
        owner=person,
        owner_role="",
        due_on=date.fromisoformat(answers["plan_due_on"]),
        latest_on=None,
        proposed_by=person,
    )
    open_action(action=action, person=person)
    return action
