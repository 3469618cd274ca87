"""Who somebody is to an audit, and what that lets them see.

The rule the audit rests on (HER-20, HER-23): until every grading auditor has locked their grades and the
discussion between them is recorded, nobody but an auditor sees that auditor's grades and words.
Every page, panel, title and count asks here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied

from audits.enums import WITH_FINAL_GRADE, AssessmentStatus, AuditStatus, Origin
from audits.frameworks.schema import Framework, Slot
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit
from audits.registry import is_guest
from audits.selectors.family import asks_family
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.selectors import acting_for, line_of

SHOWN_TO_CONCERNED = (AuditStatus.IN_MODERATION, AuditStatus.OUTCOME, *WITH_FINAL_GRADE)
SHOWN_TO_AUDITORS = (AuditStatus.REVEALED, *SHOWN_TO_CONCERNED)

NOT_YOURS = (
    "You have no part in this audit. Its auditors, the allocated worker and their managers can open it."
)
NOT_CLEARED = (
    "This child’s record is restricted. Only people cleared for restricted records can open the audit."
)


@dataclass(frozen=True)
class Standing:
    """``person``'s part in ``audit``: which assessments are theirs, and whether they are concerned otherwise."""

    audit: Audit
    person: Person
    assessments: tuple[Assessment, ...]
    is_worker: bool
    is_manager: bool
    is_chair: bool
    has_case_now: bool
    sees_all: bool
    is_guest: bool
    answers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was read ``once`` for this look."""

    @cached_property
    def framework(self) -> Framework:
        """The framework version that the audit began with."""
        return framework_of(self.audit.framework_version)

    @cached_property
    def own(self) -> tuple[Assessment, ...]:
        """The person's own assessments."""
        return tuple(one for one in self.assessments if one.assessor_id == self.person.pk)

    @cached_property
    def is_auditor(self) -> bool:
        """Whether the person audits here; who only looks at their own work does not."""
        return any(not is_self_assessment(self.framework, one.slot) for one in self.own)

    @property
    def is_held_together(self) -> bool:
        """Whether the audit is carried out together with the worker, grades in the open."""
        return self.framework.process.reveal.rule == "held_together" and self.audit.origin != Origin.RE_AUDIT

    @property
    def has_part(self) -> bool:
        """Whether the person may open the audit at all."""
        return any(
            (
                bool(self.own),
                self.is_worker,
                self.is_manager,
                self.is_chair,
                self.has_case_now,
                self.sees_all,
                self.is_guest,
            )
        )

    @property
    def concerned_see_grades(self) -> bool:
        """Whether worker, managers and chair see the grades now, marked as not final until they are."""
        if self.framework.process.reveal.worker_sees_provisional:
            return self.audit.status in SHOWN_TO_CONCERNED
        return self.audit.status in WITH_FINAL_GRADE

    @property
    def sees_grades(self) -> bool:
        """Whether the person sees every auditor's grades and words."""
        if self.is_auditor and self.audit.status in SHOWN_TO_AUDITORS:
            return True
        if self.sees_all and self.audit.status in self._shown_to_leads:
            return True
        if self.is_worker and self.is_held_together and self.audit.status in SHOWN_TO_AUDITORS:
            return True
        if self.is_guest and self.audit.status in SHOWN_TO_CONCERNED:
            return True
        if self.is_worker or self.is_manager or self.is_chair:
            return self.concerned_see_grades
        return self.has_case_now and self.audit.status in WITH_FINAL_GRADE

    @property
    def _shown_to_leads(self) -> tuple[AuditStatus, ...]:
        # The only set of grades is nobody's business before its auditor has submitted it.
        alone = self.framework.process.reveal.rule == "single_auditor"
        return SHOWN_TO_CONCERNED if alone else SHOWN_TO_AUDITORS

    def sees(self, assessment: Assessment) -> bool:
        """Whether the person sees the grades and words of this assessment.

        A self-assessment that was given stands beside the audit from then on (WSX-46).
        """
        if assessment.assessor_id == self.person.pk or self.sees_grades:
            return True
        given = is_self_assessment(self.framework, assessment.slot) and assessment.submitted_at is not None
        return given and self.is_auditor

    @property
    def sees_safety(self) -> bool:
        """Whether the person needs what makes contact with the family safe: who asks, who calls, who stands in."""
        calls = any(asks_family(one, self.framework) for one in self.own)
        return calls or self.is_worker or self.has_case_now or self.person.pk == self.audit.manager_id

    @property
    def may_record_change(self) -> bool:
        """Whether the person records what was changed at once: auditors, the case's managers, who moderates."""
        return self.is_auditor or self.is_manager or self.is_guest

    @property
    def may_record_consent(self) -> bool:
        """Whether the person may write what the family answered: the worker, whoever has the case, or the manager."""
        return self.is_worker or self.has_case_now or self.person.pk == self.audit.manager_id


