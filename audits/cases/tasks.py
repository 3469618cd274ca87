"""The jobs of the case list. Each may run twice."""

from typing import Any

from audits.cases.enums import ImportJob, ImportStatus
from audits.cases.events import CasesImported
from audits.cases.models import CaseImport
from audits.cases.services import (
    delete_never_sampled,
    forget_staged_rows,
    read_import,
    undo_import,
    write_import,
)
from audits.cases.services.imports import ImportRefused
from audits.cases.services.telling import tell_of_closed_audits, tell_of_outcome
from qaf.jobs.models import Job
from qaf.jobs.services import JobRefused, daily, handles, progress
from qaf.tenants.events import on


@handles(ImportJob.READ, title="Read a case list", tells=True)
def read(job: Job) -> dict[str, Any]:
    """Read an upload and make its preview."""
    progress(job, done=0, total=2, step="Reading the files")
    case_import = CaseImport.objects.get(pk=job.payload["import"])
    read_import(case_import=case_import)
    tell_of_outcome(case_import)
    return {"status": case_import.status}


@handles(ImportJob.WRITE, title="Bring in a case list", tells=True)
def write(job: Job) -> dict[str, Any]:
    """Write a confirmed import."""
    progress(job, done=1, total=2, step="Writing the case list")
    case_import = CaseImport.objects.get(pk=job.payload["import"])
    try:
        written = write_import(case_import=case_import)
        tell_of_outcome(case_import)
    except ImportRefused as refused:
        raise JobRefused(str(refused)) from refused
    return {"written": written}


@handles(ImportJob.UNDO, title="Take back a case list")
def undo(job: Job) -> dict[str, Any]:
    """Take an import back."""
    progress(job, done=1, total=2, step="Putting the case list back")
    case_import = CaseImport.objects.get(pk=job.payload["import"])
    if case_import.status != ImportStatus.UNDONE:
        try:
            undo_import(case_import=case_import, person=job.started_by)
        except ImportRefused as refused:
            raise JobRefused(str(refused)) from refused
    return {"status": case_import.status}


@daily
def keep_no_longer() -> None:
    """Delete the children who were never sampled, on the council's date, and staged rows after five weeks."""
    delete_never_sampled()
    forget_staged_rows()


on(CasesImported)(tell_of_closed_audits)
