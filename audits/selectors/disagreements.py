"""Whether anybody disagrees with an audit's overall grade, and who may say so."""

from audits.enums import BEFORE_SUBMISSION, OVERALL, AuditStatus
from audits.frameworks.schema.moderation import Dispute
from audits.models import Audit, Disagreement
from audits.selectors.facts import framework_for
from audits.selectors.people import everyone_concerned
from qaf.lib import clock
from qaf.tenants.models import Person

CAN_BE_DISPUTED = (*BEFORE_SUBMISSION, AuditStatus.IN_MODERATION, AuditStatus.OUTCOME)


def overall_disputed(audit: Audit) -> bool:
    """Say whether somebody disagrees with the overall grade (SEF-102)."""
    return audit.disagreements.exists()


def disagreements_of(audit: Audit) -> list[Disagreement]:
    """Return the disagreements with the audit's overall grade, in the order in which they were said."""
    return list(audit.disagreements.select_related("person"))


def rule_of_moderation(audit: Audit) -> Dispute | None:
    """Return the framework's dispute about a grade that moderation decides, where it has one."""
    for dispute in framework_for(audit).disputes:
        if dispute.allowed and dispute.about == "grade" and dispute.meanwhile == "moderation_decides":
            return dispute
    return None


def party_to(audit: Audit, rule: Dispute, person: Person) -> str | None:
    """Return the first of the rule's parties that the person is to this audit, then or now; ``None`` for a stranger."""
    framework, today = framework_for(audit), clock.today()
    for party in rule.raised_by:
        people = everyone_concerned(audit, (party,), framework=framework, on=today)
        if person.pk in {one.pk for one in people}:
            return party
    return None


def may_disagree(audit: Audit, person: Person) -> bool:
    """Say whether the person may say now that they do not agree with the overall grade: there is one by then."""
    rule = rule_of_moderation(audit)
    if rule is None or audit.status not in CAN_BE_DISPUTED:
        return False
    if not audit.recorded_grades.filter(domain=OVERALL).exists():
        return False
    return (
        party_to(audit, rule, person) is not None and not audit.disagreements.filter(person=person).exists()
    )
