"""Children who were never sampled are not kept for ever, and staged rows only as long as undoing may need them."""

from datetime import timedelta

from audits.cases import registry
from audits.cases.enums import ImportStatus
from audits.cases.models import Case, CaseImport, ImportRow
from audits.cases.services.imports import discard_import
from audits.cases.services.writing import delete_cases
from qaf.lib import clock
from qaf.lib.calendar import add_months
from qaf.tenants.models import Authority
from qaf.tenants.scope import because, current_authority_id

STAGED_DAYS = 35


def delete_never_sampled() -> int:
    """Delete closed cases that nothing refers to, on the council's date; return how many. May run twice."""
    council = Authority.objects.get(pk=current_authority_id())
    limit = add_months(clock.today(), -council.never_sampled_kept_months)
    due = list(Case.objects.filter(closed_on__lte=limit).values_list("pk", flat=True))
    due = sorted(set(due) - registry.sampled(due))
    if not due:
        return 0
    local_ids = list(Case.objects.filter(pk__in=due).values_list("local_id", flat=True))
    why = "Never sampled, kept as long as the council states"
    with because(why):
        ImportRow.objects.filter(local_id__in=local_ids).delete()
        delete_cases(due, why=why)
    return len(due)


def forget_staged_rows() -> int:
    """Delete the staged rows of imports that are five weeks old, discarding previews nobody confirmed."""
    since = clock.now() - timedelta(days=STAGED_DAYS)
    old = CaseImport.objects.filter(created_at__lt=since)
    for case_import in old.filter(status__in=[ImportStatus.PREVIEW, ImportStatus.REFUSED]):
        discard_import(case_import=case_import, person=None)
    deleted, _ = ImportRow.objects.filter(case_import__in=old).delete()
    return deleted
