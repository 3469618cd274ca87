"""The outcome as people see it: which grades, from where, and how final they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from audits.enums import OVERALL, AuditStatus, CorrectionStatus, GradeSource, GradeStage
from audits.followup.selectors import answering_for
from audits.models import Assessment, Audit, FactCorrection, RecordedGrade
from audits.registry import marks_from_others, settled_elsewhere
from audits.selectors.comparison import graded_domains
from audits.selectors.facts import around_audit, framework_for
from audits.selectors.links import audit_href
from audits.selectors.standing import Standing, once
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo
from qaf.tenants.selectors import acting_for

NOT_MODERATED = "Not moderated yet"
NOT_FINAL = "Not final yet"
NEVER_CHECKED = "Never independently checked"
CORRECTABLE = (AuditStatus.IN_MODERATION, AuditStatus.OUTCOME)
"""While an audit stands here its worker may ask to correct a matter of fact."""


@dataclass(frozen=True)
class OutcomeRow:
    """One domain's grade of record (overall last) and where it came from."""

    domain: str
    label: str
    grade: str
    grade_label: str
    source: str
    decided_by: str = ""
    reason: str = ""
    is_moderated: bool = False

    @property
    def overall(self) -> bool:
        """Whether this is the overall judgement."""
        return self.domain == OVERALL


@dataclass(frozen=True)
class Outcome:
    """The grades of record with everything a reader must be told beside them."""

    rows: tuple[OutcomeRow, ...]
    marks: tuple[str, ...]

    @property
    def overall(self) -> OutcomeRow | None:
        """The overall grade."""
        return next((row for row in self.rows if row.overall), None)

    @property
    def is_moderated(self) -> bool:
        """Whether a moderator decided any of the grades."""
        return any(row.is_moderated for row in self.rows)


def outcome_of(audit: Audit) -> Outcome:
    """Return the grades of record and their marks; no rows while a moderator has still to decide."""
    framework = framework_for(audit)
    found = {row.domain: row for row in audit.grades.select_related("decided_by")}
    reasons = dict(
        audit.recorded_grades.filter(stage=GradeStage.MODERATED)
        .order_by("id")
        .values_list("domain", "reason")
    )
    titles = {**graded_domains(audit, framework), OVERALL: "Overall"}
    overall = found.get(OVERALL)
    elsewhere = settled_elsewhere(audit) if overall and overall.source == GradeSource.MODERATED else ""
    rows = tuple(
        OutcomeRow(
            key,
            label,
            row.grade,
            framework.names.grade(row.grade),
            (elsewhere if key == OVERALL else "") or row.get_source_display(),
            row.decided_by.name if row.decided_by else "",
            reasons.get(key, "") if row.source == GradeSource.MODERATED else "",
            row.source == GradeSource.MODERATED,
        )
        for key, label in titles.items()
        if (row := found.get(key))
    )
    return Outcome(rows if audit.status != AuditStatus.IN_MODERATION else (), marks_of(audit))


@once
def outcome_seen(standing: Standing) -> Outcome:
    """Return the outcome of the audit that somebody looks at; whether they see it is for the page to ask."""
    return outcome_of(standing.audit)


def marks_of(audit: Audit) -> tuple[str, ...]:
    """Return what must stand beside every grade of the audit, in words."""
    if audit.status == AuditStatus.IN_MODERATION:
        return (NOT_MODERATED, NOT_FINAL)
    marks = [NOT_FINAL] if audit.status == AuditStatus.OUTCOME else []
    if audit.grades.exists() and not audit.grades.filter(source=GradeSource.MODERATED).exists():
        marks.append(NEVER_CHECKED)
    return (*marks, *marks_from_others(audit))


def every_grade(audit: Audit) -> list[RecordedGrade]:
    """Return every grade ever given for the audit, in the order given, with who and when (HER-26)."""
    return list(audit.recorded_grades.select_related("given_by", "assessment").order_by("given_at", "id"))


def corrections_of(audit: Audit) -> list[FactCorrection]:
    """Return the corrections asked for, in order."""
    return list(audit.corrections.select_related("asked_by", "answered_by"))


def last_day_for_corrections(audit: Audit) -> date | None:
    """Return the last day on which the worker may ask for a correction; ``None`` while there is no outcome."""
    rules = framework_for(audit).process.fact_correction
    if audit.outcome_at is None:
        return None
    day = calendar.local_date(audit.outcome_at)
    return calendar.add_working_days(day, rules.working_days) if rules.allowed else day


def is_worker_of(audit: Audit, person: Person) -> bool:
    """Say whether the person is the audited worker, or stands in for them while they are away."""
    return bool(audit.worker and acting_for(audit.worker, on=clock.today()).pk == person.pk) or (
        audit.worker_id == person.pk
    )


def may_answer_correction(audit: Audit, person: Person) -> bool:
    """Say whether the person may answer a correction: the audit's auditors and the quality assurance lead."""
    if is_worker_of(audit, person):
        return False
    return person in around_audit(audit).others["auditors"] or may(person, "audits.open_cycle")


def outcome_todo(person: Person) -> Iterable[ToDo]:
    """Return the facts that a worker may check, and the corrections that somebody has to answer."""
    unanswered = FactCorrection.objects.filter(status=CorrectionStatus.ASKED).values("audit")
    own = Audit.objects.filter(status=AuditStatus.OUTCOME, worker__in=answering_for(person))
    for audit in own.exclude(pk__in=unanswered):
        yield ToDo(
            "Check the facts of an audit of your work",
            audit_href(audit, "facts"),
            last_day_for_corrections(audit),
            audit.reference,
        )
    asked = FactCorrection.objects.filter(status=CorrectionStatus.ASKED).exclude(asked_by=person)
    if not may(person, "audits.open_cycle"):
        own_audits = Assessment.objects.filter(assessor=person).values("audit")
        asked = asked.filter(audit__in=own_audits)
    for correction in asked.select_related("audit"):
        yield ToDo(
            "Answer a correction", audit_href(correction.audit, "facts"), None, correction.audit.reference
        )
