"""What moderation does when something happens, in the same transaction."""

from audits.enums import AuditStatus
from audits.events import AuditWithdrawn, CycleOpened, GradesRevised, ModerationNeeded, OverallDisputed
from audits.selectors.facts import around_audit
from audits.selectors.links import audit_href
from audits.services.outcome import send_to_moderation
from audits.services.selecting import disagreement_reasons
from moderation.services import open_moderation, withdraw_moderation
from moderation.services.meetings import prepare_meeting
from moderation.services.naming import name_moderators
from qaf.notices.services import tell
from qaf.tenants.events import on


@on(CycleOpened)
def prepare_the_month(event: CycleOpened) -> None:
    """Name moderators where the framework names them at allocation; set up the month's meeting where it has one."""
    name_moderators(cycle=event.cycle)
    prepare_meeting(cycle=event.cycle)


@on(ModerationNeeded)
def open_with_reasons(event: ModerationNeeded) -> None:
    """A difference, a random draw or a request opens a moderation."""
    open_moderation(audit=event.audit, reasons=event.reasons)


@on(AuditWithdrawn)
def end_moderation(event: AuditWithdrawn) -> None:
    """A withdrawn audit needs no moderator."""
    withdraw_moderation(audit=event.audit)


@on(OverallDisputed)
def bring_to_moderation(event: OverallDisputed) -> None:
    """A grade that somebody disagrees with is moderated; before the last submission it waits for that (SEF-102)."""
    audit, reasons = event.audit, tuple(disagreement_reasons(event.audit))
    if audit.status == AuditStatus.OUTCOME:
        send_to_moderation(audit=audit, reasons=reasons, person=event.person)
    elif audit.status == AuditStatus.IN_MODERATION:
        open_moderation(audit=audit, reasons=reasons)


@on(GradesRevised)
def tell_of_revised_grades(event: GradesRevised) -> None:
    """Worker and auditors learn together that a grade changed after the outcome."""
    audit, around = event.audit, around_audit(event.audit)
    people = [*around.others["auditors"], *filter(None, (around.worker, around.manager))]
    tell(
        people=dict.fromkeys(people),
        kind="grades_revised",
        key=f"{audit.reference}-{audit.recorded_grades.count()}",
        subject=f"{audit.reference}: a grade has changed",
        body="The old grade and the new one stand beside each other, with the reason.",
        href=audit_href(audit),
    )
