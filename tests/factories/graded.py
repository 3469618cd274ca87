"""Audits of any framework, submitted with the grades that a test gives: how they were written is not its concern."""

from datetime import timedelta

from audits.enums import AssessmentStatus, AuditStatus, GradeStage
from audits.frameworks.selectors import framework_of, version_in_force
from audits.models import Assessment, Audit, Cycle, Judgement, RecordedGrade
from audits.selectors.comparison import graded_domains
from audits.services.outcome import settle
from audits.services.references import take_references
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import line_of
from tests.golden.town import Town


def month_of_audits(period=None) -> Cycle:
    """A month that was opened by hand, without audits yet."""
    period = period or calendar.month_start(clock.today())
    return Cycle.objects.create(
        period=period, status="open", framework_version=version_in_force(), seed="seed", allocated_on=period
    )


def given_audit(town: Town, cycle: Cycle, number: int, auditor: Person) -> Audit:
    """The audit of the town's ``number``-th child, given to ``auditor`` in the framework's grading slot."""
    case, today = town.cases[number], clock.today()
    framework = framework_of(version_in_force())
    audit = Audit.objects.create(
        reference=take_references(year=today.year, count=1)[0],
        cycle=cycle,
        case=case,
        framework_version=version_in_force(),
        tool=framework.main_tool.key,
        origin="random",
        status=AuditStatus.IN_PROGRESS,
        allocated_on=today,
        due_on=today + timedelta(days=21),
        worker=case.worker,
        team=case.team,
        service=case.service,
        manager=None,
        chair=case.chair,
        case_status=case.status,
        line=sorted(line_of(case.team, on=today)),
    )
    slot = framework.grading_slots[0].key
    Assessment.objects.create(audit=audit, slot=slot, assessor=auditor, due_on=audit.due_on)
    return audit


def submit_graded(audit: Audit, grade: str) -> Audit:
    """Hand the audit in, every domain and the overall judgement with ``grade``, and take it on."""
    assessment, now = audit.assessments.get(), clock.now()
    for domain in [*graded_domains(audit, framework_of(audit.framework_version)), ""]:
        Judgement.objects.create(
            assessment=assessment, domain=domain, grade=grade, strengths="Seen alone every ten days."
        )
        RecordedGrade.objects.create(
            audit=audit,
            assessment=assessment,
            domain=domain,
            stage=GradeStage.SUBMITTED,
            grade=grade,
            given_by=assessment.assessor,
            given_at=now,
        )
    assessment.status, assessment.submitted_at = AssessmentStatus.SUBMITTED, now
    assessment.save()
    settle(audit=audit)
    audit.refresh_from_db()
    return audit


def submitted_audit(town: Town, cycle: Cycle, number: int, auditor: Person, grade: str) -> Audit:
    """An audit that its auditor has handed in."""
    return submit_graded(given_audit(town, cycle, number, auditor), grade)


def finalised(audit: Audit) -> Audit:
    """The audit with its outcome final, on the day on which it is made so."""
    from audits.services.finalise import finalise

    finalise(audit=audit, why="the worker confirmed the facts")
    audit.refresh_from_db()
    return audit
