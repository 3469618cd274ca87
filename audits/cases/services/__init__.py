"""Writes about the case list."""

from audits.cases.services.exporting import export_rows, write_csv
from audits.cases.services.imports import (
    ImportOutcome,
    ImportRefused,
    confirm_import,
    discard_import,
    import_files,
    read_import,
    start_import,
    undo_import,
    why_not_undo,
    write_import,
)
from audits.cases.services.mapping import map_role_code, map_team, merge_people, settle_services
from audits.cases.services.retention import delete_never_sampled, forget_staged_rows
from audits.cases.services.staging import preview_again, preview_import

__all__ = [
    "ImportOutcome",
    "ImportRefused",
    "confirm_import",
    "delete_never_sampled",
    "discard_import",
    "export_rows",
    "forget_staged_rows",
    "import_files",
    "map_role_code",
    "map_team",
    "merge_people",
    "preview_again",
    "preview_import",
    "read_import",
    "settle_services",
    "start_import",
    "undo_import",
    "why_not_undo",
    "write_csv",
    "write_import",
]
