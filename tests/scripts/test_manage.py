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


def test_a_command_that_started_the_engines_waits_for_those_that_use_them(house):
    first = house.start("manage", "shell", "-v", "0", "-c", "import time; time.sleep(1.5)")
    time.sleep(1)
    code = (
        "import time; from django.db import connection as c; "
        "time.sleep(2.5); c.ensure_connection(); print('still there')"
    )
    second = house.run("manage", "shell", "-v", "0", "-c", code)
    assert (second.returncode, second.stdout) == (0, "still there\n")
    assert first.wait(timeout=20) == 0
    assert house.empties_within(2) == []


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


def test_a_killed_command_leaves_no_engine(house):
    process = house.start("manage", "shell", "-v", "0", "-c", "import time; time.sleep(60)")
    time.sleep(4)
    assert any("postgres -D" in line for line in house.left_running())
    process.kill()
    process.wait()
    assert house.empties_within(20) == []


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
