"""What a worker sees of their own: audits of their work, their own views of it, their actions, what they learned."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from audits.enums import OVERALL, WITH_FINAL_GRADE, AssessmentStatus, AuditStatus
from audits.followup.models import Action
from audits.followup.selectors import action_list
from audits.followup.selectors.rights import answering_for
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit, Contribution, GradeOfRecord
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from reporting.models import PlanAction, SessionPerson

MOST = 50


@dataclass(frozen=True)
class OwnAudit:
    """An audit of somebody's own work, with the final grade once there is one."""

    audit: Audit
    grade: str

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        return AuditStatus(self.audit.status).label


def own_audits(person: Person, framework: Framework) -> list[OwnAudit]:
    """Return the newest audits of somebody's own work of the last two years, in two queries."""
    since = calendar.add_months(clock.today(), -24)
    rows = Audit.objects.filter(worker=person, allocated_on__gte=since).exclude(status=AuditStatus.WITHDRAWN)
    audits = list(rows.select_related("service", "team").order_by("-allocated_on", "-pk")[:MOST])
    final = [one.pk for one in audits if one.status in WITH_FINAL_GRADE]
    grades = dict(
        GradeOfRecord.objects.filter(audit__in=final, domain=OVERALL).values_list("audit_id", "grade")
    )
    labels = framework.main_grades
    return [
        OwnAudit(one, labels.label_of(grades[one.pk]) if grades.get(one.pk) in labels.ranks else "")
        for one in audits
    ]


def self_assessments(person: Person, framework: Framework) -> list[Assessment]:
    """Return somebody's assessments of their own work: those in slots that belong to the allocated worker."""
    slots = [
        slot.key
        for slot in framework.process.slots
        if getattr(slot.eligible, "relation", None) == Relation.ALLOCATED_WORKER
    ]
    rows = Assessment.objects.filter(assessor=person, slot__in=slots).exclude(
        status=AssessmentStatus.REASSIGNED
    )
    return list(rows.select_related("audit").order_by("-due_on", "-pk")[:MOST])


def own_actions(person: Person) -> list[Action]:
    """Return the actions that somebody owns, alone or jointly, or answers for, what is open first."""
    ids = answering_for(person)
    mine = action_list().filter(Q(owner__in=ids) | Q(joint_owner__in=ids))
    mine = mine.exclude(status__in=("proposed", "not_agreed"))
    return sorted(mine.order_by("-due_on", "pk")[:MOST], key=lambda one: (one.status != "open", one.due_on))


@dataclass(frozen=True)
class Learning:
    """What somebody takes with them: from conversations on audits, and from sessions."""

    taken: list[Contribution]
    sessions: list[SessionPerson]
    changes: list[Any]
    """What came of sessions that they were invited to: actions of the plan."""


def learning(person: Person) -> Learning:
    """Return what somebody learned, was invited to, and what became of it, in three queries."""
    taken = Contribution.objects.filter(person=person).exclude(learning="").select_related("audit")
    invited = SessionPerson.objects.filter(person=person).select_related("session")
    sessions = list(invited.order_by("-session__held_on")[:MOST])
    changes = PlanAction.objects.filter(
        Q(improvement__session__in=[one.session_id for one in sessions])
    ).select_related("action__owner", "improvement")
    return Learning(
        list(taken.order_by("-written_at")[:MOST]), sessions, list(changes.order_by("-pk")[:MOST])
    )
