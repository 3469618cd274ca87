"""Looking at an audit tool itself: what is judged of it, and what is to change (SLO-64)."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError

from audits.frameworks.selectors import framework_in_force
from audits.models import ToolReview
from audits.selectors.tool_reviews import Look, reviewers
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.scope import because


def record_tool_review(
    *, look: Look, answers: Mapping[str, str], changes_needed: bool, note: str, person: Person
) -> ToolReview:
    """Keep what was found of the tool's version in force; the next review counts from today.

    Raises ``PermissionDenied`` for anybody but the post that reviews, ``ValidationError`` by field where one of the
    framework's questions is not answered or a change is needed and nobody says which.
    """
    if person not in reviewers(framework_in_force(), look.rule):
        raise PermissionDenied("Only the post that the framework names reviews this tool.")
    faults = {
        one.key: "Answer this question" for one in look.rule.asks if answers.get(one.key) not in ("yes", "no")
    }
    if changes_needed and not note.strip():
        faults["note"] = "Say what is to change"
    if faults:
        raise ValidationError(faults)
    with because("Review of an audit tool", person=person):
        return ToolReview.objects.create(
            tool=look.tool.key,
            version=look.tool.version,
            reviewed_on=clock.today(),
            reviewed_by=person,
            answers={one.key: answers[one.key] for one in look.rule.asks},
            changes_needed=changes_needed,
            note=note.strip(),
        )
