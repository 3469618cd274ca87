"""Disagreement that climbs a ladder: raised, settled or taken on, never left lying; thanks are kept too (WSX-95)."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.cases.models import Case
from audits.enums import OVERALL
from audits.followup.selectors import answering
from audits.frameworks.schema.moderation import Dispute as Rule
from audits.frameworks.selectors import framework_of, version_in_force
from audits.models import Audit, GradeOfRecord
from audits.selectors.facts import framework_for
from audits.services.revising import confirm_or_revise
from moderation.enums import DisputeStatus, Polarity, StepOutcome
from moderation.models import Dispute, DisputeStep, Moderation
from moderation.paths import dispute_href
from moderation.selectors.deciding import grade_choices
from moderation.selectors.disputes import (
    current_step,
    dispute_list,
    due_for_step,
    may_settle,
    parties_of,
    rule_of,
    rules_about_practice,
    rules_to_raise,
    settlers,
    step_rule,
    told_of_end,
)
from moderation.workflow import dispute_workflow
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, StatusHasChanged, TransitionRefused
from qaf.ui.words import long_date


@transaction.atomic
def raise_dispute(
    *,
    key: str,
    text: str,
    person: Person,
    audit: Audit | None = None,
    case: Case | None = None,
    polarity: str = Polarity.CHALLENGE,
    ground: str = "",
    ask: str = "",
    proposed_grade: str = "",
) -> Dispute:
    """Begin a ladder of the framework about an audit, or about practice with a child; or keep thanks.

    ``ask`` names the party to turn to, where the framework lets whoever raises it choose. The same words sent twice are
    one. Raises ``PermissionDenied`` for somebody whom the framework does not let raise it now, ``ValidationError`` by
    field.
    """
    child = audit.case if audit else case
    if child is not None:
        # Whoever comes second waits here, and then finds what the first raised.
        Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=child.pk)
        if same := _same(child, audit, key, text, person):
            return same
    rule = _rule_to_raise(key, audit, case, person)
    assert child is not None  # noqa: S101  (so _rule_to_raise says)
    _check_raising(rule, text, polarity, ground, ask)
    version = audit.framework_version if audit else version_in_force()
    parties = parties_of(audit, child, rule, person)
    with because(f"Raised: {rule.label}", person=person):
        dispute = Dispute.objects.create(
            case=child,
            audit=audit,
            framework_version=version,
            key=key,
            polarity=polarity,
            raised_by=person,
            party=(parties or rule.raised_by)[0],
            raised_at=clock.now(),
            ground=ground,
            text=text.strip(),
            proposed_grade=proposed_grade,
            grade_before=_overall(audit) if audit and rule.about == "grade" else "",
        )
        if polarity == Polarity.ACKNOWLEDGEMENT:
            _keep_thanks(dispute, rule, person)
        else:
            _open_step(dispute, rule, 1, [ask] if ask else None)
    return dispute


def _same(child: Case, audit: Audit | None, key: str, text: str, person: Person) -> Dispute | None:
    """What the person said in these words already, as long as it stands."""
    standing = (DisputeStatus.OPEN, DisputeStatus.ACKNOWLEDGED)
    rows = dispute_list().filter(case=child, audit=audit, key=key, raised_by=person, text=text.strip())
    return rows.filter(status__in=standing).first()


def _rule_to_raise(key: str, audit: Audit | None, case: Case | None, person: Person) -> Rule:
    rules = rules_to_raise(audit, person) if audit else rules_about_practice(case, person) if case else []
    for rule in rules:
        if rule.key == key:
            return rule
    raise PermissionDenied("The framework does not let you raise this here, or it is being settled already.")


def _check_raising(rule: Rule, text: str, polarity: str, ground: str, ask: str) -> None:
    errors = {}
    if not text.strip():
        errors["text"] = "Say what it is about"
    if polarity not in rule.polarity:
        errors["polarity"] = "Select what you bring"
    if ground and ground not in rule.grounds:
        errors["ground"] = "Select one of the grounds"
    if rule.steps[0].chosen_by_raiser and ask not in rule.steps[0].decided_by:
        errors["ask"] = "Select whom to ask"
    if errors:
        raise ValidationError(errors)


def _overall(audit: Audit) -> str:
    row = GradeOfRecord.objects.filter(audit=audit, domain=OVERALL).values_list("grade", flat=True)
    return row.first() or ""


def _keep_thanks(dispute: Dispute, rule: Rule, person: Person) -> None:
    """Good practice that somebody acknowledges is kept, and those who did the work are told."""
    also = {"ended_at": clock.now(), "outcome": dispute.text}
    dispute_workflow.apply(dispute, "acknowledge", person=person, also=also)
    if dispute.audit and not dispute.audit.good_practice:
        dispute.audit.good_practice = True
        dispute.audit.save(update_fields=["good_practice"])
    tell(
        people=told_of_end(dispute),
        kind="practice_acknowledged",
        key=f"dispute-{dispute.pk}",
        subject=f"{rule.label}: good practice acknowledged",
        body=f"{person.name} says what was done well. Open it to read their words.",
        href=dispute_href(dispute),
    )


def _open_step(dispute: Dispute, rule: Rule, number: int, parties: list[str] | None = None) -> None:
    step, framework = rule.steps[number - 1], framework_of(dispute.framework_version)
    opened = DisputeStep.objects.create(
        dispute=dispute,
        number=number,
        name=step.name,
        parties=parties or list(step.decided_by),
        opened_at=clock.now(),
        due_on=due_for_step(framework, step, dispute.audit),
    )
    people = _look_up(dispute, opened)
    getattr(dispute, "_prefetched_objects_cache", {}).pop("steps", None)
    about = dispute.audit.reference if dispute.audit else "a child’s record"
    tell(
        people=answering(people, on=clock.today()),
        kind="dispute_step",
        key=f"dispute-{opened.pk}",
        subject=f"{about}: {rule.label.lower()}",
        body=f"{step.name}. Please settle it by {long_date(opened.due_on)}." if opened.due_on else step.name,
        href=dispute_href(dispute),
    )


def _look_up(dispute: Dispute, step: DisputeStep) -> list[Person]:
    """Keep who is asked: posts change hands while a step is open."""
    people = settlers(dispute, step)
    if (asked := [one.pk for one in people]) != step.asked:
        step.asked = asked
        step.save(update_fields=["asked"])
    return people


@transaction.atomic
def settle_step(
    *,
    dispute: Dispute,
    settled: bool,
    words: str,
    person: Person,
    grade: str = "",
    met_on: date | None = None,
) -> None:
    """Settle the disagreement at its step, or take it to the next one, with what was said (WSX-96 to WSX-98).

    A disagreement about a grade is settled with the overall grade that stands then; old and new are kept with the
    reason. Raises ``PermissionDenied`` for anybody who is not asked, ``ValidationError`` by field,
    ``TransitionRefused`` where the last step is not to settle it, ``StatusHasChanged`` where it has moved on.
    """
    dispute = _locked(dispute)
    step = current_step(dispute)
    if dispute.status != DisputeStatus.OPEN or step is None:
        raise StatusHasChanged("This disagreement has been settled.")
    if not may_settle(dispute, person):
        raise PermissionDenied("Only those whom this step asks settle it.")
    rule = rule_of(dispute)
    _check_settling(dispute, rule, step, settled, words, grade, met_on)
    outcome = StepOutcome.SETTLED if settled else StepOutcome.NOT_SETTLED
    with because(outcome.label, person=person):
        _end_step(step, outcome, words.strip(), person, met_on)
        if not settled:
            _open_step(dispute, rule, step.number + 1)
            return
        also = {"outcome": words.strip(), "ended_at": clock.now(), "grade_after": grade}
        dispute_workflow.apply(dispute, "settle", person=person, also=also)
        if grade and dispute.audit:
            confirm_or_revise(audit=dispute.audit, decided={OVERALL: (grade, words.strip())}, person=person)
    _tell_ended(dispute, rule)


def _locked(dispute: Dispute) -> Dispute:
    """The disagreement as it stands, locked: steps of several people come one after the other."""
    return dispute_list().select_for_update(of=("self",)).get(pk=dispute.pk)


def _check_settling(
    dispute: Dispute,
    rule: Rule,
    step: DisputeStep,
    settled: bool,
    words: str,
    grade: str,
    met_on: date | None,
) -> None:
    if not settled and step_rule(dispute, step).final:
        raise TransitionRefused([Problem("This is the last step: say how it is settled.")])
    errors = {}
    if not words.strip():
        errors["words"] = "Say how it was settled, or why not"
    if met_on and met_on > clock.today():
        errors["met_on"] = "The date must be today or in the past"
    if settled and rule.about == "grade" and dispute.audit:
        choices = dict(grade_choices(dispute.audit, framework_for(dispute.audit), OVERALL))
        if grade not in choices:
            errors["grade"] = "Select the overall grade that stands"
    if errors:
        raise ValidationError(errors)


def _end_step(
    step: DisputeStep, outcome: StepOutcome, words: str, person: Person | None, met_on: date | None = None
) -> None:
    step.outcome, step.words, step.met_on = outcome, words, met_on
    step.ended_by, step.ended_at = person, clock.now()
    step.save(update_fields=["outcome", "words", "met_on", "ended_by", "ended_at"])


def _tell_ended(dispute: Dispute, rule: Rule) -> None:
    tell(
        people=told_of_end(dispute),
        kind="dispute_ended",
        key=f"dispute-{dispute.pk}",
        subject=f"{rule.label}: settled",
        body="Open it to read how it was settled, and what was said.",
        href=dispute_href(dispute),
    )


@transaction.atomic
def take_back(*, dispute: Dispute, why: str, person: Person) -> None:
    """Take back what one raised, with the reason.

    Raises ``PermissionDenied``, ``ValidationError``, ``StatusHasChanged`` where it was settled meanwhile.
    """
    dispute = _locked(dispute)
    if dispute.raised_by_id != person.pk:
        raise PermissionDenied("Only whoever raised it takes it back.")
    if not why.strip():
        raise ValidationError({"why": "Say why you take it back"})
    dispute_workflow.apply(
        dispute, "take_back", person=person, also={"outcome": why.strip(), "ended_at": clock.now()}
    )
    if step := current_step(dispute):
        _end_step(step, StepOutcome.TAKEN_BACK, why.strip(), person)


def take_on_overdue() -> int:
    """Take every step that nobody settled in time to the next one; return how many. May run twice.

    Who is asked is looked up again: posts change hands.

    The last step has no next one: whoever settles it is reminded until they do.
    """
    moved = 0
    for one in dispute_list().filter(status=DisputeStatus.OPEN):
        with transaction.atomic():
            moved += _take_on(_locked(one))
    return moved


def _take_on(dispute: Dispute) -> bool:
    step = current_step(dispute)
    if dispute.status != DisputeStatus.OPEN or step is None:
        return False
    _look_up(dispute, step)
    is_late = step.due_on is not None and step.due_on < clock.today()
    if not is_late or step_rule(dispute, step).final:
        return False
    _end_step(step, StepOutcome.OVERDUE, "", None)
    _open_step(dispute, rule_of(dispute), step.number + 1)
    return True


def climb_after_discussion(*, moderation: Moderation, text: str, person: Person) -> Dispute | None:
    """Begin the ladder of the framework because moderator and auditor do not agree (WSX-96).

    ``None`` where the framework has no ladder that a moderator may begin.
    """
    audit = moderation.audit
    audit.refresh_from_db()
    for rule in rules_to_raise(audit, person):
        if rule.about == "grade" and "moderator" in rule.raised_by:
            return raise_dispute(key=rule.key, text=text, person=person, audit=audit)
    return None
