"""What followed the lowest grade: oversight, review, re-audit, and whether practice improved (HER-43 to HER-47)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from audits.enums import OVERALL, Origin
from audits.followup.enums import Ending, FollowUpKind, FollowUpStatus
from qaf.ui import words
from reporting.selectors.parts import FollowUpRow
from reporting.selectors.records import AuditRow, Records
from reporting.services.figures.grades import domains, scale
from reporting.services.figures.model import Cell, Column, Figure, Table

KINDS = (FollowUpKind.OVERSIGHT, FollowUpKind.REVIEW, FollowUpKind.RE_AUDIT, FollowUpKind.CONVERSATION)
STEPS = {
    FollowUpKind.OVERSIGHT: ("ask_oversight", "Oversight"),
    FollowUpKind.REVIEW: ("schedule_review", "Review"),
    FollowUpKind.RE_AUDIT: ("schedule_re_audit", "Re-audit"),
}
"""The steps that are told one by one: the framework's word for the rule that asks for each, and its heading."""
CHANGES = (
    ("improved", "Improved"),
    ("same", "The same"),
    ("worse", "Worse"),
    ("not_comparable", "Not comparable"),
)


def worst(records: Records) -> tuple[str, str]:
    """Return key and word of the lowest grade."""
    grade = scale(records).best_first[-1]
    return grade.key, grade.label


@dataclass(frozen=True)
class Chain:
    """One audit with the lowest overall grade, and what followed it."""

    audit: AuditRow
    steps: dict[str, FollowUpRow]

    def said(self, kind: FollowUpKind, as_of: date) -> str:
        """Where a step stands, in words."""
        step = self.steps.get(kind)
        if step is None:
            return "Not asked for"
        if step.status == FollowUpStatus.NOT_NEEDED:
            return "No longer needed"
        if step.status == FollowUpStatus.DONE:
            ending = Ending(step.outcome).label if step.outcome in Ending.values else "Done"
            return f"{ending} {words.short_date(step.done_at)}" if step.done_at else ending
        late = step.due_on is not None and step.due_on < as_of
        return (
            f"{'Overdue since' if late else 'Due'} {words.short_date(step.due_on)}" if step.due_on else "Open"
        )


def chains(records: Records) -> list[Chain]:
    """Return every audit, random or not and no re-audit, whose final overall grade is the lowest."""
    key, _ = worst(records)
    found = []
    for row in records.audits:
        if row.origin != Origin.RE_AUDIT and records.grade(row) == key:
            follow_ups = records.parts.follow_ups.get(row.pk, ())
            found.append(Chain(row, {one.kind: one for one in follow_ups if one.kind in KINDS}))
    return found


def steps_of(records: Records, found: Iterable[Chain]) -> list[FollowUpKind]:
    """Return the steps that the framework asks for, or that were asked for; of any other nothing can be told."""
    rules = {effect.kind for rule in records.framework.consequences for effect in rule.effects}
    taken = {kind for one in found for kind in one.steps}
    return [kind for kind, (rule, _) in STEPS.items() if rule in rules or kind in taken]


def overall_change(chain: Chain) -> str:
    """Return what became of the overall grade: improved, same, worse, not_comparable, or empty before the re-audit."""
    step = chain.steps.get(FollowUpKind.RE_AUDIT)
    changes = step.answers.get("domains", {}) if step and step.status == FollowUpStatus.DONE else {}
    return str(changes.get("overall", ""))


def inadequate_figures(records: Records) -> tuple[Figure, ...]:
    """Return how many audits had the lowest grade and how far their follow-up is."""
    _, label = worst(records)
    found = chains(records)
    population = f"audits of the period whose final overall grade is {label}"

    def done(kind: FollowUpKind) -> tuple[int, int]:
        asked = [one.steps[kind] for one in found if kind in one.steps]
        needed = [step for step in asked if step.status != FollowUpStatus.NOT_NEEDED]
        return sum(step.status == FollowUpStatus.DONE for step in needed), len(needed)

    late = sum("Overdue" in one.said(kind, records.as_of) for one in found for kind in KINDS)
    told = {
        FollowUpKind.OVERSIGHT: (
            "oversight_done",
            "Oversight recorded",
            "Commented on by the head of service.",
        ),
        FollowUpKind.REVIEW: ("review_done", "Reviewed", "The review after some weeks is done."),
        FollowUpKind.RE_AUDIT: ("re_audit_done", "Audited again", "The re-audit is concluded."),
    }
    steps = steps_of(records, found)
    overdue = Figure(
        "inadequate_overdue",
        "Follow-up overdue",
        "Steps past their day and not done.",
        population,
        late,
        tone="late" if late else "",
    )
    return (
        Figure(
            "inadequate",
            f"{label} overall",
            f"Audits whose final overall grade is {label}.",
            "final audits",
            len(found),
        ),
        *(Figure(*told[kind], population, *done(kind)) for kind in steps),
        overdue,
    )


def chain_table(records: Records) -> Table:
    """Return each audit with the lowest grade, and where each step stands."""
    _, label = worst(records)
    names, found = dict(CHANGES), chains(records)
    steps = steps_of(records, found)
    again = FollowUpKind.RE_AUDIT in steps
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.audit.reference,
            records.service_name(one.audit),
            f"{one.audit.month:%B %Y}",
            *(one.said(kind, records.as_of) for kind in steps),
            *((names.get(overall_change(one), "Not known yet"),) if again else ()),
        )
        for one in found
    )
    return Table(
        key="inadequate_chains",
        title=f"What followed each audit graded {label}",
        definition="Each step that the framework asks for, and where it stands."
        + (" The last column compares the overall grades of both audits." if again else ""),
        population=f"audits of the period whose final overall grade is {label}",
        columns=tuple(
            Column(name, "text")
            for name in (
                "Audit",
                "Service",
                "Month",
                *(STEPS[kind][1] for kind in steps),
                *(("Overall grade since",) if again else ()),
            )
        ),
        rows=rows,
        empty=f"No audit of the period was graded {label} overall.",
    )


def re_audit_table(records: Records) -> Table:
    """Return for each domain how many re-audited cases improved, stayed the same or got worse (HER-47)."""
    found: dict[str, Counter[str]] = {key: Counter() for key in ("overall", *domains(records))}
    for chain in chains(records):
        step = chain.steps.get(FollowUpKind.RE_AUDIT)
        if step and step.status == FollowUpStatus.DONE:
            for key, change in step.answers.get("domains", {}).items():
                found.setdefault(key, Counter())[str(change)] += 1
    titles = {"overall": "Overall", **domains(records)}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (titles.get(key, key), *(counts[change] for change, _ in CHANGES)) for key, counts in found.items()
    )
    return Table(
        key="re_audits",
        title="Change from first audit to re-audit",
        definition="Concluded re-audits, by what became of the grade in each domain.",
        population="concluded re-audits of the audits of the period",
        columns=(Column("Domain", "text"), *(Column(label) for _, label in CHANGES)),
        rows=rows if any(sum(counts.values()) for counts in found.values()) else (),
        empty="No re-audit of these audits is concluded yet.",
    )


__all__ = [
    "OVERALL",
    "Chain",
    "chain_table",
    "chains",
    "inadequate_figures",
    "overall_change",
    "re_audit_table",
    "steps_of",
    "worst",
]
