"""Where things are: the repository, its virtual environment, and a data folder with its lock and its state."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _lib.console import Stop

REPOSITORY = Path(__file__).resolve().parent.parent.parent
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; the old content stays until the new is whole."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


class DataFolder:
    """One folder that holds everything a demo makes; nothing is ever written or erased beside it.

    (As root the engines' files stand under /var/lib/qaf instead: see `_lib.engines`.)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.identity = ""

    @classmethod
    def open(cls, wanted: str | None) -> DataFolder:
        """Open or make the folder: ``wanted``, else ``QAF_DATA``, else ``.data`` in the repository."""
        folder = cls(
            Path(wanted or os.environ.get("QAF_DATA") or REPOSITORY / ".data").expanduser().absolute()
        )
        marker = folder.path / ".qaf-data"
        try:
            if not marker.exists():
                if folder.path.exists() and not folder.path.is_dir():
                    raise Stop(f"{folder.path} is not a folder. Choose another with --data DIR.")
                if folder.path.is_dir() and any(folder.path.iterdir()):
                    raise Stop(
                        f"{folder.path} holds files that QAF did not make. Choose a new folder with --data DIR."
                    )
                folder.path.mkdir(parents=True, exist_ok=True)
                folder.path.chmod(0o700)
                write_private(marker, secrets.token_hex(6) + "\n")
            folder.identity = marker.read_text(encoding="utf-8").strip()
        except PermissionError as fault:
            raise Stop(
                f"{fault.filename} cannot be used by this account. Choose another with --data DIR."
            ) from fault
        return folder

    def erase(self) -> None:
        """Empty the folder, keeping only the marker and the locks."""
        for entry in self.path.iterdir():
            if entry.name in {".qaf-data", "lock", "in-use"}:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def sub(self, name: str) -> Path:
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def secret_key(self) -> str:
        """Return the key of this folder's demo, made once; it never leaves the folder."""
        path = self.path / "secret-key"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(64) + "\n")
        return path.read_text(encoding="utf-8").strip()

    # The state file says which engines run and where; it counts only while its writer holds the lock.
    def read_state(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.path / "running.json").read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            return {}

    def write_state(self, **values: Any) -> None:
        write_private(self.path / "running.json", json.dumps(values))

    def clear_state(self) -> None:
        (self.path / "running.json").unlink(missing_ok=True)

    # Stamps remember what was done already, by a digest of what it was done with.
    def has_stamp(self, name: str, digest: str) -> bool:
        path = self.path / "stamps" / name
        return path.exists() and path.read_text(encoding="utf-8") == digest

    def set_stamp(self, name: str, digest: str) -> None:
        write_private(self.sub("stamps") / name, digest)


class Lock:
    """An advisory file lock: it cannot outlive the process that holds it."""

    def __init__(self, path: Path) -> None:
        # Inheriting it would let a child keep the lock after its holder died.
        self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self.handle, how)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self.handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock at ``path`` for the block, waiting for it."""
    lock = Lock(path)
    lock.take()
    try:
        yield
    finally:
        lock.close()
