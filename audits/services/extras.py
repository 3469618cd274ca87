"""Cases audited beside the draw: put forward as good practice, or asked for at short notice (SEF-43, SEF-47)."""

from django.db import transaction

from audits.cases.models import Case
from audits.enums import AuditStatus, ExtraStatus, Origin
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.sampling import ExtraCases
from audits.frameworks.selectors import framework_of, version_in_force
from audits.models import Audit, ExtraCase
from audits.services import notifying
from audits.services.issuing import Batch, Chosen, issue_audits
from audits.services.population import rows_of
from audits.services.roster import roster_on
from audits.workflow import extra_workflow
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.scope import because
from qaf.tenants.selectors import posts_on
from qaf.tenants.transitions import Problem, TransitionRefused

RUN = "audits.open_cycle"
KINDS = (Origin.NOMINATED, Origin.AD_HOC)
AT_ONCE = (Origin.AD_HOC,)
"""Origins that become an audit without being answered first."""


def extras_for(person: Person, framework: Framework) -> list[ExtraCases]:
    """Return what this person may put forward by the framework; those who run months may do all of it."""
    allowed = [one for one in framework.sampling.extra if one.origin in [str(kind) for kind in KINDS]]
    if may(person, RUN):
        return allowed
    held = posts_on(clock.today()).filter(person=person).values_list("role__key", flat=True)
    roles = framework.with_groups(held)
    return [one for one in allowed if one.by in roles]


@transaction.atomic
def put_forward(*, case: Case, origin: str, tool: str, reason: str, person: Person) -> ExtraCase:
    """Put a case forward; one asked for at short notice becomes an audit at once, another waits for an answer.

    Raises ``TransitionRefused`` with everything that is wrong.
    """
    framework = framework_of(version_in_force(clock.today()))
    # Whoever comes second waits here, and then finds what the first put forward.
    Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
    problems = []
    if origin not in {str(one.origin) for one in extras_for(person, framework)}:
        problems.append(Problem("Select what you ask for.", "#id_origin"))
    if tool not in {one.key for one in framework.tools_in_use}:
        problems.append(Problem("Select the tool.", "#id_tool"))
    if not reason.strip():
        problems.append(Problem("Enter why this case should be audited.", "#id_reason"))
    if not case.is_open:
        problems.append(Problem("The case is closed.", "#id_local_id"))
    if _is_audited(case):
        problems.append(Problem("This child’s record is being audited already.", "#id_local_id"))
    if ExtraCase.objects.filter(case=case, status=ExtraStatus.ASKED).exists():
        problems.append(Problem("Somebody has put this case forward already.", "#id_local_id"))
    if problems:
        raise TransitionRefused(problems)
    with because(f"Put forward for audit: {reason.strip()}", person=person):
        extra = ExtraCase.objects.create(
            case=case,
            origin=origin,
            tool=tool,
            reason=reason.strip(),
            asked_by=person,
            asked_at=clock.now(),
        )
    if origin in AT_ONCE:
        take_up(extra=extra, person=person)
    else:
        notifying.extra_asked(extra=extra)
    return extra


def _is_audited(case: Case) -> bool:
    ended = (AuditStatus.FINAL, AuditStatus.CLOSED, AuditStatus.WITHDRAWN)
    return Audit.objects.filter(case=case).exclude(status__in=ended).exists()


@transaction.atomic
def take_up(*, extra: ExtraCase, person: Person) -> Audit:
    """Make an audit of a case that was put forward, allocate it and tell everyone concerned.

    Raises ``PermissionDenied``, or ``TransitionRefused`` where the case has closed or was drawn meanwhile.
    """
    case = Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=extra.case_id)
    if not case.is_open:
        raise TransitionRefused([Problem("The case has closed since it was put forward.")])
    if _is_audited(case):
        raise TransitionRefused(
            [Problem("Another audit of this child has begun meanwhile. Decline this one, and say so.")]
        )
    version, day = version_in_force(clock.today()), clock.today()
    framework = framework_of(version)
    extra_workflow.apply(extra, "take", person=person, also={"decided_by": person, "decided_at": clock.now()})
    batch = Batch(
        framework=framework,
        version_id=version.pk,
        seed=f"extra {extra.pk}",
        roster=roster_on(day, framework),
        allocated_on=day,
        tool=extra.tool,
        due_on=calendar.working_day_on_or_after(calendar.add_working_days(day, DAYS)),
    )
    with because(f"{extra.get_origin_display()}: {extra.reason}", person=person):
        chosen = [Chosen(case.pk, 1, extra.origin)]
        audit = issue_audits(batch=batch, chosen=chosen, rows=rows_of([case.pk]))[0]
        extra.audit = audit
        extra.save(update_fields=["audit"])
    if extra.asked_by_id != person.pk:
        notifying.extra_answered(extra=extra)
    return audit


DAYS = 10
"""Working days for an audit beside the draw; frameworks say that it is at short notice, not how short."""


@transaction.atomic
def decline(*, extra: ExtraCase, reason: str, person: Person) -> None:
    """Say why a case is not taken up; whoever put it forward is told. Raises ``TransitionRefused`` without a reason."""
    if not reason.strip():
        raise TransitionRefused([Problem("Enter why the case is not taken up.", "#id_reason")])
    also = {"answer": reason.strip(), "decided_by": person, "decided_at": clock.now()}
    extra_workflow.apply(extra, "decline", person=person, why=reason.strip(), also=also)
    notifying.extra_answered(extra=extra)
