"""Starting programs so that none of them can outlive the command that started it.

Three nets, one under the other: the command stops its programs itself; the kernel signals each of them when the
command dies (``setpriv --pdeathsig``); and a guardian process, told of every group, kills what is left of them.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from _lib.console import Stop

LONGEST_LOG = 10_000_000  # bytes; a longer one is put aside at the next start


@dataclass
class Program:
    """One long-running program. ``stop_signal`` asks it to finish tidily, whoever sends it."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    account: pwd.struct_passwd | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    folder: str = "/"
    process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def with_account(command: list[str], account: pwd.struct_passwd | None) -> list[str]:
    """Return ``command`` as ``account`` would run it; only root can, and only root needs to."""
    if account is None:
        return command
    drop = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]
    return [*drop, *command]


class Programs:
    """The programs of one command. Start them from its main thread: the kernel counts that thread's death."""

    def __init__(self) -> None:
        if shutil.which("setpriv") is None:
            raise Stop("setpriv is missing; it comes with util-linux (apt-get install util-linux).")
        guardian = [sys.executable, "-S", str(Path(__file__).with_name("guardian.py"))]
        self.guardian = subprocess.Popen(
            guardian, stdin=subprocess.PIPE, start_new_session=True, cwd="/", bufsize=0
        )
        self.all: list[Program] = []

    def start(self, program: Program) -> None:
        name = program.stop_signal.name.removeprefix("SIG")
        # An inner setpriv changes the account first: the kernel forgets the death signal at such a change.
        command = with_account(["setpriv", "--pdeathsig", name, "--", *program.command], program.account)
        if program.log.exists() and program.log.stat().st_size > LONGEST_LOG:
            program.log.replace(program.log.with_suffix(".old.log"))
        with program.log.open("ab") as log:
            program.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=program.folder,
                env={**os.environ, **program.environment},
                start_new_session=True,
            )
        self._tell(f"+{program.process.pid}")
        if program not in self.all:
            self.all.append(program)

    def stop(self, programs: list[Program], *, seconds: float = 20) -> None:
        """Ask ``programs`` to finish, together; after ``seconds`` end what is left of their groups."""
        for program in programs:
            if program.alive and program.process:
                program.process.send_signal(program.stop_signal)
        deadline = time.monotonic() + seconds
        while any(program.alive for program in programs) and time.monotonic() < deadline:
            time.sleep(0.05)
        for program in programs:
            if program.process:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(program.process.pid, signal.SIGKILL)
                program.process.wait()
                self._tell(f"-{program.process.pid}")
            if program in self.all:
                self.all.remove(program)

    def close(self) -> None:
        """Stop everything, in the reverse order of starting, and dismiss the guardian."""
        for program in reversed(list(self.all)):
            self.stop([program])
        if self.guardian.stdin:
            self.guardian.stdin.close()
        self.guardian.wait()

    def _tell(self, line: str) -> None:
        if self.guardian.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.guardian.stdin.write(f"{line}\n".encode())


def tail(path: Path, lines: int = 40) -> str:
    """Return the last lines of a log, to show why a program did not start."""
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
