"""Chasing: asks what is late and not yet said this week, so a missed run sends late and a second sends nothing."""

from datetime import date

from audits.followup.enums import ActionStatus, ConcernStatus, FollowUpStatus
from audits.followup.models import Action, FollowUp, UrgentConcern
from audits.followup.paths import council_path
from audits.followup.selectors import answering
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.ui.words import date_time, long_date


def chase() -> None:
    """Remind everybody who has something late: once when it becomes late, then once a week."""
    today = clock.today()
    _chase_actions(today)
    _chase_follow_ups(today)
    _chase_concerns()


def _week(due_on: date, today: date) -> int:
    return (today - due_on).days // 7


def _chase_actions(today: date) -> None:
    late = Action.objects.filter(status=ActionStatus.OPEN, due_on__lt=today, owner__isnull=False)
    for action in late.select_related("owner"):
        tell(
            people=answering([action.owner], on=today),  # type: ignore[list-item]
            kind="action_overdue",
            key=f"action-{action.pk}-{_week(action.due_on, today)}",
            subject="An action of yours is late",
            body=f"It was due on {long_date(action.due_on)}.",
            href=council_path("followup:action", action.pk),
        )


def _chase_follow_ups(today: date) -> None:
    late = FollowUp.objects.filter(status=FollowUpStatus.OPEN, due_on__lt=today, assignee__isnull=False)
    for follow_up in late.select_related("assignee"):
        tell(
            people=answering([follow_up.assignee], on=today),  # type: ignore[list-item]
            kind="follow_up_overdue",
            key=f"follow-up-{follow_up.pk}-{_week(follow_up.due_on, today)}",  # type: ignore[arg-type]
            subject=f"Late: {follow_up.title}"[:200],
            body=f"It was due on {long_date(follow_up.due_on)}.",  # type: ignore[arg-type]
            href=council_path("followup:follow_up", follow_up.pk),
        )


def _chase_concerns() -> None:
    late = UrgentConcern.objects.filter(
        status=ConcernStatus.RAISED, due_at__lt=clock.now(), responder__isnull=False
    )
    for concern in late.select_related("responder"):
        tell(
            people=answering([concern.responder], on=clock.today()),  # type: ignore[list-item]
            kind="concern_overdue",
            key=f"concern-{concern.pk}-{clock.today():%Y%m%d}",
            subject="Urgent: a concern about a child still waits for your answer",
            body=f"An answer was due by {date_time(concern.due_at)}.",
            href=council_path("followup:concern", concern.pk),
        )
