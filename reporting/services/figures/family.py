"""What children and families told: whom auditors spoke to, why not, themes, some of their words (HER-12, 30 to 32)."""

from collections import Counter

from feedback.selectors.themes import theme_labels
from reporting.selectors.records import Records
from reporting.services.figures.model import Cell, ChartBlock, Column, Figure, Quotes, Table

MOST_QUOTES = 12
POPULATION = "audits drawn at random that every auditor has submitted"
CODED = "conversations with family members in submitted audits that have been coded"


def targets(records: Records) -> dict[str, str]:
    """Return whom of the family the framework wants heard, by key."""
    feedback = records.framework.process.family_feedback
    return {target.key: target.label for target in feedback.targets} if feedback else {}


def spoken(records: Records, target: str = "") -> tuple[int, int]:
    """Return in how many audits somebody was spoken to, of those where it was recorded either way."""
    part = whole = 0
    for row in records.submitted:
        contacts = [
            one for one in records.parts.contacts.get(row.pk, ()) if not target or one.target == target
        ]
        whole += bool(contacts)
        part += any(one.spoken_on for one in contacts)
    return part, whole


def family_figures(records: Records) -> tuple[Figure, ...]:
    """Return in how many audits the family, and each kind of relative, was heard."""
    return (
        Figure(
            "family_heard",
            "Somebody of the family was heard",
            "At least one family member was spoken to.",
            POPULATION,
            spoken(records)[0],
            len(records.submitted),
        ),
        *(
            Figure(
                f"heard_{key}",
                f"{label} heard",
                f"{label}: spoken to, of those asked for.",
                POPULATION,
                *spoken(records, key),
            )
            for key, label in targets(records).items()
        ),
    )


def reasons(records: Records) -> Table:
    """Return why family members were not spoken to."""
    feedback = records.framework.process.family_feedback
    labels = {one.key: one.label for one in feedback.no_contact_reasons} if feedback else {}
    found = Counter(
        one.reason
        for row in records.submitted
        for one in records.parts.contacts.get(row.pk, ())
        if one.reason
    )
    rows = sorted(
        ((labels.get(key, key), count) for key, count in found.items()), key=lambda row: (-row[1], row[0])
    )
    return Table(
        key="no_contact_reasons",
        title="Why family members were not spoken to",
        definition="Each family member asked for counts once.",
        population=POPULATION,
        columns=(Column("Reason", "text"), Column("Times")),
        rows=tuple(rows),
        empty="Everybody who was asked for was spoken to.",
    )


def _heard(records: Records) -> tuple[Counter[str], Counter[str]]:
    """Return in how many conversations each theme was heard in praise, and as something to change."""
    praise: Counter[str] = Counter()
    change: Counter[str] = Counter()
    for row in records.submitted:
        for contact in records.parts.contacts.get(row.pk, ()):
            for theme, positive in records.parts.themes.get(contact.pk, ()):
                (praise if positive else change)[theme] += 1
    return praise, change


def themes(records: Records) -> Table:
    """Return the themes heard in what families said, in praise and as something to change."""
    labels = theme_labels(records.framework)
    praise, change = _heard(records)
    keys = sorted(praise.keys() | change.keys(), key=lambda key: (-(praise[key] + change[key]), key))
    return Table(
        key="family_themes",
        title="What families spoke about",
        definition="Conversations in which the quality assurance team heard the theme.",
        population=CODED,
        columns=(Column("Theme", "text"), Column("Said in praise"), Column("Something to change")),
        rows=tuple((labels.get(key, key), praise[key], change[key]) for key in keys),
        empty="No conversation has been coded yet.",
    )


def theme_chart(records: Records) -> ChartBlock:
    """Return the themes as bars of praise and of things to change."""
    rows = themes(records).rows
    return ChartBlock(
        key="family_themes_chart",
        kind="stacked",
        title="What families spoke about, praise and change",
        definition="Conversations in which each theme was heard.",
        population=CODED,
        data={
            "series": [["praise", "Said in praise"], ["change", "Something to change"]],
            "groups": [{"label": row[0], "counts": [row[1], row[2]]} for row in rows],
            "first_column": "Theme",
        },
    )


def themes_by_service(records: Records) -> Table:
    """Return for each service what families praised and what they asked to change, most often first (WSX-58)."""
    labels = theme_labels(records.framework)
    rows: list[tuple[Cell, ...]] = []
    for name, own in records.by_service():
        praise, change = _heard(own)
        if praise or change:
            rows.append((name, _in_words(praise, labels), _in_words(change, labels)))
    return Table(
        key="family_themes_service",
        title="What families spoke about, by service",
        definition="Themes heard in each service, with the number of conversations.",
        population=CODED,
        columns=(
            Column("Service", "text"),
            Column("Said in praise", "text"),
            Column("Something to change", "text"),
        ),
        rows=tuple(rows),
        empty="No conversation has been coded yet.",
    )


def _in_words(found: Counter[str], labels: dict[str, str]) -> str:
    most_first = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{labels.get(key, key)} ({count})" for key, count in most_first) or "–"


def quotes(records: Records) -> Quotes:
    """Return the words that the quality assurance team chose, the newest ``MOST_QUOTES``: they name nobody."""
    names = targets(records)
    items = tuple(
        (records.parts.quotations[one.pk], names.get(one.target, "Family member"))
        for row in records.submitted
        for one in records.parts.contacts.get(row.pk, ())
        if one.pk in records.parts.quotations
    )
    return Quotes(title="In their words", items=items[-MOST_QUOTES:])
