"""script/demo: the whole product on this machine, with invented data, from nothing."""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import time
import urllib.error
import urllib.request

from _lib import setup
from _lib.console import Stop, say, step
from _lib.engines import Engines
from _lib.places import PYTHON, REPOSITORY, DataFolder, Lock
from _lib.processes import Program, Programs, tail
from _lib.sessions import digest_of, engines_needed, manage, settings_of, start_engines, stop_on_signals

ANSWER_SECONDS = 60
RESTARTS_A_MINUTE = 5


def command(arguments: list[str]) -> int:
    options = _options(arguments)
    stop_on_signals()
    data = DataFolder.open(options.data)
    lock = Lock(data.path / "lock")
    if not lock.take(wait=False):
        raise Stop(_already_running(data))
    if not options.prepare:
        _check_port(options.port)
    setup.ensure_packages(setup.BASE_PACKAGES)
    setup.ensure_environment()
    try:
        with contextlib.closing(Programs()) as programs:
            if options.reset:
                _reset(data, programs)
            _, addresses = start_engines(data, programs)
            environment = settings_of(data, "demo") | addresses
            environment["QAF_PUBLIC_URL"] = f"http://localhost:{options.port}"
            data.write_state(process=os.getpid(), addresses=addresses)
            _prepare(data, environment)
            if not options.prepare:
                _serve(data, programs, environment, options.port)
            else:
                say(f"Ready in {data.path}. Start it with script/demo.")
    finally:
        data.clear_state()
        lock.close()
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/demo", description="Run QAF on this machine with invented data."
    )
    parser.add_argument(
        "--port", type=int, default=8000, metavar="N", help="the port to listen on (default: 8000)"
    )
    parser.add_argument(
        "--data", metavar="DIR", help="the folder for everything the demo makes (default: .data)"
    )
    parser.add_argument("--reset", action="store_true", help="begin again with fresh demo data")
    parser.add_argument("--prepare", action="store_true", help="do all but start the servers")
    return parser.parse_args(arguments)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Stop(f"this account may not listen on port {port}. Try script/demo --port 8001.") from None
        except (OSError, OverflowError):
            other = port + 1 if 0 < port < 65535 else 8001
            raise Stop(f"port {port} is taken or not usable. Try script/demo --port {other}.") from None


def _already_running(data: DataFolder) -> str:
    state = data.read_state()
    who = f" by process {state['process']}" if "process" in state else ""
    where = f" It serves {state['url']}." if "url" in state else ""
    return f"{data.path} is in use{who}.{where} Stop that first, or give another folder with --data DIR."


def _reset(data: DataFolder, programs: Programs) -> None:
    if not engines_needed()[0]:
        raise Stop(
            "--reset erases only the demo's own database. Drop and make the one in DATABASE_URL yourself."
        )
    step("Erasing the demo data")
    Engines(data, programs).erase()
    data.erase()


def _prepare(data: DataFolder, environment: dict[str, str]) -> None:
    """Tables, static files and demo data; each is left alone when nothing has changed since."""
    ours = engines_needed()[0]
    tables = digest_of("*/**/migrations/*.py", "qaf/tenants/grants.py", "requirements.txt")
    if not (ours and data.has_stamp("tables", tables)):
        step("Making the tables")
        _must(manage(["migrate", "--verbosity", "0"], environment), "the tables could not be made")
        data.set_stamp("tables", tables)
    static = digest_of("static/**/*", "qaf/settings/*.py", "requirements.txt")
    if not data.has_stamp("static", static):
        arguments = ["collectstatic", "--noinput", "--clear", "--verbosity", "0"]
        _must(manage(arguments, environment), "the static files could not be collected")
        data.set_stamp("static", static)
    if not (ours and data.has_stamp("demo-data", "whole")) and _has_demo_data():
        step("Making the demo data: five invented councils, month by month")
        _must(manage(["demo_data"], environment), "the demo data could not be made")
        data.set_stamp("demo-data", "whole")


def _has_demo_data() -> bool:
    return (REPOSITORY / "qaf/demo/management/commands/demo_data.py").exists()


def _must(status: int, complaint: str) -> None:
    if status >= 128:
        raise KeyboardInterrupt
    if status:
        raise Stop(f"{complaint}; the lines above say why.")


def _serve(data: DataFolder, programs: Programs, environment: dict[str, str], port: int) -> None:
    url = f"http://localhost:{port}/"
    servers = _servers(data, environment, port)
    _check_port(port)
    try:
        for server in servers:
            programs.start(server)
        _wait_until_it_answers(servers[0], port)
        data.write_state(**data.read_state() | {"url": url})
        _welcome(data, url)
        _watch(programs)
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        programs.stop([server for server in servers if server in programs.all])


def _servers(data: DataFolder, environment: dict[str, str], port: int) -> list[Program]:
    gunicorn = [
        "gunicorn", "qaf.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4",
        "--no-control-socket", "--graceful-timeout", "10",
    ]  # fmt: skip
    celery = ["celery", "-A", "qaf"]
    worker = [
        *celery,
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "INFO",
        "--without-gossip",
        "--without-mingle",
    ]
    beat = [
        *celery,
        "beat",
        "--loglevel",
        "INFO",
        "--pidfile=",
        "--schedule",
        str(data.path / "beat-schedule"),
    ]
    return [
        Program(
            name=name,
            command=[str(PYTHON), "-m", *words],
            log=data.sub("logs") / f"{name}.log",
            environment=environment,
            folder=str(REPOSITORY),
        )
        for name, words in (("web", gunicorn), ("worker", worker), ("beat", beat))
    ]


def _wait_until_it_answers(web: Program, port: int) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and web.alive:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise Stop(f"the web server did not start. The end of {web.log}:\n{tail(web.log)}")


def _welcome(data: DataFolder, url: str) -> None:
    say(f"\nQAF is at {url}  (Ctrl-C stops it)\n")
    with contextlib.suppress(FileNotFoundError):
        say((data.path / "demo-sign-ins.txt").read_text(encoding="utf-8"))
    say(f"Logs: {data.path / 'logs'}. Everything in it is invented; no real child, worker or audit.")


def _watch(programs: Programs) -> None:
    """Start again whatever ends by itself, until the command is told to stop."""
    restarts: list[float] = []
    while True:
        time.sleep(0.5)
        for program in list(programs.all):
            if program.alive:
                continue
            restarts = [moment for moment in restarts if moment > time.monotonic() - 60] + [time.monotonic()]
            if len(restarts) > RESTARTS_A_MINUTE:
                raise Stop(f"{program.name} keeps stopping. The end of {program.log}:\n{tail(program.log)}")
            say(f"{program.name} has stopped; starting it again")
            programs.stop([program])
            programs.start(program)
