"""What came of it, in words: who was asked what by when, what was moderated and why, what was opened as a consequence.

Each golden month keeps its diary beside it as a text that a reader of the council's own framework can check.
``QAF_WRITE_ANSWERS=1`` writes it anew; read the difference before it is committed.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from audits.followup.models import Action, Confirmation, FollowUp, UrgentConcern
from audits.models import Assessment, Audit
from moderation.models import Dispute, Meeting, Moderation
from qaf.lib.calendar import local_date
from qaf.notices.models import Notice
from qaf.tenants.models import Person

FOLDER = Path(__file__).parent
REFERENCE = re.compile(r"ALD-\d+-\d+")


def check(name: str, text: str) -> None:
    """Hold the diary to the one that is kept; all of it."""
    kept = FOLDER / f"{name}.txt"
    if os.environ.get("QAF_WRITE_ANSWERS"):
        kept.write_text(text, encoding="utf-8")
    assert text == kept.read_text(encoding="utf-8")


def diary() -> str:
    """The open council's months as they stand now."""
    parts = {
        "Audits": _audits(),
        "Moderated": _moderations(),
        "Meetings": _meetings(),
        "Disagreements": _disputes(),
        "Actions": _actions(),
        "Asked for": _follow_ups(),
        "Urgent concerns": _concerns(),
        "Told": _told(),
    }
    return _blocks(parts)


def what_followed() -> str:
    """What became of the open council's audits, without how it came about."""
    parts = {
        "Moderated": _moderations(),
        "Actions": _actions(),
        "Asked for": _follow_ups(),
        "Urgent concerns": _concerns(),
        "Grades": (line for line in _audits() if line.startswith("    grade of record") or "final" in line),
    }
    return _blocks(parts)


def _blocks(parts: dict[str, Iterator[str]]) -> str:
    found = [(title, list(lines)) for title, lines in parts.items()]
    blocks = [f"{title}\n{'-' * len(title)}\n" + "\n".join(lines) for title, lines in found if lines]
    return "\n\n".join(blocks) + "\n"


def _audits() -> Iterator[str]:
    rows = Audit.objects.select_related("case", "worker", "team").order_by("reference")
    for audit in rows:
        status = audit.case_status.replace("_", " ")
        yield f"{audit.reference} {audit.case.local_id}, {status}, {audit.team}: {audit.origin}, {audit.status}"
        for part in audit.assessments.select_related("assessor").order_by("id"):
            who, due = _name(part.assessor), f"{part.due_on:%-d %b}"
            yield f"    {part.slot}: {who}, due {due}, {part.status}{_given(audit, part)}"
        record = audit.grades.filter(domain="").first()
        if record:
            by = f" by {record.decided_by.name}" if record.decided_by else ""
            yield f"    grade of record: {record.grade} ({record.source}{by})"


def _given(audit: Audit, part: Assessment) -> str:
    last = audit.recorded_grades.filter(assessment=part, domain="").order_by("id").last()
    return f", {last.grade}" if last else ""


def _moderations() -> Iterator[str]:
    for one in Moderation.objects.select_related("audit", "moderator").order_by("audit__reference", "round"):
        who = _name(one.moderator)
        yield f"{one.audit.reference}: {one.mode}, {who}, due {one.due_on:%-d %b}, {one.status}"
        for reason in one.reasons.all():
            yield f"    because: {reason.text}"
        for member in one.members.select_related("person").order_by("id"):
            yield f"    {member.why}: {member.person.name}{f', {member.grade}' if member.grade else ''}"
        for decision in one.decisions.order_by("id"):
            yield f"    decided {decision.domain or 'overall'}: {decision.grade}"
        if one.standards_met:
            yield f"    standards met: {one.standards_met}"


def _meetings() -> Iterator[str]:
    for one in Meeting.objects.select_related("chair").order_by("period"):
        yield f"{one.period} {one.kind}: chaired by {_name(one.chair)}, by {one.due_on:%-d %b %Y}, {one.status}"
        for person in one.people.select_related("person").order_by("id"):
            yield f"    {person.person.name}: {person.attendance or 'expected'}"
        for receipt in one.receipts.order_by("id"):
            yield f"    feedback to {receipt.forum}: {', '.join(receipt.people) or 'sent on'}"


def _disputes() -> Iterator[str]:
    for one in Dispute.objects.select_related("audit", "raised_by").order_by("id"):
        about = one.audit.reference if one.audit else "a child"
        yield f"{one.key} about {about}, raised by {one.raised_by.name}: {one.status}"
        for step in one.steps.order_by("number", "id"):
            due = f", by {step.due_on:%-d %b}" if step.due_on else ""
            yield f"    {step.number}. {step.name}{due}: {step.outcome or 'open'}"


def _actions() -> Iterator[str]:
    for one in Action.objects.select_related("owner", "joint_owner", "case").order_by("id"):
        joint = f" with {one.joint_owner.name}" if one.joint_owner else ""
        latest = f", at the latest {one.latest_on:%-d %b}" if one.latest_on else ""
        case = f"{one.case.local_id}: " if one.case else ""
        yield f"{case}{one.text}: {_name(one.owner)}{joint}, by {one.due_on:%-d %b}{latest}, {one.status}"
        for part in Confirmation.objects.filter(action=one).select_related("asked_of"):
            yield f"    {part.label}: {_name(part.asked_of)}, by {part.due_on:%-d %b}{', done' if part.done_at else ''}"


def _follow_ups() -> Iterator[str]:
    for one in FollowUp.objects.select_related("assignee", "case").order_by("id"):
        due = f", by {one.due_on:%-d %b}" if one.due_on else ""
        asked = one.assignee.name if one.assignee else one.assignee_role or "nobody"
        yield f"{one.title}: {asked}{due}, {one.status}"


def _concerns() -> Iterator[str]:
    for one in UrgentConcern.objects.select_related("case", "responder", "raised_by").order_by("id"):
        yield (
            f"{one.case.local_id}, raised by {one.raised_by.name}: {_name(one.responder)} answers by "
            f"{local_date(one.due_at):%-d %b} {one.due_at.astimezone().strftime('%H:%M')}, {one.status}"
        )


def _told() -> Iterator[str]:
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in (
        Notice.objects.exclude(kind__startswith="report")
        .select_related("person")
        .order_by("created_at", "id")
    ):
        subject = REFERENCE.sub("an audit", one.subject)
        said[f"{local_date(one.created_at):%Y-%m-%d}", subject].add(one.person.name)
    for (day, subject), names in said.items():
        yield f"{day} {subject}: {'; '.join(sorted(names))}"


def _name(person: Person | None) -> str:
    return person.name if person else "nobody"
