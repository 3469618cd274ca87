"""The month in words: sample, allocation, the audit itself, moderation."""

from collections.abc import Iterator

from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.moderation import ConsistencySession
from audits.frameworks.schema.process import Conversation, FamilyFeedback, Process, Reveal, Slot
from audits.frameworks.sentences.model import Listing, Section, Sentence, build, listing, say, section_of
from audits.frameworks.vocabulary.selection import EVALUATED_WORDS
from audits.frameworks.vocabulary.wording import count, join, number, percent

_GRADING = {
    "yes": "gives a full set of grades of their own",
    "no": "gives no grades",
    "optional": "may give grades",
    "may_revise": "may revise the grades given",
}


@section_of("sampling", "Which cases are audited")
def sampling(framework: Framework) -> Iterator[Sentence | Listing]:
    """The draw."""
    rules, names = framework.sampling, framework.names
    for text in rules.strategy.in_words(names):
        yield say(text, rules, "strategy")
    services = join(service.name for service in framework.audited_services)
    yield say(f"Services that take part: {services}", rules)
    if rules.statuses:
        statuses = join(status.label.lower() for status in rules.statuses)
        yield say(f"Only children with these statuses are in the draw: {statuses}", rules, "statuses")
    if door := rules.front_door:
        further = "" if door.without_further_action else "; one that needed no further action does not"
        text = f"A contact or referral counts as an open case for {count(door.days, 'day')}{further}"
        yield say(text, door)
    yield say(f"The {names.role(rules.owner)} makes the draw, {rules.frequency.label}", rules, "owner")
    exclusions = rules.exclusions
    if exclusions.audited_within_months:
        months = count(exclusions.audited_within_months, "month")
        yield say(f"A case audited within the last {months} is left out", exclusions, "audited_within_months")
    approver = names.role(exclusions.approved_by)
    yield say(
        f"A case is otherwise left out only with a reason that the {approver} approves", exclusions, "reasons"
    )
    yield from listing(
        "Reasons for leaving a case out", (item.label for item in exclusions.reasons), exclusions
    )
    replacement = rules.replacement
    approver = names.role(replacement.approved_by)
    yield say(f"A drawn case is replaced only with a reason that the {approver} approves", replacement)
    yield from listing(
        "Reasons for replacing a case", (item.label for item in replacement.reasons), replacement
    )
    if themes := rules.themes:
        yield say(f"The {names.role(themes.owner)} chooses themes, {themes.frequency.label}", themes, "owner")
        yield say(
            f"A programme on a theme audits {count(themes.size, 'record')}, within "
            f"{count(themes.due_working_days, 'working day')} of its opening",
            themes,
            "size",
        )
        yield from listing("Reasons for a theme", (item.label for item in themes.reasons), themes, "reasons")
    for extra in rules.extra:
        trend = "count" if extra.origin.counts_in_trends else "do not count"
        yield say(f"{extra.text} ({names.role(extra.by)}); such audits {trend} in trends", extra)


@section_of("allocation", "Handing out audits")
def allocation(framework: Framework) -> Iterator[Sentence]:
    """Issue, notice, balance, reminders."""
    rules, names = framework.allocation, framework.names
    yield say(
        f"Audits are handed out {rules.issued_on.in_words(names)} by the {names.role(rules.issued_by)}",
        rules,
        "issued_on",
    )
    if rules.notice_on:
        yield say(f"Those concerned hear of it {rules.notice_on.in_words(names)}", rules, "notice_on")
    yield say(f"Told: {join(names.party(party) for party in rules.tell)}", rules, "tell")
    balance = {"load": "the load of people in a pool is kept even", "absence": "absences are respected"}
    if rules.balance:
        parts = [balance[item] for item in rules.balance]
        if "load" in rules.balance:
            parts[rules.balance.index("load")] += f" within {number(rules.load_within)}"
        yield say(join(parts), rules, "balance")
    if rules.moderator_named:
        yield say("The moderator is named at the same time", rules, "moderator_named")
    if rules.guidance:
        yield say(rules.guidance, rules, "guidance")
    reminders = rules.reminders
    before = join(str(day) for day in sorted(reminders.days_before, reverse=True) if day)
    after = join(str(day) for day in sorted(reminders.days_after))
    on_the_day = ", on the day itself" if 0 in reminders.days_before else ""
    yield say(
        f"Reminders go out {before} days before the due date{on_the_day} and {after} days after it", reminders
    )


