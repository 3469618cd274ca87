"""The life of an import: read, preview, confirm, write, undo. What was previewed is written, or nothing."""

import shutil
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from audits.cases import registry
from audits.cases.enums import ImportStatus, RowAction
from audits.cases.events import CaseImportUndone, CasesImported
from audits.cases.formats.guard import Limits
from audits.cases.formats.process import expand, read_upload
from audits.cases.formats.rows import FileFault
from audits.cases.models import Assignment, CaseImport, ImportRow, StatusPeriod
from audits.cases.selectors.lists import last_import
from audits.cases.selectors.service_map import front_door_on
from audits.cases.services.mapping import settle_services
from audits.cases.services.planning import Plan, plan
from audits.cases.services.staging import (
    columns_before,
    preview_again,
    preview_import,
    record_preview,
    settle_staged,
    stage_written,
    staged_reading,
)
from audits.cases.services.writing import Writer, delete_cases, restore_cases
from audits.cases.workflow import IMPORT
from qaf.lib import clock
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from qaf.tenants.scope import current_authority_id
from qaf.tenants.transitions import TransitionRefused


class ImportRefused(Exception):
    """The import cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did, or would do."""

    case_import: CaseImport
    plan: Plan

    def to_json(self) -> dict[str, Any]:
        """Return the published form of the result."""
        return {
            **{key: value for key, value in self.plan.counts().items() if key != RowAction.REFUSED.value},
            "refused": [refusal.to_json() for refusal in self.plan.refused],
            "unmapped_teams": self.plan.new_teams,
            "unmapped_workers": self.plan.new_people,
            "unmapped_roles": sorted(self.plan.unknown_roles),
            "notices": [
                {"file": one.file, "list": one.list, "row": one.row, "text": one.text}
                for one in self.plan.notices
            ],
        }


def check_as_of(as_of: date) -> None:
    """Refuse a date in the future, and one older than the last import's."""
    if as_of > clock.today():
        raise ImportRefused("The date of the case list lies in the future. Give the day the files were made.")
    last = last_import()
    if last is not None and as_of < last.as_of:
        raise ImportRefused(
            f"The last import was of {last.as_of.day} {last.as_of:%B %Y}; an older list cannot be laid over it. "
            "Undo that import first, or use newer files."
        )


# -- uploads --------------------------------------------------------------------------------------


def uploads_folder() -> Path:
    """Return where the web server puts what the worker reads: they must share it."""
    return Path(settings.DATA_DIR) / "uploads"


def _folder(case_import: CaseImport) -> Path:
    return uploads_folder() / str(current_authority_id()) / str(case_import.pk)


def start_import(
    *, files: Iterable[Any], as_of: date, person: Person | None, form_key: str = ""
) -> CaseImport:
    """Keep uploaded files until a job has read them; raises ``ImportRefused``.

    ``files`` are Django uploads; their names are kept for messages only, on disk they have none.
    The same ``form_key`` again returns the import that it started.
    """
    if form_key and (started := CaseImport.objects.filter(form_key=form_key).first()):
        return started
    check_as_of(as_of)
    uploads = list(files)
    _check_uploads(uploads)
    try:
        with transaction.atomic():
            case_import = CaseImport.objects.create(
                as_of=as_of,
                file_names=[Path(upload.name).name[:120] for upload in uploads],
                started_by=person,
                form_key=form_key,
                created_at=clock.now(),
            )
    except IntegrityError:
        # The same form, posted twice at once: the other request was first.
        return CaseImport.objects.get(form_key=form_key)
    case_import.stored_as = _store(case_import, uploads)
    CaseImport.objects.filter(pk=case_import.pk).update(stored_as=case_import.stored_as)
    return case_import


def _check_uploads(uploads: Sequence[Any]) -> None:
    limits = Limits()
    if not uploads:
        raise ImportRefused("Choose at least one file.")
    for upload in uploads:
        if upload.size > limits.file_bytes:
            raise ImportRefused(
                f"{upload.name} is {upload.size / 1024 / 1024:.0f} MB; the largest that can be uploaded is "
                f"{limits.file_bytes // 1024 // 1024} MB. Remove what is not part of the lists and try again."
            )


def _store(case_import: CaseImport, uploads: Sequence[Any]) -> list[str]:
    """Write the uploads to the import's folder, under names that say nothing."""
    folder = _folder(case_import)
    folder.mkdir(parents=True, mode=0o700)
    stored = []
    for upload in uploads:
        path = folder / uuid.uuid4().hex
        with path.open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
        stored.append(str(path))
    return stored


def forget_files(case_import: CaseImport) -> None:
    """Delete the uploads once the transaction that read them is safe."""
    folder = _folder(case_import)
    CaseImport.objects.filter(pk=case_import.pk).update(stored_as=[])
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def read_import(*, case_import: CaseImport) -> None:
    """Read the stored files and make the preview; a file that cannot be used refuses the import, saying why."""
    if case_import.status != ImportStatus.READING:
        return
    files = [
        (Path(path), name) for path, name in zip(case_import.stored_as, case_import.file_names, strict=True)
    ]
    try:
        reading = read_upload(files, as_of=case_import.as_of, front_door=front_door_on(case_import.as_of))
    except FileFault as fault:
        faults = [{"file": fault.file, "message": fault.message}]
        IMPORT.apply(case_import, "refuse", person=None, also={"faults": faults})
    else:
        preview_import(case_import=case_import, reading=reading)
    forget_files(case_import)


# -- confirm and write ----------------------------------------------------------------------------


