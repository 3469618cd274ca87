"""An audit of a whole town's child, taken straight to a submission or an outcome with the grades a test wants."""

from datetime import date, datetime

from audits.cases.models import Case
from audits.enums import GradeSource, GradeStage
from audits.events import AssessmentSubmitted
from audits.followup.models import Action
from audits.followup.services import propose_action
from audits.frameworks.selectors import version_in_force
from audits.models import Assessment, Audit, AuditAction, GradeOfRecord, RecordedGrade
from audits.selectors.people import joint_owner_of, owner_role_of
from audits.services.findings import action_days
from audits.services.references import take_references
from audits.workflow import audit_workflow
from qaf.lib import clock
from qaf.tenants.events import publish
from qaf.tenants.models import Person
from tests.golden.town import Town


def audit_of(town: Town, case: Case, auditor: Person, *, on: date | None = None, **fields) -> Audit:
    """An audit of the child by ``auditor`` in the framework's grading slot, drawn on ``on`` or today."""
    day = on or clock.today()
    framework = town.framework
    audit = Audit.objects.create(
        reference=take_references(year=day.year, count=1)[0],
        case=case,
        framework_version=version_in_force(),
        tool=framework.tool_for(case.service.key).key,
        origin=fields.pop("origin", "random"),
        allocated_on=day,
        due_on=day,
        worker=case.worker,
        worker_since=fields.pop("worker_since", date(2026, 3, 2)),
        team=case.team,
        service=case.service,
        manager=case.manager,
        chair=case.chair,
        case_status=case.status,
        **fields,
    )
    slot = framework.grading_slots[0].key
    Assessment.objects.create(audit=audit, slot=slot, assessor=auditor, due_on=day, started_at=clock.now())
    return audit


def propose(
    audit: Audit, text: str = "Visit the father", *, owner: Person, due_on: date | None = None
) -> Action:
    """An action that the audit's auditor proposes, due when the framework would have it."""
    assessment = audit.assessments.get()
    days = action_days(audit)
    joint = joint_owner_of(audit, owner)
    action = propose_action(
        case=audit.case,
        text=text,
        intended_change="He is heard.",
        owner=owner,
        owner_role=owner_role_of(audit, owner),
        joint_owner=joint,
        joint_owner_role=owner_role_of(audit, joint) if joint else "",
        due_on=due_on or days.proposed,
        latest_on=days.latest,
        proposed_by=assessment.assessor,
    )
    AuditAction.objects.create(audit=audit, action=action, assessment=assessment)
    return action


def submit_with(audit: Audit, overall: str, **domains: str) -> Assessment:
    """The auditor submits these grades."""
    assessment = audit.assessments.get()
    now = clock.now()
    RecordedGrade.objects.bulk_create(
        RecordedGrade(
            audit=audit,
            assessment=assessment,
            domain=domain,
            stage=GradeStage.SUBMITTED,
            grade=grade,
            given_by=assessment.assessor,
            given_at=now,
        )
        for domain, grade in {"": overall, **domains}.items()
    )
    assessment.status, assessment.locked_at, assessment.submitted_at = "submitted", now, now
    assessment.save()
    audit.submitted_at = now
    audit.save(update_fields=["submitted_at"])
    assessment.audit = audit
    publish(AssessmentSubmitted(assessment, assessment.assessor))
    audit.refresh_from_db()
    return assessment


def finish_with(audit: Audit, overall: str, *, at: datetime | None = None, **domains: str) -> Audit:
    """The outcome becomes final with these grades of record."""
    now = at or clock.now()
    for domain, grade in {"": overall, **domains}.items():
        GradeOfRecord.objects.create(
            audit=audit, domain=domain, grade=grade, source=GradeSource.SINGLE, decided_at=now
        )
    audit.status, audit.outcome_at = "outcome", now
    audit.submitted_at = audit.submitted_at or now
    audit.save(update_fields=["status", "outcome_at", "submitted_at"])
    audit_workflow.apply(audit, "finalise", person=None, why="as a test wants", also={"final_at": now})
    audit.refresh_from_db()
    return audit


def past_audit(town: Town, case: Case, auditor: Person, overall: str, *, on: date, **fields) -> Audit:
    """An audit that became final on the day it was drawn, and opened nothing."""
    audit = audit_of(town, case, auditor, on=on, **fields)
    moment = datetime.combine(on, datetime.min.time(), clock.LONDON)
    GradeOfRecord.objects.create(
        audit=audit, domain="", grade=overall, source=GradeSource.SINGLE, decided_at=moment
    )
    Audit.objects.filter(pk=audit.pk).update(status="final", final_at=moment, submitted_at=moment)
    return audit


def asked(audit: Audit, *, status: str = "open") -> dict[str, tuple[str, date | None]]:
    """Who is asked what by when, by kind."""
    links = audit.follow_up_links.filter(follow_up__status=status).select_related("follow_up__assignee")
    return {
        link.follow_up.kind: (
            link.follow_up.assignee.name if link.follow_up.assignee else link.follow_up.assignee_role,
            link.follow_up.due_on,
        )
        for link in links
    }
