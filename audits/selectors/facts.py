"""An audit as the framework's rules see it."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from audits.cases.models import Case
from audits.enums import NOT_APPLICABLE, OVERALL, AssessmentStatus, AuditStatus, GradeStage
from audits.followup.selectors import Around
from audits.frameworks.schema import Framework
from audits.frameworks.schema.tools import Tool
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary import AuditFacts, Grades
from audits.models import (
    Assessment,
    Audit,
    AuditFlag,
    Cycle,
    Disagreement,
    GradeOfRecord,
    RecordedGrade,
)
from audits.registry import moderators_of
from audits.selectors.experience import completed_counts
from audits.selectors.standing import gives_grades, is_self_assessment
from audits.selectors.told import Told, told_in
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.selectors.people import posts_on


def framework_for(audit: Audit) -> Framework:
    """Return the framework that the audit began with; history is never judged by a later one."""
    return framework_of(audit.framework_version)


def tool_of(audit: Audit, framework: Framework | None = None) -> Tool:
    """Return the tool, in the version the audit is done with."""
    return (framework or framework_for(audit)).tool(audit.tool)


def ranks_of(audit: Audit, framework: Framework) -> dict[str, int]:
    """Return each grade's rank in the tool's grade set, for a checklist in the monthly audit's; higher is better."""
    return framework.grade_set(tool_of(audit, framework).grade_set or framework.main_grades.key).ranks


def grading_assessments(audit: Audit, framework: Framework) -> list[Assessment]:
    """Return the current assessments whose grades the audit waits for, in the framework's order of slots."""
    order = {slot.key: place for place, slot in enumerate(framework.process.slots)}
    rows = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    grading = [row for row in rows if gives_grades(framework, row.slot)]
    return sorted(grading, key=lambda row: (order.get(row.slot, len(order)), row.pk))


def _grades(by_domain: dict[str, str]) -> Grades:
    given = {key: None if grade == NOT_APPLICABLE else grade for key, grade in by_domain.items()}
    return Grades(overall=given.pop(OVERALL, None), domains=given)


def submitted_grades(audit: Audit) -> dict[str, Grades]:
    """Return, by slot, the grades that the current assessors submitted."""
    rows = (
        audit.recorded_grades.filter(stage=GradeStage.SUBMITTED, assessment__isnull=False)
        .exclude(assessment__status=AssessmentStatus.REASSIGNED)
        .order_by("id")
        .values_list("assessment__slot", "domain", "grade")
    )
    by_slot: dict[str, dict[str, str]] = defaultdict(dict)
    for slot, domain, grade in rows:
        by_slot[slot][domain] = grade
    return {slot: _grades(grades) for slot, grades in by_slot.items()}


def provisional_grades(assessment: Assessment) -> Grades:
    """Return what the auditor's grades are now, locked or not submitted yet."""
    return _grades(dict(assessment.judgements.values_list("domain", "grade")))


def grades_of_record(audit: Audit) -> Grades | None:
    """Return the grades that count, or ``None`` while there is no outcome."""
    found = dict(audit.grades.values_list("domain", "grade"))
    return _grades(found) if found else None


def audit_facts(
    audit: Audit, *, framework: Framework | None = None, submitter: str | None = None
) -> AuditFacts:
    """Return what conditions may know; ``submitter`` is the slot whose submission is looked at."""
    framework = framework or framework_for(audit)
    return AuditFacts(
        rank=ranks_of(audit, framework),
        submitted=submitted_grades(audit),
        outcome=grades_of_record(audit),
        submitter=submitter,
        flags=tuple(audit.flags.filter(taken_back_at=None).values_list("flag", flat=True)),
        overall_disputed=Disagreement.objects.filter(audit=audit).exists(),
        completed_audits=_completed_before([audit])[audit.pk],
        **_of_the_case(audit, told_in([audit]).get(audit.pk)),
    )


def case_facts(audit: Audit, told: Told | None = None) -> AuditFacts:
    """Return only what is known of the case, without a query where case, service and month are fetched already.

    ``told`` is what an auditor found in the child's record.
    """
    return AuditFacts(rank={}, **_of_the_case(audit, told))


def _of_the_case(audit: Audit, told: Told | None) -> dict[str, Any]:
    """What is true of the case: as it was on the day of the draw, and of its supervision as the record shows it.

    An auditor who read the record knows better than the case list, which many councils bring in without such days.
    """
    case, month = audit.case, audit.cycle
    attributes = [audit.case_status, *(["restricted"] if case.restricted else [])]
    return {
        "service": audit.service.key if audit.service else None,
        "status": audit.case_status,
        "attributes": tuple(attributes),
        "never_supervised": told is not None and told.never_supervised,
        "months_since_supervision": _months_without_supervision(case, told or Told()),
        "origin": audit.origin,
        "theme": str(month.theme_id) if month and month.theme_id else None,
    }


