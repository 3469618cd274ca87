"""Leave files to try the case list with: the newest month, with the faults that real files have."""

from datetime import date
from pathlib import Path

from qaf.demo.world.annex_a import write_month
from qaf.demo.world.population import World

IN_NEED, CARE_LEAVERS = 6, 9
ID, BORN, STARTED, STATUS, TEAM, WORKER = 0, 3, 6, 11, 12, 13


def leave_files(world: World, today: date, folder: Path) -> tuple[Path, Path]:
    """Live the days up to ``today`` and write its workbook and supplement into ``folder``."""
    if today > world.as_of:
        world.advance(today)
    return write_month(world, folder, spoil=_spoil)


def _spoil(number: int, rows: list[list]) -> None:
    """Damage a few rows: an unknown status, an impossible date, a lost id, a team and a worker nobody knows."""
    if number != IN_NEED:
        return
    still_open = [row for row in rows if not row[STATUS].startswith("e)")]
    still_open[4][STATUS] = "Awaiting decision"
    still_open[9][STARTED] = "31/02/2026"
    still_open[14][ID] = ""
    rows.append(list(still_open[20]))
    for row in still_open[30:33]:
        row[TEAM], row[WORKER] = "Edge of Care", "Tanager, Pip"
