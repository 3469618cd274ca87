"""What the apps above declare about their notices: how to see, just before sending, whether one is still wanted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qaf.notices.models import Notice
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class Words:
    """A notice as it is true now."""

    subject: str
    body: str


Check = Callable[[Sequence["Notice"]], Mapping[int, Words]]
"""Gets notices, returns by id the words of those that still hold; the others are not sent."""

_checks: dict[str, Check] = {}


def add_check(kinds: Iterable[str], check: Check) -> None:
    """Declare who knows whether notices of ``kinds`` still hold; called from an app's ``ready()``."""
    for kind in kinds:
        _checks[kind] = check


def current_words(notices: Sequence["Notice"]) -> dict[int, Words]:
    """Return by id the words that hold now; a notice that is missing is not needed any more."""
    found: dict[int, Words] = {}
    asked: dict[Check, list[Notice]] = {}
    for notice in notices:
        check = _checks.get(notice.kind)
        if check is None:
            found[notice.pk] = Words(notice.subject, notice.body)
        else:
            asked.setdefault(check, []).append(notice)
    for check, some in asked.items():
        said = check(some)
        found.update({one.pk: _as_copy(one, said[one.pk]) for one in some if one.pk in said})
    return found


def _as_copy(notice: "Notice", words: Words) -> Words:
    return Words(subject_of_copy(notice.copy_for, words.subject), words.body) if notice.copy_for else words


def subject_of_copy(person: "Person", subject: str) -> str:
    """Return the subject as whoever stands in for ``person`` reads it."""
    return f"For {person.name}: {subject}"
