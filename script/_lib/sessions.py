"""A command's use of the engines: its own if none run for the data folder, else those that do."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from _lib.console import Stop
from _lib.engines import Engines, database_tool
from _lib.places import PYTHON, REPOSITORY, DataFolder, Lock
from _lib.processes import Programs

ATTACH_SECONDS = 120


def engines_needed() -> tuple[bool, bool]:
    """Tell whether PostgreSQL and Valkey must be ours: an address in the environment wins."""
    return not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")


def settings_of(data: DataFolder, name: str) -> dict[str, str]:
    """Return the environment that `qaf.settings` reads, less the engines' addresses."""
    values = {"QAF_ENV": name, "DJANGO_SETTINGS_MODULE": f"qaf.settings.{name}", "QAF_DATA": str(data.path)}
    values |= {key: os.environ[key] for key in ("QAF_ENV", "DJANGO_SETTINGS_MODULE") if os.environ.get(key)}
    if name == "demo":
        values["QAF_SECRET_KEY"] = os.environ.get("QAF_SECRET_KEY") or data.secret_key()
    return values


def start_engines(
    data: DataFolder, programs: Programs, *, throw_away: bool = False
) -> tuple[Engines, dict[str, str]]:
    """Start the engines that are needed, with roles and database; return them and their addresses."""
    engines = Engines(data, programs, throw_away=throw_away)
    postgres, valkey = engines_needed()
    addresses: dict[str, str] = {}
    if postgres:
        engines.start_postgres()
        addresses["DATABASE_URL"] = engines.database_url("qaf_app")
        addresses["DATABASE_OWNER_URL"] = engines.database_url("qaf_owner")
        addresses["DATABASE_PURGE_URL"] = engines.database_url("qaf_purge")
        tool = hashlib.sha256(Path(__file__).with_name("database.py").read_bytes()).hexdigest()
        stamp = f"{tool} {engines.home}"
        if not data.has_stamp("roles", stamp):
            database_tool(engines.database_url("postgres", "postgres"), "--tests")
            data.set_stamp("roles", stamp)
    if valkey:
        engines.start_valkey()
        addresses["REDIS_URL"] = engines.redis_url
    return engines, addresses


@contextlib.contextmanager
def attached(data: DataFolder) -> Iterator[dict[str, str]]:
    """Yield the engines' addresses for the block: of those that run, else of our own, stopped at the end.

    Commands may overlap: whoever started the engines waits for the others before stopping them.
    """
    if not any(engines_needed()):
        yield {}
        return
    use, lock = Lock(data.path / "in-use"), Lock(data.path / "lock")
    try:
        use.take(shared=True)
        if not lock.take(wait=False):
            yield _addresses_of_running(data, lock)
            return
        with contextlib.closing(Programs()) as programs:
            _, addresses = start_engines(data, programs)
            data.write_state(process=os.getpid(), addresses=addresses)
            try:
                yield addresses
            finally:
                use.take()
                data.clear_state()
    finally:
        lock.close()
        use.close()


def _addresses_of_running(data: DataFolder, lock: Lock) -> dict[str, str]:
    deadline = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < deadline:
        if addresses := data.read_state().get("addresses"):
            return dict(addresses)
        if lock.take(wait=False):
            raise Stop("the command that ran the engines has just ended. Start this again.")
        time.sleep(0.1)
    raise Stop(f"another command holds {data.path} but its engines do not answer.")


def run(command: list[str], environment: dict[str, str], *, folder: Path = REPOSITORY) -> int:
    """Run one program to its end in the foreground and return its status; it dies with us.

    Ctrl-C reaches it by the terminal, TERM by us; either way we outlive it, to tidy up.
    """
    child = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", "--", *command], env={**os.environ, **environment}, cwd=folder
    )

    def pass_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN), signal.signal(signal.SIGTERM, pass_on)
    try:
        status = child.wait()
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
    return status if status >= 0 else 128 - status


def stop_on_signals() -> None:
    """Let Ctrl-C, TERM and HUP end the command alike, tidily: a second one does not disturb the tidying."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in numbers:
        signal.signal(each, interrupt)


def manage(arguments: list[str], environment: dict[str, str]) -> int:
    """Run manage.py and return its status."""
    return run([str(PYTHON), str(REPOSITORY / "manage.py"), *arguments], environment)


def digest_of(*patterns: str) -> str:
    """Return a digest of the names and contents of the repository's files that match."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in REPOSITORY.glob(pattern) if path.is_file()):
        digest.update(str(path.relative_to(REPOSITORY)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