def _months_without_supervision(case: Case, told: Told) -> int | None:
    """Return the whole months since the last supervision on record; ``None`` where none is known.

    Where the auditor found none at all, they count from the day on which the case was opened.
    """
    last = case.opened_on if told.never_supervised else told.supervised_on or case.last_supervision_on
    return None if last is None else max(calendar.whole_months_between(last, clock.today()), 0)


def _completed_before(audits: Collection[Audit]) -> dict[int, dict[str, int]]:
    """Return, by audit and slot, how many other audits its auditor has submitted; two queries however many."""
    rows = Assessment.objects.filter(audit__in=audits, assessor__isnull=False).exclude(
        status=AssessmentStatus.REASSIGNED
    )
    slots = list(rows.values_list("audit_id", "slot", "assessor_id", "submitted_at"))
    done = completed_counts({assessor for _, _, assessor, _ in slots})
    found: dict[int, dict[str, int]] = {audit.pk: {} for audit in audits}
    for audit_id, slot, assessor, submitted_at in slots:
        found[audit_id][slot] = done[assessor] - (1 if submitted_at else 0)
    return found


def facts_of_month(cycle: Cycle, framework: Framework) -> dict[str, AuditFacts]:
    """Return the facts of every audit of a month that all its auditors have submitted, by reference.

    A fixed number of queries however many there are.
    """
    audits = {
        audit.pk: audit
        for audit in cycle.audits.filter(submitted_at__isnull=False)
        .exclude(status=AuditStatus.WITHDRAWN)
        .select_related("service", "case", "cycle")
    }
    flags: dict[int, list[str]] = defaultdict(list)
    marked = AuditFlag.objects.filter(audit__in=list(audits), taken_back_at=None)
    for audit_id, flag in marked.values_list("audit_id", "flag"):
        flags[audit_id].append(flag)
    disputed = set(Disagreement.objects.filter(audit__in=list(audits)).values_list("audit_id", flat=True))
    completed = _completed_before(list(audits.values()))
    submitted: dict[int, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    given = (
        RecordedGrade.objects.filter(
            audit__in=list(audits), stage=GradeStage.SUBMITTED, assessment__isnull=False
        )
        .exclude(assessment__status=AssessmentStatus.REASSIGNED)
        .order_by("id")
        .values_list("audit_id", "assessment__slot", "domain", "grade")
    )
    for audit_id, slot, domain, grade in given:
        submitted[audit_id][slot][domain] = grade
    told = told_in(list(audits.values()))
    outcomes: dict[int, dict[str, str]] = defaultdict(dict)
    of_record = GradeOfRecord.objects.filter(audit__in=list(audits))
    for audit_id, domain, grade in of_record.values_list("audit_id", "domain", "grade"):
        outcomes[audit_id][domain] = grade
    return {
        audit.reference: AuditFacts(
            rank=ranks_of(audit, framework),
            submitted={slot: _grades(grades) for slot, grades in submitted[pk].items()},
            outcome=_grades(outcomes[pk]) if pk in outcomes else None,
            flags=tuple(flags[pk]),
            overall_disputed=pk in disputed,
            completed_audits=completed[pk],
            **_of_the_case(audit, told.get(pk)),
        )
        for pk, audit in audits.items()
    }


def around_auditor(assessment: Assessment) -> Around:
    """Return whoever audits in the place of the worker, with the part of the council that their post is for now.

    Whoever holds a post for the whole council has no line of their own here: who is around the child is returned.
    """
    post = (
        posts_on(clock.today())
        .filter(person=assessment.assessor_id, unit__isnull=False)
        .select_related("unit__parent")
        .order_by("starts_on", "pk")
        .last()
    )
    if post is None or assessment.assessor is None:
        return around_audit(assessment.audit)
    return Around(unit=post.unit, worker=assessment.assessor)


def around_audit(audit: Audit) -> Around:
    """Return who was around the child on the day of sampling, with the auditors: then is not now."""
    assessments = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    auditors: dict[str, tuple[Person, ...]] = {
        row.slot: (row.assessor,) for row in assessments if row.assessor
    }
    framework = framework_for(audit)
    # Who only looks at their own work is no auditor of it.
    audit_it = (people for slot, people in auditors.items() if not is_self_assessment(framework, slot))
    everybody = tuple(dict.fromkeys(person for people in audit_it for person in people))
    return Around(
        unit=audit.team or audit.service,
        worker=audit.worker,
        manager=audit.manager,
        chair=audit.chair,
        others={"moderator": moderators_of(audit), **auditors, "auditors": everybody},
    )
