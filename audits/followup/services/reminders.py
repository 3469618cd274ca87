"""Reminders and escalation, by the framework's days: before, on the day, after; then the people above.

Each asks "what is due and not yet said": a missed run says it late, a second run says nothing. Just before a
message leaves, the same list is asked again: what was done in the meantime is not sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from audits.followup.due import DueThing, due_things
from audits.followup.selectors.parties import people_for
from audits.frameworks.schema.followup import EscalationStep
from qaf.lib import calendar, clock
from qaf.notices.models import Notice
from qaf.notices.registry import Words, add_check
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.ui.words import date_time, due_text, long_date

ESCALATION = "escalation"
WEEK = timedelta(weeks=1)


def check_reminders(*kinds: str) -> None:
    """Declare that reminders of things of ``kinds`` are looked at again just before they are sent."""
    add_check([ESCALATION, *(f"{kind}{end}" for kind in kinds for end in ("_due", "_overdue"))], still_due)


@dataclass(frozen=True)
class _Message:
    """One step of one thing for some people: the notice's kind and key name it for ever."""

    thing: DueThing
    kind: str
    key: str
    people: tuple[Person, ...]


def chase() -> None:
    """Remind of actions and their confirmations, follow-ups, urgent concerns, and rounds over caseloads."""
    remind("action", "confirmation", "follow_up", "concern", "caseload")


def remind(*kinds: str) -> int:
    """Say what is due of ``kinds`` and was not said yet; return how many notices were written."""
    things = [thing for kind in kinds for thing in due_things(kind)]
    messages = [message for thing in things if (message := _reminder(thing))]
    messages += _escalations(things)
    told = _told(messages)
    count = 0
    for one in messages:
        people = [person for person in one.people if (person.pk, one.kind, one.key) not in told]
        if people:
            words = _words(one.thing, one.kind)
            count += len(
                tell(
                    people=people,
                    kind=one.kind,
                    key=one.key,
                    subject=words.subject,
                    body=words.body,
                    href=one.thing.href,
                    urgent=one.thing.urgent,
                    can_wait=True,
                )
            )
    return count


def _told(messages: Sequence[_Message]) -> set[tuple[int, str, str]]:
    found = Notice.objects.filter(
        kind__in={one.kind for one in messages}, key__in={one.key for one in messages}
    )
    return set(found.values_list("person_id", "kind", "key"))


# When -----------------------------------------------------------------------------------------------------------------


def _reminder(thing: DueThing) -> _Message | None:
    """Return the latest step that has come; the ones before it are not worth saying any more."""
    day = _timed_step(thing) if thing.due_at else _latest_day(thing)
    if day is None:
        return None
    late = day > thing.due_on or thing.due_at is not None
    people = (*thing.people, *thing.watchers) if late else thing.people
    return _Message(
        thing,
        f"{thing.kind}_{'overdue' if late else 'due'}",
        f"{thing.cause}:{day.isoformat()}",
        people,
    )


def _timed_step(thing: DueThing) -> date | None:
    """Return the day that names the step: the moment it is due, and every 24 hours after it."""
    if thing.due_at is None or clock.now() < thing.due_at:
        return None
    return thing.due_on + timedelta(days=(clock.now() - thing.due_at).days)


