"""Reads about disagreement: which ladders there are, who may climb them, who is asked to settle, by when."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Max, Prefetch, Q, QuerySet

from audits.cases.models import Case
from audits.enums import WITH_FINAL_GRADE, AuditStatus
from audits.followup.due import DueThing
from audits.followup.selectors import Around, answering, answering_for, around_case, people_for
from audits.followup.selectors.rights import is_cleared
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import Dispute as Rule
from audits.frameworks.schema.moderation import LadderStep
from audits.frameworks.selectors import framework_if_any, framework_in_force, framework_of
from audits.models import Audit
from audits.selectors.facts import around_audit, framework_for
from audits.selectors.people import everyone_concerned, people_who_may
from moderation.enums import DisputeStatus
from moderation.models import Dispute, DisputeStep
from moderation.paths import dispute_href
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo
from qaf.tenants.selectors import posts_on

GRADED = (AuditStatus.OUTCOME, *WITH_FINAL_GRADE)
DISPUTED = "Disputed"


def dispute_list() -> QuerySet[Dispute]:
    """Return every disagreement with what pages show of it."""
    steps = DisputeStep.objects.select_related("ended_by").order_by("number")
    return Dispute.objects.select_related(
        "raised_by",
        "case__team",
        "case__service",
        "case__worker",
        "case__manager",
        "case__chair",
        "audit__case",
        "audit__team",
        "audit__service",
        "audit__worker",
        "audit__manager",
        "audit__chair",
    ).prefetch_related(Prefetch("steps", steps))


def disputes_about(audit: Audit) -> list[Dispute]:
    """Return what is disputed about an audit that is at hand, with whom each step was asked of."""
    found = list(audit.disputes.select_related("raised_by").prefetch_related("steps"))
    for dispute in found:
        dispute.audit, dispute.case = audit, audit.case
    return found


def rule_of(dispute: Dispute) -> Rule:
    """Return the framework's rule for the disagreement. Raises ``KeyError``."""
    return _rule(framework_of(dispute.framework_version), dispute.key)


def _rule(framework: Framework, key: str) -> Rule:
    for rule in framework.disputes:
        if rule.key == key:
            return rule
    raise KeyError(key)


def step_rule(dispute: Dispute, step: DisputeStep) -> LadderStep:
    """Return the framework's step."""
    return rule_of(dispute).steps[step.number - 1]


def current_step(dispute: Dispute) -> DisputeStep | None:
    """Return the step that is being climbed; ``None`` where the matter has ended."""
    return next((one for one in dispute.steps.all() if not one.ended_at), None)


def parties_of(audit: Audit | None, case: Case, rule: Rule, person: Person) -> list[str]:
    """Return the rule's parties that the person is, to the audit or to the child now."""
    framework = framework_for(audit) if audit is not None else framework_in_force()
    return _parties(rule, person, framework, _around(audit, case))


def _around(audit: Audit | None, case: Case) -> list[Around]:
    """Who is around the child: when the audit's sample was drawn, and now."""
    return [*([around_audit(audit)] if audit is not None else []), around_case(case)]


def _parties(rule: Rule, person: Person, framework: Framework, arounds: Iterable[Around]) -> list[str]:
    today, found = clock.today(), []
    for party in rule.raised_by:
        people = [
            one
            for around in arounds
            for one in people_for(party, framework=framework, around=around, on=today)
        ]
        if person in people or person in answering(people, on=today):
            found.append(party)
    return found


def rules_to_raise(audit: Audit, person: Person) -> list[Rule]:
    """Return the ladders that the person may begin about this audit now."""
    if audit.status == AuditStatus.WITHDRAWN:
        return []
    framework = framework_for(audit)
    open_keys = set(audit.disputes.filter(status=DisputeStatus.OPEN).values_list("key", flat=True))
    rules = [
        rule
        for rule in framework.disputes
        if rule.has_ladder and rule.key not in open_keys and (rule.about != "grade" or audit.status in GRADED)
    ]
    arounds = _around(audit, audit.case) if rules else []
    return [rule for rule in rules if _parties(rule, person, framework, arounds)]


