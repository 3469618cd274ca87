"""Placing an audit on the child's record, copies to those who get one, and reading it acknowledged."""

from datetime import date

from audits.followup.enums import FollowUpKind
from audits.followup.selectors import answering
from audits.frameworks.schema import Framework
from audits.frameworks.schema.process import AuditCopy
from audits.frameworks.vocabulary import DueRule
from audits.models import Audit
from audits.selectors.facts import framework_for, grading_assessments
from audits.selectors.links import audit_href
from audits.selectors.people import concerned_now, concerned_then
from audits.services.opening import moments_of, open_for_audit
from qaf.lib import calendar, clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.selectors import holders, posts_on


def ask_for_filing(*, audit: Audit) -> None:
    """Ask for the audit to be placed on the child's record (HER-27), copies of its actions with it (SEF-113)."""
    framework = framework_for(audit)
    filing = framework.process.filing
    system = framework.authority.record_system.name
    party, people = _who_files(audit, framework)
    open_for_audit(
        audit=audit,
        rule="filing",
        kind=FollowUpKind.FILING,
        title=f"Place {audit.reference} on the child’s record",
        party=party,
        people=people,
        due_on=_due(audit, framework, filing.due),
        guidance=f"Download the copy for the child’s record, place it in {system} with the case note, and note the "
        "reference.",
    )


def _who_files(audit: Audit, framework: Framework) -> tuple[str, list[Person]]:
    """Return who files, with the party that they are: the framework's, where that is nobody the one after it."""
    filing = framework.process.filing
    people = _behind(filing.by, audit, framework)
    if not people and filing.otherwise:
        return filing.otherwise, _behind(filing.otherwise, audit, framework)
    return filing.by, people


def _behind(party: str, audit: Audit, framework: Framework) -> list[Person]:
    """Return everybody in a role, whatever unit it is for; else whoever stands in that relation."""
    on = clock.today()
    if any(role.key == party for role in framework.roles):
        return holders(*framework.role_keys(party), on=on)
    return concerned_then(audit, party, framework=framework, on=on)


def ask_for_acknowledgement(*, audit: Audit) -> None:
    """Ask everybody whom the framework names to say that they have read the feedback (SLO-112, SLO-113).

    Several may stand behind one party, such as two who manage the team together where the case names neither: each
    is asked, for reading it is everybody's own. Somebody who has left has nothing to acknowledge: whoever stands in
    their place now is asked.
    """
    framework = framework_for(audit)
    filing, on = framework.process.filing, clock.today()
    for party in filing.acknowledged_by:
        people = concerned_then(audit, party, framework=framework, on=on)
        people = people or concerned_now(audit, party, framework=framework, on=on)
        for number, one in enumerate(dict.fromkeys(people)):
            _ask_to_read(audit, framework, party, one, number)


def _ask_to_read(audit: Audit, framework: Framework, party: str, person: Person, number: int) -> None:
    within = framework.process.filing.acknowledge_within
    open_for_audit(
        audit=audit,
        rule=f"acknowledge:{party}:{person.pk}" if number else f"acknowledge:{party}",
        kind=FollowUpKind.ACKNOWLEDGE,
        title=f"Read the feedback of {audit.reference}",
        party=party,
        people=[person],
        due_on=_due(audit, framework, within) if within else None,
        guidance="Read the audit and its actions, and say that you have. Add anything you want to say to it.",
    )


def send_copies(*, audit: Audit) -> list[Person]:
    """Tell those who get a copy of audits by these auditors that it is complete (SLO-115); return who was told."""
    framework, on = framework_for(audit), clock.today()
    told: list[Person] = []
    for copy in framework.process.filing.copies:
        if _is_copied(audit, framework, copy):
            told += concerned_then(audit, copy.to, framework=framework, on=on)
    told = list(dict.fromkeys(told))
    tell(
        people=answering(told, on=on),
        kind="audit_copy",
        key=audit.reference,
        subject=f"{audit.reference}: a copy of this audit for you",
        body="It is complete. You can read it with its actions.",
        href=audit_href(audit),
    )
    return told


def _is_copied(audit: Audit, framework: Framework, copy: AuditCopy) -> bool:
    """Say whether an auditor held one of the posts when they submitted: then is not now."""
    if not copy.audits_by:
        return True
    wanted = {role for key in copy.audits_by for role in framework.role_keys(key)}
    for one in grading_assessments(audit, framework):
        day = calendar.local_date(one.submitted_at) if one.submitted_at else clock.today()
        if posts_on(day).filter(person=one.assessor, role__key__in=wanted).exists():
            return True
    return False


def _due(audit: Audit, framework: Framework, rule: DueRule) -> date:
    """Return the rule's day, and no day that has passed when it is asked for.

    Without a moderation its decision is the day on which the outcome was reached.
    """
    moments = {"moderation_decided": audit.outcome_at or clock.now(), **moments_of(audit)}
    month = audit.cycle.period if audit.cycle else audit.allocated_on
    return max(framework.due_on(rule, month=month, **moments), clock.today())
