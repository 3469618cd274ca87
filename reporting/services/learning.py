"""Coding findings, choosing cases for senior leaders, and what they say to them (SLO-77, WSX-85, WSX-92, WSX-93)."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.models import Audit
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from reporting import periods
from reporting.enums import Mark
from reporting.models import ChosenCase, CodedFinding, LeaderComment
from reporting.selectors.leaders import is_leader
from reporting.selectors.learning import choosable

LEARN = "reporting.learn"


def code_finding(
    *, audit: Audit, text_key: str, mark: str, themes: Iterable[str], person: Person
) -> CodedFinding:
    """Keep what is heard in one text of an audit, in place of what was heard before.

    Raises ``PermissionDenied``, and ``ValidationError`` for a mark that is none.
    """
    require(person, LEARN)
    if mark not in Mark.values:
        raise ValidationError({"mark": "Select what the text tells"})
    said = {"mark": mark, "themes": list(themes), "coded_by": person, "coded_at": clock.now()}
    found, _ = CodedFinding.objects.update_or_create(audit=audit, text_key=text_key, defaults=said)
    return found


def choose_case(*, audit: Audit, period: str, reason: str, person: Person) -> ChosenCase:
    """Put an audited and moderated case before the senior leaders of a quarter, with the reason.

    Raises ``PermissionDenied``; ``ValidationError`` without a reason, and for an audit that is not final, was not
    moderated, belongs to other months or to a restricted record.
    """
    require(person, LEARN)
    if not reason.strip():
        raise ValidationError({"reason": "Say why this audit is chosen"})
    months = periods.parse("quarterly", period)
    if not choosable(months.starts, months.ends).filter(pk=audit.pk).exists():
        raise ValidationError({"audit": "Choose an audit of the quarter that was moderated and is final"})
    made, is_new = ChosenCase.objects.get_or_create(
        audit=audit,
        period=months.label,
        defaults={"reason": reason.strip(), "chosen_by": person, "chosen_at": clock.now()},
    )
    if not is_new:
        raise ValidationError({"audit": "This audit has been chosen already"})
    return made


def leave_out_case(*, case: ChosenCase, person: Person) -> None:
    """Take back a choice that nobody has commented on yet. Raises ``PermissionDenied`` and ``ValidationError``."""
    require(person, LEARN)
    if case.comments.exists():
        raise ValidationError("Senior leaders have commented on this case, so it stays.")
    case.delete()


class PaperConflict(Exception):
    """Somebody saved the paper in between; ``theirs`` is what stands."""

    def __init__(self, theirs: ChosenCase) -> None:
        self.theirs = theirs
        super().__init__("The paper was saved elsewhere in the meantime.")


def write_paper(*, case: ChosenCase, paper: dict[str, str], version: int, person: Person) -> ChosenCase:
    """Keep what the paper says of a case. ``version`` is the one it was written on.

    Raises ``PermissionDenied``, and ``PaperConflict`` where a newer version stands.
    """
    require(person, LEARN)
    words = {key: text.strip() for key, text in paper.items() if text.strip()}
    same = ChosenCase.objects.filter(pk=case.pk, version=version)
    if not same.update(paper=words, version=version + 1):
        case.refresh_from_db()
        raise PaperConflict(case)
    case.refresh_from_db()
    return case


@transaction.atomic
def comment_on_case(*, case: ChosenCase, overview: str, comments: str, person: Person) -> LeaderComment:
    """Keep a senior leader's overview of a case and their comments, in place of what they said before.

    Raises ``PermissionDenied`` for anybody the paper is not for, and ``ValidationError`` without an overview.
    """
    if not is_leader(person):
        raise PermissionDenied("Only those for whom the paper is written comment on its cases.")
    if not overview.strip():
        raise ValidationError({"overview": "Enter your overview"})
    said = {"overview": overview.strip(), "comments": comments.strip(), "given_at": clock.now()}
    found, _ = LeaderComment.objects.update_or_create(case=case, person=person, defaults=said)
    return found
