"""What follows an audit in words: disputes, actions, consequences, patterns, concerns, reports, keeping."""

from collections.abc import Iterator

from audits.frameworks.enums import Relation
from audits.frameworks.schema.framework import Framework, FrameworkNames
from audits.frameworks.schema.governance import Forum
from audits.frameworks.schema.moderation import Dispute
from audits.frameworks.sentences.model import Listing, Section, Sentence, build, listing, say, section_of
from audits.frameworks.vocabulary.wording import count, join

_MEANWHILE = {
    "grade_stands": "The grade stands meanwhile",
    "grade_marked_disputed": "Meanwhile the auditor's grade stands, marked as disputed",
    "not_about_a_grade": "No grade depends on it",
    "moderation_decides": "Moderation decides it",
}


@section_of("disputes", "Disagreement")
def disputes(framework: Framework) -> Iterator[Section]:
    """Each ladder."""
    for dispute in framework.disputes:
        yield build(dispute.key, dispute.label, _dispute(framework, dispute))


def _dispute(framework: Framework, dispute: Dispute) -> Iterator[Sentence | Listing]:
    names = framework.names
    if not dispute.allowed:
        yield say("There is no further step", dispute, "allowed")
    if dispute.raised_by:
        yield say(
            f"Raised by {join((names.party(party) for party in dispute.raised_by), 'or')}",
            dispute,
            "raised_by",
        )
    yield say(_MEANWHILE[dispute.meanwhile], dispute, "meanwhile")
    for number, step in enumerate(dispute.steps, start=1):
        text = f"Step {number}, {step.name}: {join(names.party(party) for party in step.decided_by)}"
        text += f", {step.due.in_words(names)}" if step.due else ""
        text += "; whoever raises it chooses whom to ask" if step.chosen_by_raiser else ""
        yield say(text + ("; this settles it" if step.final else ""), step)
    if "acknowledgement" in dispute.polarity:
        yield say("Good practice is acknowledged in the same way, and kept", dispute, "polarity")
    yield from listing("Grounds", dispute.grounds, dispute, "grounds")


@section_of("actions", "Actions")
def actions(framework: Framework) -> Iterator[Sentence | Listing]:
    """Dates, owners, sign-off, supervision."""
    rules, names = framework.actions, framework.names
    yield say(
        f"An action is due {rules.default_due.in_words(names)} unless another date is set",
        rules,
        "default_due",
    )
    yield say(f"No action is due later than {_bare(rules.maximum_due.in_words(names))}", rules, "maximum_due")
    yield say(f"Owners: {join((names.party(party) for party in rules.owners), 'or')}", rules, "owners")
    if rules.joint_owners:
        pair = join(names.party(party) for party in rules.joint_owners)
        yield say(f"{pair} answer together for an action that one of them owns", rules, "joint_owners")
    sign_off = rules.sign_off
    judged = join(item.replace("_", " ") for item in sign_off.judges)
    text = f"{join((names.party(party) for party in sign_off.by), 'or')} signs off and judges: {judged}"
    yield say(text + ("; nobody signs off their own action" if sign_off.never_owner else ""), sign_off)
    yield say(
        f"Followed to completion by {join(names.party(party) for party in rules.tracked_by)}",
        rules,
        "tracked_by",
    )
    if rules.evidence_required:
        yield say("An action is closed with evidence", rules, "evidence_required")
    if rules.impact_required:
        yield say("What changed for the child is recorded", rules, "impact_required")
    if rules.confirmations and rules.confirmed_within:
        what = join(f"{item.label.lower()} (by {names.party(item.by)})" for item in rules.confirmations)
        yield say(f"Confirmed {rules.confirmed_within.in_words(names)}: {what}", rules, "confirmations")
    if review := rules.review:
        text = f"{review.label}: {names.party(review.by)} goes over all actions of an audit"
        yield say(f"{text} {review.due.in_words(names)}", review)
    yield from listing("Kinds of action", (item.label for item in rules.categories), rules, "categories")
    entry = rules.supervision
    if entry.required:
        due = f"in supervision {entry.due.in_words(names)}" if entry.due else "in supervision"
        due = due.replace("in supervision at the next", "in the next")
        whom = names.party(entry.with_party)
        text = f"{names.party(entry.by)} records that findings were discussed with {whom} {due}"
        yield say(text, entry)
        yield from listing("Supervision records", (item.label for item in entry.records), entry, "records")


