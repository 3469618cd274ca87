"""A follow-up is given to somebody else by hand: who may, to whom, and why."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.followup.models import FollowUp
from audits.followup.registry import why_not_give
from audits.followup.selectors.giving import may_give
from audits.followup.services.follow_ups import assign_follow_up
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import because


@transaction.atomic
def give_follow_up(*, follow_up: FollowUp, assignee: Person, reason: str, person: Person) -> None:
    """Give an open follow-up to another person, who is told; giving it to who has it changes nothing.

    Raises `PermissionDenied`, and `ValidationError` by field: no reason, somebody who has left or is cleared for
    no restricted record, or whom the follow-up may not go to.
    """
    follow_up = FollowUp.objects.select_for_update(of=("self",)).select_related("case").get(pk=follow_up.pk)
    if not may_give(follow_up, person):
        raise PermissionDenied(
            "Only those who follow what was agreed, and the child’s managers, give it away."
        )
    if follow_up.assignee_id == assignee.pk:
        return
    errors = {}
    if not reason.strip():
        errors["reason"] = "Say why somebody else does it"
    if refusal := _why_not(follow_up, assignee):
        errors["assignee"] = refusal
    if errors:
        raise ValidationError(errors)
    with because(f"Given to somebody else: {reason.strip()}", person=person):
        assign_follow_up(follow_up=follow_up, assignee=assignee)


def _why_not(follow_up: FollowUp, assignee: Person) -> str:
    if assignee.left_on is not None and assignee.left_on < clock.today():
        return f"{assignee.name} has left the council"
    if follow_up.case is not None and follow_up.case.restricted and not assignee.cleared_for_restricted:
        return f"This record is restricted and {assignee.name} is not cleared for it"
    return why_not_give(follow_up, assignee)
