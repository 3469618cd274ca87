"""Saying that one does not agree with an overall grade, where the framework lets moderation decide (SEF-102)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.events import OverallDisputed
from audits.models import Audit, Disagreement
from audits.selectors.disagreements import CAN_BE_DISPUTED, party_to, rule_of_moderation
from qaf.lib import clock
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.transitions import TransitionRefused


@transaction.atomic
def disagree_with_grade(*, audit: Audit, reason: str, person: Person) -> Disagreement:
    """Record who disagrees with the overall grade and why; said again, it is one, in the newer words.

    Raises ``TransitionRefused`` where the framework has no such way or the outcome is final, ``PermissionDenied``
    for somebody whom the framework does not let speak, ``ValidationError`` without a reason.
    """
    rule = rule_of_moderation(audit)
    if rule is None:
        raise TransitionRefused(["The framework has no moderation of a grade that somebody disagrees with."])
    if audit.status not in CAN_BE_DISPUTED:
        raise TransitionRefused(
            ["The outcome is final, so its grade can no longer be brought to moderation."]
        )
    party = party_to(audit, rule, person)
    if party is None:
        raise PermissionDenied("Your post is not among those who bring a grade to moderation.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why you do not agree with the grade"})
    found, _ = Disagreement.objects.update_or_create(
        audit=audit,
        person=person,
        defaults={"party": party, "reason": reason.strip(), "said_at": clock.now()},
    )
    publish(OverallDisputed(audit, person))
    return found