def _bare(words: str) -> str:
    """ "within three months of X" becomes "three months after X"."""
    if words.startswith("within ") and " of " in words:
        period, moment = words.removeprefix("within ").split(" of ", 1)
        return f"{period} after {moment}"
    return words.removeprefix("by ").removeprefix("on ")


@section_of("consequences", "What follows an audit")
def consequences(framework: Framework) -> Iterator[Sentence]:
    """Event, condition, action."""
    names = framework.names
    for rule in framework.consequences:
        conditions = join(condition.in_words(names) for condition in rule.conditions)
        effects = join((effect.in_words(names) for effect in rule.effects), "and")
        text = (
            f"{rule.label}: when {rule.when.label}"
            + (f" and {conditions}" if conditions else "")
            + f", {effects}"
        )
        if rule.stood_down_by_outcome:
            text += "; it is stood down where the final outcome does not bear it out"
        yield say(text, rule, "effects" if "effects" in rule.defaults else "when")


@section_of("trends", "Patterns over time")
def trends(framework: Framework) -> Iterator[Sentence]:
    """Rules over histories."""
    names = framework.names
    for rule in framework.trends:
        effects = join(effect.in_words(names) for effect in rule.effects)
        yield say(f"{rule.label}: when {rule.condition.in_words(names)}, {effects}", rule, "condition")


_LATE = {
    "audit_overdue": "an audit",
    "moderation_overdue": "a moderation",
    "action_overdue": "an action",
    "concern_overdue": "the answer to an urgent concern",
    "confirmation_overdue": "a confirmation",
}


@section_of("escalation", "When something is late")
def escalation(framework: Framework) -> Iterator[Sentence]:
    """Who hears of lateness."""
    for step in framework.escalation.steps:
        late = f"{count(step.days, 'day')} late" if step.days else "late"
        text = f"When {_LATE[step.trigger]} is {late}, {framework.names.party(step.to)} is told"
        if step.trigger == "audit_overdue" and framework.escalation.late_audit_line == "auditor":
            text = f"When {_LATE[step.trigger]} is {late}, {_of_auditor(step.to, framework)} is told"
        yield say(text, framework.escalation)


def _of_auditor(party: str, framework: Framework) -> str:
    if party == Relation.LINE_MANAGER:
        return "the auditor's line manager"
    return f"{framework.names.party(party)} in the auditor's line"


@section_of("urgent_concern", "Urgent concerns")
def urgent_concern(framework: Framework) -> Iterator[Sentence | Listing]:
    """The council's own rules on top of what every council has."""
    rules, names = framework.urgent_concern, framework.names
    yield say(f"{rules.label}: {rules.guidance}", rules, "guidance")
    if rules.conversation_first_with:
        people = join(names.party(party) for party in rules.conversation_first_with)
        yield say(
            f"A conversation with {people} comes first and is recorded", rules, "conversation_first_with"
        )
    yield say(f"{names.party(rules.answered_by)} answers {rules.due.in_words(names)}", rules, "due")
    yield say(f"An answer that is late goes to {names.party(rules.escalates_to)}", rules, "escalates_to")
    if rules.allegations_to:
        text = f"A concern about a member of staff goes to {names.party(rules.allegations_to)}, past their own line"
        yield say(text, rules, "allegations_to")
    for trigger in rules.triggers:
        yield say(
            f"It is called for where {trigger.condition.in_words(names)}, {trigger.due.in_words(names)}",
            trigger,
        )
    if rules.discussed_in_supervision:
        yield say("It is discussed in the next supervision", rules, "discussed_in_supervision")
    yield from listing(
        "The answer also looks at", (item.label for item in rules.wider_view), rules, "wider_view"
    )


@section_of("flags", "Marks on an audit")
def flags(framework: Framework) -> Iterator[Sentence]:
    """What auditors and moderators can mark."""
    for flag in framework.flags:
        yield say(f"{flag.label}: {flag.guidance}", flag, "guidance")


