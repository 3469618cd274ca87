"""The next version of a framework while it is being written: begun, edited, confirmed, published or given up.

Two people may write at once: every change names the revision it was made from, and the later one is refused with
what stands there now (`DraftHasChangedError`), so that nobody's words are overwritten unseen.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from audits.frameworks import loader
from audits.frameworks.enums import Capability
from audits.frameworks.models import FrameworkDraft, FrameworkVersion
from audits.frameworks.places import place_at, raw_at
from audits.frameworks.problems import Path
from audits.frameworks.rewriting import GONE, Edit, rewrite
from audits.frameworks.selectors import DRAFT_FILE, current_draft, fingerprint, framework_versions
from audits.frameworks.services.publishing import publish_framework
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.scope import because
from qaf.ui.words import long_date

EDIT, PUBLISH = "frameworks.edit", "frameworks.publish"


class DraftHasChangedError(Exception):
    """Somebody else has changed the draft since. `current` is what stands there now; None where it is gone."""

    def __init__(self, current: FrameworkDraft | None) -> None:
        self.current = current
        super().__init__("Somebody else has changed the draft meanwhile.")


def start_draft(*, person: Person) -> FrameworkDraft:
    """Return the council's draft, begun from the newest version where there is none.

    Raises PermissionDenied, and ValidationError where no version was ever published.
    """
    require(person, EDIT)
    if draft := current_draft():
        return draft
    newest = framework_versions().first()
    if newest is None:
        raise ValidationError("There is no framework yet that a draft could begin from.")
    now = clock.now()
    try:
        with transaction.atomic():
            return FrameworkDraft.objects.create(
                based_on=newest,
                text=newest.source,
                started_by=person,
                started_at=now,
                edited_by=person,
                edited_at=now,
            )
    except IntegrityError:
        # Two people began at the same moment: both go on with the one that was first.
        if draft := current_draft():
            return draft
        raise


def write_text(*, revision: int, text: str, person: Person) -> FrameworkDraft:
    """Put a whole text in place of the draft's; it may hold faults, which only keep it from being published.

    Raises PermissionDenied, and DraftHasChangedError where `revision` is not the draft's.
    """
    require(person, EDIT)
    return save_draft(revision, text.replace("\r\n", "\n"), person)


def change_rule(
    *, revision: int, where: str, changes: Mapping[str, Any], source: str, person: Person, seen: str = ""
) -> FrameworkDraft:
    """Write new values of a block's fields, and where they come from.

    Where `seen` is the block's fingerprint, only a change of this very block meanwhile is refused. `changes` maps
    fields to plain values; None takes an optional field out. Raises PermissionDenied, DraftHasChangedError, KeyError
    for an address that is none, and FrameworkError with every fault the change would make: nothing is saved then.
    """
    require(person, EDIT)
    draft = draft_at(revision, where, seen)
    framework = loader.load(draft.text, DRAFT_FILE)
    place = place_at(framework, where)
    text = draft.text
    for name, value in changes.items():
        edits = source_of_field(text, place.path, name, source)
        if value is not None:
            edits.insert(0, Edit((*place.path, name), value))
        elif name in place.block.model_fields_set:
            edits.insert(0, Edit((*place.path, name), GONE))
        text = rewrite(text, edits, DRAFT_FILE)
    loader.load(text, DRAFT_FILE)
    return save_draft(draft.revision, text, person)


def confirm_rule(*, revision: int, where: str, part: str, note: str, person: Person) -> FrameworkDraft:
    """Make our default the council's own decision: of one field, or where `part` is empty of the whole block.

    The source becomes who confirmed it, when and why. Raises as `change_rule`, and ValidationError for a rule that is
    no default.
    """
    require(person, EDIT)
    draft = draft_at(revision)
    framework = loader.load(draft.text, DRAFT_FILE)
    place = place_at(framework, where)
    if part and part not in type(place.block).model_fields:
        raise KeyError(part)
    if not place.block.provenance(part or None).is_default:
        raise ValidationError("This rule is the council's own already.")
    source = confirmation(person, note)
    if part:
        edits: Sequence[Edit] = source_of_field(draft.text, place.path, part, source)
    else:
        edits = [Edit((*place.path, "default_reason"), GONE), Edit((*place.path, "source"), source)]
    text = rewrite(draft.text, edits, DRAFT_FILE)
    loader.load(text, DRAFT_FILE)
    return save_draft(revision, text, person)


def confirmation(person: Person, note: str) -> str:
    """The source of a rule that somebody of the council has decided."""
    text = f"Confirmed by {person.name} on {long_date(clock.today())}"
    return f"{text}: {note.strip()}" if note.strip() else text


def follow_newest(*, revision: int, person: Person) -> FrameworkDraft:
    """Say that the draft has taken in the version published after it was begun, so that it may follow that one."""
    require(person, EDIT)
    newest = framework_versions().first()
    if newest is None:
        raise ValidationError("There is no framework yet.")
    return save_draft(revision, draft_at(revision).text, person, based_on=newest)


def discard_draft(*, revision: int, person: Person) -> None:
    """Give the draft up. Raises PermissionDenied and DraftHasChangedError."""
    require(person, EDIT)
    deleted, _ = FrameworkDraft.objects.filter(revision=revision).delete()
    if not deleted:
        raise DraftHasChangedError(current_draft())


def publish_draft(*, revision: int, effective_from: date, reason: str, person: Person) -> FrameworkVersion:
    """Publish the draft from a day, with the reason, and return the new version; the draft is gone then.

    Cycles that are open keep the version they began with. Raises PermissionDenied, DraftHasChangedError,
    FrameworkError with every fault, and ValidationError by field: a day in the past, no reason, a newer version, a
    draft that changes nothing, or one that would let nobody edit the framework.
    """
    require(person, PUBLISH)
    draft = draft_at(revision)
    framework = loader.load(draft.text, DRAFT_FILE)
    newest = framework_versions().first()
    if newest and newest.pk != draft.based_on_id:
        raise ValidationError(
            f"Version {newest.number} was published after this draft was begun. Look at what it changed first."
        )
    if newest and newest.checksum == loader.checksum(draft.text):
        raise ValidationError("The draft is the same as the published version.")
    if not framework.roles_that_may(Capability.EDIT_FRAMEWORK):
        raise ValidationError(
            "No role of the draft may edit the framework: nobody could ever change it again."
        )
    if effective_from < clock.today():
        raise ValidationError({"effective_from": "The day it comes into force must be today or later"})
    if not reason.strip():
        raise ValidationError({"reason": "Say why the framework changes"})
    deleted, _ = FrameworkDraft.objects.filter(revision=revision).delete()
    if not deleted:
        raise DraftHasChangedError(current_draft())
    with because(reason.strip()):
        return publish_framework(
            text=draft.text,
            file=DRAFT_FILE,
            effective_from=effective_from,
            published_by=person,
            reason=reason.strip(),
        )


def draft_at(revision: int, where: str = "", seen: str = "") -> FrameworkDraft:
    """The draft where it is at this revision, or where this block of it is as it was `seen`. Raises
    DraftHasChangedError.
    """
    draft = current_draft()
    if draft is None or (draft.revision != revision and not (seen and fingerprint(draft, where) == seen)):
        raise DraftHasChangedError(draft)
    return draft


def save_draft(
    revision: int, text: str, person: Person, based_on: FrameworkVersion | None = None
) -> FrameworkDraft:
    """Put a text in place of that of a revision. Raises DraftHasChangedError."""
    wanted: dict[str, Any] = {"text": text, "edited_by": person, "edited_at": clock.now()}
    if based_on:
        wanted["based_on"] = based_on
    saved = FrameworkDraft.objects.filter(revision=revision).update(revision=F("revision") + 1, **wanted)
    draft = current_draft()
    if not saved or draft is None:
        raise DraftHasChangedError(draft)
    return draft


def source_of_field(text: str, path: Path, name: str, source: str) -> list[Edit]:
    """What makes `source` the source of one field."""
    defaults = raw_at(loader.values(text, DRAFT_FILE), (*path, "defaults")) or {}
    edits = []
    if name in defaults:
        gone = (*path, "defaults") if len(defaults) == 1 else (*path, "defaults", name)
        edits.append(Edit(gone, GONE))
    return [*edits, Edit((*path, "confirmed", name), source)]
