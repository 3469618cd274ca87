"""A link's dates as an iCalendar file (RFC 5545): whole days, a reference and a link, never a child's detail."""

import hashlib
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event, vDuration

from audits.programme.models import Feed
from audits.programme.registry import team_work
from audits.programme.selectors import dates_of_council, people_of
from qaf.lib import clock
from qaf.tenants.models import Authority
from qaf.tenants.registry import ToDo, todo_for

REFRESH = timedelta(hours=4)


def calendar_of(feed: Feed, council: Authority) -> bytes:
    """Return the calendar that ``feed`` shows as it stands at this moment; reads in the council's open scope."""
    whose = feed.unit.name if feed.unit else feed.person.name
    found = Calendar()
    found.add("prodid", "-//QAF//Quality assurance//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", f"{council.name}: audits, {whose}")
    found.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", vDuration(REFRESH))
    for occurrence in dates_of_council():
        href = reverse("programme:occurrence", args=[council.slug, occurrence.pk])
        label = occurrence.get_kind_display()
        found.add_component(_event(occurrence.due_on, f"{label}, {occurrence.period_title}", href))
    for words, todo in _work(feed):
        if todo.due_on is not None:
            found.add_component(
                _event(todo.due_on, f"{words}, {todo.about}" if todo.about else words, todo.href)
            )
    return found.to_ical()


def _work(feed: Feed) -> list[tuple[str, ToDo]]:
    """What stands in the calendar: my own to-do list, or what the people of a unit have to do, with their names."""
    if feed.unit is None:
        return [(todo.text, todo) for todo in todo_for(feed.person)]
    return [(f"{person.name}: {todo.text}", todo) for person, todo in team_work(people_of(feed.unit))]


def _event(day: date, text: str, href: str) -> Event:
    link = f"{settings.PUBLIC_URL}{href}"
    event = Event()
    event.add("uid", f"{hashlib.sha256(f'{link} {text}'.encode()).hexdigest()[:32]}@qaf")
    event.add("dtstamp", clock.now())
    event.add("dtstart", day)
    event.add("summary", text)
    event.add("description", link)
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    return event
