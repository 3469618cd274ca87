"""What moderation did to the grades that auditors had given: how often, which way, how far (DUR-87, SEF-104).

Serves one auditor and several alike. Where several differed among themselves there is no one grade to move from.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audits.enums import NOT_APPLICABLE, OVERALL
from moderation.enums import ModerationStatus
from reporting.selectors.records import AuditRow, Records
from reporting.services.figures.grades import domains, scale
from reporting.services.figures.model import Cell, Column, Figure, Table

POPULATION = "audits drawn at random that were moderated and have a final grade"
DIFFERED = "differed"


@dataclass(frozen=True)
class Move:
    """One grade before and after moderation; ``steps`` up are positive; ``None`` where the auditors differed."""

    audit: AuditRow
    steps: int | None

    @property
    def is_same(self) -> bool:
        """Whether moderation confirmed the grade."""
        return self.steps == 0


def moves(records: Records, domain: str = OVERALL) -> list[Move]:
    """Return what became of the grade in a domain in every final audit whose moderation decided that domain."""
    places = {grade.key: place for place, grade in enumerate(scale(records).best_first)}
    found = []
    for row in records.final:
        moderation = records.parts.moderations.get(row.pk)
        if moderation is None or moderation.status != ModerationStatus.DECIDED:
            continue
        if not moderation.judged(domain):
            continue
        after = records.parts.of_record.get(row.pk, {}).get(domain)
        given = {grade for grade in _given(records, row, domain) if grade != NOT_APPLICABLE}
        if after not in places or not given <= places.keys() or not given:
            continue
        if len(given) > 1:
            found.append(Move(row, None))
        else:
            found.append(Move(row, places[given.pop()] - places[after]))
    return found


def _given(records: Records, row: AuditRow, domain: str) -> Iterator[str]:
    slots = {slot.key for slot in records.framework.grading_slots}
    for slot, grades in records.parts.submitted.get(row.pk, {}).items():
        if (slot in slots or not slots) and domain in grades:
            yield grades[domain]


def _counts(found: list[Move]) -> tuple[tuple[int, int], int, int, int, int]:
    """Confirmed of all, raised, lowered, by two steps or more, auditors differed."""
    steps = [one.steps for one in found if one.steps is not None]
    return (
        (sum(step == 0 for step in steps), len(found)),
        sum(step > 0 for step in steps),
        sum(step < 0 for step in steps),
        sum(abs(step) > 1 for step in steps),
        len(found) - len(steps),
    )


COLUMNS = (
    Column("Confirmed", "share"),
    Column("Raised"),
    Column("Lowered"),
    Column("By two steps or more"),
    Column("Auditors had differed"),
)


def movement_figures(records: Records) -> tuple[Figure, ...]:
    """Return how often moderation confirmed, raised and lowered the overall grade."""
    (same, whole), raised, lowered, far, differed = _counts(moves(records))
    return (
        Figure(
            "moderation_confirmed",
            "Overall grade confirmed at moderation",
            "The final overall grade is the one that every auditor had submitted.",
            POPULATION,
            same,
            whole,
        ),
        *(
            Figure(f"moderation_moved_{key}", label, definition, POPULATION, value, whole)
            for key, label, definition, value in (
                (
                    "up",
                    "Raised at moderation",
                    "The final overall grade is better than the auditors’.",
                    raised,
                ),
                (
                    "down",
                    "Lowered at moderation",
                    "The final overall grade is lower than the auditors’.",
                    lowered,
                ),
                ("far", "Moved by two grades or more", "Whichever way it moved.", far),
                (
                    DIFFERED,
                    "Auditors had differed",
                    "There was no one grade to confirm or to move: the auditors’ grades differed.",
                    differed,
                ),
            )
        ),
    )


def _table(key: str, title: str, first: str, rows: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(
        key=key,
        title=title,
        definition="What moderation did to the grades that the auditors had submitted, with the number it decided.",
        population=POPULATION,
        columns=(Column(first, "text"), *COLUMNS),
        rows=tuple(rows),
        empty="No audit has been moderated.",
    )


def by_domain(records: Records) -> Table:
    """Return what moderation did overall and in each domain (DUR-87)."""
    titles = {OVERALL: "Overall", **domains(records)}
    rows = [(title, *_counts(found)) for key, title in titles.items() if (found := moves(records, key))]
    return _table("movement_domain", "Grades before and after moderation, by domain", "Domain", rows)


def by_unit(records: Records, level: str) -> Table:
    """Return what moderation did to overall grades in each ``service`` or ``team``."""
    units = records.by_service() if level == "service" else records.by_team()
    rows = [(name, *_counts(found)) for name, own in units if (found := moves(own))]
    title = f"Overall grades before and after moderation, by {level}"
    return _table(f"movement_{level}", title, level.capitalize(), rows)


@dataclass(frozen=True)
class InContext:
    """One person's audits as counts: a single case says little about a person, so there is never a rate."""

    name: str
    whole: int
    same: int
    raised: int
    lowered: int
    differed: int
    references: tuple[str, ...]
    """The audits whose grade moved, to be looked at one by one."""


def by_moderator(records: Records, names: dict[int, str]) -> list[InContext]:
    """Return each moderator's decisions by name in the order of the alphabet: counts and the audits, never a rate."""

    def of(row: AuditRow) -> list[int]:
        moderation = records.parts.moderations[row.pk]
        return [moderation.moderator] if moderation.moderator else []

    return _by_person(records, names, of)


def by_auditor(records: Records, names: dict[int, str]) -> list[InContext]:
    """Return what became of each auditor's overall grades, as ``by_moderator`` does."""
    slots = {slot.key for slot in records.framework.grading_slots}

    def of(row: AuditRow) -> list[int]:
        return [pk for slot, pk in records.parts.auditors.get(row.pk, {}).items() if slot in slots]

    return _by_person(records, names, of)


def _by_person(
    records: Records, names: dict[int, str], of: Callable[[AuditRow], list[int]]
) -> list[InContext]:
    found: dict[int, list[Move]] = {}
    for move in moves(records):
        for pk in of(move.audit):
            found.setdefault(pk, []).append(move)
    rows = []
    for pk, own in found.items():
        (same, whole), raised, lowered, _, differed = _counts(own)
        moved = tuple(one.audit.reference for one in own if not one.is_same)
        rows.append(
            InContext(names.get(pk, "Somebody who has left"), whole, same, raised, lowered, differed, moved)
        )
    return sorted(rows, key=lambda one: one.name)
