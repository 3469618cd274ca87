"""Urgent concerns that the circumstances of a case call for, raised at the latest as the auditor submits."""

from audits.followup.services.concerns import SpokenFirst, raise_concern
from audits.models import Assessment, Audit
from audits.selectors.facts import case_facts, framework_for
from audits.selectors.flags import called_for
from audits.selectors.told import told_by

UNRAISED = "Nobody had raised it when the audit was submitted: the rule did."


def raise_what_is_called_for(*, assessment: Assessment) -> None:
    """Raise, in the auditor's name, every concern that the case calls for and that nobody has raised (SEF-106)."""
    audit = Audit.objects.select_related("case__team", "case__service", "cycle").get(pk=assessment.audit_id)
    if assessment.assessor is None:
        return
    names = framework_for(audit).names
    facts = case_facts(audit, told_by(assessment.assessor, [audit]).get(audit.pk))
    for trigger in called_for([audit], assessment.assessor).get(audit.pk, []):
        verdict = trigger.condition.holds(facts, names)
        raise_concern(
            case=audit.case,
            raised_by=assessment.assessor,
            text="; ".join(reason.text for reason in verdict.reasons),
            about=audit.reference,
            trigger=trigger.key,
            spoken=SpokenFirst(not_spoken_reason=UNRAISED),
        )
