"""What is due of the audits themselves: assessments, and the worker's question to the family."""

from collections.abc import Iterable
from functools import partial

from audits.enums import BEFORE_SUBMISSION, AuditStatus
from audits.followup.due import DueThing
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit
from audits.selectors.audits import OPEN_ASSESSMENT
from audits.selectors.facts import around_audit, around_auditor
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.standing import gives_grades
from audits.selectors.todo import current_by_slot, lacks_consent

AUDIT = ("worker", "manager", "chair", "team__parent", "service")


def due_assessments(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the assessments that somebody has not submitted."""
    found = Assessment.objects.filter(
        status__in=OPEN_ASSESSMENT, audit__status__in=BEFORE_SUBMISSION, assessor__isnull=False
    )
    found = found if ids is None else found.filter(pk__in=list(ids))
    found = found.select_related("assessor", *(f"audit__{name}" for name in AUDIT))
    for one in found:
        framework = framework_of(one.audit.framework_version)
        graded = gives_grades(framework, one.slot)
        label = f"part, {framework.names.slot(one.slot).lower()}"
        yield DueThing(
            kind="assessment",
            pk=one.pk,
            about=one.audit.reference,
            text="your audit" if graded else f"your {label}",
            what="the audit" if graded else f"the {label}",
            href=assessment_href(one),
            due_on=one.due_on,
            asked_on=one.audit.allocated_on,
            people=(one.assessor,) if one.assessor else (),
            framework=framework,
            around=partial(around_auditor, one)
            if framework.escalation.late_audit_line == "auditor"
            else partial(around_audit, one.audit),
            # Nobody above hears of the lateness of a part that the audit does not wait for.
            trigger="audit_overdue" if graded else "",
        )


def due_consents(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the audits whose worker has not recorded what the family says about being contacted.

    Nobody above is told of its lateness: the audit itself is late with it.
    """
    found = Audit.objects.filter(worker__isnull=False).exclude(
        status__in=(AuditStatus.CLOSED, AuditStatus.WITHDRAWN)
    )
    found = found if ids is None else found.filter(pk__in=list(ids))
    found = found.select_related(*AUDIT).prefetch_related(
        "assessments__assessor", "consents", "family_contacts"
    )
    for audit in found:
        framework = framework_of(audit.framework_version)
        current = current_by_slot(audit)
        if lacks_consent(audit, framework, current):
            yield DueThing(
                kind="consent",
                pk=audit.pk,
                about=audit.reference,
                text="your question to the family about being contacted",
                what="the question to the family about being contacted",
                href=audit_href(audit, "family"),
                due_on=audit.due_on,
                asked_on=audit.allocated_on,
                people=(audit.worker,) if audit.worker else (),
                framework=framework,
            )
