"""Telling people what became of an import."""

from audits.cases import registry
from audits.cases.enums import ImportStatus
from audits.cases.events import CasesImported
from audits.cases.models import CaseImport
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may

OUTCOMES = {
    ImportStatus.PREVIEW: "The case list has been read: look at the preview and confirm it",
    ImportStatus.REFUSED: "The case list could not be read",
    ImportStatus.DONE: "The case list has been brought in",
}


def tell_of_outcome(case_import: CaseImport) -> None:
    """Tell whoever started an import that it waits for them, failed, or is done."""
    case_import.refresh_from_db()
    subject = OUTCOMES.get(ImportStatus(case_import.status))
    if subject and case_import.started_by:
        key = f"{case_import.pk}-{case_import.status}"
        tell(
            people=[case_import.started_by],
            kind="cases.import",
            key=key,
            subject=subject,
            href=_page(case_import),
        )


def tell_of_closed_audits(event: CasesImported) -> None:
    """Tell those who run imports of children whose case closed while an audit of it is open; the audit stays."""
    audited = registry.audited_now(event.closed)
    if not audited:
        return
    people = Person.objects.filter(left_on=None).exclude(user=None)
    count = len(audited)
    tell(
        people=[person for person in people if may(person, "cases.import")],
        kind="cases.closed_in_audit",
        key=str(event.import_id),
        subject=f"{count} {'case' if count == 1 else 'cases'} closed while being audited",
        body="The audits stay open. Decide on each whether it goes on or is replaced.",
        href=_page(CaseImport.objects.get(pk=event.import_id)),
    )


def _page(case_import: CaseImport) -> str:
    return council_path("cases:import", case_import.pk)
