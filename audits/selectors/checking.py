"""The check before an auditor finalises: who is offered it, for whom it is required, who gives it (SEF-78)."""

from collections.abc import Iterable, Iterator

from audits.enums import AssessmentStatus
from audits.followup.due import DueThing
from audits.frameworks.schema import Framework
from audits.frameworks.schema.process import FinalisationCheck as Rule
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, FinalisationCheck
from audits.selectors.experience import completed_counts
from audits.selectors.links import assessment_href, check_href
from audits.selectors.sections import sections_of
from audits.selectors.standing import gives_grades
from qaf.lib import clock
from qaf.lib.calendar import local_date
from qaf.tenants.models import Person
from qaf.tenants.registry import ToDo
from qaf.tenants.selectors import acting_for_each, holders
from qaf.tenants.transitions import Problem


def is_offered(assessment: Assessment, framework: Framework) -> bool:
    """Whether the auditor may have their work looked at before they finalise it."""
    rule = framework.process.finalisation_check
    if rule is None or not gives_grades(framework, assessment.slot):
        return False
    return rule.offered_to == "all" or is_new(assessment, framework, rule)


def is_required(assessment: Assessment, framework: Framework) -> bool:
    """Whether the auditor has to have their work looked at: while they are new, or somebody audits beside them."""
    rule = framework.process.finalisation_check
    if rule is None or not rule.required_while_new or not gives_grades(framework, assessment.slot):
        return False
    return is_new(assessment, framework, rule)


def is_new(assessment: Assessment, framework: Framework, rule: Rule) -> bool:
    """Whether the auditor has done too few audits before, here or elsewhere, or has somebody beside them."""
    beside = {slot.key for slot in framework.process.slots if slot.required_when}
    others = assessment.audit.assessments.exclude(status=AssessmentStatus.REASSIGNED)
    if beside and others.filter(slot__in=beside).exclude(pk=assessment.pk).exists():
        return True
    done = completed_counts([assessment.assessor_id])[assessment.assessor_id] if assessment.assessor_id else 0
    return done - bool(assessment.submitted_at) < rule.new_below


def latest_check(assessment: Assessment) -> FinalisationCheck | None:
    """Return the newest check asked for."""
    return assessment.checks.select_related("checked_by", "asked_by").last()


def missing_for_check(assessment: Assessment, framework: Framework) -> list[Problem]:
    """Return what stands in the way of submitting: the check, where it is required and has not been given."""
    if not is_required(assessment, framework):
        return []
    check = latest_check(assessment)
    if check and check.checked_at:
        return []
    text = "Wait for the check of your audit" if check else "Ask for the check before you finalise"
    return [Problem(text, assessment_href(assessment, "ask_check"))]


def missing_before_asking(assessment: Assessment, framework: Framework) -> list[Problem]:
    """Return what has to be written before there is something to look at."""
    return [
        Problem(f"Complete “{section.title}” first", assessment_href(assessment, "section", section.key))
        for section in sections_of(assessment, framework)
        if section.missing
    ]


def checkers(assessment: Assessment, framework: Framework) -> list[Person]:
    """Return who may give the check: holders of the post, or who stands in for them, with no part in the audit."""
    rule = framework.process.finalisation_check
    return [one for one in _in_post(framework, rule.by) if _is_free(one, assessment)] if rule else []


def open_checks(
    ids: Iterable[int] | None = None,
) -> Iterator[tuple[FinalisationCheck, Framework, list[Person]]]:
    """Yield every check that somebody waits for, with who may give it; the queries do not grow with the checks."""
    found = FinalisationCheck.objects.filter(checked_at=None, assessment__submitted_at=None)
    found = found if ids is None else found.filter(pk__in=list(ids))
    found = found.exclude(assessment__status=AssessmentStatus.REASSIGNED).select_related(
        "asked_by", "assessment__audit__case"
    )
    people: dict[tuple[int, str], list[Person]] = {}
    for check in found.prefetch_related("assessment__audit__assessments"):
        audit = check.assessment.audit
        framework = framework_of(audit.framework_version)
        rule = framework.process.finalisation_check
        if rule is None:
            continue
        key = (audit.framework_version_id, rule.by)
        if key not in people:
            people[key] = _in_post(framework, rule.by)
        yield check, framework, [one for one in people[key] if _is_free(one, check.assessment)]


def _in_post(framework: Framework, role: str) -> list[Person]:
    today = clock.today()
    held = holders(*framework.role_keys(role), on=today)
    return list(dict.fromkeys(acting_for_each(held, on=today)))


def _is_free(person: Person, assessment: Assessment) -> bool:
    audit = assessment.audit
    taken = {one.assessor_id for one in audit.assessments.all()} | {audit.worker_id, audit.manager_id}
    return person.pk not in taken and (not audit.case.restricted or person.cleared_for_restricted)


def todo_of_checker(person: Person) -> Iterable[ToDo]:
    """Return the audits that ``person`` may look at before their auditors finalise them."""
    for check, _, people in open_checks():
        if person in people:
            yield ToDo(
                text=f"Look at an audit before it is finalised: {check.assessment.audit.reference}",
                href=check_href(check),
                due_on=check.assessment.due_on,
                about=f"{check.asked_by.name} asked for it",
            )


def due_checks(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the checks that auditors wait for, due with the audit itself; whoever may give one is reminded."""
    for check, framework, people in open_checks(ids):
        yield DueThing(
            kind="check",
            pk=check.pk,
            about=check.assessment.audit.reference,
            text="the check of an audit before it is finalised",
            what="the check before the audit is finalised",
            href=check_href(check),
            due_on=check.assessment.due_on,
            asked_on=local_date(check.asked_at),
            people=tuple(people),
            framework=framework,
        )
