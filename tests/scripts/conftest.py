"""A small stand-in for the application, so that the scripts are tested for what they do and nothing else."""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
OURS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"}

STAND_IN = {
    "manage.py": """
        from django.core.management import execute_from_command_line
        import sys
        execute_from_command_line(sys.argv)
    """,
    "qaf/__init__.py": """
        from qaf.celery import app
    """,
    "qaf/celery.py": """
        import os
        from celery import Celery
        url = os.environ["REDIS_URL"]
        app = Celery("qaf", broker=url.replace("unix://", "redis+socket://").replace("db=", "virtual_host="))
    """,
    "qaf/wsgi.py": """
        from django.core.wsgi import get_wsgi_application
        application = get_wsgi_application()
    """,
    "qaf/urls.py": """
        from django.http import HttpResponse
        from django.urls import path
        urlpatterns = [path("", lambda request: HttpResponse("the stand-in"))]
    """,
    "qaf/settings/demo.py": """
        import environ
        env = environ.Env()
        SECRET_KEY = env("QAF_SECRET_KEY")
        DATABASES = {"default": env.db_url("DATABASE_OWNER_URL")}
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.staticfiles"]
        ROOT_URLCONF = "qaf.urls"
        STATIC_URL, STATIC_ROOT = "/static/", env("QAF_DATA") + "/static"
        ALLOWED_HOSTS = ["*"]
    """,
}


@dataclass
class House:
    """A copy of the scripts beside the stand-in, with a data folder of its own."""

    root: Path
    data: Path
    started: list[subprocess.Popen] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in OURS and not name.startswith("QAF_")
        }
        return kept | {"QAF_DATA": str(self.data)}

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.root / "script" / script), *arguments]
        return subprocess.run(
            command,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, script: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(self.root / "script" / script), *arguments]
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.started.append(process)
        return process

    def demo(self, port: int) -> subprocess.Popen[str]:
        """Start the demo and return when it has printed its address."""
        process = self.start("demo", "--port", str(port))
        lines = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if line.startswith("QAF is at"):
                return process
        raise AssertionError("".join(lines))

    def sql(self, statement: str) -> str:
        """Return what the owner reads, by the engines that run or by some started for it."""
        code = f"from django.db import connection as c; k = c.cursor(); k.execute({statement!r}); print(k.fetchall())"
        done = self.run("manage", "shell", "-v", "0", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def left_running(self) -> list[str]:
        """Return the command lines of every process that has to do with this house."""
        marks = [os.fsencode(self.root)]
        if (self.data / ".qaf-data").exists():
            marks.append((self.data / ".qaf-data").read_bytes().strip())
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                line = (process / "cmdline").read_bytes()
                about = line + (process / "environ").read_bytes()
            except OSError:
                continue
            if int(process.name) != os.getpid() and line and any(mark in about for mark in marks):
                found.append(line.replace(b"\0", b" ").decode())
        return found

    def empties_within(self, seconds: float) -> list[str]:
        """Wait until nothing is left running; return what still is after ``seconds``."""
        deadline = time.monotonic() + seconds
        while (left := self.left_running()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left


@pytest.fixture
def house(tmp_path):
    root = tmp_path / "house"
    for name, text in STAND_IN.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [line[8:] for line in text.splitlines()]
        path.write_text("\n".join(lines).lstrip() + "\n", encoding="utf-8")
    (root / "qaf/settings/__init__.py").touch()
    shutil.copytree(REPOSITORY / "script", root / "script")
    shutil.copy(REPOSITORY / "requirements.txt", root)
    (root / ".venv").symlink_to(REPOSITORY / ".venv")
    found = House(root, tmp_path / "data")
    yield found
    for process in found.started:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=40)
        if process.stdout:
            process.stdout.close()
    found.empties_within(20)
    forget_engines(found)


def forget_engines(house: House) -> None:
    marker = house.data / ".qaf-data"
    if marker.exists():
        shutil.rmtree(Path("/var/lib/qaf/engines") / marker.read_text().strip(), ignore_errors=True)


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
