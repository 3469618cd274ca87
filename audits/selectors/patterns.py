"""A pattern over several audits, as those who were told of it read it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from audits.followup.selectors import may_answer, may_see_follow_up
from audits.models import Audit, FoundPattern
from audits.selectors.audits import audits
from audits.selectors.links import audit_href, pattern_href
from audits.selectors.standing import standing_of
from qaf.notices.selectors import was_told_of
from qaf.tenants.models import Person, Unit
from qaf.tenants.permissions import may


@dataclass(frozen=True)
class Pattern:
    """What a rule found, about whose work, and the audits it rests on with a link where the reader may open them."""

    found: FoundPattern
    label: str
    about: str
    audits: tuple[tuple[Audit, str], ...]
    scrutiny: bool
    """Whether somebody was asked to look into it, and the reader may read of that."""


def may_read_pattern(pattern: FoundPattern, person: Person) -> bool:
    """Say whether the person reads of it: who was told, who looks into it, and who runs the months.

    It is judgement of staff: nobody else, whatever else they see.
    """
    if was_told_of(person, pattern_href(pattern)) or may(person, "audits.open_cycle"):
        return True
    follow_up = pattern.follow_up
    return follow_up is not None and (may_answer(follow_up, person) or person.pk in follow_up.invited)


def pattern_for(pattern: FoundPattern, person: Person, rules: Iterable[tuple[str, str]]) -> Pattern:
    """Return the pattern as this person reads it; ``rules`` are the framework's, with their words."""
    rests_on = list(audits().filter(reference__in=pattern.references).order_by("allocated_on", "id"))
    follow_up = pattern.follow_up
    return Pattern(
        found=pattern,
        label=dict(rules).get(pattern.rule, "A pattern"),
        about=_about(pattern),
        audits=tuple((one, _href(one, person)) for one in rests_on),
        scrutiny=follow_up is not None and may_see_follow_up(follow_up, person),
    )


def _about(pattern: FoundPattern) -> str:
    if pattern.level == "practitioner":
        return f"The work of {Person.objects.filter(pk=pattern.subject).first() or 'somebody who has left'}"
    unit = Unit.objects.filter(pk=pattern.subject).first() if pattern.subject else None
    return str(unit) if unit else "The whole council"


def _href(audit: Audit, person: Person) -> str:
    try:
        standing_of(person, audit)
    except PermissionDenied:
        return ""
    return audit_href(audit)