@section_of("audit", "The audit")
def audit(framework: Framework) -> Iterator[Sentence | Section]:
    """Slots, lock and reveal, conversations, family, corrections, filing."""
    process = framework.process
    number_of = count(len(process.slots), "place")
    yield say(
        f"The audit comes round {process.frequency.label} and has {number_of} to fill", process, "frequency"
    )
    if process.monthly_theme:
        yield say("Each month has a theme", process, "monthly_theme")
    if process.sources_considered_recorded:
        named = join(source.label for source in process.sources)
        told = f", each with what it told: {named}" if named else ""
        yield say(
            f"The sources considered are recorded before the overall grade{told}",
            process,
            "sources_considered_recorded",
        )
    for slot in process.slots:
        yield build(f"slot_{slot.key}", slot.label, _slot(framework, slot))
    yield build("grades_seen", "Who sees which grades, and when", _reveal(framework, process))
    for conversation in process.conversations:
        yield build(
            f"conversation_{conversation.key}", conversation.label, _conversation(framework, conversation)
        )
    if process.family_feedback:
        yield build("family", "The family's view", _family(framework, process.family_feedback))
    yield build("record", "Facts, filing and telling", _filing(framework, process))


def _slot(framework: Framework, slot: Slot) -> Iterator[Sentence]:
    names = framework.names
    yield say(f"The {slot.label.lower()} is {slot.eligible.in_words(names)}", slot, "eligible")
    if slot.required_when:
        conditions = join(condition.in_words(names) for condition in slot.required_when)
        yield say(f"The {slot.label.lower()} is needed only where {conditions}", slot, "required_when")
    yield say(f"The {slot.label.lower()} {_GRADING[slot.grades]}", slot, "grades")
    yield say(f"Due {slot.due.in_words(names)}", slot, "due")
    if slot.guidance:
        yield say(slot.guidance, slot, "guidance")


def _reveal(framework: Framework, process: Process) -> Iterator[Sentence]:
    reveal = process.reveal
    texts = {
        "own_only_until_locked_and_discussed": (
            "Each auditor locks their grades without seeing the other's; once all are locked their discussion is "
            "recorded and the grades are shown"
        ),
        "held_together": "The audit is held together with the worker, so grades are in the open",
        "single_auditor": "There is one set of grades; nobody sees it before the auditor finalises",
    }
    yield say(texts[reveal.rule], reveal, "rule")
    yield say(_changes(reveal), reveal, "changes_allowed")
    if reveal.worker_sees_provisional:
        text = "The worker sees a submitted grade at the same time as their managers, marked as not moderated yet"
        yield say(text, reveal, "worker_sees_provisional")
    sources = {
        "agreed_by_all": "Where nothing is moderated, the grade of record is the one on which all auditors agree",
        "single_auditor": "Where nothing is moderated, the grade of record is the auditor's",
        "moderated": "The grade of record is the moderated one",
    }
    yield say(sources[process.grade_of_record], process, "grade_of_record")


def _changes(reveal: Reveal) -> str:
    if not reveal.changes_allowed:
        return "Grades do not change once given, other than by moderation"
    return "After that a grade may be changed" + (" with a reason" if reveal.change_reason_required else "")


_PRECEDES = {
    "lock": "grades are locked",
    "reveal": "grades are shown",
    "submit": "the audit is submitted",
    "finalise": "the audit is finalised",
    "moderation_decision": "moderation is decided",
}
_REQUIRED = {
    "always": "It is held for every audit",
    "when_involved": "It is held where those people are involved with the child",
    "discretion": "It is held where it would help",
}


