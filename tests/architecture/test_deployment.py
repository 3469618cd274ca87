"""docker-compose.yml beside the settings that it is for."""

import re
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent.parent
COMPOSE = REPOSITORY / "docker-compose.yml"
ELSEWHERE = {"QAF_DATA": "set in the image"}


def test_every_setting_that_can_be_set_reaches_the_containers():
    read = set()
    for file in (REPOSITORY / "qaf" / "settings").glob("*.py"):
        read |= set(re.findall(r'(?:env(?:\.\w+)?|required|database)\(\s*"([A-Z_]+)"', file.read_text()))
    services = yaml.safe_load(COMPOSE.read_text())["services"].values()
    given = set().union(*(service.get("environment", {}) for service in services))
    assert read - {"QAF_TEST_DB"} - set(ELSEWHERE) - given == set()


def test_its_first_lines_name_every_variable_without_which_it_does_not_start():
    text = COMPOSE.read_text()
    said = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert {name for name in needed if f"{name}=" not in said} == set()
