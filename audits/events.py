"""What the audit loop tells its neighbours; receivers run in the same transaction."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.models import Assessment, Audit, Cycle
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class CycleOpened:
    """A month was drawn and allocated."""

    cycle: "Cycle"


@dataclass(frozen=True)
class AuditEvent:
    """Something happened to an audit; ``person`` is ``None`` when the system did it."""

    audit: "Audit"
    person: "Person | None" = None


@dataclass(frozen=True)
class AssessmentSubmitted:
    """One auditor submitted; the others may not have."""

    assessment: "Assessment"
    person: "Person | None" = None


@dataclass(frozen=True)
class ModerationReasonFound:
    """One reason, by the framework's rule, why an audit must be moderated."""

    rule: str
    kind: str
    domain: str
    text: str
    moderator: "Person | None" = None
    """Who moderates it, where the rule names them."""


@dataclass(frozen=True)
class ModerationNeeded:
    """The comparison, or a random draw, says that the audit must be moderated."""

    audit: "Audit"
    reasons: tuple[ModerationReasonFound, ...] = field(default_factory=tuple)
    person: "Person | None" = None


class GradesRevealed(AuditEvent):
    """The discussion is recorded and the auditors see each other's grades."""


class OutcomeReached(AuditEvent):
    """The grades of record are known and not final yet."""


class AuditFinal(AuditEvent):
    """The grades of record are final."""


class AuditClosed(AuditEvent):
    """Everything that had to follow is done."""


class AuditWithdrawn(AuditEvent):
    """The audit ended without an outcome."""


class OverallDisputed(AuditEvent):
    """Somebody whom the framework lets speak does not agree with the overall grade."""


class GradesRevised(AuditEvent):
    """Grades of record were changed after the outcome, by a session or at the end of a dispute; both are kept."""