@section_of("caseload_check", "Checks of whole caseloads")
def caseload_check(framework: Framework) -> Iterator[Sentence]:
    """The round over every open child."""
    rules, names = framework.caseload_check, framework.names
    if rules is None:
        return
    items = join(item.label.lower() for item in rules.items)
    which = join((status.label.lower() for status in rules.statuses), "or") if rules.statuses else "open"
    text = f"{rules.label}: {rules.frequency.label} {names.party(rules.by)} says of every {which} child of the team"
    yield say(f"{text} whether each is in place and suits the child: {items}", rules, "items")
    yield say(f"The round is due {rules.due.in_words(names)}", rules, "due")
    yield say(f"A gap becomes an action, due {rules.gap_due.in_words(names)}", rules, "gap_due")


@section_of("tracking", "Who sees which figures")
def tracking(framework: Framework) -> Iterator[Sentence]:
    """Levels and viewers."""
    rules, names = framework.tracking, framework.names
    levels = {"authority": "the whole council"}
    for entry in rules.visible:
        viewers = [names.role(role) for role in entry.roles]
        own = ["those concerned see their own"] if entry.own else []
        level = levels.get(entry.level, f"a {entry.level}")
        yield say(f"Figures of {level}: {join([*viewers, *own])}", rules, "visible")


@section_of("reports", "Reports")
def reports(framework: Framework) -> Iterator[Sentence | Section]:
    """Each report, and the forums that receive them."""
    names = framework.names
    forums = {forum.key: forum.label for forum in framework.forums}
    for report in framework.reports:
        by = f" by {join(names.party(role) for role in report.by)}" if report.by else ""
        to = join(forums.get(key) or names.role(key) for key in report.to)
        of = _OF[report.per]
        due = f", {report.due.in_words(names)}" if report.due else ""
        text = f"{report.label}{of}: {report.frequency.label}{due}{by}" + (f", for {to}" if to else "")
        written = [section.title for section in report.written]
        later = " (made by a later release)" if report.kind == "later" else ""
        yield say(text + later + (f"; somebody writes {join(written)}" if written else ""), report)
    if framework.forums:
        yield build("forums", "Forums", (_forum(item, names) for item in framework.forums))
    if framework.activities:
        yield build("activities", "Calendar of other activities", _activities(framework))


_OF = {
    "authority": "",
    "service": ", for each service",
    "auditor": ", for each auditor’s own audits",
    "theme": ", for each theme",
}
_PURPOSE = {
    "learning": "; people learn there from the month’s audits",
    "figures": "; audit figures are talked about there",
}


def _forum(item: Forum, names: FrameworkNames) -> Sentence:
    meets = f" meets {item.frequency.label}" if item.frequency else " is a forum of this framework"
    members = f"; its members: {join(names.role(role) for role in item.members)}" if item.members else ""
    invited = f"; invited: {join(names.party(party) for party in item.invites)}" if item.invites else ""
    outside = " and stands outside the council" if item.external else ""
    purpose = _PURPOSE[item.purpose] if item.purpose else ""
    return say(f"{item.label}{meets}{outside}{members}{purpose}{invited}", item)


def _activities(framework: Framework) -> Iterator[Sentence]:
    forums = {forum.key: forum.label for forum in framework.forums}
    for item in framework.activities:
        by = join(forums.get(key) or framework.names.role(key) for key in item.responsible)
        yield say(f"{item.label}: {item.frequency.label}" + (f", {by}" if by else ""), item)


@section_of("retention", "Keeping and deleting")
def retention(framework: Framework) -> Iterator[Sentence]:
    """Periods."""
    rules = framework.retention
    months = count(rules.never_sampled_months, "month")
    yield say(
        f"A child who was never sampled is deleted {months} after leaving the case list",
        rules,
        "never_sampled_months",
    )
    yield say(f"Audits are kept for {count(rules.audits_months // 12, 'year')}", rules, "audits_months")
    kept = f"for {count(rules.uploads_days, 'day')}" if rules.uploads_days else "only until it has been read"
    yield say(f"An uploaded case list is kept {kept}", rules, "uploads_days")


@section_of("not_used", "What this framework does not have")
def not_used(framework: Framework) -> Iterator[Sentence]:
    """Mechanisms the council's document does not have."""
    for item in framework.not_used:
        yield say(f"It has no {item.mechanism}", item)
