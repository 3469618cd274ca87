"""What is typed into a form before it is recorded: kept for whoever types it, safe from a second window."""

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from audits.models import Audit, SectionDraft, TypedWords
from qaf.lib import clock
from qaf.tenants.models import Person

Kept = TypeVar("Kept", SectionDraft, TypedWords)


class DraftConflict(Exception):
    """Another window saved first; ``theirs`` is what stands there."""

    def __init__(self, theirs: SectionDraft | TypedWords):
        self.theirs = theirs
        super().__init__("Another window saved this after you opened it.")


@transaction.atomic
def keep_typed(
    *, audit: Audit, part: str, fields: dict[str, Any], version: int, person: Person
) -> TypedWords:
    """Keep what a person types into a form about an audit, if ``version`` is still the one they typed over.

    The caller has asked whether they may use the form. Raises ``DraftConflict``.
    """
    place = {"audit": audit, "person": person, "part": part}
    return write_words(TypedWords, place, fields=fields, version=version)


def typed_of(audit: Audit, part: str, person: Person) -> TypedWords | None:
    """Return what the person typed into the form and has not recorded yet."""
    return TypedWords.objects.filter(audit=audit, part=part, person=person).first()


def forget_typed(audit: Audit, part: str, person: Person) -> None:
    """Drop it, now that it is recorded."""
    TypedWords.objects.filter(audit=audit, part=part, person=person).delete()


def write_words(model: type[Kept], place: dict[str, Any], *, fields: dict[str, Any], version: int) -> Kept:
    """Write the words at ``place`` over ``version`` (0: nothing was there); the same words again are no conflict.

    Raises ``DraftConflict``.
    """
    now = clock.now()
    if version == 0:
        kept, made = model.objects.get_or_create(**place, defaults={"fields": fields, "saved_at": now})
        if made or kept.fields == fields:
            return kept
        raise DraftConflict(kept)
    same = model.objects.filter(**place)
    written = same.filter(version=version).update(fields=fields, version=F("version") + 1, saved_at=now)
    current = same.first()
    if current is None:
        # Recorded in another window, which dropped the draft: what is typed now begins a new one.
        return write_words(model, place, fields=fields, version=0)
    if not written and current.fields != fields:
        raise DraftConflict(current)
    return current
