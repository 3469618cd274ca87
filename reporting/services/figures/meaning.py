"""What audits have meant for children: changes that were stated, grades since, what families say (DUR-31)."""

from collections import Counter

from audits.followup.enums import ActionStatus, FollowUpKind
from audits.frameworks.schema.tools import ExtraField
from reporting.selectors.records import Records
from reporting.services.figures import family, inadequate
from reporting.services.figures.actions import POPULATION, agreed
from reporting.services.figures.model import Column, Figure, Table
from reporting.services.figures.themes import population


def meaning(records: Records) -> tuple[Figure, ...]:
    """Return how often something changed for a child, how children found inadequate fare now, and families' praise."""
    signed = [one for one in agreed(records) if one.status == ActionStatus.SIGNED_OFF]
    chains = inadequate.chains(records)
    since = [change for one in chains if (change := inadequate.overall_change(one))]
    _, lowest = inadequate.worst(records)
    found = [
        Figure(
            "meaning_changed",
            "Actions that changed something for the child",
            "Signed-off actions that say what changed for the child.",
            POPULATION,
            sum(bool(one.change.strip()) for one in signed),
            len(signed),
        ),
        Figure(
            "meaning_at_once",
            "Changed at once",
            "Changes to the management of a case made straight away.",
            records.who,
            sum(records.parts.changes.get(row.pk, 0) for row in records.random),
        ),
    ]
    if FollowUpKind.RE_AUDIT in inadequate.steps_of(records, chains):
        found.append(
            Figure(
                "meaning_better",
                f"Better since an {lowest} audit"
                if lowest[:1] in "AEIOU"
                else f"Better since a {lowest} audit",
                "Audits with the lowest grade whose re-audit found the overall grade improved, of those audited again.",
                "audits with the lowest overall grade that were audited again",
                since.count("improved"),
                len(since),
            )
        )
    found += _answered(records)
    if family.targets(records):
        found += [family.family_figures(records)[0], *_praise(records)]
    return tuple(found)


def _asked(records: Records) -> dict[str, ExtraField]:
    """Return what auditors choose an answer to about what the work meant, of every tool."""
    return {
        field.key: field
        for tool in records.framework.tools
        for field in tool.all_of("impact")
        if field.type != "text"
    }


def _choices(field: ExtraField) -> list[tuple[str, str]]:
    return [(one.key, one.label) for one in field.choices] or [("yes", "Yes"), ("no", "No")]


def _counted(records: Records) -> dict[str, Counter[str]]:
    keys = tuple(_asked(records))
    given = records.parts.answers(keys) if keys else {}
    return {
        key: Counter(chosen for row in records.submitted if (chosen := given.get(row.pk, {}).get(key)))
        for key in keys
    }


def _answered(records: Records) -> list[Figure]:
    """Return how many audits gave the best answer to each question, of those that answered it (DUR-30, SLO-01)."""
    found = []
    for key, counts in _counted(records).items():
        field = _asked(records)[key]
        best, said = _choices(field)[0]
        found.append(
            Figure(
                f"answered_{key}",
                f"{field.label} {said}",
                f"Audits that answered “{said}” to “{field.label}”, of those that answered.",
                population(records),
                counts[best],
                counts.total(),
            )
        )
    return found


def answers(records: Records) -> list[Table]:
    """Return every answer to those questions, with as many tables as there are ways of answering."""
    counted, tables = _counted(records), []
    ways: dict[tuple[tuple[str, str], ...], list[ExtraField]] = {}
    for field in _asked(records).values():
        ways.setdefault(tuple(_choices(field)), []).append(field)
    for number, (choices, fields) in enumerate(ways.items(), 1):
        tables.append(
            Table(
                key=f"answers_{number}",
                title="What auditors answered",
                definition="Audits with each answer to what the tool asks once about the child and the work.",
                population=population(records),
                columns=(
                    Column("Question", "text"),
                    *(Column(label) for _, label in choices),
                    Column("Answered"),
                ),
                rows=tuple(
                    (
                        field.label,
                        *(counted[field.key][key] for key, _ in choices),
                        counted[field.key].total(),
                    )
                    for field in fields
                ),
            )
        )
    return tables


def _praise(records: Records) -> list[Figure]:
    heard = [
        positive
        for row in records.submitted
        for contact in records.parts.contacts.get(row.pk, ())
        for _, positive in records.parts.themes.get(contact.pk, ())
    ]
    return [
        Figure(
            "meaning_praise",
            "Said in praise by families",
            "Themes that families raised in praise, of all that were heard.",
            "conversations with family members that have been coded",
            sum(heard),
            len(heard),
        )
    ]
