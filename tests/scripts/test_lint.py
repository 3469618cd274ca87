"""script/lint's own checks find what they are for."""

import subprocess
import sys

import pytest


def house_rules(root):
    return subprocess.run(
        [sys.executable, str(root / "script/_lib/houserules.py")], capture_output=True, text=True, check=False
    )


@pytest.fixture
def repository(house):
    subprocess.run(["git", "init", "-q", "."], cwd=house.root, check=True)
    (house.root / ".gitignore").write_text(".venv\n")
    return house.root


def track(root):
    subprocess.run(["git", "add", "."], cwd=root, check=True)


def test_a_tidy_repository_passes(repository):
    track(repository)
    assert house_rules(repository).returncode == 0


def test_a_stray_file_at_the_top_is_named(repository):
    (repository / "notes.txt").touch()
    track(repository)
    done = house_rules(repository)
    assert (done.returncode, done.stdout) == (1, "notes.txt does not belong at the top\n")


def test_a_file_that_has_grown_too_long_is_named(repository):
    (repository / "qaf/views.py").write_text("x = 1\n" * 451)
    track(repository)
    done = house_rules(repository)
    assert (done.returncode, done.stdout) == (
        1,
        "qaf/views.py has 451 lines; over 450 a file becomes a package\n",
    )


def test_a_template_that_does_not_compile_is_named(house):
    (house.root / "templates").mkdir()
    (house.root / "templates/good.html").write_text("{% if a %}b{% endif %}")
    (house.root / "templates/bad.html").write_text("{% if a %}b{% endfi %}")
    (house.root / "qaf/settings/demo.py").write_text(
        "TEMPLATES = [{'BACKEND': 'django.template.backends.django.DjangoTemplates'}]\n"
    )
    (house.root / "qaf/__init__.py").write_text("")
    done = subprocess.run(
        [sys.executable, str(house.root / "script/_lib/templates.py")],
        env={"DJANGO_SETTINGS_MODULE": "qaf.settings.demo", "PYTHONPATH": str(house.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("templates/bad.html: Invalid block tag on line 1: 'endfi'")
    assert "good.html" not in done.stdout
