"""The machine's own packages and the virtual environment, made or brought up to date where they are not yet."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from _lib.console import Stop, step
from _lib.places import PYTHON, REPOSITORY, VENV, locked

BASE_PACKAGES = ["ca-certificates", "fonts-liberation", "libpango-1.0-0", "libpangoft2-1.0-0"]
BROWSER_PACKAGES = ["chromium", "libatomic1", "poppler-utils"]


def ensure_packages(names: list[str]) -> None:
    """Install those of Debian's packages ``names`` that are missing, or say the line that does it.

    On a system without dpkg nothing is checked: whoever runs it knows its packages better than we do.
    """
    if shutil.which("dpkg-query") is None:
        return
    missing = [name for name in names if not _installed(name)]
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    prefix = _as_root()
    if prefix is None:
        raise Stop(f"some system packages are missing. As root, run:\n\n    {line}\n\nthen start this again.")
    step(f"Installing system packages: {' '.join(missing)}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    subprocess.run([*apt, "update"], check=False, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *missing], stdout=subprocess.DEVNULL
    )
    if done.returncode:
        raise Stop(
            f"the system packages could not be installed. As root, run:\n\n    {line}\n\nthen start this again."
        )


def _installed(name: str) -> bool:
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}\n", name], capture_output=True, text=True, check=False
    )
    return "installed" in asked.stdout.split()


def _as_root() -> list[str] | None:
    """Return what to put before a command to run it as root, or None where that is not allowed."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def ensure_environment() -> None:
    """Make ``.venv`` hold exactly what requirements.txt says; at once when it does already."""
    wanted = _digest()
    with locked(REPOSITORY / "requirements.txt") if os.access(REPOSITORY, os.W_OK) else _Nothing():
        if _stamp().exists() and _stamp().read_text(encoding="utf-8") == wanted and _works():
            return
        if not os.access(REPOSITORY, os.W_OK):
            raise Stop(f"{REPOSITORY} is not yours to write in, and its .venv is missing or out of date.")
        started = time.monotonic()
        step("Preparing the Python environment (.venv)")
        if not _works():
            _make_venv()
        _install()
        _stamp().write_text(wanted, encoding="utf-8")
        step(f"Python environment ready after {time.monotonic() - started:.0f} s")


class _Nothing:
    def __enter__(self) -> None: ...
    def __exit__(self, *fault: object) -> None: ...


def _stamp() -> Path:
    return VENV / "qaf-requirements"


def _digest() -> str:
    digest = hashlib.sha256()
    for path in (REPOSITORY / "requirements.txt", REPOSITORY / "script" / "uv.txt"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _works() -> bool:
    """Tell whether .venv's Python starts: one made by another account or a removed Python does not."""
    try:
        return subprocess.run([PYTHON, "-c", "pass"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    if VENV.exists() or VENV.is_symlink():
        if not (VENV / "pyvenv.cfg").exists():
            raise Stop(f"{VENV} is in the way and is no virtual environment. Move it away.")
        shutil.rmtree(VENV)
    if not _has_ensurepip() and _uv() is None:
        ensure_packages(["python3-venv"])
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode and (uv := _uv()):
        command = [uv, "-q", "venv", "--clear", "--python", sys.executable, str(VENV)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Stop(f"the virtual environment could not be made:\n{made.stdout}{made.stderr}")


def _has_ensurepip() -> bool:
    """Debian ships venv without ensurepip, which then fails half-way."""
    return (
        subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0
    )


def _uv() -> str | None:
    """Return a uv that works: ours, else the one on the PATH."""
    for path in (str(VENV / "bin" / "uv"), shutil.which("uv")):
        if (
            path
            and Path(path).exists()
            and not subprocess.run([path, "--version"], capture_output=True).returncode
        ):
            return path
    return None


def _install() -> None:
    python = str(PYTHON)
    pip = [python, "-m", "pip", "-q", "--disable-pip-version-check", "install"]
    has_pip = subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
    if _uv() is None and has_pip:
        subprocess.run([*pip, "--require-hashes", "-r", str(REPOSITORY / "script" / "uv.txt")], check=False)
    wanted = ["--require-hashes", "-r", str(REPOSITORY / "requirements.txt")]
    if uv := _uv():
        environment = {**os.environ, "UV_SYSTEM_CERTS": "1", "VIRTUAL_ENV": str(VENV)}
        command = [uv, "-q", "pip", "install", "--compile-bytecode", "--python", python, *wanted]
        if subprocess.run(command, env=environment, check=False).returncode == 0:
            return
        step("uv did not manage; trying pip, which takes longer")
    if not has_pip:
        subprocess.run([python, "-m", "ensurepip"], capture_output=True, check=False)
    if subprocess.run([*pip, *wanted], check=False).returncode:
        raise Stop("the Python packages could not be installed; the lines above say why.")