def _conversation(framework: Framework, item: Conversation) -> Iterator[Sentence | Listing]:
    names = framework.names
    people = join(names.party(party) for party in item.participants)
    text = f"{names.party(item.holder)} arranges and records it; taking part: {people}"
    yield say(text, item, "participants")
    text = f"{_REQUIRED[item.required]}, before {_PRECEDES[item.precedes]}"
    if item.excused_reasons:
        text += ", or excused with a reason"
    yield say(text, item, "required")
    if item.minutes_at_least:
        yield say(f"It lasts at least {item.minutes_at_least} minutes", item, "minutes_at_least")
    if item.minutes_at_most:
        yield say(f"It lasts at most {item.minutes_at_most} minutes", item, "minutes_at_most")
    yield from _what_is_recorded(framework, item)
    yield from listing(
        "Excused because", (reason.label for reason in item.excused_reasons), item, "excused_reasons"
    )
    yield from listing("Prompts", item.prompts, item, "prompts")
    yield from listing(
        "Questions with answers of their own", (one.label for one in item.questions), item, "questions"
    )


_MODES = {"in_person": "in person", "video": "by video", "telephone": "by telephone"}
_AGREES_WITH = {
    "overall_grade": "the overall grade",
    "strengths_and_areas": "the strengths and areas written down",
}


def _what_is_recorded(framework: Framework, item: Conversation) -> Iterator[Sentence]:
    names = framework.names
    if item.booked == "required":
        yield say("A day is agreed beforehand", item, "booked")
    if item.mode:
        text = f"It is held {_MODES[item.mode]}; another way is recorded with its reason"
        yield say(text, item, "mode")
    if item.covers_all_domains:
        text = "Every domain is talked over; one left out is recorded with its reason"
        yield say(text, item, "covers_all_domains")
    if item.strengths_and_areas:
        text = "Strengths and areas that need attention are written down, each apart"
        yield say(text, item, "strengths_and_areas")
    if item.asks_agreement_of:
        reason = ", with the reason where they disagree" if item.disagreement_reason_required else ""
        who, what = names.party(item.asks_agreement_of), _AGREES_WITH[item.agreement_about]
        yield say(f"Whether {who} agrees with {what} is recorded{reason}", item, "asks_agreement_of")
    if item.view_of:
        text = f"The own view of {names.party(item.view_of)} stands beside the auditor's"
        yield say(text, item, "view_of")
    if item.learning_of_each:
        text = "Everybody who takes part records what they take from it"
        yield say(text, item, "learning_of_each")


def _family(framework: Framework, rules: FamilyFeedback) -> Iterator[Sentence | Listing]:
    names = framework.names
    consent = rules.consent
    if consent.required:
        text = f"{names.party(consent.sought_by)} first asks the family for consent; without it nobody else calls"
    else:
        text = "No consent is asked for beforehand; the family may decline when asked"
    yield say(text, consent)
    yield from listing("Recorded before contact", (item.label for item in consent.asks), consent, "asks")
    if rules.preference_asked:
        text = "The worker is asked how the family prefers to communicate and what help they need"
        yield say(text, rules, "preference_asked")
    yield say(f"{names.party(rules.sought_by)} seeks the family's view", rules, "sought_by")
    for target in rules.targets:
        how = "each on their own " if target.each else ""
        when = "in every audit" if target.required == "always" else "where it is appropriate"
        statuses = join((status.label.lower() for status in target.statuses), "or")
        whom = f" (children with the status {statuses})" if statuses else ""
        yield say(f"{target.label} is asked {how}{when}{whom}", target)
    if rules.precedes != "none":
        text = (
            f"What they said, or exactly one reason why not, is recorded before {_PRECEDES[rules.precedes]}"
        )
        yield say(text, rules, "no_contact_reasons")
    if rules.due:
        yield say(f"The family is asked {rules.due.in_words(names)}", rules, "due")
    yield from listing(
        "Reasons why not", (item.label for item in rules.no_contact_reasons), rules, "no_contact_reasons"
    )
    yield from listing("Questions", rules.questions, rules, "questions")
    if rules.concern_raised_at_once:
        yield say("A concern the family names is raised at once", rules, "concern_raised_at_once")


