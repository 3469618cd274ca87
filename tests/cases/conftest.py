"""A council with a service, a mapped team, and its case list of the end of September."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audits.cases.models import Case
from audits.cases.services import ImportOutcome, import_files
from qaf.tenants.scope import authority_scope
from tests.factories import annex_a
from tests.factories.people import make_service, make_team

SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 2)


@pytest.fixture
def alder(frozen, council):
    """Alder Council's scope, open, on Monday 5 October 2026."""
    with authority_scope(council):
        make_team("Rowan team", make_service("Safeguarding"))
        yield council


@pytest.fixture
def bring(alder, tmp_path):
    """Bring in a List 6 (or files) as of a day."""

    def bring_in(
        *children: Any, as_of: date = SEPTEMBER, also: tuple[Path, ...] = (), **options: Any
    ) -> ImportOutcome:
        number = len(list(tmp_path.iterdir()))
        files = [annex_a.list_6(tmp_path / f"{number}.xlsx", *children)] if children else []
        return import_files(files=[*files, *also], as_of=as_of, **options)

    return bring_in


def case(local_id: str) -> Case:
    return Case.objects.get(local_id=local_id)


def known() -> dict[str, tuple[str, bool]]:
    """Every case: its status and whether it is open."""
    return {one.local_id: (one.status, one.is_open) for one in Case.objects.all()}
