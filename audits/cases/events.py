"""What the case list tells the rest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CasesImported:
    """An import was written. ``closed`` are the ids of the cases that it closed."""

    import_id: int
    new: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()


@dataclass(frozen=True)
class CaseImportUndone:
    """An import was taken back."""

    import_id: int
