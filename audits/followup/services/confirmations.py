"""Confirmations soon after an audit: each action on file, raised with worker and manager, by whom and when."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audits.followup.events import ActionConfirmed
from audits.followup.models import Action, Confirmation
from audits.followup.selectors import answering
from audits.followup.selectors.rights import may_confirm
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.scope import because
from qaf.tenants.transitions import StatusHasChanged
from qaf.ui.words import long_date


def ask_for_confirmations(
    *, action: Action, asked: Iterable[tuple[str, str, Person | None]], due_on: date
) -> list[Confirmation]:
    """Ask for each confirmation of the action once: key, words, and who gives it; tell them.

    Where nobody is known for one, those who follow every action give it.
    """
    there = set(action.confirmations.values_list("key", flat=True))
    made = [
        Confirmation.objects.create(
            action=action, key=key, label=label, asked_of=person, asked_at=clock.now(), due_on=due_on
        )
        for key, label, person in asked
        if key not in there
    ]
    for one in made:
        if one.asked_of:
            tell(
                people=answering([one.asked_of], on=clock.today()),
                kind="confirmation_asked",
                key=f"confirmation-{one.pk}",
                subject=f"Please confirm of an action: {one.label}"[:200],
                body=f"It is due on {long_date(due_on)}.",
                href=council_path("followup:action", action.pk),
            )
    return made


@transaction.atomic
def confirm(*, confirmation: Confirmation, person: Person) -> None:
    """Record that it is so, by whom and when (SLO-81, SLO-82).

    Raises ``PermissionDenied`` for anybody but who was asked, their deputy, or those who follow every action where
    nobody was; ``StatusHasChanged`` the second time.
    """
    rows = Confirmation.objects.select_for_update(of=("self",)).select_related("action")
    confirmation = rows.get(pk=confirmation.pk)
    if confirmation.done_at:
        raise StatusHasChanged("This is confirmed already.")
    if not may_confirm(confirmation, person):
        raise PermissionDenied("Only whoever was asked confirms it.")
    with because("Confirm", person=person):
        confirmation.done_by, confirmation.done_at = person, clock.now()
        confirmation.save(update_fields=["done_by", "done_at"])
    publish(ActionConfirmed(confirmation.action, person))
