"""What audits have meant for children: changes that were stated, grades since, what families say (DUR-31)."""

from audits.followup.enums import ActionStatus
from reporting.selectors.records import Records
from reporting.services.figures import family, inadequate
from reporting.services.figures.actions import POPULATION, agreed
from reporting.services.figures.model import Figure


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
        Figure(
            "meaning_better",
            f"Better since an {lowest} audit" if lowest[:1] in "AEIOU" else f"Better since a {lowest} audit",
            "Audits with the lowest grade whose re-audit found the overall grade improved, of those audited again.",
            "audits with the lowest overall grade that were audited again",
            since.count("improved"),
            len(since),
        ),
    ]
    if family.targets(records):
        found += [family.family_figures(records)[0], *_praise(records)]
    return tuple(found)


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