def rules_about_practice(case: Case, person: Person) -> list[Rule]:
    """Return the ladders about practice that the person may begin for a child, audited or not."""
    framework = framework_if_any()
    if framework is None:
        return []
    rules = [rule for rule in framework.disputes if rule.has_ladder and rule.about == "practice"]
    if not rules or not is_cleared(person, case):
        return []
    if may(person, "moderation.challenge"):
        return rules
    arounds = _around(None, case)
    return [rule for rule in rules if _parties(rule, person, framework, arounds)]


def no_ladder_about_grades(audit: Audit) -> str:
    """Return that there is no further step about a moderated grade, where the framework says so."""
    for rule in framework_for(audit).disputes:
        if rule.about == "grade" and not rule.allowed:
            return f"{rule.label}: the framework has no further step."
    return ""


def settlers(dispute: Dispute, step: DisputeStep) -> list[Person]:
    """Return who is asked to settle the step.

    A line manager is the one of whoever raised it: support in a disagreement comes from one's own line. A restricted
    record is only for those cleared for it; where nobody can be asked, whoever allocates moderations is.
    """
    framework, today = framework_of(dispute.framework_version), clock.today()
    found: list[Person] = []
    for party in step.parties:
        if party == "line_manager":
            found += manager_of(dispute.raised_by)
        elif dispute.audit is not None:
            found += everyone_concerned(dispute.audit, (party,), framework=framework, on=today)
        else:
            found += people_for(party, framework=framework, around=around_case(dispute.case), on=today)
    able = [one for one in dict.fromkeys(found) if is_cleared(one, dispute.case)]
    return able or [
        one
        for one in people_who_may("moderation.allocate")
        if one.pk != dispute.raised_by_id and is_cleared(one, dispute.case)
    ]


def manager_of(person: Person) -> list[Person]:
    """Return the person's nearest manager by their posts: of their own unit, else of the one above it."""
    today = clock.today()
    own = list(posts_on(today).filter(person=person, unit__isnull=False).select_related("unit", "role"))
    for post in own:
        unit = post.unit
        if unit is None:
            continue
        for place in filter(None, (unit.pk, unit.parent_id)):
            above = (
                posts_on(today)
                .filter(unit=place, role__in_line=True)
                .exclude(person=person)
                .select_related("person")
            )
            if nearest := above.order_by("role__rank", "person__name").first():
                return [nearest.person]
    return []


def may_settle(dispute: Dispute, person: Person) -> bool:
    """Say whether the person, or somebody whom they stand in for, is asked to settle the step being climbed."""
    step = current_step(dispute)
    return step is not None and bool(answering_for(person) & set(step.asked))


def may_see_dispute(dispute: Dispute, person: Person) -> bool:
    """Say whether the person raised it, was asked to settle it, learned how it ended, or allocates moderations."""
    if person.pk == dispute.raised_by_id:
        return True
    if not is_cleared(person, dispute.case):
        return False
    ended = {one.ended_by_id for one in dispute.steps.all()}
    if person.pk in ended or may(person, "moderation.allocate"):
        return True
    asked = {pk for one in dispute.steps.all() for pk in one.asked}
    did = {one.pk for one in _did_the_work(dispute)} if dispute.ended_at else set()
    return bool(answering_for(person) & (asked | did))


def told_of_end(dispute: Dispute) -> list[Person]:
    """Return who learns how it ended: who raised it, everybody who was asked, and the worker where they are a party.

    Of thanks those learn who did the work.
    """
    found = _did_the_work(dispute)
    if dispute.status != DisputeStatus.ACKNOWLEDGED:
        asked = {pk for one in dispute.steps.all() for pk in one.asked}
        found = [dispute.raised_by, *Person.objects.filter(pk__in=asked).order_by("name"), *found]
    cleared = (one for one in found if one == dispute.raised_by or is_cleared(one, dispute.case))
    return list(dict.fromkeys(cleared))


