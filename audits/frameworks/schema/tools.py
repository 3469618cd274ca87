"""Audit tools: domains with prompts and descriptors, checklists, and the fields beside them."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from audits.frameworks.base import Choice, GradeKey, GradeSetKey, Key, Model, Ref, ServiceKey, Sourced, Text
from audits.frameworks.enums import CaseStatus

DocumentKey = Annotated[Key, Ref("document")]


class Measure(Model):
    """A time a criterion measures; the limit is None where the council has not said."""

    from_event: Key
    to_event: Key
    limit: Annotated[int, Field(ge=1)] | None = None
    unit: Literal["hour", "day", "working_day", "week", "month"]


class Criterion(Model):
    """One statement of what good practice shows; marking it is optional and never computes a grade."""

    key: Key
    text: Text
    only_when: Text | None = None
    "The circumstances in which it applies, in words"
    statuses: tuple[CaseStatus, ...] = ()
    measure: Measure | None = None
    requirements: tuple[str, ...] = ()


class Threshold(Model):
    """A figure shown beside a domain, such as an age or a number of months."""

    key: Key
    text: Text


class Applies(Sourced):
    """When a domain is part of the audit; outside it the domain is not applicable without further reason."""

    statuses: tuple[CaseStatus, ...] = ()
    involves: tuple[Key, ...] = ()
    "Roles or services whose involvement makes the domain apply"
    text: Text


class Domain(Sourced):
    """One section of a tool that is judged."""

    key: Key
    title: Text
    graded: bool = True
    about: Text | None = None
    prompts: tuple[Text, ...] = ()
    descriptors: Mapping[GradeKey, tuple[Text, ...]] = Field(default_factory=dict)
    "What each grade looks like"
    criteria: tuple[Criterion, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    documents: tuple[DocumentKey, ...] = ()
    applies: Applies | None = None
    continues: Key | None = None
    "The key of this domain in the tool's version before, where it changed"

    def descriptor(self, grade: str) -> tuple[str, ...]:
        """What this grade looks like in this domain; empty where the council has no text for it."""
        return self.descriptors.get(grade, ())


class ExtraField(Sourced):
    """A field of the form beside prompts and grades."""

    key: Key
    label: Text
    scope: Literal["domain", "audit", "finding", "action", "conversation", "participant"]
    type: Literal["text", "choice", "choices", "flag", "date"] = "text"
    choices: tuple[Choice, ...] = ()
    required: bool = False
    hint: Text | None = None

    @model_validator(mode="after")
    def _choices_where_needed(self) -> Self:
        if (self.type in ("choice", "choices")) != bool(self.choices):
            raise ValueError("`choices` belong to a field of type choice or choices, and only there")
        return self


class LookBack(Sourced):
    """How far back the audit looks."""

    months: Annotated[int, Field(ge=1, le=60)]
    extendable_with_reason: bool = True


class ChecklistItem(Model):
    """One question of an ungraded tool."""

    key: Key
    question: Text
    timescale: Text | None = None


class Tool(Sourced):
    """One audit tool in one version. Domains make it graded, items a checklist."""

    key: Key
    name: Text
    version: Annotated[int, Field(ge=1)]
    planned: bool = False
    grade_set: GradeSetKey | None = None
    services: tuple[ServiceKey, ...] = ()
    "Services it is used in; empty means all that take part"
    look_back: LookBack | None = None
    minutes: Annotated[int, Field(ge=1)] | None = None
    domains: tuple[Domain, ...] = ()
    items: tuple[ChecklistItem, ...] = ()
    fields: tuple[ExtraField, ...] = ()
    tags: tuple[Choice, ...] = ()
    "Issues a finding can be marked with, to be counted across cases"
    development_codes: tuple[Choice, ...] = ()
    "What an area to develop feeds into"
    overall_descriptors: Mapping[GradeKey, tuple[Text, ...]] = Field(default_factory=dict)

    @property
    def graded(self) -> bool:
        """Whether any domain is graded."""
        return any(domain.graded for domain in self.domains)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not (self.planned or self.domains or self.items):
            raise ValueError("has neither `domains` nor `items`, and is not `planned`")
        if self.graded and not self.grade_set:
            raise ValueError("has graded domains and names no `grade_set`")
        return self

    def domain(self, key: str) -> Domain:
        """The domain with this key. Raises KeyError where the tool has none."""
        for domain in self.domains:
            if domain.key == key:
                return domain
        raise KeyError(f"tool '{self.key}' has no domain '{key}'")

    def extra(self, key: str) -> ExtraField | None:
        """The extra field with this key, or None."""
        return next((field for field in self.fields if field.key == key), None)