T = TypeVar("T")


def once(read: Callable[[Standing], T]) -> Callable[[Standing], T]:
    """Make a read ask the database once a look: the parts of a page show the same thing."""

    @wraps(read)
    def inner(standing: Standing) -> T:
        if read not in standing.answers:
            standing.answers[read] = read(standing)
        answer: T = standing.answers[read]
        return answer

    return inner


def standing_of(person: Person, audit: Audit) -> Standing:
    """Return ``person``'s standing; raise ``PermissionDenied`` where they have no part, or are not cleared."""
    standing = _standing(person, audit)
    if not standing.has_part:
        raise PermissionDenied(NOT_YOURS)
    if audit.case.restricted and not _cleared(standing):
        raise PermissionDenied(NOT_CLEARED)
    return standing


def _standing(person: Person, audit: Audit) -> Standing:
    case, today = audit.case, clock.today()
    assessments = tuple(
        audit.assessments.exclude(status=AssessmentStatus.REASSIGNED)
        .select_related("assessor")
        .order_by("id")
    )
    for one in assessments:
        one.audit = audit
    acts_as_worker = bool(audit.worker and acting_for(audit.worker, on=today).pk == person.pk)
    in_line = person.pk == audit.manager_id or person.pk in audit.line
    return Standing(
        audit=audit,
        person=person,
        assessments=_in_order_of_slots(assessments, framework_of(audit.framework_version)),
        is_worker=person.pk == audit.worker_id or acts_as_worker,
        is_manager=in_line or bool(case.team and person.pk in line_of(case.team, on=today)),
        is_chair=person.pk in (audit.chair_id, case.chair_id),
        has_case_now=person.pk == case.worker_id,
        sees_all=may(person, "audits.see_all"),
        is_guest=is_guest(audit, person),
    )


def _cleared(standing: Standing) -> bool:
    person = standing.person
    holds_case = standing.is_worker or standing.has_case_now
    return holds_case or person.cleared_for_restricted or may(person, "cases.see_restricted")


def _in_order_of_slots(assessments: tuple[Assessment, ...], framework: Framework) -> tuple[Assessment, ...]:
    order = {slot.key: place for place, slot in enumerate(framework.process.slots)}
    return tuple(sorted(assessments, key=lambda one: (order.get(one.slot, len(order)), one.pk)))


def slot_of(framework: Framework, key: str) -> Slot | None:
    """Return the framework's slot, or None for one of another kind of audit, such as a re-audit's."""
    return next((slot for slot in framework.process.slots if slot.key == key), None)


def gives_grades(framework: Framework, key: str) -> bool:
    """Whether the audit waits for this slot's grades."""
    slot = slot_of(framework, key)
    return slot is None or slot.gives_grades


def is_self_assessment(framework: Framework, key: str) -> bool:
    """Whether a slot is the worker's own look at their work: grades there are optional and never count."""
    slot = slot_of(framework, key)
    return slot is not None and slot.grades == "optional"


def state_words(assessment: Assessment, framework: Framework) -> str:
    """Return where an assessment stands, in words; who answers a checklist locks no grades."""
    locked = assessment.status == AssessmentStatus.LOCKED
    if locked and framework.tool(assessment.audit.tool).is_checklist:
        return "Answers locked"
    return str(assessment.get_status_display())


def audit_words(audit: Audit, framework: Framework) -> str:
    """Return where an audit stands, in words; a checklist has answers where others have grades."""
    words = str(audit.get_status_display())
    if audit.status in (AuditStatus.LOCKED, AuditStatus.REVEALED) and framework.tool(audit.tool).is_checklist:
        return words.replace("Grades", "Answers")
    return words


def grading(framework: Framework, assessments: tuple[Assessment, ...]) -> tuple[Assessment, ...]:
    """Return the assessments whose grades the audit waits for."""
    return tuple(one for one in assessments if gives_grades(framework, one.slot))