def _did_the_work(dispute: Dispute) -> list[Person]:
    """Whose work it was: worker and manager where it is praised, the worker where they may raise such a matter."""
    about = dispute.audit or dispute.case
    if dispute.status == DisputeStatus.ACKNOWLEDGED:
        return [one for one in (about.worker, about.manager) if one]
    is_party = dispute.audit is not None and Relation.ALLOCATED_WORKER in rule_of(dispute).raised_by
    return [about.worker] if is_party and about.worker else []


def disputes_for(person: Person) -> QuerySet[Dispute]:
    """Return all for those who allocate moderations, else what the person raised, settled or is asked to settle."""
    if may(person, "moderation.allocate"):
        return dispute_list()
    mine = Q(raised_by=person) | Q(steps__ended_by=person) | Q(pk__in=_asked_of(person))
    return dispute_list().filter(mine).distinct()


def _asked_of(person: Person) -> list[int]:
    """The open disagreements that wait for the person, or for somebody whom they stand in for."""
    found = Q()
    for pk in answering_for(person):
        found |= Q(asked__contains=[pk])
    steps = DisputeStep.objects.filter(found, ended_at=None, dispute__status=DisputeStatus.OPEN)
    return list(steps.values_list("dispute_id", flat=True))


def due_for_step(framework: Framework, step: LadderStep, audit: Audit | None) -> date | None:
    """Return by when the step is to be settled, counted from today; ``None`` where the framework gives no time."""
    if step.due is None:
        return None
    month = audit.cycle.period if audit and audit.cycle else calendar.month_start(clock.today())
    return framework.due_on(step.due, month=month, dispute_raised=clock.now())


def due_steps(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the steps that somebody is asked to settle."""
    found = dispute_list().filter(status=DisputeStatus.OPEN)
    if ids is not None:
        found = found.filter(steps__pk__in=list(ids)).distinct()
    steps = DisputeStep.objects.filter(dispute__in=found, ended_at=None).values_list("asked", flat=True)
    people = Person.objects.in_bulk({pk for asked in steps for pk in asked})
    for dispute in found:
        step = current_step(dispute)
        if step is None or step.due_on is None:
            continue
        yield DueThing(
            kind="dispute",
            pk=step.pk,
            about=dispute.audit.reference if dispute.audit else "",
            text=f"disagreement to settle: {step.name}",
            what="a disagreement",
            href=dispute_href(dispute),
            due_on=step.due_on,
            asked_on=calendar.local_date(step.opened_at),
            people=tuple(answering((people[pk] for pk in step.asked if pk in people), on=clock.today())),
            framework=framework_of(dispute.framework_version),
        )


def dispute_todo(person: Person) -> Iterable[ToDo]:
    """Return the disagreements that the person is asked to settle."""
    for dispute in dispute_list().filter(pk__in=_asked_of(person)):
        step = current_step(dispute)
        about = dispute.audit.reference if dispute.audit else ""
        yield ToDo("Settle a disagreement", dispute_href(dispute), step.due_on if step else None, about)


def dispute_marks(audit: Audit) -> Iterable[str]:
    """Yield what must stand beside the grades while one of them is in dispute and the framework says so."""
    keys = audit.disputes.filter(status=DisputeStatus.OPEN).values_list("key", flat=True)
    rules = {rule.key: rule for rule in framework_for(audit).disputes}
    if any(rules[key].meanwhile == "grade_marked_disputed" for key in keys if key in rules):
        yield DISPUTED


def settled_on_ladder(audit: Audit) -> str:
    """Return on which step of a ladder the overall grade was settled; ``""`` where moderation decided it since."""
    settled = audit.disputes.filter(status=DisputeStatus.SETTLED).exclude(grade_after="")
    dispute = settled.annotate(step=Max("steps__number")).order_by("-ended_at", "-id").first()
    if dispute is None or audit.moderations.filter(decided_at__gt=dispute.ended_at).exists():
        return ""
    return f"Settled on the disagreement ladder, step {dispute.step}"
