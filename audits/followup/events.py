"""What the follow-up tells those above it; receivers run in the same transaction."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.followup.models import Action, FollowUp, UrgentConcern
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class ActionEvent:
    """Something happened to an action; ``person`` is ``None`` when the system did it."""

    action: "Action"
    person: "Person | None" = None


class ActionSignedOff(ActionEvent):
    """Somebody other than its owner confirmed that it is done."""


class ActionConfirmed(ActionEvent):
    """Somebody confirmed something of it that the framework asks for soon after the audit."""


class ActionNotAgreed(ActionEvent):
    """It will not be taken forward."""


@dataclass(frozen=True)
class FollowUpEnded:
    """A follow-up is done, or no longer needed."""

    follow_up: "FollowUp"
    person: "Person | None" = None


@dataclass(frozen=True)
class ConcernRaised:
    """An urgent concern was raised; ``about`` is the reference of what was looked at, where there was one."""

    concern: "UrgentConcern"
    about: str = ""


@dataclass(frozen=True)
class ConcernEnded:
    """An urgent concern was answered or closed."""

    concern: "UrgentConcern"
    person: "Person | None" = None
