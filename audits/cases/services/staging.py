"""The staged rows of an import: made for the preview, read again after a mapping, kept for undoing."""

from typing import Any

from django.db.models import OuterRef, Subquery

from audits.cases.enums import ImportStatus, RowAction
from audits.cases.formats.rows import CaseRow, ListSeen, Notice, Reading, Refusal
from audits.cases.models import Case, CaseImport, ImportRow
from audits.cases.selectors.lists import last_import
from audits.cases.services.planning import Plan, Step, plan
from audits.cases.services.writing import BATCH, stored
from audits.cases.workflow import IMPORT


def preview_import(*, case_import: CaseImport, reading: Reading) -> Plan:
    """Stage, row by row, what the reading would do."""
    made = plan(reading, case_import.as_of)
    ImportRow.objects.filter(case_import=case_import).delete()
    rows = [
        ImportRow(
            case_import_id=case_import.pk,
            action=step.action,
            local_id=step.row.local_id,
            data=step.row.to_json(),
            case_id=step.case.pk if step.case else None,
            changes=step.changes,
            before=columns_before(step),
        )
        for step in made.steps
    ]
    rows += _refused_rows(case_import, made, reading)
    ImportRow.objects.bulk_create(rows, batch_size=BATCH)
    record_preview(case_import, made, reading)
    return made


def columns_before(step: Step) -> dict[str, Any]:
    return stored(step.case) if step.case is not None and step.action != RowAction.UNCHANGED else {}


def _refused_rows(case_import: CaseImport, made: Plan, reading: Reading) -> list[ImportRow]:
    read = set(reading.refused)
    return [
        ImportRow(
            case_import=case_import,
            action=RowAction.REFUSED,
            local_id=refusal.local_id,
            refusal={**refusal.to_json(), "read": refusal in read},
        )
        for refusal in made.refused
    ]


def record_preview(case_import: CaseImport, made: Plan, reading: Reading) -> None:
    also = {
        "counts": made.counts(),
        "open_before": made.open_before,
        "follows": last_import(),
        "format": _format(reading),
        "lists_seen": [[seen.file, seen.sheet, seen.list, seen.rows] for seen in reading.lists],
        "oddities": [[one.file, one.list, one.row, one.text] for one in made.notices],
        "unmapped": {"teams": made.new_teams, "people": made.new_people, "roles": made.unknown_roles},
    }
    IMPORT.apply(case_import, "preview", person=None, also=also)


def _format(reading: Reading) -> str:
    if any(seen.sheet.startswith("ssd_") for seen in reading.lists):
        return "ssd"
    return "annex_a" if any(seen.list != "supplement" for seen in reading.lists) else "supplement"


def staged_reading(case_import: CaseImport) -> Reading:
    """Rebuild what the files said from the staged rows, to look at it again."""
    reading = Reading(
        lists=[ListSeen(*seen) for seen in case_import.lists_seen],
        notices=[Notice(*one) for one in case_import.oddities if one[0]],
    )
    for row in ImportRow.objects.filter(case_import=case_import).iterator(chunk_size=BATCH):
        if row.action == RowAction.REFUSED:
            parts = dict(row.refusal)
            if parts.pop("read", True):
                reading.refused.append(Refusal(**parts, local_id=row.local_id))
        elif row.data.get("lists"):
            reading.rows.append(CaseRow.from_json(row.data))
    return reading


def preview_again(*, case_import: CaseImport) -> None:
    """Make the preview anew from the staged rows, after a mapping or another import."""
    if case_import.status == ImportStatus.PREVIEW:
        preview_import(case_import=case_import, reading=staged_reading(case_import))


def settle_staged(case_import: CaseImport) -> None:
    """Keep of the staged rows what undoing needs: the children are written, and not kept twice."""
    staged = ImportRow.objects.filter(case_import=case_import)
    now_there = Case.objects.filter(local_id=OuterRef("local_id")).values("pk")[:1]
    staged.filter(action=RowAction.NEW).update(case_id=Subquery(now_there), data={})
    staged.filter(action__in=[RowAction.CHANGED, RowAction.CLOSED]).update(data={})
    staged.filter(action=RowAction.UNCHANGED).delete()


def stage_written(
    case_import: CaseImport, made: Plan, before: list[dict[str, Any]], reading: Reading
) -> None:
    """Stage what was written at once, without a preview that somebody looked at."""
    ids = dict(Case.objects.values_list("local_id", "pk"))
    rows = [
        ImportRow(
            case_import_id=case_import.pk,
            action=step.action,
            local_id=step.row.local_id,
            case_id=ids[step.row.local_id],
            changes=step.changes,
            before=values,
        )
        for step, values in zip(made.steps, before, strict=True)
        if step.action != RowAction.UNCHANGED
    ]
    ImportRow.objects.bulk_create([*rows, *_refused_rows(case_import, made, reading)], batch_size=BATCH)
