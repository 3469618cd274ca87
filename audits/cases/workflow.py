"""Where an import may go from where."""

from audits.cases.enums import ImportStatus
from qaf.tenants.permissions import may
from qaf.tenants.transitions import Transition, Workflow


def _importer(case_import: object, person: object) -> bool:
    return may(person, "cases.import")  # type: ignore[arg-type]


IMPORT = Workflow(
    "status",
    Transition(
        "preview", "Show the preview", (ImportStatus.READING, ImportStatus.PREVIEW), ImportStatus.PREVIEW, _importer,
        by_system=True,
    ),
    Transition("refuse", "Refuse the files", (ImportStatus.READING,), ImportStatus.REFUSED, _importer, by_system=True),
    Transition(
        "confirm", "Confirm the import", (ImportStatus.PREVIEW,), ImportStatus.CONFIRMED, _importer, by_system=True
    ),
    Transition("write", "Write the import", (ImportStatus.CONFIRMED,), ImportStatus.DONE, _importer, by_system=True),
    Transition(
        "outdate", "Preview again, because the case list has changed", (ImportStatus.CONFIRMED,), ImportStatus.PREVIEW,
        _importer, by_system=True,
    ),
    Transition(
        "discard", "Discard the import", (ImportStatus.READING, ImportStatus.PREVIEW, ImportStatus.REFUSED),
        ImportStatus.DISCARDED, _importer, by_system=True,
    ),
    Transition("undo", "Undo the import", (ImportStatus.DONE,), ImportStatus.UNDONE, _importer, by_system=True),
)  # fmt: skip
"""The states of a `CaseImport`; the buttons on its page are made from this table."""
