"""Who held which post on a day, who was away, who answered for whom."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from qaf.lib import clock
from qaf.tenants.models import Absence, Access, Person, Post, Unit


def posts_on(day: date) -> QuerySet[Post]:
    """Return the posts held on ``day`` by people who had not left."""
    return Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        Q(person__left_on=None) | Q(person__left_on__gte=day),
        starts_on__lte=day,
    )


def holders(*role_keys: str, on: date, unit: Unit | None = None) -> list[Person]:
    """Return the people in one of the roles on ``on``, by name.

    With ``unit``: those whose post is for that unit, for its service, or for the whole council.
    """
    posts = posts_on(on).filter(role__key__in=role_keys)
    if unit is not None:
        posts = posts.filter(Q(unit=None) | Q(unit=unit) | Q(unit=unit.parent_id))
    return list(Person.objects.filter(pk__in=posts.values("person")))


def holders_in_line(unit: Unit, *role_keys: str, on: date) -> list[Person]:
    """Return the role holders nearest to ``unit``: its own, else its service's, else the council's."""
    posts = list(
        posts_on(on).filter(role__key__in=role_keys).select_related("person").order_by("person__name", "id")
    )
    for wanted in (unit.pk, unit.parent_id, None):
        if found := [
            post.person for post in posts if post.unit_id == wanted and (wanted or post.unit_id is None)
        ]:
            return found
    return []


def team_manager_of(unit: Unit, *role_keys: str, on: date) -> Person | None:
    """Return the manager of the team itself on ``on`` (the first by name where two share the post)."""
    posts = posts_on(on).filter(role__key__in=role_keys, unit=unit).select_related("person")
    first = posts.order_by("person__name", "id").first()
    return first.person if first else None


def line_of(unit: Unit, *, on: date) -> set[int]:
    """Return the ids of everyone who manages ``unit`` on ``on``: the team's, the service's, the council's line.

    Who heads a service but has no unit yet is in no line: only a role that manages the whole council is in every
    one without a unit.
    """
    everywhere = Q(unit=None, role__whole_council=True)
    own = Q(unit=unit) | Q(unit=unit.parent_id, unit__isnull=False)
    posts = posts_on(on).filter(role__in_line=True).filter(everywhere | own)
    return set(posts.values_list("person_id", flat=True))


def absent_people(*, on: date) -> set[int]:
    """Return the ids of the people who are away on ``on``."""
    return set(Absence.objects.filter(starts_on__lte=on, ends_on__gte=on).values_list("person_id", flat=True))


def acting_for(person: Person, *, on: date) -> Person:
    """Return who answers for ``person`` on ``on``: their deputy while away (and that one's), else themselves."""
    seen: set[int] = set()
    while person.pk not in seen:
        seen.add(person.pk)
        absence = (
            Absence.objects.filter(person=person, starts_on__lte=on, ends_on__gte=on)
            .exclude(deputy=None)
            .select_related("deputy")
            .first()
        )
        if absence is None or absence.deputy is None:
            return person
        person = absence.deputy
    return person


def acting_for_each(people: Iterable[Person], *, on: date) -> list[Person]:
    """Return ``acting_for`` each of the people, in their order; one query however many there are."""
    asked = list(people)
    if len(asked) < 2:
        return [acting_for(one, on=on) for one in asked]
    deputies: dict[int, Person] = {}
    away = Absence.objects.filter(starts_on__lte=on, ends_on__gte=on, deputy__isnull=False)
    for absence in away.select_related("deputy"):
        if absence.deputy:
            deputies.setdefault(absence.person_id, absence.deputy)
    found = []
    for person in asked:
        seen: set[int] = set()
        while person.pk in deputies and person.pk not in seen:
            seen.add(person.pk)
            person = deputies[person.pk]
        found.append(person)
    return found


def person_by_name(name: str) -> Person | None:
    """Return the person whom the case list spells ``name``, if known."""
    return Person.objects.filter(Q(source_name__iexact=name) | Q(name__iexact=name)).order_by("id").first()


def here_today(**who: object) -> Person | None:
    """Return the person found by ``who`` unless their last day is behind them."""
    still = Q(left_on=None) | Q(left_on__gte=clock.today())
    return Person.objects.select_related("unit", "user").filter(still, **who).first()


def may_sign_in(person: Person) -> bool:
    """Say whether the person's account may enter this council."""
    return Access.objects.filter(authority=person.authority, user=person.user).exists()
