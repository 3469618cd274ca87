"""Reads about notices."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from qaf.lib import clock
from qaf.notices.enums import EmailStatus
from qaf.notices.models import Email, Notice, Preference
from qaf.notices.timing import Wishes
from qaf.tenants.models import Absence, Person
from qaf.tenants.paths import council_path
from qaf.tenants.permissions import may
from qaf.tenants.registry import ToDo
from qaf.tenants.selectors import acting_for
from qaf.tenants.selectors.people import posts_on
from qaf.ui.words import plural


def notices_of(person: Person) -> QuerySet[Notice]:
    """Return a person's notices, newest first."""
    return Notice.objects.filter(person=person)


def was_told_of(person: Person, href: str) -> bool:
    """Say whether somebody was ever told of what stands on a page."""
    return notices_of(person).filter(href=href).exists()


def unread_count(person: Person) -> int:
    """Return how many notices the person has not read."""
    return notices_of(person).filter(read_at=None).count()


def preference_of(person: Person) -> Preference:
    """Return what the person chose, or the defaults (not saved)."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def wishes_of(person_ids: Iterable[int]) -> dict[int, Wishes]:
    """Return by id what each of the people wishes."""
    wanted = list(person_ids)
    chosen = {one.person_id: wishes(one) for one in Preference.objects.filter(person__in=wanted)}
    return {pk: chosen.get(pk, Wishes()) for pk in wanted}


def wishes(preference: Preference) -> Wishes:
    """Return a preference as the rules of timing read it."""
    return Wishes(
        rhythm=preference.rhythm,
        quiet_from=preference.quiet_from,
        quiet_until=preference.quiet_until,
        quiet_days_off=preference.quiet_days_off,
    )


def stand_ins(people: Iterable[Person], *, urgent: bool) -> Iterator[tuple[Person, Person]]:
    """Yield those of ``people`` who are away today, each with whoever reads in their stead.

    That is the deputy; where there is none who is here and it is urgent, the next in line who is here.
    """
    by_id = {person.pk: person for person in people}
    today = clock.today()
    away = set(
        Absence.objects.filter(person__in=list(by_id), starts_on__lte=today, ends_on__gte=today).values_list(
            "person_id", flat=True
        )
    )
    for pk in sorted(away):
        person = by_id[pk]
        deputy = acting_for(person, on=today)
        if deputy.pk != pk and not _is_away(deputy):
            yield person, deputy
        elif urgent and (senior := next_in_line(person)):
            yield person, senior


def _is_away(person: Person) -> bool:
    today = clock.today()
    return Absence.objects.filter(person=person, starts_on__lte=today, ends_on__gte=today).exists()


def next_in_line(person: Person) -> Person | None:
    """Return the nearest manager above the person who is here today: of their team, service, then council."""
    today = clock.today()
    own = list(posts_on(today).filter(person=person).select_related("role", "unit"))
    units = [unit for unit in (*(post.unit for post in own), person.unit) if unit]
    near = {unit.pk for unit in units} | {unit.parent_id for unit in units if unit.parent_id} | {None}
    rank = max((post.role.rank for post in own), default=0)
    above = posts_on(today).filter(role__in_line=True, role__rank__gt=rank).exclude(person=person)
    for post in above.select_related("person").order_by("role__rank", "person__name", "id"):
        if post.unit_id in near and not _is_away(post.person):
            return post.person
    return None


def undelivered() -> QuerySet[Email]:
    """Return the e-mails that could not be delivered, newest first."""
    return Email.objects.filter(delivery=EmailStatus.FAILED).select_related("person")


def undelivered_todo(person: Person) -> Iterator[ToDo]:
    """Return one item while messages are undelivered, for those who may send them again."""
    if not may(person, "notices.see_undelivered"):
        return
    count = undelivered().count()
    if count:
        yield ToDo(f"{plural(count, 'message')} could not be delivered", council_path("notices:undelivered"))
