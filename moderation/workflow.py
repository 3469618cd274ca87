"""The status machine of a moderation; `docs/` draws its diagram from this table."""

from typing import TYPE_CHECKING

from moderation.enums import ModerationStatus
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
        (ModerationStatus.WAITING, ModerationStatus.ALLOCATED),
        ModerationStatus.WITHDRAWN,
        _nobody,
        by_system=True,
    ),
)
