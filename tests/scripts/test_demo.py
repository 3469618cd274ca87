"""script/demo: what it starts it stops, however it ends."""

import contextlib
import re
import signal
import socket
import stat
import time
import urllib.request
from pathlib import Path

import psutil
import pytest


def page(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return answer.read().decode()


def programs(process):
    """Return the supervised programs by what they are."""
    kinds = (
        "guardian",
        "gunicorn",
        "celery -A qaf worker",
        "celery -A qaf beat",
        "postgres -D",
        "valkey-server",
    )
    living = [
        child for child in psutil.Process(process.pid).children() if child.status() != psutil.STATUS_ZOMBIE
    ]
    children = {" ".join(child.cmdline()): child for child in living}
    return {kind: child for kind in kinds for line, child in children.items() if kind in line}


def test_one_command_runs_the_whole_product(house, port):
    process = house.demo(port)
    assert page(port) == "the stand-in"
    assert set(programs(process)) == {
        "guardian", "gunicorn", "celery -A qaf worker", "celery -A qaf beat", "postgres -D", "valkey-server",
    }  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything(house, port, number):
    process = house.demo(port)
    process.send_signal(number)
    assert process.wait(timeout=40) == 0
    assert house.empties_within(2) == []
    assert not (house.data / "running.json").exists()


def test_a_killed_demo_leaves_nothing_running(house, port):
    process = house.demo(port)
    assert len(house.left_running()) > 6
    process.kill()
    process.wait()
    assert house.empties_within(20) == []


def test_a_program_that_ignores_the_kernels_signal_is_ended_by_the_guardian(house, port):
    process = house.demo(port)
    # A stopped process cannot act on TERM: only the guardian's KILL ends it.
    programs(process)["celery -A qaf worker"].send_signal(signal.SIGSTOP)
    process.kill()
    process.wait()
    assert house.empties_within(20) == []


def test_a_killed_demo_starts_again_with_its_data(house, port):
    process = house.demo(port)
    house.sql("CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1")
    process.kill()
    process.wait()
    assert house.empties_within(20) == []
    house.demo(port)
    assert house.sql("SELECT answer FROM kept") == "[(42,)]"


def test_programs_that_die_are_started_again(house, port):
    process = house.demo(port)
    before = {
        kind: child.pid
        for kind, child in programs(process).items()
        if kind not in {"guardian", "postgres -D"}
    }
    for pid in before.values():
        psutil.Process(pid).kill()
    deadline = time.monotonic() + 60
    now: dict[str, int] = {}
    while time.monotonic() < deadline and not before.keys() <= now.keys():
        time.sleep(0.3)
        with contextlib.suppress(psutil.NoSuchProcess):
            now = {
                kind: child.pid
                for kind, child in programs(process).items()
                if child.pid not in before.values()
            }
    assert before.keys() <= now.keys()
    assert process.poll() is None


def test_a_second_start_on_the_same_data_is_refused(house, port):
    process = house.demo(port)
    second = house.run("demo", "--port", str(port))
    assert second.returncode == 1
    assert second.stderr == (
        f"{house.root}/script/demo: {house.data} is in use by process {process.pid}. "
        f"It serves http://localhost:{port}/. Stop that first, or give another folder with --data DIR.\n"
    )
    assert page(port) == "the stand-in"


def test_a_taken_port_is_said_before_anything_is_made(house, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = house.run("demo", "--port", str(port))
    assert done.returncode == 1
    assert f"port {port} is taken or not usable. Try script/demo --port {port + 1}." in done.stderr
    assert done.stdout == ""
    assert house.left_running() == []


def test_prepare_makes_everything_and_starts_nothing(house):
    done = house.run("demo", "--prepare")
    assert done.returncode == 0, done.stderr
    assert house.left_running() == []
    assert house.sql("SELECT count(*) > 5 FROM django_migrations") == "[(True,)]"


def test_what_is_prepared_already_is_not_made_again(house):
    house.run("demo", "--prepare")
    again = house.run("demo", "--prepare")
    assert again.stdout == f"Ready in {house.data}. Start it with script/demo.\n"


def test_a_failed_migration_stops_the_start_and_the_engines(house):
    (house.root / "qaf/settings/demo.py").write_text("raise SystemExit('broken on purpose')")
    done = house.run("demo", "--prepare")
    assert done.returncode == 1
    assert "the tables could not be made; the lines above say why." in done.stderr
    assert house.empties_within(2) == []


def test_reset_begins_again_with_an_empty_database_and_a_new_key(house):
    house.sql("CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1")
    key = (house.data / "secret-key").read_text()
    done = house.run("demo", "--prepare", "--reset")
    assert done.returncode == 0, done.stderr
    assert house.sql("SELECT to_regclass('kept') IS NULL") == "[(True,)]"
    assert (house.data / "secret-key").read_text() != key


def test_reset_never_touches_a_database_that_is_not_the_demos_own(house):
    done = house.run("demo", "--prepare", "--reset", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "--reset erases only the demo's own database." in done.stderr


def test_a_folder_with_other_files_is_refused_and_left_alone(house):
    house.data.mkdir()
    (house.data / "thesis.txt").write_text("years of work")
    done = house.run("demo", "--prepare", "--reset")
    assert done.returncode == 1
    assert "holds files that QAF did not make" in done.stderr
    assert [(path.name, path.read_text()) for path in house.data.iterdir()] == [
        ("thesis.txt", "years of work")
    ]


def test_a_path_too_long_for_a_socket_works(house, port):
    house.data = house.data / ("a-folder-with-a-very-long-name" * 4) / "and another: ü"
    house.demo(port)
    assert page(port) == "the stand-in"
    assert house.run("demo", "--port", str(port)).returncode == 1


def test_the_data_folder_and_its_key_are_the_owners_alone(house):
    house.run("demo", "--prepare")
    assert stat.S_IMODE(house.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((house.data / "secret-key").stat().st_mode) == 0o600
    assert len((house.data / "secret-key").read_text().strip()) > 50


def test_the_engines_listen_on_no_network_port(house, port):
    process = house.demo(port)
    kinds = programs(process)
    for kind in ("postgres -D", "valkey-server"):
        connections = kinds[kind].net_connections(kind="inet")
        assert [one.laddr for one in connections if one.status == psutil.CONN_LISTEN] == []


def test_the_demo_listens_on_loopback_only(house, port):
    listening = programs(house.demo(port))["gunicorn"].net_connections(kind="inet")
    assert {one.laddr.ip for one in listening} == {"127.0.0.1"}


def test_the_sign_ins_are_printed(house, port):
    house.run("demo", "--prepare")
    (house.data / "demo-sign-ins.txt").write_text("QA lead   lead@example.org\n")
    process = house.demo(port)
    printed = [process.stdout.readline() for _ in range(3)]
    assert printed == ["\n", "QA lead   lead@example.org\n", "\n"]


def test_the_log_of_a_server_that_cannot_start_is_shown(house, port):
    (house.root / "qaf/wsgi.py").write_text("raise RuntimeError('broken on purpose')")
    done = house.run("demo", "--port", str(port))
    assert done.returncode == 1
    assert re.search(
        r"the web server did not start\. The end of .*web\.log:\n(.*\n)*.*broken on purpose", done.stderr
    )
    assert house.empties_within(2) == []


def test_engines_of_a_deleted_data_folder_are_forgotten(house, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(house.root / "script"))
    from _lib import engines

    monkeypatch.setattr(engines, "SYSTEM_HOME", tmp_path / "system")
    homes = {name: tmp_path / "system/engines" / name for name in ("kept", "gone", "running", "mine")}
    for name, home in homes.items():
        home.mkdir(parents=True)
        folder = tmp_path / f"data-{name}"
        (home / "data-folder").write_text(str(folder))
        if name == "kept":
            folder.mkdir()
            (folder / ".qaf-data").write_text("kept\n")
    (homes["running"] / "postgres").mkdir()
    Path(homes["running"] / "postgres/postmaster.pid").touch()
    engines._forget_deleted_folders(keep=homes["mine"])
    assert sorted(path.name for path in (tmp_path / "system/engines").iterdir()) == [
        "kept",
        "mine",
        "running",
    ]
