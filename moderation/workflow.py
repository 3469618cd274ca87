"""The status machine of a moderation; `docs/` draws its diagram from this table."""

from typing import TYPE_CHECKING

from moderation.enums import DisputeStatus, MeetingStatus, ModerationStatus
from moderation.events import ModerationDecided
from qaf.tenants.permissions import may
from qaf.tenants.transitions import Transition, Workflow

if TYPE_CHECKING:
    from moderation.models import Moderation
    from qaf.tenants.models import Person


def _allocator(moderation: "Moderation", person: "Person") -> bool:
    return may(person, "moderation.allocate")


def _moderator(moderation: "Moderation", person: "Person") -> bool:
    return moderation.moderator_id == person.pk


def _nobody(moderation: "Moderation", person: "Person") -> bool:
    return False


moderation_workflow = Workflow(
    "status",
    Transition(
        "allocate",
        "Give to a moderator",
        (ModerationStatus.WAITING, ModerationStatus.ALLOCATED),
        ModerationStatus.ALLOCATED,
        _allocator,
        by_system=True,
    ),
    Transition(
        "begin",
        "Begin, as the audit is submitted",
        (ModerationStatus.NAMED,),
        ModerationStatus.ALLOCATED,
        _nobody,
        by_system=True,
    ),
    Transition(
        "decide",
        "Decide",
        (ModerationStatus.ALLOCATED,),
        ModerationStatus.DECIDED,
        _moderator,
        event=ModerationDecided,
    ),
    Transition(
        "withdraw",
        "No longer needed",
        (ModerationStatus.NAMED, ModerationStatus.WAITING, ModerationStatus.ALLOCATED),
        ModerationStatus.WITHDRAWN,
        _nobody,
        by_system=True,
    ),
)


def _checked_by_service(instance: object, person: "Person") -> bool:
    """Who may is asked by the service: it depends on the ladder and the parties of the framework."""
    return True


meeting_workflow = Workflow(
    "status",
    Transition("hold", "Record as held", (MeetingStatus.PLANNED,), MeetingStatus.HELD, _checked_by_service),
)

dispute_workflow = Workflow(
    "status",
    Transition("settle", "Settle", (DisputeStatus.OPEN,), DisputeStatus.SETTLED, _checked_by_service),
    Transition("take_back", "Take back", (DisputeStatus.OPEN,), DisputeStatus.WITHDRAWN, _checked_by_service),
    Transition(
        "acknowledge",
        "Keep as good practice",
        (DisputeStatus.OPEN,),
        DisputeStatus.ACKNOWLEDGED,
        _checked_by_service,
    ),
)
