"""Re-audits: a second look at the same case by somebody new, and what it concludes (HER-46, HER-47)."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.enums import BEFORE_SUBMISSION, NOT_APPLICABLE, OVERALL, AuditStatus, GradeStage, Origin
from audits.followup.enums import Ending, FollowUpKind, FollowUpStatus
from audits.followup.models import FollowUp
from audits.followup.selectors import may_answer
from audits.followup.services import complete_follow_up
from audits.frameworks.vocabulary.effects import Question, ScheduleReAudit
from audits.models import Assessment, Audit
from audits.selectors.comparison import graded_domains
from audits.selectors.facts import framework_for, ranks_of
from audits.selectors.people import auditors_ever, concerned_now
from audits.services.references import take_references
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import line_of
from qaf.tenants.transitions import TransitionRefused

SLOT = "re_audit"


@dataclass(frozen=True)
class Change:
    """One domain (empty key: overall), then and now: improved, the same, worse, or not comparable."""

    domain: str
    label: str
    before: str
    after: str
    change: str


def initial_audit_of(follow_up: FollowUp) -> Audit:
    """Return the audit that the re-audit looks at again. Raises ``Audit.DoesNotExist``."""
    return Audit.objects.select_related("case", "re_audit_of").get(follow_up_links__follow_up=follow_up)


def re_audit_of(follow_up: FollowUp) -> Audit | None:
    """Return the re-audit once it was begun."""
    rows = Audit.objects.filter(re_audit_of__follow_up_links__follow_up=follow_up, origin=Origin.RE_AUDIT)
    found = rows.exclude(status=AuditStatus.WITHDRAWN).select_related("case")
    return found.order_by("-id").first()


def why_not_re_auditor(follow_up: FollowUp, person: Person) -> str:
    """Return why a re-audit must not go to the person; an empty text where it may, or is none."""
    if follow_up.kind != FollowUpKind.RE_AUDIT:
        return ""
    if re_audit_of(follow_up) is not None:
        return "The re-audit has begun: close it, or let its auditor finish it"
    if person.pk in auditors_ever(initial_audit_of(follow_up)):
        return f"{person.name} has audited this case before: a re-audit is a fresh look"
    return ""


@transaction.atomic
def start_re_audit(*, follow_up: FollowUp, person: Person) -> Audit:
    """Create the linked audit for ``person`` alone and return it; the one already begun is returned again.

    Raises ``PermissionDenied`` for somebody who was not asked or who audited the case before.
    """
    follow_up = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    initial = initial_audit_of(follow_up)
    if begun := re_audit_of(follow_up):
        return begun
    if follow_up.kind != FollowUpKind.RE_AUDIT or follow_up.status != FollowUpStatus.OPEN:
        raise TransitionRefused(["This re-audit is no longer open."])
    if not may_answer(follow_up, person):
        raise PermissionDenied("Only the person who was asked can begin this re-audit.")
    if person.pk in auditors_ever(initial):
        raise PermissionDenied("Whoever audited the case before cannot audit it again.")
    audit = _create(follow_up, initial)
    Assessment.objects.create(audit=audit, slot=SLOT, assessor=person, due_on=audit.due_on)
    return audit


def _create(follow_up: FollowUp, initial: Audit) -> Audit:
    framework = framework_for(initial)
    case, day = initial.case, clock.today()
    service = case.service or (case.team.parent if case.team else None)
    unit = case.team or service
    managers = concerned_now(initial, "team_manager", framework=framework, on=day)
    line = line_of(unit, on=day) if unit else set()
    return Audit.objects.create(
        reference=take_references(year=day.year, count=1)[0],
        case=case,
        # The same questions twice: otherwise domains could not be compared.
        framework_version=initial.framework_version,
        tool=initial.tool,
        origin=Origin.RE_AUDIT,
        re_audit_of=initial,
        allocated_on=day,
        due_on=max(day, follow_up.due_on or day),
        worker=case.worker,
        team=case.team,
        service=service,
        manager=managers[0] if managers else None,
        chair=case.chair,
        case_status=case.status,
        line=sorted(line | {manager.pk for manager in managers}),
    )


def questions_of(initial: Audit) -> tuple[Question, ...]:
    """Return the questions that a re-audit of this audit must answer with yes or no."""
    for rule in framework_for(initial).consequences:
        for effect in rule.effects:
            if isinstance(effect, ScheduleReAudit):
                return effect.questions
    return ()


def changes_between(initial: Audit, again: Audit) -> list[Change]:
    """Return every domain with both grades together and what became of it, the overall grade last (HER-47)."""
    framework = framework_for(initial)
    before, after = _grades(initial), _grades(again)
    ranks = ranks_of(initial, framework)
    titles = {**graded_domains(initial, framework), OVERALL: "Overall"}
    return [
        _change(key, label, before.get(key, ""), after.get(key, ""), ranks) for key, label in titles.items()
    ]


def _grades(audit: Audit) -> dict[str, str]:
    found = dict(audit.grades.values_list("domain", "grade"))
    if found:
        return found
    submitted = audit.recorded_grades.filter(stage=GradeStage.SUBMITTED).order_by("id")
    return dict(submitted.values_list("domain", "grade"))


def _change(key: str, label: str, before: str, after: str, ranks: dict[str, int]) -> Change:
    if before not in ranks or after not in ranks:
        return Change(key, label, before or NOT_APPLICABLE, after or NOT_APPLICABLE, "not_comparable")
    if ranks[after] == ranks[before]:
        return Change(key, label, before, after, "same")
    return Change(key, label, before, after, "improved" if ranks[after] > ranks[before] else "worse")


def conclude_re_audit(
    *, follow_up: FollowUp, answers: dict[str, tuple[bool | None, str]], comment: str, person: Person
) -> None:
    """Answer the framework's questions (yes or no, and why) once the re-audit is submitted.

    Raises ``ValidationError`` by question, ``TransitionRefused`` before the submission.
    """
    initial, again = initial_audit_of(follow_up), re_audit_of(follow_up)
    if again is None or again.status in BEFORE_SUBMISSION:
        raise TransitionRefused(["Submit the re-audit first: its grades stand beside the first ones."])
    errors: dict[str, str] = {}
    given: dict[str, Any] = {}
    for question in questions_of(initial):
        value, why = answers.get(question.key, (None, ""))
        if value is None:
            errors[question.key] = f"Answer the question “{question.text}”"
        elif not value and not why.strip():
            errors[f"{question.key}_comment"] = "Say what is still to be done"
        given[question.key] = {"answer": value, "comment": why.strip()}
    if errors:
        raise ValidationError(errors)
    changes = changes_between(initial, again)
    given["domains"] = {one.domain or "overall": one.change for one in changes}
    given["re_audit"] = again.reference
    complete_follow_up(
        follow_up=follow_up, person=person, comment=comment, answers=given, outcome="concluded"
    )


def end_without_re_audit(*, follow_up: FollowUp, ending: str, comment: str, person: Person) -> None:
    """Record why the child cannot be audited again: closed, moved, died or turned 18. Raises ``ValidationError``."""
    if ending not in Ending.values:
        raise ValidationError({"ending": "Select what became of the child"})
    if not comment.strip():
        raise ValidationError({"comment": "Say what is known"})
    begun = re_audit_of(follow_up)
    if begun is not None and begun.status not in (AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS):
        raise TransitionRefused(["The re-audit is submitted: answer its questions."])
    complete_follow_up(follow_up=follow_up, person=person, comment=comment, outcome=ending)