def _latest_day(thing: DueThing) -> date | None:
    today, rule = clock.today(), thing.framework.allocation.reminders
    days = [thing.due_on - timedelta(days=before) for before in rule.days_before]
    days = [day for day in days if day > thing.asked_on]
    days += [thing.due_on + timedelta(days=after) for after in rule.days_after]
    last = thing.due_on + timedelta(days=max(rule.days_after, default=0))
    if today > last:
        # What nobody does is asked for until it is done: once a week after the framework's last day.
        days.append(last + WEEK * ((today - last) // WEEK))
    return max((day for day in days if day <= today), default=None)


# Who else -------------------------------------------------------------------------------------------------------------


def _escalations(things: Iterable[DueThing]) -> list[_Message]:
    """Return, for each thing that is late enough, the latest step for each of the framework's parties."""
    wanted = [(thing, step) for thing in things for step in _steps(thing)]
    keys = {_escalation_key(thing, step) for thing, step in wanted}
    said = set(Notice.objects.filter(kind=ESCALATION, key__in=keys).values_list("key", flat=True))
    return [
        _Message(thing, ESCALATION, key, people)
        for thing, step in wanted
        if (key := _escalation_key(thing, step)) not in said and (people := _people_above(thing, step))
    ]


def _escalation_key(thing: DueThing, step: EscalationStep) -> str:
    return f"{thing.cause}:{thing.due_on.isoformat()}+{step.days}:{step.to}"


def _all_steps(thing: DueThing) -> list[EscalationStep]:
    steps = [step for step in thing.framework.escalation.steps if step.trigger == thing.trigger]
    return sorted(steps, key=lambda step: step.days)


def _steps(thing: DueThing) -> Iterable[EscalationStep]:
    latest = {step.to: step for step in _all_steps(thing) if _has_come(thing, step)}
    return latest.values()


def _has_come(thing: DueThing, step: EscalationStep) -> bool:
    wait = timedelta(days=step.days)
    if thing.due_at:
        return clock.now() >= thing.due_at + wait
    return clock.today() > thing.due_on and clock.today() >= thing.due_on + wait


def _people_above(thing: DueThing, step: EscalationStep) -> tuple[Person, ...]:
    """Return the step's people; where they know already, or there is nobody, those of the next step."""
    if thing.around is None:
        return ()
    around = thing.around()
    late = {person.pk for person in (*thing.people, *thing.watchers)} | thing.never
    for one in _all_steps(thing):
        if one.days < step.days:
            continue
        people = people_for(one.to, framework=thing.framework, around=around, on=clock.today())
        if above := tuple(person for person in people if person.pk not in late):
            return above
    return ()


# What -----------------------------------------------------------------------------------------------------------------


def _words(thing: DueThing, kind: str) -> Words:
    """Return what is true of the thing now, to whoever has to do it, or with their names to others."""
    when = _when(thing)
    what = thing.what if kind == ESCALATION else thing.text
    head = f"{thing.about}: {what}" if thing.about else what[:1].upper() + what[1:]
    subject = f"{'Urgent: ' if thing.urgent else ''}{head} is {when}"
    due = date_time(thing.due_at) if thing.due_at else long_date(thing.due_on)
    body = f"It {'was' if _has_passed(thing) else 'is'} due {'by' if thing.due_at else 'on'} {due}."
    if kind == ESCALATION or thing.watchers:
        names = " and ".join(person.name for person in thing.people) or "Nobody yet"
        body += f" Who has it to do: {names}."
    return Words(subject[:200], body)


def _when(thing: DueThing) -> str:
    if thing.due_at is None:
        return due_text(thing.due_on)
    hours = int(calendar.hours_between(thing.due_at, clock.now()))
    return "late" if hours < 1 else f"{hours} hour{'' if hours == 1 else 's'} late"


# Just before it is sent -----------------------------------------------------------------------------------------------


def still_due(notices: Sequence[Notice]) -> dict[int, Words]:
    """Return, by notice, the words of today for what is still to be done by the same people.

    Of several that wait about one thing, the newest is enough.
    """
    things = _things_of(notices)
    found: dict[int, Words] = {}
    newest = {(one.person_id, one.kind == ESCALATION, _cause(one)): one for one in sorted(notices, key=_age)}
    for notice in newest.values():
        thing = things.get(_cause(notice))
        if thing is None:
            continue
        reads_for = notice.copy_for_id or notice.person_id
        asked = {person.pk for person in (*thing.people, *thing.watchers)}
        if notice.kind == ESCALATION:
            if _has_passed(thing):
                found[notice.pk] = _words(thing, ESCALATION)
        elif reads_for in asked:
            found[notice.pk] = _words(thing, notice.kind)
    return found


def _cause(notice: Notice) -> str:
    return notice.key.partition(":")[0]


def _age(notice: Notice) -> tuple[datetime, int]:
    return notice.created_at, notice.pk


def _has_passed(thing: DueThing) -> bool:
    return clock.now() >= thing.due_at if thing.due_at else clock.today() > thing.due_on


def _things_of(notices: Sequence[Notice]) -> dict[str, DueThing]:
    ids: dict[str, set[int]] = {}
    for notice in notices:
        kind, _, pk = _cause(notice).rpartition("-")
        ids.setdefault(kind, set()).add(int(pk))
    return {thing.cause: thing for kind, some in ids.items() for thing in due_things(kind, some)}
