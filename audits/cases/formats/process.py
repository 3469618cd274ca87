"""The parent's side: start the child, wait with patience that ends, and believe nothing but its JSON."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from audits.cases.formats.guard import Limits, kind_of, too_much_words
from audits.cases.formats.rows import FileFault, FrontDoor, Reading

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
OUR_MISTAKE = (
    "QAF could not read this file, and that is our mistake: whoever runs QAF finds in the log where it failed. "
    "Until it is put right, saving the lists again as one CSV file each may help."
)
READABLE = {".xlsx", ".xlsm", ".xls", ".csv", ".zip", ".txt"}


def expand(paths: list[Path]) -> list[tuple[Path, str]]:
    """Return the files to read with their names; a folder gives the files in it, in order of name."""
    files: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                one for one in path.iterdir() if one.is_file() and one.suffix.casefold() in READABLE
            )
            if not inside:
                raise FileFault(path.name, "This folder holds no CSV file and no workbook.")
            files += [(one, one.name) for one in inside]
        elif path.is_file():
            files.append((path, path.name))
        else:
            raise FileFault(path.name, "There is no such file.")
    return files


def read_upload(
    files: list[tuple[Path, str]],
    *,
    as_of: date,
    limits: Limits | None = None,
    front_door: FrontDoor | None = None,
) -> Reading:
    """Read the files in a child process with limits on memory and time.

    Raises ``FileFault`` in plain English when a file cannot be used, whatever became of the child.
    """
    limits = limits or Limits()
    for path, name in files:
        kind_of(path, name, limits)
    request = {
        "files": [[str(path.resolve()), name] for path, name in files],
        "as_of": as_of.isoformat(),
        "limits": asdict(limits),
        "front_door": asdict(front_door or FrontDoor()),
    }
    blamed = files[-1][1] if files else ""
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-m", "audits.cases.formats.child"],
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=ROOT,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
            timeout=limits.seconds * 2,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileFault(blamed, too_much_words()) from None
    if done.returncode != 0:
        # Killed by a limit, or ended by the library: the same to the person who uploaded it.
        raise FileFault(blamed, too_much_words())
    answer = json.loads(done.stdout)
    if "fault" in answer:
        raise FileFault(*answer["fault"])
    if "mistake" in answer:
        # What failed and where, never what it said: that would quote the file.
        logger.error("a case list could not be read: %s at %s", *answer["mistake"])
        raise FileFault(blamed, OUR_MISTAKE)
    return Reading.from_json(answer["reading"])
