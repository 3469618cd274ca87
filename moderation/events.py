"""What moderation tells those above it; receivers run in the same transaction."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moderation.models import Moderation
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class ModerationDecided:
    """A moderator decided."""

    moderation: "Moderation"
    person: "Person | None" = None
