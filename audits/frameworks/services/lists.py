"""Whole rules of the draft: one more in a list, or one fewer."""

from collections.abc import Mapping
from typing import Any

from audits.frameworks import loader
from audits.frameworks.answers import key_from
from audits.frameworks.lists import NAMES, has_key, list_at, number_of
from audits.frameworks.models import FrameworkDraft
from audits.frameworks.rewriting import GONE, Edit, rewrite
from audits.frameworks.selectors import DRAFT_FILE
from audits.frameworks.services.drafts import EDIT, draft_at, save_draft
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
    block = {name: value for name, value in values.items() if value is not None} | {"source": source}
    if has_key(found.model):
        words = next((str(block[name]) for name in NAMES if block.get(name)), str(found.path[-1]))
        used = {str(getattr(item, "key", "")) for item in found.blocks}
        block = {"key": key_from(words, used)} | block
    edit = Edit(found.path, block) if found.single else Edit((*found.path, number), block, insert=True)
    text = rewrite(draft.text, [edit], DRAFT_FILE)
    loader.load(text, DRAFT_FILE)
    return save_draft(draft.revision, text, person)


def take_out_block(*, revision: int, where: str, item: str, person: Person) -> FrameworkDraft:
    """Take the rule of this key or number out of the list at `where`.

    Raises as `add_block`: FrameworkError where others still name the rule or the list may not be without it.
    """
    require(person, EDIT)
    draft = draft_at(revision)
    found = list_at(loader.load(draft.text, DRAFT_FILE), where)
    path = found.path_of(number_of(found, item))
    text = rewrite(draft.text, [Edit(path, GONE)], DRAFT_FILE)
    loader.load(text, DRAFT_FILE)
    return save_draft(draft.revision, text, person)
