"""A panel: who sits on it, whose view is needed, and what their views come to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import Panel
from audits.selectors.facts import framework_for
from audits.selectors.people import auditors_ever
from moderation.enums import OPEN, MemberWhy, Mode
from moderation.models import Moderation, PanelMember
from moderation.selectors.modes import panel_of, rules_of, selectors_by_key
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import holders


@dataclass(frozen=True)
class PanelGrade:
    """The overall grade that the members' views come to; ``""`` with the reason where they come to none yet."""

    grade: str
    why: str


@dataclass(frozen=True)
class Seat:
    """One member as somebody else may see them: what they think is empty where it may not be read yet."""

    name: str
    role: str
    why: str
    given: bool
    grade: str = ""
    view: str = ""
    standards_met: str = ""


def seats_for(moderation: Moderation, person: Person) -> list[Seat]:
    """Return the members in the order in which they were seated, as this person may see them."""
    framework, reads = framework_for(moderation.audit), reads_views(moderation, person)
    found = []
    for one in moderation.members.select_related("person").order_by("id"):
        why = f"{one.get_why_display()}: {one.reason}" if one.reason else one.get_why_display()
        seat = Seat(one.person.name, framework.names.role(one.role), why, one.said_at is not None)
        if seat.given and (reads or one.person_id == person.pk):
            standards = one.get_standards_met_display() if one.standards_met else ""
            grade = framework.names.grade(one.grade)
            seat = replace(seat, grade=grade, view=one.view, standards_met=standards)
        found.append(seat)
    return found


def reads_views(moderation: Moderation, person: Person) -> bool:
    """Say whether the person may read what the panel's members think, and what it comes to.

    Each member judges unseen, as auditors do: nobody on the panel reads a view before giving their own, whoever leads
    it included. Who gives none, the chair who would only decide a tie among them, reads them once the panel waits
    for no more. Once it is decided nothing is kept back.
    """
    if moderation.status not in OPEN or moderation.mode != Mode.PANEL:
        return True
    place = own_place(moderation, person)
    if place is not None and (place.said_at or place.why != MemberWhy.TIE):
        return place.said_at is not None
    return not views_needed(moderation)


def owes_view(moderation: Moderation, person: Person) -> bool:
    """Say whether the person sits on the panel and has yet to say what they think."""
    place = own_place(moderation, person) if moderation.mode == Mode.PANEL else None
    return place is not None and place.said_at is None and place.why != MemberWhy.TIE


UNREAD = ("grade", "view", "standards_met")


def kept_from(person: Person, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return, for members' rows of the trail, the fields that the person may not read there yet."""
    rows = PanelMember.objects.filter(pk__in=list(ids), moderation__status__in=OPEN).exclude(person=person)
    rows = rows.select_related("moderation__audit__case")
    return {one.pk: UNREAD for one in rows if not reads_views(one.moderation, person)}


def roles_needed(moderation: Moderation, framework: Framework) -> list[str]:
    """Return the roles whose view the reasons of this moderation ask for (SEF-99)."""
    selectors = selectors_by_key(framework, rules_of(moderation))
    return list(dict.fromkeys(role for one in selectors for role in one.adds))


def panel_grade(views: Iterable[tuple[str, str]], *, tie_decided_by: str, role_in_words: str) -> PanelGrade:
    """Return what the views come to: the grade of most members; where they are divided, the deciding role's.

    ``views`` are pairs of role and grade.
    """
    views = [(role, grade) for role, grade in views if grade]
    counts = Counter(grade for _, grade in views).most_common()
    if not counts:
        return PanelGrade("", "Nobody has given a view yet")
    most = [grade for grade, number in counts if number == counts[0][1]]
    if len(most) == 1:
        return PanelGrade(most[0], f"{counts[0][1]} of {len(views)} members")
    deciding = next((grade for role, grade in views if role == tie_decided_by), "")
    if deciding:
        return PanelGrade(deciding, f"The members are divided; decided by the {role_in_words}")
    return PanelGrade("", f"The members are divided, and the {role_in_words} decides")


def grade_of_panel(moderation: Moderation) -> PanelGrade:
    """Return what the panel of this moderation comes to."""
    framework = framework_for(moderation.audit)
    rules = panel_of(framework)
    if rules is None:
        return PanelGrade("", "")
    views = [(one.role, one.grade) for one in moderation.members.all() if one.said_at]
    return panel_grade(
        views,
        tie_decided_by=rules.tie_decided_by,
        role_in_words=framework.names.role(rules.tie_decided_by),
    )


def still_needed(moderation: Moderation) -> list[str]:
    """Return, in sentences, what keeps the panel from its decision: views it waits for, or that it is divided.

    That it is divided tells of the views: only for somebody who reads them.
    """
    outcome = grade_of_panel(moderation)
    divided = (
        outcome.why if not outcome.grade and any(one.said_at for one in moderation.members.all()) else ""
    )
    return [*views_needed(moderation), divided] if divided else views_needed(moderation)


def views_needed(moderation: Moderation) -> list[str]:
    """Return, in sentences, whose views the panel still waits for."""
    framework = framework_for(moderation.audit)
    rules = panel_of(framework)
    if rules is None or moderation.mode != Mode.PANEL:
        return []
    given = [one for one in moderation.members.all() if one.said_at]
    found = []
    if len(given) < rules.quorum:
        found.append(
            f"{len(given)} of the {rules.quorum} members whose views the panel needs have given theirs"
        )
    for role in roles_needed(moderation, framework):
        if any(one.role in framework.role_keys(role) for one in given):
            continue
        words = framework.names.role(role)
        if _can_be_had(moderation, framework, role):
            found.append(f"The view of the {words} is needed for this audit")
        elif not any(one.why == MemberWhy.ASKED for one in given):
            # A panel must never wait for somebody who may not sit on it; another senior view takes the place.
            found.append(f"No {words} may look at this audit: ask somebody to join in their place")
    return found


def _can_be_had(moderation: Moderation, framework: Framework, role: str) -> bool:
    """Say whether anybody who holds the role may sit on this panel."""
    never, restricted = auditors_ever(moderation.audit), moderation.audit.case.restricted
    return any(
        one.pk not in never and (one.cleared_for_restricted or not restricted)
        for one in role_holders(framework, role)
    )


def standing_people(framework: Framework, rules: Panel) -> list[tuple[Person, str]]:
    """Return everybody who always sits on the panel, with the role for which they do."""
    return [(person, role) for role in rules.standing for person in role_holders(framework, role)]


def role_holders(framework: Framework, role: str) -> list[Person]:
    """Return who holds the role today, members of a group of roles included."""
    return holders(*framework.role_keys(role), on=clock.today())


def people_to_ask(moderation: Moderation) -> list[tuple[Person, str, str]]:
    """Return who may be asked to join, with role and its words: no auditor of the case, nobody who sits already."""
    framework = framework_for(moderation.audit)
    rules = panel_of(framework)
    if rules is None:
        return []
    taken = {one.person_id for one in moderation.members.all()} | auditors_ever(moderation.audit)
    found: dict[int, tuple[Person, str, str]] = {}
    for role in dict.fromkeys((*rules.invited, *rules.standing, rules.tie_decided_by)):
        for person in role_holders(framework, role):
            if person.pk not in taken:
                found.setdefault(person.pk, (person, role, framework.names.role(role)))
    return sorted(found.values(), key=lambda one: one[0].name)


def own_place(moderation: Moderation, person: Person) -> PanelMember | None:
    """Return the person's place on the panel."""
    return moderation.members.filter(person=person).first()
