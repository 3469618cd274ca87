"""A small council before its first month, its case list as files, and a stranger from the council next door."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from tests.factories import annex_a
from tests.factories.audits import FRAMEWORK, SmallCouncil, small_council
from tests.factories.people import LONG_AGO, make_council, make_person

AS_OF = date(2026, 9, 30)
CHILDREN_PER_TEAM = 5
STATUSES = {
    "Willow team": "d) Open assessment",
    "Alder team": "d) Open assessment",
    "Rowan team": "b) Child Protection plan",
    "Maple team": "c) Child in need plan",
    "Larch team": "c) Child in need plan",
    "Beech team": "a) Looked after child",
}


@dataclass
class World:
    """Two councils; ``small`` has the people of the first."""

    council: Authority
    other: Authority
    small: SmallCouncil


def make_world() -> World:
    """Write the two councils; nobody has a case yet."""
    council, other = make_council("alder", "Alder Council"), make_council("birch", "Birch Council")
    with authority_scope(council):
        small = small_council(cases_per_team=0, signs_in=True)
        make_person("Dara Dale", "service_director", signs_in=True)
    with authority_scope(other):
        publish_framework(text=loader.builtin_text(FRAMEWORK), effective_from=LONG_AGO)
        make_person("Bryn Stranger", "qa_lead", signs_in=True)
    return World(council, other, small)


def case_list(folder: Path) -> list[Path]:
    """An Annex A workbook and the local supplement, as somebody would save them; one row is faulty."""
    rows, lines = [], []
    number = 0
    for team, status in STATUSES.items():
        short = team.removesuffix(" team")
        for place in range(CHILDREN_PER_TEAM):
            number += 1
            local_id = f"00{number:05d}"
            rows.append(annex_a.child(local_id, status, team=team, worker=f"Wren {short} {place % 3 + 1}"))
            lines.append(
                (local_id, "KT", f"F{number}", f"Iris Irwin {number % 3 + 1}", "", date(2026, 9, 10), "")
            )
    rows.append(annex_a.child("0099999", "?", team="Rowan team", worker="Wren Rowan 1"))
    book = annex_a.list_6(folder / "annex-a-september.xlsx", *rows, title="Alder Council, Annex A")
    return [book, annex_a.supplement(folder / "supplement.csv", *lines)]
