"""The lists of the draft: a rule or a short block more, one fewer, one changed, one in another place."""

from collections.abc import Mapping
from typing import Any

from audits.frameworks import loader
from audits.frameworks.answers import key_from
from audits.frameworks.lists import NAMES, BlockList, has_key, list_at, number_of
from audits.frameworks.models import FrameworkDraft
from audits.frameworks.places import raw_at
from audits.frameworks.rewriting import GONE, Edit, rewrite
from audits.frameworks.selectors import DRAFT_FILE
from audits.frameworks.services.drafts import EDIT, draft_at, save_draft, source_of_field
from qaf.tenants.models import Person
from qaf.tenants.permissions import require


def add_block(
    *, revision: int, where: str, values: Mapping[str, Any], source: str, person: Person, before: str = ""
) -> FrameworkDraft:
    """Write a further rule into the list at `where`: before the one of key or number `before`, else at the end.

    Its key is made from its words. Raises PermissionDenied, DraftHasChangedError, KeyError for an address that is
    none or that holds all it can, and FrameworkError with every fault the rule would make: nothing is saved then.
    """
    require(person, EDIT)
    draft = draft_at(revision)
    found = list_at(loader.load(draft.text, DRAFT_FILE), where)
    if found.is_full:
        raise KeyError(where)
    number = number_of(found, before) if before else len(found.blocks)
    block = {name: value for name, value in values.items() if value is not None}
    block |= {} if found.loose else {"source": source}
    if has_key(found.model):
        words = next((str(block[name]) for name in NAMES if block.get(name)), str(found.path[-1]))
        used = {str(getattr(item, "key", "")) for item in found.blocks}
        block = {"key": key_from(words, used)} | block
    edit = Edit(found.path, block) if found.single else Edit((*found.path, number), block, insert=True)
    return _save(draft, found, [edit], source, person)


def change_block(
    *, revision: int, where: str, item: str, changes: Mapping[str, Any], source: str, person: Person
) -> FrameworkDraft:
    """Write new values of a block that has no source of its own; the source of its whole list becomes `source`.

    `changes` maps fields to plain values; None takes an optional field out. Raises as `add_block`, KeyError also for
    a rule, which is changed by `drafts.change_rule`.
    """
    require(person, EDIT)
    draft = draft_at(revision)
    found = list_at(loader.load(draft.text, DRAFT_FILE), where)
    if not found.loose:
        raise KeyError(where)
    number = number_of(found, item)
    given = found.blocks[number].model_fields_set
    edits = [
        Edit((*found.path_of(number), name), GONE if value is None else value)
        for name, value in changes.items()
        if value is not None or name in given
    ]
    return _save(draft, found, edits, source, person)


def move_block(*, revision: int, where: str, item: str, before: str, person: Person) -> FrameworkDraft:
    """Put the rule of this key or number before another of its list, or after all where `before` is empty.

    Raises as `add_block`. The order says nothing of where a rule comes from: every source stays.
    """
    require(person, EDIT)
    draft = draft_at(revision)
    found = list_at(loader.load(draft.text, DRAFT_FILE), where)
    number = number_of(found, item)
    goal = number_of(found, before) if before else len(found.blocks)
    if found.single or goal in (number, number + 1):
        return draft
    block = raw_at(loader.values(draft.text, DRAFT_FILE), found.path_of(number))
    edits = [
        Edit(found.path_of(number), GONE),
        Edit((*found.path, goal - 1 if goal > number else goal), block, insert=True),
    ]
    return _save(draft, found, edits, "", person)


def take_out_block(*, revision: int, where: str, item: str, person: Person) -> FrameworkDraft:
    """Take the rule of this key or number out of the list at `where`.

    Raises as `add_block`: FrameworkError where others still name the rule or the list may not be without it.
    """
    require(person, EDIT)
    draft = draft_at(revision)
    found = list_at(loader.load(draft.text, DRAFT_FILE), where)
    path = found.path_of(number_of(found, item))
    return _save(draft, found, [Edit(path, GONE)], "", person)


def _save(
    draft: FrameworkDraft, found: BlockList, edits: list[Edit], source: str, person: Person
) -> FrameworkDraft:
    """Make the edits; what has no source of its own gets `source` at the block it belongs to."""
    text = rewrite(draft.text, edits, DRAFT_FILE)
    if found.loose and source:
        *owner, name = found.path
        text = rewrite(text, source_of_field(text, tuple(owner), str(name), source), DRAFT_FILE)
    loader.load(text, DRAFT_FILE)
    return save_draft(draft.revision, text, person)
