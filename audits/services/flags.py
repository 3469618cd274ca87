"""Marks on an audit: set with a reason by its auditors and moderator, taken back with a reason, never lost."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import AssessmentStatus
from audits.followup.services.concerns import SpokenFirst, require_spoken
from audits.frameworks.enums import Occurrence
from audits.frameworks.selectors import framework_in_force
from audits.models import Audit, AuditFlag
from audits.selectors.facts import framework_for
from audits.selectors.flags import may_mark, raises_concern
from audits.services.assessments import lock_audit
from audits.services.consequences import apply_consequences
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.transitions import StatusHasChanged


@transaction.atomic
def set_flag(
    *, audit: Audit, flag: str, reason: str, person: Person, spoken: SpokenFirst | None = None
) -> AuditFlag:
    """Mark the audit, and do at once what the framework's rules make of that; set twice is set once.

    A mark that calls for an urgent concern raises it in these words, after the conversation that ``spoken`` tells of
    or the reason why it could not wait (SEF-105, SEF-107). What was submitted before is looked at again with the mark.
    Raises ``PermissionDenied`` for anybody but the auditors and the moderator, ``ValidationError`` by field.
    """
    audit = lock_audit(audit)
    _require_part(audit, person)
    framework = framework_for(audit)
    if flag not in {one.key for one in framework.flags}:
        raise ValidationError({"flag": "Select one of the framework’s marks"})
    if not reason.strip():
        raise ValidationError({"reason": "Say what you saw"})
    if found := audit.flags.filter(flag=flag, taken_back_at=None).first():
        return found
    if raises_concern(framework, flag):
        require_spoken(framework_in_force(), spoken)
    mark = AuditFlag.objects.create(
        audit=audit, flag=flag, reason=reason.strip(), set_by=person, set_at=clock.now()
    )
    apply_consequences(audit=audit, occurrence=Occurrence.CONCERN_FLAGGED, spoken=spoken)
    submitted = audit.assessments.filter(status=AssessmentStatus.SUBMITTED)
    for slot in submitted.values_list("slot", flat=True):
        apply_consequences(audit=audit, occurrence=Occurrence.AUDIT_SUBMITTED, submitter=slot)
    return mark


@transaction.atomic
def take_back_flag(*, mark: AuditFlag, reason: str, person: Person) -> None:
    """Take a mark back, saying why; what it set off goes on. Raises ``StatusHasChanged`` the second time."""
    _require_part(lock_audit(mark.audit), person)
    mark = AuditFlag.objects.get(pk=mark.pk)
    if mark.taken_back_at:
        raise StatusHasChanged("This mark has been taken back already.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why it does not hold"})
    mark.taken_back_by, mark.taken_back_at, mark.taken_back_reason = person, clock.now(), reason.strip()
    mark.save(update_fields=["taken_back_by", "taken_back_at", "taken_back_reason"])


def _require_part(audit: Audit, person: Person) -> None:
    if not may_mark(audit, person):
        raise PermissionDenied("The audit’s auditors and its moderator set marks, until it is closed.")
