"""The conversations that the framework asks of an audit, and what has been recorded of them."""

from dataclasses import dataclass

from audits.enums import AssessmentStatus, AuditStatus
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Conversation as Asked
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit, Conversation
from audits.selectors.standing import Standing
from qaf.tenants.models import Person

OURS = ("lock", "reveal", "submit", "finalise")
"""Steps of the audit itself; a conversation before a moderator's decision belongs to moderation."""


@dataclass(frozen=True)
class Talk:
    """One conversation: what the framework asks, which of the audit's slots hold it, and its record if made."""

    framework: Asked
    slots: tuple[str, ...]
    record: Conversation | None

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
        """Whether a step of the audit waits for it."""
        return self.framework.required == "always"

    @property
    def is_between_auditors(self) -> bool:
        """Whether it is the discussion after which grades are shown."""
        return self.framework.precedes == "reveal"


def conversations_of(audit: Audit, framework: Framework) -> list[Talk]:
    """Return the conversations that this audit has the people for; one needing an absent slot is left out."""
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED)
    slots = set(current.values_list("slot", flat=True))
    records = {one.kind: one for one in audit.conversations.select_related("recorded_by")}
    every_slot = {slot.key for slot in framework.process.slots}
    found = []
    for asked in framework.process.conversations:
        needed = [party for party in (asked.holder, *asked.participants) if party in every_slot]
        if asked.precedes in OURS and needed and slots.issuperset(needed):
            found.append(Talk(asked, tuple(dict.fromkeys(needed)), records.get(asked.key)))
    return found


def conversation_of(audit: Audit, framework: Framework, key: str) -> Talk:
    """Return one conversation. Raises KeyError where this audit has none of that key."""
    for talk in conversations_of(audit, framework):
        if talk.key == key:
            return talk
    raise KeyError(key)


def people_expected(audit: Audit, talk: Talk) -> list[Person]:
    """Return whom the framework wants in the conversation, as the audit has them."""
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    found = [one.assessor for one in current if one.slot in talk.slots and one.assessor]
    if Relation.ALLOCATED_WORKER in talk.framework.participants and audit.worker:
        found.append(audit.worker)
    return list(dict.fromkeys(found))


def people_around(audit: Audit, talk: Talk) -> list[Person]:
    """Return who can have taken part: those expected, and the manager of a worker who was."""
    found = people_expected(audit, talk)
    if Relation.ALLOCATED_WORKER in talk.framework.participants and audit.manager:
        found.append(audit.manager)
    return list(dict.fromkeys(found))


def took_part(record: Conversation) -> list[Person]:
    """Return who took part in a conversation that was held, as it was recorded (HER-21)."""
    people = Person.objects.in_bulk(record.participants)
    return [people[pk] for pk in record.participants if pk in people]


def may_record(talk: Talk, standing: Standing) -> bool:
    """Whether the person may record it: an auditor who takes part, while the audit is still theirs."""
    takes_part = any(one.slot in talk.slots and one.submitted_at is None for one in standing.own)
    return takes_part and not (talk.record and talk.is_between_auditors)


def is_open(talk: Talk, audit: Audit) -> bool:
    """Whether it can be recorded now: the one between auditors only once all have locked their grades."""
    if talk.is_between_auditors:
        return audit.status == AuditStatus.LOCKED
    return audit.status in (
        AuditStatus.ALLOCATED,
        AuditStatus.IN_PROGRESS,
        AuditStatus.LOCKED,
        AuditStatus.REVEALED,
    )


def sees_record(talk: Talk, standing: Standing) -> bool:
    """Whether the person sees what was said: those who took part as auditors, all others when grades are shown."""
    return standing.sees_grades or any(one.slot in talk.slots for one in standing.own)


def asked_to_join(audit: Audit, framework: Framework, person: Person) -> list[Talk]:
    """Return the conversations still to be held in which ``person`` takes part as the allocated worker."""
    if person.pk != audit.worker_id:
        return []
    return [
        talk
        for talk in conversations_of(audit, framework)
        if not talk.record and Relation.ALLOCATED_WORKER in talk.framework.participants
    ]


def holder_of(audit: Audit, talk: Talk) -> Assessment | None:
    """Return the assessment whose auditor arranges the conversation."""
    current = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    return current.filter(slot=talk.framework.holder).first()