def _filing(framework: Framework, process: Process) -> Iterator[Sentence]:
    names, filing, facts = framework.names, process.filing, process.fact_correction
    if facts.allowed:
        days = count(facts.working_days, "working day")
        yield say(
            f"The worker may correct a matter of fact within {days}, before the outcome is final", facts
        )
    check = process.finalisation_check
    if check:
        who = "every auditor" if check.offered_to == "all" else "new auditors"
        new = f"until they have submitted {count(check.new_below, 'audit')}, or somebody audits beside them"
        required = f"; while an auditor is new it is required: {new}" if check.required_while_new else ""
        yield say(f"The {names.role(check.by)} offers {who} a check before finalising{required}", check)
    system = framework.authority.record_system.name
    who, due = names.party(filing.by), filing.due.in_words(names)
    text = f"{who[:1].upper()}{who[1:]} places the audit on the child's record in {system} {due}"
    if filing.otherwise:
        text += f"; where there is none, {names.party(filing.otherwise)} does"
    yield say(text, filing, "due")
    yield say(
        f"Findings and actions go to {join(names.party(party) for party in filing.tell)}", filing, "tell"
    )
    if filing.acknowledged_by:
        within = f" {filing.acknowledge_within.in_words(names)}" if filing.acknowledge_within else ""
        people = join(names.party(party) for party in filing.acknowledged_by)
        yield say(f"Acknowledged by {people}{within}", filing, "acknowledged_by")
    for copy in filing.copies:
        whose = join((names.role(role) for role in copy.audits_by), "or") if copy.audits_by else "everybody"
        yield say(f"A copy of each audit by {whose} goes to {names.party(copy.to)}", copy)
    if filing.omit_sections:
        parts = join(part.replace("_", " ") for part in filing.omit_sections)
        yield say(
            f"The copy for the child's record leaves out {parts} unless somebody chooses otherwise",
            filing,
            "omit_sections",
        )


@section_of("moderation", "Moderation")
def moderation(framework: Framework) -> Iterator[Sentence]:
    """When, by whom, how, until when."""
    rules, names = framework.moderation, framework.names
    for selector in rules.selectors:
        text = f"{selector.label}: {selector.rule.in_words(names)}, looked at {EVALUATED_WORDS[selector.evaluated]}"
        if selector.adds:
            text += f"; {join(names.party(role) for role in selector.adds)} joins the decision"
        yield say(text, selector, "rule")
        if selector.decision:
            yield say(f"{selector.label}: {selector.decision.in_words(names)}", selector, "decision")
        if selector.due:
            yield say(f"{selector.label}: decided {selector.due.in_words(names)}", selector, "due")
    yield say(f"The moderator is {rules.moderators.in_words(names)}", rules, "moderators")
    yield say(rules.decision.in_words(names), rules, "decision")
    if isinstance(rules.decision, ConsistencySession) and rules.decision.feedback_to:
        forums = {forum.key: forum.label for forum in framework.forums}
        heard = join(forums.get(one.forum, names.role(one.forum)) for one in rules.decision.feedback_to)
        yield say(f"What it finds goes to the {heard}", rules, "decision")
    yield say(f"Moderations are handed out {rules.allocate.in_words(names)}", rules, "allocate")
    yield say(
        f"They are decided {rules.due.in_words(names)} and go back to the {names.role(rules.returns_to)}",
        rules,
        "due",
    )
    if rules.tell:
        told = join(names.party(party) for party in rules.tell)
        yield say(f"Also told that audit and moderation are finished: {told}", rules, "tell")
    decides = join(item.replace("_", " ") for item in rules.decides)
    yield say(f"Moderation decides: {decides}", rules, "decides")
    share = percent(rules.expected_share)
    text = f"Until the council has figures of its own, {share} of audits are expected to be moderated"
    yield say(text, rules, "expected_share")
