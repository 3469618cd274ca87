"""The case note about a final audit: plain text to paste into the child's record (SEF-113)."""

from collections.abc import Iterator

from audits.enums import ConversationStatus
from audits.followup.enums import ActionStatus
from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from audits.models import Audit
from audits.selectors.file_copy import sections_for
from audits.selectors.outcome import outcome_of
from audits.selectors.people import concerned_then
from qaf.lib import calendar, clock
from qaf.ui.words import long_date

RELATIONS = frozenset(relation.value for relation in Relation)


def case_note_of(audit: Audit, framework: Framework) -> str:
    """Return the note: that the record was audited, the outcome where the copy holds it, actions, who gets a copy.

    It says nothing about the worker's performance and nothing of what the family told in confidence.
    """
    return "\n".join(_lines(audit, framework)) + "\n"


def _lines(audit: Audit, framework: Framework) -> Iterator[str]:
    yield f"Practice audit {audit.reference}"
    final = calendar.local_date(audit.final_at) if audit.final_at else clock.today()
    yield f"This record was audited for quality assurance. The outcome was final on {long_date(final)}."
    if "outcome" in sections_for(audit.authority.file_copy_sections, framework):
        overall = outcome_of(audit).overall
        if overall:
            yield f"Overall: {overall.grade_label}"
    held = audit.conversations.filter(status=ConversationStatus.HELD).order_by("held_on", "id")
    for one in held:
        label = framework.names.conversation(one.kind)
        if one.held_on:
            yield f"{label[:1].upper()}{label[1:]}: {long_date(one.held_on)}"
    yield ""
    yield from _actions(audit)
    yield ""
    copies = _copied_to(audit, framework)
    yield f"Copied to: {'; '.join(copies)}" if copies else "Copied to nobody"


def _actions(audit: Audit) -> Iterator[str]:
    links = audit.action_links.exclude(action__status__in=(ActionStatus.PROPOSED, ActionStatus.NOT_AGREED))
    actions = [link.action for link in links.select_related("action__owner").order_by("action__due_on", "id")]
    yield "Actions" if actions else "The audit led to no action."
    for number, action in enumerate(actions, 1):
        owner = action.owner.name if action.owner else "nobody named yet"
        yield f"{number}. {action.text} ({owner}, by {long_date(action.due_on)})"
        if action.intended_change:
            yield f"   For the child: {action.intended_change}"


def _copied_to(audit: Audit, framework: Framework) -> list[str]:
    """Return who is told of the audit because of what they are to the child, with that word (SEF-116)."""
    found, on = [], clock.today()
    for party in framework.process.filing.tell:
        if party in RELATIONS:
            word = framework.names.party(party).removeprefix("the ")
            people = concerned_then(audit, party, framework=framework, on=on)
            found += [f"{one.name} ({word})" for one in people]
    return list(dict.fromkeys(found))
