"""Pages made from the code are as the code is now."""

import pytest
from django.conf import settings

from qaf.tenants.documents import PAGES, workflows


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name):
    there = (settings.BASE_DIR / "docs" / "generated" / name).read_text(encoding="utf-8")
    assert there == PAGES[name](), "run: manage.py write_docs"


def test_every_status_machine_has_its_diagram():
    page = PAGES["workflows.md"]()
    tables = [(app, name) for app, name, _ in workflows()]
    assert len(tables) >= 9
    assert page.count("stateDiagram-v2") == len(tables)
    for _, _, workflow in workflows():
        for transition in workflow.transitions.values():
            for source in transition.sources:
                assert f"{source} --> {transition.target}: {transition.label}" in page
