"""Set-up says exactly what is missing, and leaves what is not its own alone."""

import pytest


@pytest.fixture
def setup(house, monkeypatch):
    monkeypatch.syspath_prepend(str(house.root / "script"))
    from _lib import setup

    monkeypatch.setattr(setup, "VENV", house.root / "environment")
    return setup


def test_without_the_right_to_install_the_exact_line_is_said(setup, monkeypatch):
    from _lib.console import Stop

    monkeypatch.setattr(setup.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(setup, "_installed", lambda name: name == "ca-certificates")
    monkeypatch.setattr(setup, "_as_root", lambda: None)
    with pytest.raises(Stop) as refused:
        setup.ensure_packages(["ca-certificates", "libpango-1.0-0", "chromium"])
    assert str(refused.value) == (
        "some system packages are missing. As root, run:\n\n"
        "    apt-get install -y --no-install-recommends libpango-1.0-0 chromium\n\n"
        "then start this again."
    )


def test_a_system_without_debians_tools_is_left_to_its_keeper(setup, monkeypatch):
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    assert setup.ensure_packages(["no-such-package"]) is None


def test_a_folder_that_is_no_virtual_environment_is_never_removed(setup):
    from _lib.console import Stop

    setup.VENV.mkdir()
    (setup.VENV / "thesis.txt").write_text("years of work")
    with pytest.raises(Stop, match="is in the way and is no virtual environment"):
        setup._make_venv()
    assert (setup.VENV / "thesis.txt").read_text() == "years of work"


def test_a_change_of_the_requirements_makes_the_environment_stale(setup, house, monkeypatch):
    monkeypatch.setattr(setup, "REPOSITORY", house.root)
    before = setup._digest()
    with (house.root / "requirements.txt").open("a") as file:
        file.write("one-more==1.0\n")
    assert setup._digest() != before
