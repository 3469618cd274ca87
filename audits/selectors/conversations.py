"""The conversations that the framework asks of an audit, and what has been booked and recorded of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from audits.enums import AssessmentStatus, AuditStatus
from audits.followup.selectors import people_for
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Conversation as Asked
from audits.frameworks.schema import Framework
from audits.models import Appointment, Assessment, Audit, Contribution, Conversation
from audits.selectors.facts import around_audit
from audits.selectors.standing import Standing, once
from qaf.lib import clock
from qaf.tenants.models import Person

OURS = ("lock", "reveal", "submit", "finalise")
"""Steps of the audit itself; a conversation before a moderator's decision belongs to moderation."""
AT_WORK = (AuditStatus.ALLOCATED, AuditStatus.IN_PROGRESS, AuditStatus.LOCKED, AuditStatus.REVEALED)
NOT_FINAL = (*AT_WORK, AuditStatus.IN_MODERATION, AuditStatus.OUTCOME)
_COLUMNS = {
    Relation.ALLOCATED_WORKER: "worker_id",
    Relation.IRO_OR_CHAIR: "chair_id",
    Relation.TEAM_MANAGER: "manager_id",
    Relation.LINE_MANAGER: "manager_id",
}


@dataclass(frozen=True)
class Talk:
    """One conversation: what the framework asks, which of the audit's slots hold it, and its record if made."""

    framework: Asked
    slots: tuple[str, ...]
    record: Conversation | None
    appointment: Appointment | None = None
    contributions: tuple[Contribution, ...] = field(default=())
    has_others: bool = True
    """Whether the child has anybody for it beside its holder."""

    @property
    def key(self) -> str:
        """The framework's key."""
        return self.framework.key

    @property
    def label(self) -> str:
        """The framework's label."""
        return self.framework.label

    @property
    def sentence(self) -> str:
        """The label as it stands within a sentence."""
        return f"{self.label[:1].lower()}{self.label[1:]}"

    @property
    def is_required(self) -> bool:
        """Whether a step of the audit waits for it: never where there is nobody to talk with."""
        return self.framework.required != "discretion" and self.has_others

    @property
    def is_between_auditors(self) -> bool:
        """Whether it is the discussion after which grades are shown."""
        return self.framework.precedes == "reveal"

    @property
    def may_be_excused(self) -> bool:
        """Whether it may be recorded that it could not be held; two auditors can always talk."""
        return not self.is_between_auditors or bool(self.framework.excused_reasons)

    @property
    def needs_booking(self) -> bool:
        """Whether a day has still to be agreed."""
        return self.framework.booked == "required" and not (self.appointment or self.record)

    @property
    def has_begun(self) -> bool:
        """Whether its day has come, or it has been held."""
        if self.record:
            return self.record.held_on is not None
        return self.appointment is not None and self.appointment.booked_for <= clock.today()


def conversations_of(audit: Audit, framework: Framework, steps: Iterable[str] = OURS) -> list[Talk]:
    """Return the conversations before ``steps`` that this audit has the people for, in the framework's order.

    One needing an absent slot is left out, and one that is held where somebody is involved with the child, where
    nobody was on the day of sampling (SEF-57).
    """
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED)
    slots = set(current.values_list("slot", flat=True))
    records = {one.kind: one for one in audit.conversations.select_related("recorded_by")}
    booked = {one.kind: one for one in audit.appointments.select_related("booked_by")}
    written: dict[str, list[Contribution]] = {}
    for one in audit.contributions.select_related("person", "written_by"):
        written.setdefault(one.kind, []).append(one)
    ungraded = framework.tool(audit.tool).is_checklist
    found = []
    for asked in framework.process.conversations:
        needed = slots_needed(asked, framework)
        if asked.precedes not in steps or not needed or not slots.issuperset(needed):
            continue
        others = has_others(audit, asked, framework)
        if asked.required == "when_involved" and not others and asked.key not in records:
            continue
        found.append(
            Talk(
                _without_grade(asked) if ungraded else asked,
                needed,
                records.get(asked.key),
                booked.get(asked.key),
                tuple(written.get(asked.key, ())),
                others,
            )
        )
    return found


@once
def talks_of(standing: Standing) -> list[Talk]:
    """Return the conversations of the audit that somebody looks at."""
    return conversations_of(standing.audit, standing.framework)


def _without_grade(asked: Asked) -> Asked:
    """Return the conversation without what it asks about the overall grade: a checklist has none."""
    if asked.agreement_about != "overall_grade":
        return asked
    return asked.model_copy(update={"asks_agreement_of": None})


def slots_needed(asked: Asked, framework: Framework) -> tuple[str, ...]:
    """Return the auditors' places without which a conversation cannot be held."""
    every_slot = {slot.key for slot in framework.process.slots}
    return tuple(dict.fromkeys(one for one in (asked.holder, *asked.participants) if one in every_slot))


