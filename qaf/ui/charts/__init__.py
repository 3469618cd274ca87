"""Charts as titled SVG with their table: one definition for the page and for the PDF.

Presentation attributes only (no script, no style), distinct without colour. Every function here is pure.
"""

from qaf.ui.charts.bars import Bar, bars
from qaf.ui.charts.model import Chart
from qaf.ui.charts.stacked import Group, stacked
from qaf.ui.charts.trend import Line, Point, trend

__all__ = ["Bar", "Chart", "Group", "Line", "Point", "bars", "stacked", "trend"]
