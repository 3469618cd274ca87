"""What still stands in the way: before grades are locked, shown, and submitted. Each with its link."""

from audits.enums import AssessmentStatus, AuditStatus, Worry
from audits.frameworks.schema import Conversation, Framework
from audits.frameworks.vocabulary.dues import BeforeStep
from audits.models import Assessment, Audit
from audits.selectors.checking import missing_for_check
from audits.selectors.conversations import Talk, conversations_of
from audits.selectors.dated_action import PROPOSE_ONE, lacks_dated_action
from audits.selectors.facts import provisional_grades
from audits.selectors.family import asks_family, caller_of, family_of
from audits.selectors.flags import marks_not_set
from audits.selectors.links import assessment_href, audit_href, concern_href
from audits.selectors.sections import sections_of
from qaf.tenants.transitions import Problem


def missing_before_lock(assessment: Assessment, framework: Framework) -> list[Problem]:
    """Return what the assessment needs before its grades can be locked."""
    found: list[Problem] = []
    for section in sections_of(assessment, framework):
        href = assessment_href(assessment, "section", section.key)
        if section.boxes:
            pairs = zip(section.missing, section.boxes, strict=True)
            found += [Problem(text, f"{href}#id_{box}") for text, box in pairs]
        elif section.missing:
            found.append(Problem(f"{section.title}: {_in_a_row(section.missing)}", href))
    found += _marks(assessment)
    return found + _conversations(assessment, framework, "lock")


def missing_before_reveal(audit: Audit, framework: Framework) -> list[Problem]:
    """Return the conversations that must be recorded before grades are shown."""
    return [
        Problem(f"Record the {one.sentence}", audit_href(audit, "conversation", one.key))
        for one in conversations_of(audit, framework)
        if one.framework.precedes == "reveal" and one.is_required and not one.record
    ]


def missing_before_conversation(audit: Audit, framework: Framework, talk: Talk) -> list[Problem]:
    """Return the self-assessments that come before this conversation and are neither given nor excused (WSX-46)."""
    first = {
        slot.key
        for slot in framework.process.slots
        if slot.grades == "optional" and isinstance(slot.due, BeforeStep) and slot.due.step == talk.key
    }
    waiting = audit.assessments.filter(
        slot__in=first, status__in=(AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS)
    ).exclude(assessor=None)
    return [
        Problem(
            f"{framework.names.slot(one.slot)}: not given yet. Wait for it, or say why it is not given",
            audit_href(audit, "excuse_part", one.slot),
        )
        for one in (waiting if first else ())
    ]


def missing_before_final(audit: Audit, framework: Framework) -> list[Problem]:
    """Return what must be recorded before the outcome can be final: conversations and the family's view."""
    found = [
        Problem(_wording(one.framework, one.sentence), audit_href(audit, "conversation", one.key))
        for one in conversations_of(audit, framework, ("finalise",))
        if one.is_required and not one.record
    ]
    feedback = framework.process.family_feedback
    if feedback and feedback.precedes == "finalise" and caller_of(audit, framework):
        found += family_unsettled(audit, framework)
    return found


def family_unsettled(audit: Audit, framework: Framework) -> list[Problem]:
    """Return those of the family who were neither heard nor left out with one reason."""
    return [
        Problem(
            f"{one.label}: record what they said, or one reason why they were not spoken to",
            audit_href(audit, "family_contact", one.key),
        )
        for one in family_of(audit, framework)
        if not one.is_settled
    ]


def missing_before_submission(assessment: Assessment, framework: Framework) -> list[Problem]:
    """Return what the assessment needs before it can be submitted (HER-21 to HER-25, HER-30 to HER-32)."""
    audit = assessment.audit
    if assessment.locked_at is None:
        what = "answers" if framework.tool(audit.tool).is_checklist else "grades"
        return [Problem(f"Lock your {what} first", assessment_href(assessment, "lock"))]
    found: list[Problem] = []
    if audit.status == AuditStatus.LOCKED:
        found += missing_before_reveal(audit, framework)
    elif audit.status != AuditStatus.REVEALED:
        found.append(Problem("Wait for the other auditor to lock their grades", audit_href(audit)))
    found += _conversations(assessment, framework, "submit")
    found += _family(assessment, framework)
    found += _worries(assessment, framework)
    if not has_action_or_reason(assessment):
        found.append(
            Problem("Propose an action, or say why none is needed", assessment_href(assessment, "actions"))
        )
    elif lacks_dated_action(audit, provisional_grades(assessment)):
        found.append(Problem(PROPOSE_ONE, assessment_href(assessment, "actions")))
    found += missing_for_check(assessment, framework)
    return found


def has_action_or_reason(assessment: Assessment) -> bool:
    """Whether the auditor proposed an action or said why none is needed.

    After the reveal an action that the other auditor proposed is known, and counts for both.
    """
    if assessment.no_action_reason:
        return True
    links = assessment.audit.action_links.all()
    if assessment.audit.status != AuditStatus.REVEALED:
        links = links.filter(assessment=assessment)
    return links.exists()


def _conversations(assessment: Assessment, framework: Framework, step: str) -> list[Problem]:
    return [
        Problem(_wording(one.framework, one.sentence), audit_href(assessment.audit, "conversation", one.key))
        for one in conversations_of(assessment.audit, framework)
        if one.framework.precedes == step
        and one.is_required
        and not one.record
        and assessment.slot in one.slots
    ]


def _marks(assessment: Assessment) -> list[Problem]:
    """Return the marks that this auditor's answers call for and that are not set (SEF-105, WSX-78)."""
    audit = assessment.audit
    waiting = marks_not_set([audit], assessment.assessor).get(audit.pk, []) if assessment.assessor else []
    return [
        Problem(
            f"Set the mark “{one.label}” and say what you saw, as you answered yes",
            audit_href(audit, "flags"),
        )
        for one in waiting
    ]


def _wording(conversation: Conversation, sentence: str) -> str:
    excused = ", or say why it could not be held" if conversation.precedes != "reveal" else ""
    return f"Record the {sentence}{excused}"


def _family(assessment: Assessment, framework: Framework) -> list[Problem]:
    feedback = framework.process.family_feedback
    if feedback is None or feedback.precedes != "submit" or not asks_family(assessment, framework):
        return []
    return family_unsettled(assessment.audit, framework)


def _worries(assessment: Assessment, framework: Framework) -> list[Problem]:
    """Return the family's concerns that cannot wait and that nobody has raised yet (SEF-90)."""
    if not asks_family(assessment, framework) or assessment.audit.concern_links.exists():
        return []
    return [
        Problem(f"{one.who} named a concern that cannot wait: raise it", concern_href(assessment.audit))
        for one in assessment.audit.family_contacts.filter(worry=Worry.AT_ONCE)
    ]


def _in_a_row(texts: tuple[str, ...]) -> str:
    return "; ".join(f"{text[:1].lower()}{text[1:]}" for text in texts)
