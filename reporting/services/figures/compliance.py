"""Whether the audit programme itself was done: drawn, allocated, submitted, on time, moderated, filed (HER-56)."""

from audits.enums import AuditStatus
from audits.followup.enums import FollowUpKind, FollowUpStatus
from moderation.enums import ModerationStatus
from qaf.lib.calendar import local_date
from reporting.selectors.months import Draws
from reporting.selectors.records import AuditRow, Records
from reporting.services.figures.model import Column, Figure, Table

POPULATION = "audits drawn at random for the months of the period, without those withdrawn"
REASONS = {
    "audited": "Audited not long ago",
    "closed": "Closed since the last draw",
    "approved": "An approved request to leave out",
    "no_service": "No service known",
}


def is_on_time(row: AuditRow) -> bool:
    """Whether every auditor had submitted by the end of the due day."""
    return row.submitted_at is not None and local_date(row.submitted_at) <= row.due_on


def on_time(records: Records) -> tuple[int, int]:
    """Return how many audits were submitted on time, of those submitted or due."""
    due = [row for row in records.random if row.submitted_at or row.due_on < records.as_of]
    return sum(is_on_time(row) for row in due), len(due)


def overdue(records: Records) -> list[AuditRow]:
    """Return the audits not submitted although their due day has passed."""
    return [row for row in records.random if not row.submitted_at and row.due_on < records.as_of]


def moderated(records: Records) -> tuple[int, int]:
    """Return how many moderations are decided, of those that were needed."""
    found = [
        records.parts.moderations[row.pk] for row in records.random if row.pk in records.parts.moderations
    ]
    needed = [one for one in found if one.status != ModerationStatus.WITHDRAWN]
    return sum(one.status == ModerationStatus.DECIDED for one in needed), len(needed)


def follow_ups(records: Records, kind: FollowUpKind) -> tuple[int, int]:
    """Return how many follow-ups of a kind are done, of those opened and still needed."""
    found = [
        one for row in records.random for one in records.parts.follow_ups.get(row.pk, ()) if one.kind == kind
    ]
    needed = [one for one in found if one.status != FollowUpStatus.NOT_NEEDED]
    return sum(one.status == FollowUpStatus.DONE for one in needed), len(needed)


def filed(records: Records) -> tuple[int, int]:
    """Return how many audits are placed on the child's record, of the final ones."""
    return follow_ups(records, FollowUpKind.FILING)[0], len(records.final)


def compliance(records: Records) -> tuple[Figure, ...]:
    """Return the figures of the programme from allocation to supervision."""
    return *_until_submission(records), *_after_submission(records)


def _until_submission(records: Records) -> tuple[Figure, ...]:
    everything, late = len(records.random), len(overdue(records))
    return (
        Figure(
            "allocated",
            "Audits allocated",
            "Audits given to auditors in these months.",
            POPULATION,
            everything,
        ),
        _share(
            "submitted",
            "Audits submitted",
            "Every auditor has submitted.",
            (len(records.submitted), everything),
        ),
        _share(
            "on_time",
            "Audits on time",
            "Submitted by the due day, of those submitted or due.",
            on_time(records),
        ),
        Figure(
            "overdue",
            "Audits overdue now",
            "Not submitted although the due day has passed.",
            POPULATION,
            late,
            tone="late" if late else "",
        ),
    )


def _after_submission(records: Records) -> tuple[Figure, ...]:
    supervision = follow_ups(records, FollowUpKind.SUPERVISION)
    final = (len(records.final), len(records.random))
    return (
        _share(
            "moderated",
            "Moderated",
            "Decided by a moderator, of those that had to be.",
            moderated(records),
        ),
        _share("final", "Audits with final grades", "The grades are final.", final),
        _share(
            "filed",
            "On the child’s record",
            "Placed on the child’s record, of the final ones.",
            filed(records),
        ),
        _share(
            "supervision",
            "Supervision entry made",
            "Findings discussed in supervision and entered, of those asked for.",
            supervision,
        ),
    )


def _share(key: str, label: str, definition: str, pair: tuple[int, int]) -> Figure:
    return Figure(key, label, definition, POPULATION, *pair)


def breakdown(records: Records, level: str) -> Table:
    """Return the programme for each ``service``, ``team`` or ``month``."""
    rows = []
    for name, own in _units(records, level):
        everything = len(own.random)
        rows.append(
            (
                name,
                everything,
                (len(own.submitted), everything),
                on_time(own),
                len(overdue(own)),
                moderated(own),
                (len(own.final), everything),
                filed(own),
            )
        )
    return Table(
        key=f"compliance_{level}",
        title=f"The programme by {level}",
        definition="Allocated, submitted, on time (of those submitted or due), overdue, moderated, final, filed.",
        population=POPULATION,
        columns=(
            Column(level.capitalize(), "text"),
            Column("Allocated"),
            Column("Submitted", "share"),
            Column("On time", "share"),
            Column("Overdue"),
            Column("Moderated", "share"),
            Column("Final", "share"),
            Column("On record", "share"),
        ),
        rows=tuple(rows),
        empty="No audit was allocated.",
    )


def _units(records: Records, level: str) -> list[tuple[str, Records]]:
    if level == "service":
        return list(records.by_service())
    if level == "team":
        return list(records.by_team())
    return [
        (
            f"{month:%B %Y}{'' if records.is_month_final(month) else ' (not yet final)'}",
            records.only(months={month}),
        )
        for month in records.months
    ]


def services_without_audits(records: Records) -> list[str]:
    """Return the services that take part and have no audit in these months (HER-03)."""
    keys = {service.key for service in records.framework.audited_services}
    named = {unit.name for unit in records.services.values() if unit.key in keys}
    return [name for name, own in records.by_service() if name in named and not own.random]


def draw_figures(draws: Draws) -> tuple[Figure, ...]:
    """Return what the draws took, replaced and left out."""
    population = "the draws of the months of the period"
    return (
        Figure(
            "drawn",
            "Records drawn",
            "Children’s records drawn at random, replacements among them.",
            population,
            draws.drawn,
        ),
        Figure(
            "replaced",
            "Replaced",
            "Drawn records replaced by another, each with a reason.",
            population,
            draws.replaced,
        ),
        Figure(
            "exclusions_asked",
            "Exclusions asked for",
            "Requests to leave a child out.",
            population,
            draws.asked,
        ),
        Figure(
            "exclusions_approved", "Exclusions approved", "Of these approved.", population, draws.approved
        ),
    )


def left_out(draws: Draws) -> Table:
    """Return why records could not be drawn."""
    return Table(
        key="left_out",
        title="Records that could not be drawn",
        definition="Each record once a month, by its first reason.",
        population="the draws of the months of the period",
        columns=(Column("Reason", "text"), Column("Records")),
        rows=tuple(
            (REASONS.get(key, key.replace("_", " ").capitalize()), count) for key, count in draws.left_out
        ),
        empty="Every record could be drawn.",
    )


def withdrawn(records: Records) -> int:
    """Return how many audits were withdrawn."""
    return sum(row.status == AuditStatus.WITHDRAWN for row in records.audits)
