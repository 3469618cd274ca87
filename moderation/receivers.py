"""What moderation does when something happens, in the same transaction."""

from audits.events import AuditWithdrawn, ModerationNeeded
from moderation.services import open_moderation, withdraw_moderation
from qaf.tenants.events import on


@on(ModerationNeeded)
def open_with_reasons(event: ModerationNeeded) -> None:
    """A difference, a random draw or a request opens a moderation."""
    open_moderation(audit=event.audit, reasons=event.reasons)


@on(AuditWithdrawn)
def end_moderation(event: AuditWithdrawn) -> None:
    """A withdrawn audit needs no moderator."""
    withdraw_moderation(audit=event.audit)
