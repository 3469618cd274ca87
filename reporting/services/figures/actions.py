"""What was agreed to be done, whether it was, and what it changed (HER-49)."""

from collections import Counter

from audits.followup.enums import OPEN_ACTIONS, ActionStatus
from qaf.lib.calendar import local_date
from reporting.selectors.parts import ActionRow
from reporting.selectors.records import AuditRow, Records
from reporting.services.figures.model import Column, Figure, Table

POPULATION = "actions raised by the audits of the period"


def actions(records: Records) -> list[tuple[AuditRow, ActionRow]]:
    """Return every action with its audit."""
    return [(row, one) for row in records.audits for one in records.parts.actions.get(row.pk, ())]


def agreed(records: Records) -> list[ActionRow]:
    """Return the actions that were taken forward."""
    waiting = (ActionStatus.PROPOSED, ActionStatus.NOT_AGREED)
    return [one for _, one in actions(records) if one.status not in waiting]


def is_overdue(one: ActionRow, records: Records) -> bool:
    """Whether the action should have been done and signed off by now."""
    return one.status in OPEN_ACTIONS and one.due_on < records.as_of


def action_figures(records: Records) -> tuple[Figure, ...]:
    """Return the actions by where they stand."""
    return *_standing(records), *_results(records)


def _standing(records: Records) -> tuple[Figure, ...]:
    taken = agreed(records)
    whole, status = len(taken), Counter(one.status for one in taken)
    late = sum(is_overdue(one, records) for one in taken)
    waiting, signed = status[ActionStatus.DONE], status[ActionStatus.SIGNED_OFF]
    return (
        Figure("actions", "Actions agreed", "Actions taken forward.", POPULATION, whole),
        Figure("actions_open", "Actions open", "Not done yet.", POPULATION, status[ActionStatus.OPEN], whole),
        Figure(
            "actions_overdue",
            "Actions overdue",
            "Past their day and not signed off.",
            POPULATION,
            late,
            whole,
            "late" if late else "",
        ),
        Figure(
            "actions_done",
            "Actions waiting for sign-off",
            "Done, not signed off.",
            POPULATION,
            waiting,
            whole,
        ),
        Figure(
            "actions_signed_off",
            "Actions signed off",
            "Signed off by somebody else than the owner.",
            POPULATION,
            signed,
            whole,
        ),
    )


def _results(records: Records) -> tuple[Figure, ...]:
    taken = agreed(records)
    done = [one for one in taken if one.done_at]
    signed = [one for one in taken if one.status == ActionStatus.SIGNED_OFF]
    return (
        Figure(
            "actions_on_time",
            "Actions done on time",
            "Done by their day, of those done.",
            POPULATION,
            sum(one.done_at is not None and local_date(one.done_at) <= one.due_on for one in done),
            len(done),
        ),
        Figure(
            "actions_changed",
            "A change for the child is recorded",
            "Signed-off actions that say what changed for the child.",
            POPULATION,
            sum(bool(one.change.strip()) for one in signed),
            len(signed),
        ),
    )


def by_unit(records: Records, level: str) -> Table:
    """Return the actions of each ``service`` or ``team``, by where the audit was."""
    rows = []
    for name, own in records.by_service() if level == "service" else records.by_team():
        taken = agreed(own)
        status = Counter(one.status for one in taken)
        late = sum(is_overdue(one, own) for one in taken)
        rows.append(
            (
                name,
                len(taken),
                status[ActionStatus.OPEN],
                late,
                status[ActionStatus.DONE],
                status[ActionStatus.SIGNED_OFF],
            )
        )
    return Table(
        key=f"actions_{level}",
        title=f"Actions by {level}",
        definition="By the service and team of the audit; overdue ones are counted among the open or done as well.",
        population=POPULATION,
        columns=(
            Column(level.capitalize(), "text"),
            Column("Agreed"),
            Column("Open"),
            Column("Overdue"),
            Column("Waiting for sign-off"),
            Column("Signed off"),
        ),
        rows=tuple(rows),
        empty="No action was agreed.",
    )
