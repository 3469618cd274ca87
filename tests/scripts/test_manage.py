"""script/manage: manage.py beside a running demo, or on engines of its own."""

import time


def test_engines_are_started_for_the_time_of_the_command(house):
    assert house.sql("SELECT current_user") == "[('qaf_owner',)]"
    assert house.left_running() == []


def test_a_running_demos_engines_are_used(house, port):
    house.demo(port)
    before = house.sql("SELECT pg_postmaster_start_time()::text")
    assert house.sql("SELECT pg_postmaster_start_time()::text") == before
    running = [line for line in house.left_running() if "postgres -D" in line]
    assert len(running) == 1


PATIENCE = 60
"""Seconds that a slow machine is given."""


def appears(path) -> bool:
    """Wait for a file; say whether it came."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return path.exists()


def test_a_command_that_started_the_engines_waits_for_those_that_use_them(house, tmp_path):
    began, joined, left = (tmp_path / name for name in ("began", "joined", "left"))
    wait = (
        "import pathlib as p, time\ndef until(path):\n    while not p.Path(path).exists(): time.sleep(0.05)\n"
    )
    owns = f"{wait}p.Path({str(began)!r}).touch(); until({str(joined)!r}); p.Path({str(left)!r}).touch()"
    joins = (
        f"{wait}from django.db import connection as c\n"
        f"p.Path({str(joined)!r}).touch(); until({str(left)!r})\n"
        "time.sleep(1.5); c.ensure_connection(); print('still there')"
    )
    first = house.start("manage", "shell", "-v", "0", "-c", owns)
    assert appears(began)
    second = house.run("manage", "shell", "-v", "0", "-c", joins)
    assert (second.returncode, second.stdout) == (0, "still there\n")
    assert first.wait(timeout=PATIENCE) == 0
    assert house.empties_within(PATIENCE) == []


def test_the_commands_status_is_ours(house):
    assert house.run("manage", "shell", "-v", "0", "-c", "raise SystemExit(7)").returncode == 7
    assert house.run("manage").returncode == 2


def test_data_may_stand_before_or_after_the_command(house, tmp_path):
    code = "import os; print(os.environ['QAF_DATA'])"
    for name, arguments in {
        "one": ["--data", str(tmp_path / "one"), "shell", "-v", "0", "-c", code],
        "two": ["shell", "-v", "0", "-c", code, f"--data={tmp_path / 'two'}"],
    }.items():
        house.data = tmp_path / name
        assert house.run("manage", *arguments).stdout == f"{tmp_path / name}\n"


def test_a_killed_command_leaves_no_engine(house, tmp_path):
    began = tmp_path / "began"
    code = f"import pathlib, time; pathlib.Path({str(began)!r}).touch(); time.sleep(600)"
    process = house.start("manage", "shell", "-v", "0", "-c", code)
    assert appears(began)
    assert any("postgres -D" in line for line in house.left_running())
    process.kill()
    process.wait()
    assert house.empties_within(PATIENCE) == []


def test_addresses_in_the_environment_win(house):
    code = "import os; print(os.environ['DATABASE_OWNER_URL'], os.environ['REDIS_URL'])"
    given = {
        "DATABASE_URL": "postgres://a@h/d",
        "DATABASE_OWNER_URL": "postgres://o@h/d",
        "REDIS_URL": "redis://h",
    }
    done = house.run("manage", "shell", "-v", "0", "--no-imports", "-c", code, **given)
    assert done.stdout == "postgres://o@h/d redis://h\n"
    assert house.left_running() == []
