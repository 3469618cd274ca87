"""The status machines of what follows; `docs/` draws its diagrams from these tables."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from audits.followup.enums import ActionStatus, ConcernStatus, FollowUpStatus
from audits.followup.events import ActionNotAgreed, ActionSignedOff, ConcernEnded, FollowUpEnded
from qaf.tenants.permissions import may
from qaf.tenants.transitions import Transition, Workflow

if TYPE_CHECKING:
    from audits.followup.models import Action, FollowUp, UrgentConcern
    from qaf.tenants.models import Person

# Who counts as the right person needs reads, which lie above this module: the app hands them over as it starts.
_rights: dict[str, Callable[..., bool]] = {}


def set_rights(**rights: Callable[..., bool]) -> None:
    """Say how `owns`, `may_sign_off`, `may_answer`, `responds`, `may_close` are answered; called as the app starts."""
    _rights.update(rights)


def _owner(action: "Action", person: "Person") -> bool:
    return _rights["owns"](action, person)


def _signer(action: "Action", person: "Person") -> bool:
    return _rights["may_sign_off"](action, person)


def _planner(action: "Action", person: "Person") -> bool:
    return action.proposed_by_id == person.pk or may(person, "followup.see_all", "followup.plan")


def _assignee(follow_up: "FollowUp", person: "Person") -> bool:
    return _rights["may_answer"](follow_up, person)


def _responder(concern: "UrgentConcern", person: "Person") -> bool:
    return _rights["responds"](concern, person)


def _closer(concern: "UrgentConcern", person: "Person") -> bool:
    return _rights["may_close"](concern, person)


action_workflow = Workflow(
    "status",
    Transition("open", "Agree", (ActionStatus.PROPOSED,), ActionStatus.OPEN, _planner, by_system=True),
    Transition(
        "drop",
        "Do not take forward",
        (ActionStatus.PROPOSED,),
        ActionStatus.NOT_AGREED,
        _planner,
        event=ActionNotAgreed,
        by_system=True,
    ),
    Transition("complete", "Complete", (ActionStatus.OPEN,), ActionStatus.DONE, _owner),
    Transition(
        "sign_off", "Sign off", (ActionStatus.DONE,), ActionStatus.SIGNED_OFF, _signer, event=ActionSignedOff
    ),
    Transition("send_back", "Send back", (ActionStatus.DONE,), ActionStatus.OPEN, _signer),
)

follow_up_workflow = Workflow(
    "status",
    Transition(
        "complete",
        "Complete",
        (FollowUpStatus.OPEN,),
        FollowUpStatus.DONE,
        _assignee,
        event=FollowUpEnded,
        by_system=True,
    ),
    Transition(
        "stand_down",
        "No longer needed",
        (FollowUpStatus.OPEN,),
        FollowUpStatus.NOT_NEEDED,
        _assignee,
        event=FollowUpEnded,
        by_system=True,
    ),
)

concern_workflow = Workflow(
    "status",
    Transition(
        "answer", "Answer", (ConcernStatus.RAISED,), ConcernStatus.ANSWERED, _responder, event=ConcernEnded
    ),
    Transition(
        "close", "Close", (ConcernStatus.ANSWERED,), ConcernStatus.CLOSED, _closer, event=ConcernEnded
    ),
)
