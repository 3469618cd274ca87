"""Giving moderations to moderators: load spread, absences respected, a problem named where nobody can (HER-37)."""

from hashlib import sha256

from django.core.exceptions import ValidationError

from audits.followup.services import remind
from moderation.enums import ModerationStatus
from moderation.models import Moderation
from moderation.paths import moderation_href
from moderation.selectors import Candidate, candidates_for, load_of_the_time, moderation_list
from moderation.selectors.modes import way_of
from moderation.workflow import moderation_workflow
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.ui.words import long_date


def allocate_when_due(*, moderation: Moderation) -> bool:
    """Give a waiting moderation to the eligible moderator with the fewest, once its week has come.

    Who that is, is the same on any machine. Where nobody can, says why on the moderation. Returns whether given.
    """
    if moderation.status != ModerationStatus.WAITING or moderation.available_on > clock.today():
        return False
    candidates = candidates_for(moderation.audit, month=load_of_the_time(moderation), way=way_of(moderation))
    able = [one for one in candidates if one.may and not one.away]
    if not able:
        _name_problem(moderation, candidates)
        return False
    give(moderation, min(able, key=lambda one: _order(moderation, one)).person, by=None)
    return True


def _order(moderation: Moderation, candidate: Candidate) -> tuple[int, str]:
    return candidate.load, sha256(
        f"{moderation.audit.reference}|{candidate.person.name}".encode()
    ).hexdigest()


def _name_problem(moderation: Moderation, candidates: list[Candidate]) -> None:
    if not candidates:
        problem = "Nobody holds a post whose holders moderate."
    else:
        why = [f"{one.person.name}: {', '.join(one.kept_out) or 'is away'}" for one in candidates]
        problem = f"Nobody can moderate it. {'; '.join(why)}."
    if moderation.problem != problem:
        moderation.problem = problem
        moderation.save(update_fields=["problem"])


def allocate_waiting() -> int:
    """Give out every moderation whose week has come; return how many. May run twice."""
    waiting = moderation_list().filter(status=ModerationStatus.WAITING, available_on__lte=clock.today())
    return sum(allocate_when_due(moderation=moderation) for moderation in waiting.order_by("due_on", "id"))


def allocate_by_hand(*, moderation: Moderation, moderator: Person, person: Person) -> None:
    """Give the moderation to ``moderator`` because the quality assurance lead says so, also before its week.

    Raises ``PermissionDenied``, and ``ValidationError`` for an auditor, the case's line or anybody else kept out.
    """
    require(person, "moderation.allocate")
    candidates = candidates_for(moderation.audit, way=way_of(moderation))
    chosen = next((one for one in candidates if one.person.pk == moderator.pk), None)
    if chosen is None:
        raise ValidationError({"moderator": f"{moderator.name} holds no post whose holders moderate."})
    if not chosen.may:
        raise ValidationError(
            {"moderator": f"{moderator.name} cannot moderate it: {', '.join(chosen.kept_out)}."}
        )
    if moderation.moderator_id != moderator.pk:
        give(moderation, moderator, by=person)


def give(moderation: Moderation, moderator: Person, *, by: Person | None) -> None:
    """Make ``moderator`` the one who decides, or who leads the panel, and tell them."""
    also = {"moderator": moderator, "allocated_at": clock.now(), "problem": ""}
    moderation_workflow.apply(moderation, "allocate", person=by, also=also)
    moderation.drafts.all().delete()
    tell_given(moderation)


def tell_given(moderation: Moderation) -> None:
    """Tell the moderator that the audit is theirs to moderate now."""
    assert moderation.moderator is not None  # noqa: S101  (given a moment ago)
    tell(
        people=[moderation.moderator],
        kind="moderation_allocated",
        key=f"moderation-{moderation.pk}-{moderation.moderator.pk}",
        subject=f"{moderation.audit.reference}: an audit for you to moderate",
        body=f"Please decide by {long_date(moderation.due_on)}.",
        href=moderation_href(moderation),
    )


def remind_late() -> None:
    """Remind moderators on the framework's days; of what is late, those who allocate hear with them (HER-41)."""
    remind("moderation", "dispute", "panel_view", "meeting")
