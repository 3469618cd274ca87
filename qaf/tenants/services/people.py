"""People, their posts, absences and leaving. All inside an open scope."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q

from qaf.lib import clock
from qaf.tenants.models import Absence, Access, Authority, Person, Post, Role, Unit, User
from qaf.tenants.scope import current_authority_id
from qaf.tenants.services.councils import grant_access


def create_person(
    *,
    name: str,
    email: str = "",
    job_title: str = "",
    unit: Unit | None = None,
    signs_in: bool = False,
    password: str | None = None,
    source_name: str = "",
    cleared_for_restricted: bool = False,
    directory_id: str = "",
) -> Person:
    """Enter a person; with ``signs_in`` also an account (an existing one of that e-mail is shared) and access.

    Raises ``ValidationError`` for an e-mail that another person of the council has.
    """
    person = Person(
        name=name.strip(),
        email=email.strip().lower(),
        job_title=job_title,
        unit=unit,
        source_name=source_name,
        cleared_for_restricted=cleared_for_restricted,
        directory_id=directory_id,
    )
    if signs_in:
        if not person.email:
            raise ValidationError({"email": "Somebody who signs in needs an e-mail address."})
        person.user = User.objects.filter(email__iexact=person.email).first() or User.objects.create_user(
            person.email, password
        )
    person.full_clean(exclude=["authority"])
    person.save()
    if person.user:
        grant_access(authority=Authority.objects.get(pk=current_authority_id()), user=person.user)
    return person


def give_post(
    *,
    person: Person,
    role: Role | str,
    unit: Unit | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Post:
    """Give ``person`` the role (or its key) for ``unit``, or for the whole council; the same post twice is one."""
    if isinstance(role, str):
        role = Role.objects.get(key=role)
    starts_on = starts_on or clock.today()
    same = Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on), person=person, role=role, unit=unit
    )
    if existing := same.filter(starts_on__lte=starts_on).first():
        return existing
    post = Post(person=person, role=role, unit=unit, starts_on=starts_on, ends_on=ends_on)
    post.full_clean(exclude=["authority"])
    post.save()
    return post


def record_absence(
    *, person: Person, starts_on: date, ends_on: date, deputy: Person | None = None
) -> Absence:
    """Record that ``person`` is away, both days included; a deputy cannot be the person."""
    if deputy is not None and deputy.pk == person.pk:
        raise ValidationError({"deputy": "Somebody cannot deputise for themselves."})
    absence = Absence(person=person, starts_on=starts_on, ends_on=ends_on, deputy=deputy)
    absence.full_clean(exclude=["authority"])
    absence.save()
    return absence


def record_leaver(*, person: Person, left_on: date) -> None:
    """Record the last day: posts end with it, and so does access to this council (other councils' stays).

    Recorded for today or a day that has passed, access ends at once.
    """
    Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=left_on), person=person, starts_on__lte=left_on
    ).update(ends_on=left_on)
    Post.objects.filter(person=person, starts_on__gt=left_on).delete()
    person.left_on = left_on
    person.save(update_fields=["left_on"])
    if person.user_id and left_on <= clock.today():
        Access.objects.filter(authority_id=current_authority_id(), user_id=person.user_id).delete()


def change_person(*, person: Person, signs_in: bool, **changes: object) -> None:
    """Change a person's details; ``signs_in`` gives or takes access to this council only."""
    for field, value in changes.items():
        setattr(person, field, value)
    authority = Authority.objects.get(pk=current_authority_id())
    if signs_in and person.user is None:
        person.user = User.objects.filter(email__iexact=person.email).first() or User.objects.create_user(
            person.email
        )
    person.full_clean(exclude=["authority"])
    person.save()
    if signs_in and person.user:
        grant_access(authority=authority, user=person.user)
    elif person.user_id:
        Access.objects.filter(authority=authority, user_id=person.user_id).delete()


def end_post(*, post: Post, on: date) -> None:
    """End a post with the day ``on``; one that began later never was."""
    if post.starts_on > on:
        post.delete()
        return
    post.ends_on = on
    post.save(update_fields=["ends_on"])


def add_team(*, name: str, parent: Unit) -> Unit:
    """Add a team to a service."""
    unit = Unit(kind="team", key=name, name=name, parent=parent)
    unit.full_clean(exclude=["authority"])
    unit.save()
    return unit
