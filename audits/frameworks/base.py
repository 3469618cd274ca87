"""What every block of a framework shares: strictness and provenance."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
RequirementId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5}-\d{1,3}$")]


class Ref:
    """Marks a key as naming something else in the file: `Annotated[Key, Ref("role")]`. checks.py resolves it."""

    def __init__(self, *spaces: str) -> None:
        self.spaces = spaces

    def __repr__(self) -> str:
        return f"Ref({', '.join(self.spaces)})"


RoleKey = Annotated[Key, Ref("role")]
ServiceKey = Annotated[Key, Ref("service")]
SlotKey = Annotated[Key, Ref("slot")]
GradeKey = Annotated[Key, Ref("grade")]
GradeSetKey = Annotated[Key, Ref("grade_set")]
DomainKey = Annotated[Key, Ref("domain")]
FlagKey = Annotated[Key, Ref("flag")]
ConversationKey = Annotated[Key, Ref("conversation")]
ForumKey = Annotated[Key, Ref("forum", "role")]
PartyKey = Annotated[Key, Ref("role", "relation", "slot")]
"""Somebody concerned with a case: a role, an auditor's slot, or a relation such as `allocated_worker`."""


class Model(BaseModel):
    """A block of a framework: immutable, refuses fields it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )


class Kind(Model):
    """One kind of rule of the closed vocabulary.

    `implemented` says whether this release runs it; `blocks_cycle` whether a council that uses it must wait before
    it can open a cycle (a kind beside the monthly loop need not hold it up). `title` names the kind in words.
    """

    implemented: ClassVar[bool] = True
    blocks_cycle: ClassVar[bool] = True
    title: ClassVar[str]


class Provenance(Model):
    """Where a value comes from: the council's own document, or our default and its reason."""

    source: str | None = None
    default_reason: str | None = None

    @property
    def is_default(self) -> bool:
        """Whether the value is ours, until the council confirms it."""
        return self.source is None

    @property
    def words(self) -> str:
        """What stands beside the value on the page."""
        return f"Source: {self.source}" if self.source else f"Our default: {self.default_reason}"


class Sourced(Model):
    """A block that says where its values come from.

    Either `source` (a place in the council's document) or `default_reason` must stand. Where the block has a source
    but some of its fields are our defaults, `defaults` names each such field with its reason; a field with a source of
    its own stands under `confirmed`.
    """

    source: Text | None = None
    "The place in the council's own document, such as `L246-247`"
    default_reason: Text | None = None
    "Why we chose this value where the document is silent"
    defaults: Mapping[str, Text] = Field(default_factory=dict)
    "Fields of this block that are our default although the block has a source, each with its reason"
    confirmed: Mapping[str, Text] = Field(default_factory=dict)
    "Fields whose source is their own: where the council's document has them, or who confirmed them and when"
    note: Text | None = None
    "How an unclear passage was read"
    requirements: tuple[RequirementId, ...] = ()
    "Requirement rows this block serves"

    @model_validator(mode="after")
    def _has_provenance(self) -> Self:
        if not self.source and not self.default_reason:
            raise ValueError("needs `source` or, where the council's document is silent, `default_reason`")
        if self.source and self.default_reason:
            raise ValueError(
                "has both `source` and `default_reason`; name the fields that are defaults under `defaults`"
            )
        for name in ("defaults", "confirmed"):
            if unknown := sorted(set(getattr(self, name)) - set(type(self).model_fields)):
                raise ValueError(f"`{name}` names fields this block does not have: {', '.join(unknown)}")
        if both := sorted(set(self.defaults) & set(self.confirmed)):
            raise ValueError(f"stands under `defaults` and under `confirmed`; keep one: {', '.join(both)}")
        return self

    def provenance(self, field: str | None = None) -> Provenance:
        """Where the block's value, or that of one of its fields, comes from."""
        if field and field in self.confirmed:
            return Provenance(source=self.confirmed[field])
        if field and field in self.defaults:
            return Provenance(default_reason=self.defaults[field])
        return Provenance(source=self.source, default_reason=self.default_reason)


class Choice(Model):
    """One coded answer with its words."""

    key: Key
    label: Text


def walk(node: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Yield every model in the tree with its path, the root first."""
    if isinstance(node, BaseModel):
        yield path, node
        for name in type(node).model_fields:
            yield from walk(getattr(node, name, None), (*path, name))
    elif isinstance(node, tuple | list):
        for index, item in enumerate(node):
            yield from walk(item, (*path, index))
    elif isinstance(node, Mapping):
        for key, item in node.items():
            yield from walk(item, (*path, key))
