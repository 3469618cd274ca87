"""What an audit that recommends an observation of practice asks for, once its outcome is final (SEF-167)."""

from audits.enums import OVERALL, AssessmentStatus
from audits.followup.enums import FollowUpKind
from audits.models import Audit, Judgement
from audits.selectors.facts import framework_for
from audits.selectors.people import concerned_now
from audits.services.opening import due_for, open_for_audit
from qaf.lib import clock


def ask_for_observation(*, audit: Audit) -> None:
    """Ask the post that the framework names for an observation, where an auditor recommended one; once."""
    framework = framework_for(audit)
    one = framework.tool(audit.tool).meaning("recommends_observation")
    if one is None or one.to is None or one.due is None:
        return
    answers = (
        Judgement.objects.filter(assessment__audit=audit, domain=OVERALL)
        .exclude(assessment__status=AssessmentStatus.REASSIGNED)
        .values_list("extra", flat=True)
    )
    if not any(extra.get(one.key) == "yes" for extra in answers):
        return
    open_for_audit(
        audit=audit,
        rule="observation",
        kind=FollowUpKind.OBSERVATION,
        title=f"Arrange an observation of practice: {audit.reference}",
        party=one.to,
        people=concerned_now(audit, one.to, framework=framework, on=clock.today()),
        due_on=due_for(audit, framework, one.due),
        about=audit.worker,
        guidance="The auditor recommends that the worker’s practice is observed. Say who observes what, and when, "
        "or why not.",
    )