def has_others(audit: Audit, asked: Asked, framework: Framework) -> bool:
    """Say whether the child has somebody for the conversation beside its holder; asks no query."""
    every_slot = {slot.key for slot in framework.process.slots}
    others = [party for party in asked.participants if party != asked.holder]
    known = (party in every_slot or getattr(audit, _COLUMNS.get(party, "pk"), None) for party in others)  # type: ignore[call-overload]
    return any(known)


def conversation_of(audit: Audit, framework: Framework, key: str, steps: Iterable[str] = OURS) -> Talk:
    """Return one conversation. Raises KeyError where this audit has none of that key."""
    for talk in conversations_of(audit, framework, steps):
        if talk.key == key:
            return talk
    raise KeyError(key)


def people_expected(audit: Audit, talk: Talk, framework: Framework) -> list[Person]:
    """Return whom the framework wants in the conversation, as the audit has them."""
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    found = [one.assessor for one in current if one.slot in talk.slots and one.assessor]
    relations = [party for party in talk.framework.participants if party not in talk.slots]
    if relations:
        around, on = around_audit(audit), clock.today()
        for party in relations:
            found += people_for(party, framework=framework, around=around, on=on)[:1]
    return list(dict.fromkeys(found))


def people_around(audit: Audit, talk: Talk, framework: Framework) -> list[Person]:
    """Return who can have taken part: those expected, and the manager of a worker who was."""
    found = people_expected(audit, talk, framework)
    if Relation.ALLOCATED_WORKER in talk.framework.participants and audit.manager:
        found.append(audit.manager)
    return list(dict.fromkeys(found))


def took_part(record: Conversation) -> list[Person]:
    """Return who took part in a conversation that was held, as it was recorded (HER-21)."""
    people = Person.objects.in_bulk(record.participants)
    return [people[pk] for pk in record.participants if pk in people]


def may_record(talk: Talk, standing: Standing) -> bool:
    """Whether the person may record it: an auditor who takes part, until the step that waits for it."""
    own = [one for one in standing.own if one.slot in talk.slots]
    if talk.framework.precedes == "finalise":
        return bool(own) and standing.audit.status in NOT_FINAL
    takes_part = any(one.submitted_at is None for one in own)
    return takes_part and not (talk.record and talk.is_between_auditors)


def is_open(talk: Talk, audit: Audit) -> bool:
    """Whether it can be recorded now: the one between auditors only once all have locked their grades."""
    if talk.is_between_auditors:
        return audit.status == AuditStatus.LOCKED
    return audit.status in (NOT_FINAL if talk.framework.precedes == "finalise" else AT_WORK)


def sees_record(talk: Talk, standing: Standing) -> bool:
    """Whether the person sees what was said: those who took part as auditors, all others when grades are shown.

    Where the audit is held together with the worker, the worker was there and sees it too (WSX-48).
    """
    if standing.sees_grades or any(one.slot in talk.slots for one in standing.own):
        return True
    return standing.is_worker and standing.is_held_together and talk_includes_worker(talk)


def talk_includes_worker(talk: Talk) -> bool:
    """Whether the allocated worker takes part."""
    return Relation.ALLOCATED_WORKER in talk.framework.participants


def asked_to_join(standing: Standing) -> list[Talk]:
    """Return the conversations still to be held in which the person takes part for the child, not as an auditor."""
    audit, person = standing.audit, standing.person
    parts = {party for party, column in _COLUMNS.items() if getattr(audit, column) == person.pk}
    return [
        talk
        for talk in talks_of(standing)
        if not talk.record and parts.intersection(talk.framework.participants)
    ]


def to_write(audit: Audit, framework: Framework, person: Person, steps: Iterable[str] = OURS) -> list[Talk]:
    """Return the held conversations in which ``person`` took part and may write their own view or learning."""
    return [talk for talk in conversations_of(audit, framework, steps) if may_write(talk, audit, person)]


def may_write(talk: Talk, audit: Audit, person: Person) -> bool:
    """Whether ``person`` took part in the conversation and may write their own view or learning."""
    if talk.record is None or not talk.record.held_on or person.pk not in talk.record.participants:
        return False
    return talk.framework.learning_of_each or may_give_view(talk, audit, person)


def may_give_view(talk: Talk, audit: Audit, person: Person) -> bool:
    """Whether it is this person's own view that the framework wants beside the auditor's (SLO-18)."""
    column = _COLUMNS.get(talk.framework.view_of)  # type: ignore[call-overload]
    return bool(column) and getattr(audit, column) == person.pk


def contribution_of(talk: Talk, person: Person) -> Contribution | None:
    """Return what ``person`` brought and took, if it is written."""
    return next((one for one in talk.contributions if one.person_id == person.pk), None)


def holder_of(audit: Audit, talk: Talk) -> Assessment | None:
    """Return the assessment whose auditor arranges the conversation."""
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    return current.filter(slot=talk.framework.holder).first()


def step_moments(audit: Audit) -> dict[str, date]:
    """Return the days for which conversations are booked, or on which they were held, as due rules name them."""
    found = {f"step_{one.kind}": one.booked_for for one in audit.appointments.all()}
    for one in audit.conversations.all():
        if one.held_on:
            found[f"step_{one.kind}"] = one.held_on
    return found
