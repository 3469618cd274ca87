"""The areas of a scorecard that come from the product itself: audit, supervision, whole-caseload checks (SLO-40)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from audits.followup.enums import FollowUpKind
from qaf.lib.calendar import local_date
from reporting.selectors.records import AuditRow, Records
from reporting.selectors.supervision import Supervised, caseload_answers, supervised
from reporting.services.figures import actions, compliance, grades
from reporting.services.figures.model import Column, Figure, Table

OPEN_CASES = "children’s records open on the day of the figures"
SPAN = "audits submitted within the period"


def within(records: Records, starts: date, ends: date) -> Records:
    """Return the records of the audits that were submitted between two days, of whichever month they are."""

    def fits(row: AuditRow) -> bool:
        return row.submitted_at is not None and starts <= local_date(row.submitted_at) <= ends

    return records.narrowed(fits)


def audit_area(records: Records, starts: date, ends: date) -> tuple[Figure, ...]:
    """Return the audit area: what was submitted in the period and its grades, and actions as they stand."""
    own = within(records, starts, ends)
    on_time = [row for row in own.submitted if compliance.is_on_time(row)]
    taken = actions.agreed(records)
    late = sum(actions.is_overdue(one, records) for one in taken)
    return (
        Figure(
            "area_submitted", "Audits submitted", "Submitted within the period.", SPAN, len(own.submitted)
        ),
        Figure(
            "area_on_time",
            "Submitted on time",
            "Every auditor submitted by the due day.",
            SPAN,
            len(on_time),
            len(own.submitted),
        ),
        Figure(
            "area_good",
            grades.good_words(records),
            "Final overall grade, of the audits submitted within the period that are final.",
            SPAN,
            *grades.good_share(own),
        ),
        Figure(
            "area_actions_late",
            "Actions from audits overdue",
            "Past their day and not signed off, of the actions agreed in the last twelve months.",
            "actions of the last twelve months",
            late,
            len(taken),
            "late" if late else "",
        ),
    )


def supervision_area(records: Records) -> tuple[Figure, ...]:
    """Return the supervision area: how recently each open child's work was supervised, and entries after audits."""
    every = records.framework.actions.supervision.every_days or 28
    found = supervised()
    recent = [one for one in found if _is_recent(one, records.as_of, every)]
    unknown = [one for one in found if one.on is None]
    due, done = _entries(records)
    return (
        Figure(
            "supervised",
            f"Supervised within {every} days",
            "The last supervision that the case list knows lies no further back.",
            OPEN_CASES,
            len(recent),
            len(found),
        ),
        Figure(
            "supervision_unknown",
            "No supervision known",
            "The case list holds no date of a supervision.",
            OPEN_CASES,
            len(unknown),
            len(found),
            "late" if unknown else "",
        ),
        Figure(
            "supervision_entries",
            "Findings talked over in supervision",
            "Supervision entries after audits that are recorded, of those asked for.",
            "audits of the last twelve months",
            done,
            due,
        ),
    )


def _is_recent(one: Supervised, as_of: date, every: int) -> bool:
    return one.on is not None and one.on >= as_of - timedelta(days=every)


def _entries(records: Records) -> tuple[int, int]:
    done, asked = compliance.follow_ups(records, FollowUpKind.SUPERVISION)
    return asked, done


def supervision_table(records: Records) -> Table:
    """Return the supervision of open children by service."""
    every = records.framework.actions.supervision.every_days or 28
    found = supervised()
    names = {pk: unit.name for pk, unit in records.services.items()}
    groups: dict[str, list[Supervised]] = {}
    for one in found:
        groups.setdefault(names.get(one.service or 0, "No service known"), []).append(one)
    rows = []
    for name in sorted(groups):
        own = groups[name]
        recent = sum(_is_recent(one, records.as_of, every) for one in own)
        rows.append((name, (recent, len(own)), sum(one.on is None for one in own)))
    return Table(
        key="supervision_service",
        title="Supervision of open children, by service",
        definition=f"Supervised within {every} days, as the case list has it.",
        population=OPEN_CASES,
        columns=(Column("Service", "text"), Column("Within the time", "share"), Column("No date known")),
        rows=tuple(rows),
        empty="No child’s record is open.",
    )


def caseload_table(records: Records, ends: date) -> Table:
    """Return the totals of the whole-caseload checks finished in the period, question by question."""
    return Table(
        key="caseload_totals",
        title="What every open child’s record holds",
        definition="Records that have it, of those looked at in the newest finished round of each team.",
        population="whole-caseload checks finished by the end of the period",
        columns=(Column("Looked for", "text"), Column("In place", "share"), Column("Missing")),
        rows=tuple(_totals(caseload_answers(ends))),
        empty="No whole-caseload check has been finished.",
    )


def _totals(found: Iterable[tuple[str, bool]]) -> list[tuple[str, tuple[int, int], int]]:
    held: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for label, in_place in found:
        whole[label] += 1
        held[label] += in_place
    return [(label, (held[label], whole[label]), whole[label] - held[label]) for label in whole]
