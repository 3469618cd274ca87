"""The check before an auditor finalises: asked for by the auditor, given by the quality assurance team (SEF-78)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audits.frameworks.selectors import framework_of
from audits.models import Assessment, FinalisationCheck
from audits.selectors.checking import checkers, is_offered, is_required, missing_before_asking
from audits.selectors.links import assessment_href, check_href
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.scope import because
from qaf.tenants.transitions import TransitionRefused


@transaction.atomic
def ask_for_check(*, assessment: Assessment, question: str, person: Person) -> FinalisationCheck:
    """Ask for a look at the assessment; asking again while one is open changes only the question.

    Raises ``TransitionRefused`` where the framework offers none, after submission, while something is not
    written yet, and where nobody can give it.
    """
    framework = framework_of(assessment.audit.framework_version)
    if assessment.assessor_id != person.pk:
        raise PermissionDenied("Only its auditor asks for a check of an assessment.")
    if assessment.submitted_at or not is_offered(assessment, framework):
        raise TransitionRefused(["A check is offered before you submit, where the framework has one."])
    if problems := missing_before_asking(assessment, framework):
        raise TransitionRefused(problems)
    people = checkers(assessment, framework)
    if not people:
        rule = framework.process.finalisation_check
        role = framework.names.role(rule.by) if rule else ""
        raise TransitionRefused(
            [f"Nobody who could check it holds the post of {role}. Tell the administrator."]
        )
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    with because("Ask for a check before finalising", person=person):
        check, made = FinalisationCheck.objects.update_or_create(
            assessment=assessment,
            checked_at=None,
            defaults={"question": question.strip()},
            create_defaults={
                "question": question.strip(),
                "required": is_required(assessment, framework),
                "asked_by": person,
                "asked_at": clock.now(),
            },
        )
    if made:
        _tell_checkers(check, people)
    return check


def give_check(*, check: FinalisationCheck, feedback: str, person: Person) -> None:
    """Give the auditor feedback before they finalise. The second of two who do it at once is refused.

    Raises ``TransitionRefused`` without words, when somebody else has given it, or when the auditor has submitted.
    """
    assessment = check.assessment
    framework = framework_of(assessment.audit.framework_version)
    if person not in checkers(assessment, framework):
        raise PermissionDenied(
            "Only those who are asked for this check open it: it is for people with no part in the audit."
        )
    if not feedback.strip():
        raise TransitionRefused(["Write what the auditor should know before they finalise."])
    with transaction.atomic(), because("Check before finalising", person=person):
        mine = FinalisationCheck.objects.select_for_update().select_related("assessment").get(pk=check.pk)
        if mine.checked_at or mine.assessment.submitted_at:
            raise TransitionRefused(["This check has been given already, or the auditor has submitted."])
        mine.checked_by, mine.checked_at, mine.feedback = person, clock.now(), feedback.strip()
        mine.save(update_fields=["checked_by", "checked_at", "feedback"])
    tell(
        people=[check.asked_by],
        kind="audits.check_given",
        key=f"{assessment.audit.reference}:{check.pk}",
        subject=f"{assessment.audit.reference}: feedback before you finalise",
        body="Somebody has looked at your audit. Read the feedback, change what you want to, then finalise.",
        href=assessment_href(assessment, "ask_check"),
    )


def _tell_checkers(check: FinalisationCheck, people: list[Person]) -> None:
    reference = check.assessment.audit.reference
    tell(
        people=people,
        kind="audits.check_asked",
        key=f"{reference}:{check.pk}",
        subject=f"{reference}: an auditor asks for a look before finalising",
        body="Read what they have written so far and give your feedback. One of you is enough.",
        href=check_href(check),
    )
