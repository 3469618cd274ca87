"""What a report says before its sections, and which sections stand in it in which order."""

from collections.abc import Callable, Sequence
from typing import Any

from audits.frameworks.schema.governance import ReportSection
from qaf.ui import words
from reporting.enums import ReportKind
from reporting.selectors.definitions import name_of
from reporting.selectors.records import Records
from reporting.services import sections as shown
from reporting.services import sections_learning as learned
from reporting.services.figures import actions, agreement, compliance, grades, inadequate
from reporting.services.figures.model import Note, Section, as_data
from reporting.services.source import Source

SCHEMA = 1

BUILDERS: dict[str, Callable[[Source], Section | None]] = {
    "glance": shown.at_a_glance,
    "programme": shown.programme,
    "grades": shown.grade_section,
    "consistency": shown.consistency,
    "themes": shown.theme_section,
    "actions": shown.action_section,
    "inadequate": shown.inadequate_section,
    "families": shown.family_section,
    "movement": learned.movement_section,
    "findings": learned.finding_section,
    "themed": learned.themed_section,
    "meaning": learned.meaning_section,
    "evaluation": learned.evaluation_section,
    "chosen_cases": learned.chosen_section,
    "sessions": learned.session_section,
    "plan": learned.plan_section,
    "audit_area": learned.audit_area_section,
    "supervision_area": learned.supervision_area_section,
}
"""What a framework's report may show, by the framework's word for it."""
WHERE_ANY = ("movement", "findings", "themed", "evaluation", "chosen_cases", "sessions", "plan")
"""Sections of our own reports that stand there only where there is something to say."""
_MONTH = ("glance", "programme", "grades", "themes", "families", "actions")
_QUARTER = ("glance", "programme", "grades", "consistency", "themes", "actions", "inadequate", "families")
DEFAULTS: dict[ReportKind, tuple[str, ...]] = {
    ReportKind.MONTHLY: (*_MONTH, "findings", "themed", "sessions", "plan"),
    ReportKind.QUARTERLY: (*_QUARTER, *WHERE_ANY[1:]),
    ReportKind.EVALUATION: ("findings", "themes", "meaning"),
    ReportKind.CASE_PAPER: ("chosen_cases",),
    ReportKind.THEMES: ("themes", "findings"),
    ReportKind.SCORECARD: ("audit_area", "supervision_area"),
    ReportKind.SNAPSHOT: ("glance", "grades", "meaning", "actions"),
}


def figures_of(made_from: Source, council: str, sections: Sequence[Section] | None = None) -> dict[str, Any]:
    """Return a report's figures (or those of ``sections``) as JSON can hold them, with period and population."""
    records, period = made_from.records, made_from.period
    about = name_of(made_from.scope)
    return {
        "schema": SCHEMA,
        "kind": made_from.wanted.kind.value,
        "title": f"{made_from.wanted.label}: {about}" if about else made_from.wanted.label,
        "council": council,
        "period": {"label": period.label, "title": period.title},
        "starts": period.starts.isoformat(),
        "ends": period.ends.isoformat(),
        "as_of": records.as_of.isoformat(),
        "framework": records.framework.authority.framework_title,
        "framework_version": made_from.version.number if made_from.version else None,
        "population": [*population(records), *_by_version(made_from)],
        "months": [
            {
                "month": f"{month:%Y-%m}",
                "title": words.month(month),
                "audits": len(records.only(months={month}).random),
                "final_audits": len(records.only(months={month}).final),
                "final": records.is_month_final(month),
            }
            for month in records.months
        ],
        "headline": headline(made_from),
        "sections": as_data(made(made_from) if sections is None else sections),
    }