def confirm_import(
    *,
    case_import: CaseImport,
    person: Person | None,
    refusals_left_out: bool = False,
    closing_confirmed: bool = False,
) -> None:
    """Take the lead's word for a preview; raises ``TransitionRefused`` with what is still to be confirmed."""
    problems = []
    if case_import.counts.get(RowAction.REFUSED.value) and not refusals_left_out:
        problems.append("Confirm that the refused rows are left out.")
    if case_import.closes_many and not closing_confirmed:
        problems.append(
            f"This would close {case_import.counts[RowAction.CLOSED.value]} of {case_import.open_before} open cases, "
            "more than a fifth. Confirm that they really closed."
        )
    if problems:
        raise TransitionRefused(problems)
    IMPORT.apply(case_import, "confirm", person=person, also={"confirmed_by": person})


def write_import(*, case_import: CaseImport) -> bool:
    """Write a confirmed import; ``False`` when the case list changed since its preview, which is then made anew."""
    _lock()
    case_import.refresh_from_db()
    if case_import.status != ImportStatus.CONFIRMED:
        return case_import.status == ImportStatus.DONE
    last = last_import()
    if (last.pk if last else None) != case_import.follows_id:
        IMPORT.apply(case_import, "outdate", person=None)
        check_as_of(case_import.as_of)
        preview_again(case_import=case_import)
        return False
    made = plan(staged_reading(case_import), case_import.as_of)
    _write(case_import, made)
    settle_staged(case_import)
    return True


def _write(case_import: CaseImport, made: Plan) -> None:
    written = Writer(case_import).write(made.steps)
    settle_services()
    unmapped = {**case_import.unmapped, "teams": written.teams, "people": written.people}
    IMPORT.apply(case_import, "write", person=None, also={"done_at": clock.now(), "unmapped": unmapped})
    publish(CasesImported(case_import.pk, tuple(written.new), tuple(written.closed)))


def _lock() -> None:
    """Let one import of a council be written at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x51AF, current_authority_id()])


# -- in one go ------------------------------------------------------------------------------------


def import_files(
    *,
    files: Iterable[Path],
    as_of: date,
    person: Person | None = None,
    dry_run: bool = False,
    closing_confirmed: bool = False,
) -> ImportOutcome:
    """Read, preview and write files (or a folder) at once, leaving refused rows out; for commands.

    Raises ``FileFault``, ``ImportRefused`` (an older date; more than a fifth closed without
    ``closing_confirmed``). With ``dry_run`` nothing is written.
    """
    check_as_of(as_of)
    paths = expand(list(files))
    reading = read_upload(paths, as_of=as_of, front_door=front_door_on(as_of))
    with transaction.atomic():
        _lock()
        if dry_run:
            made = plan(reading, as_of)
            return ImportOutcome(CaseImport(as_of=as_of, counts=made.counts()), made)
        case_import = CaseImport.objects.create(
            as_of=as_of, file_names=[name for _, name in paths], started_by=person, created_at=clock.now()
        )
        made = plan(reading, as_of)
        record_preview(case_import, made, reading)
        try:
            confirm_import(
                case_import=case_import,
                person=person,
                refusals_left_out=True,
                closing_confirmed=closing_confirmed,
            )
        except TransitionRefused as refusal:
            raise ImportRefused(" ".join(problem.text for problem in refusal.problems)) from None
        before = [columns_before(step) for step in made.steps]
        _write(case_import, made)
        stage_written(case_import, made, before, reading)
    return ImportOutcome(case_import, made)


# -- undo -----------------------------------------------------------------------------------------


def why_not_undo(case_import: CaseImport) -> str:
    """Return why an import cannot be taken back, the empty text when it can."""
    last = CaseImport.objects.filter(status=ImportStatus.DONE).order_by("-id").first()
    if case_import.status != ImportStatus.DONE or last is None or last.pk != case_import.pk:
        return "Only the last import can be undone."
    if case_import.done_at and registry.drawn_since(case_import.done_at):
        return "A sample was drawn after this import, so it can no longer be undone."
    staged = ImportRow.objects.filter(case_import=case_import)
    if not staged.exists():
        return "What is needed to undo an import is kept for five weeks."
    made = staged.filter(action=RowAction.NEW).exclude(case=None)
    if registry.sampled(made.values_list("case_id", flat=True)):
        return "A child who came with this import is in an audit, so it can no longer be undone."
    return ""


def undo_import(*, case_import: CaseImport, person: Person | None) -> None:
    """Put the case list back to what it was before the last import; raises ``ImportRefused``."""
    _lock()
    if reason := why_not_undo(case_import):
        raise ImportRefused(reason)
    IMPORT.apply(case_import, "undo", person=person)
    for model in (Assignment, StatusPeriod):
        model.objects.filter(begun_by=case_import).delete()
        model.objects.filter(ended_by=case_import).update(ends_on=None, ended_by=None)
    rows = ImportRow.objects.filter(case_import=case_import).exclude(case=None)
    added = list(rows.filter(action=RowAction.NEW).values_list("case_id", flat=True))
    delete_cases(added, why="The import that brought them in was undone")
    before = rows.filter(action__in=[RowAction.CHANGED, RowAction.CLOSED]).select_related("case")
    restore_cases((row.case, row.before) for row in before if row.case)
    publish(CaseImportUndone(case_import.pk))


def discard_import(*, case_import: CaseImport, person: Person | None) -> None:
    """Throw a preview away, with everything that was staged."""
    IMPORT.apply(case_import, "discard", person=person)
    ImportRow.objects.filter(case_import=case_import).delete()
    with suppress(FileNotFoundError):
        shutil.rmtree(_folder(case_import))
