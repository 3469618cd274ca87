"""One definition for each figure: dashboard, page, PDF and spreadsheet all show what is counted here."""

from reporting.services.figures.model import (
    Block,
    ChartBlock,
    Column,
    Figure,
    Note,
    Quotes,
    Section,
    Table,
    Tiles,
)

__all__ = ["Block", "ChartBlock", "Column", "Figure", "Note", "Quotes", "Section", "Table", "Tiles"]