def population(records: Records) -> list[str]:
    """Say whom the figures count, and whom not."""
    other = len([row for row in records.audits if not row.is_random and row.status != "withdrawn"])
    chosen = "" if records.every_origin else " drawn at random"
    several = len(agreement.slots(records)) > 1
    said = [
        f"{words.plural(len(records.random), 'audit')}{chosen} for the months of the period, "
        f"{len(records.final):,} of them with a final grade.",
        "A month is the audits allocated for it, whenever they were finished. Grades are final ones: "
        f"{'agreed by both auditors' if several else 'given by the auditor'} or decided by a moderator.",
    ]
    if other and not records.every_origin:
        said.append(
            f"{words.plural(other, 'audit')} of another origin, such as re-audits: not in grades or trends."
        )
    if gone := compliance.withdrawn(records):
        said.append(f"{words.plural(gone, 'audit')} withdrawn: not counted.")
    said.append("A share of fewer than five is given as a count: read it as single cases, not as a rate.")
    return said


def _by_version(made_from: Source) -> list[str]:
    """Say which version of the framework the report belongs to (DUR-01)."""
    version = made_from.version
    if version is None:
        return []
    since = words.long_date(version.effective_from)
    return [f"Made by version {version.number} of the framework, in force since {since}."]


def not_final(records: Records) -> list[str]:
    """Say which months may still change."""
    found = []
    for month in records.months:
        own = records.only(months={month})
        if own.random and not records.is_month_final(month):
            found.append(
                f"{words.month(month)} is not yet final: {len(own.final)} of {words.plural(len(own.random), 'audit')} "
                "have a final grade, so its figures may still change."
            )
    return found


def headline(made_from: Source) -> list[str]:
    """Return what a reader with one minute should know, in sentences."""
    records = made_from.records
    if records.every_origin:
        return [f"{words.plural(len(records.submitted), 'audit was', 'audits were')} submitted."]
    late = sum(actions.is_overdue(one, records) for one in actions.agreed(records))
    lowest, missing = (
        inadequate.chains(records),
        (compliance.services_without_audits(records) if made_from.whole else []),
    )
    _, label = inadequate.worst(records)
    on_time, due = compliance.on_time(records)
    return [
        text
        for text in (
            grades.headline(records, made_from.before if made_from.before.final else None),
            grades.weakest_and_strongest(records),
            f"{words.percent_n(on_time, due)} of audits were submitted on time." if due else "",
            _lowest(len(lowest), label) if records.final else "",
            _overdue(late) if actions.agreed(records) else "",
            f"No audit in {', '.join(missing)}." if missing and records.random else "",
        )
        if text
    ]


def _overdue(count: int) -> str:
    return f"{words.plural(count, 'action is', 'actions are') if count else 'No action is'} overdue."


def _lowest(count: int, label: str) -> str:
    if not count:
        return f"No audit was {label} overall."
    return f"{words.plural(count, 'audit was', 'audits were')} {label} overall."


def made(made_from: Source) -> list[Section]:
    """Return the report's sections: those that the framework wants in its words and order, else ours."""
    wanted = made_from.wanted
    if not wanted.sections:
        return [
            section
            for key in DEFAULTS[wanted.kind]
            if (section := BUILDERS[key](made_from) or _instead(key, made_from))
            and (section.blocks or key not in WHERE_ANY)
        ]
    # The texts of a paper of cases stand at its cases.
    in_cases = wanted.kind == ReportKind.CASE_PAPER
    asked = (one for one in wanted.sections if one.shows or not in_cases)
    return [section for one in asked if (section := _in_words(one, made_from))]


def _instead(key: str, made_from: Source) -> Section | None:
    """Return what shows how far grades can be relied on where one auditor has nobody to agree with."""
    return learned.movement_section(made_from) if key == "consistency" else None


def _in_words(wanted: ReportSection, made_from: Source) -> Section | None:
    """Return one section as the framework words it, with everything it shows.

    ``None`` for one that this framework could never fill: nobody receives a heading under which nothing ever stands.
    """
    shown = [section for key in wanted.shows if (section := BUILDERS[key](made_from))]
    if not shown and not wanted.written:
        return None
    blocks = tuple(block for section in shown for block in section.blocks)
    if not blocks and not wanted.written:
        blocks = (Note("Nothing was recorded for these months."),)
    own = wanted.key if wanted.written else next((one.commentary for one in shown if one.commentary), "")
    return Section(
        wanted.key or wanted.shows[0],
        wanted.title,
        blocks,
        commentary=own or "",
        heading="" if wanted.written else next((one.heading for one in shown if one.heading), ""),
    )
