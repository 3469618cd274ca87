"""Audit tools: domains with prompts and descriptors, checklists, and the fields beside them."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from audits.frameworks.base import (
    Choice,
    FlagKey,
    GradeKey,
    GradeSetKey,
    Key,
    Model,
    Ref,
    RoleKey,
    ServiceKey,
    Sourced,
    Text,
)
from audits.frameworks.enums import CHECKLIST, NOT_APPLICABLE, CaseStatus
from audits.frameworks.vocabulary import Due

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
    "The child's statuses for which it is asked; all, where empty"
    measure: Measure | None = None
    compliance: bool = False
    "A check that has to be marked in every audit; where it is not met, what is done about it is written"
    requirements: tuple[str, ...] = ()

    def asked_of(self, status: str) -> bool:
        """Whether it is asked of a child with this status."""
        return not self.statuses or status in self.statuses


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


Meaning = Literal[
    "worker_since",
    "factors",
    "not_of_worker",
    "recommends_observation",
    "last_supervision",
    "no_supervision",
    "calls_for_mark",
    "impact",
    "good_practice",
]
"""What the product does with an answer beyond keeping it; see ExtraField.meaning."""


_TYPES: dict[str | None, tuple[str, ...]] = {
    "worker_since": ("date",),
    "factors": ("choices",),
    "not_of_worker": ("flag",),
    "recommends_observation": ("flag",),
    "last_supervision": ("date",),
    "no_supervision": ("flag",),
    "calls_for_mark": ("flag",),
    "impact": ("flag", "choice", "text"),
    "good_practice": ("text",),
}
OF_THE_WHOLE: tuple[Meaning, ...] = ("last_supervision", "no_supervision", "calls_for_mark")
"""Meanings that belong to the audit as a whole."""
FOR_REPORTS: tuple[Meaning, ...] = ("impact", "good_practice")
"""Meanings that reports read; they belong to the audit as a whole too."""


class ExtraField(Sourced):
    """A field of the form beside prompts and grades."""

    key: Key
    label: Text
    scope: Literal["domain", "audit", "finding", "action", "conversation", "participant"]
    type: Literal["text", "choice", "choices", "flag", "date", "documents"] = "text"
    "`documents` offers those that stand behind the domain"
    choices: tuple[Choice, ...] = ()
    required: bool = False
    needed_when: Key | None = None
    "A flag of the same scope: this field is needed where it is answered with yes"
    hint: Text | None = None
    meaning: Meaning | None = None
    """`worker_since`: the day the worker took the case; `factors`: what else shaped the outcome; `not_of_worker`: a
    flag that the grade judges somebody else's work, so that it stays out of the worker's patterns;
    `recommends_observation`: a flag that asks `to` for an observation of practice; `last_supervision`: the day of the
    last supervision that the record shows, which counts rather than the case list's; `no_supervision`: a flag that
    the record shows none; `calls_for_mark`: a flag that is only complete with the mark that `mark` names;
    `impact`: what the work has meant for the child, counted in reports (of choices the first is the best) or offered
    there in words; `good_practice`: words offered to reports among the strengths"""
    mark: FlagKey | None = None
    "The mark that the auditor sets, saying what they saw, where they answer with yes"
    to: RoleKey | None = None
    "Who is asked, where the answer asks somebody for something"
    due: Due | None = None
    "By when they are asked to have done it"

    @model_validator(mode="after")
    def _choices_where_needed(self) -> Self:
        if (self.type in ("choice", "choices")) != bool(self.choices):
            raise ValueError("`choices` belong to a field of type choice or choices, and only there")
        if self.type == "documents" and self.scope != "domain":
            raise ValueError(
                "a field of type documents has the scope domain: documents stand behind a domain"
            )
        if self.meaning in _TYPES and self.type not in _TYPES[self.meaning]:
            raise ValueError(f"with this `meaning` its type is {' or '.join(_TYPES[self.meaning])}")
        if (self.meaning == "recommends_observation") != bool(self.to and self.due):
            raise ValueError(
                "`to` and `due` belong to a field that recommends an observation, and only there"
            )
        if (self.meaning == "calls_for_mark") != bool(self.mark):
            raise ValueError("`mark` belongs to a field that calls for a mark, and only there")
        if self.meaning in (*OF_THE_WHOLE, *FOR_REPORTS) and self.scope != "audit":
            raise ValueError("with this `meaning` its scope is audit")
        return self


class LookBack(Sourced):
    """How far back the audit looks."""

    months: Annotated[int, Field(ge=1, le=60)]
    extendable_with_reason: bool = True


class ToolReview(Sourced):
    """How often the tool itself is looked at, by whom, and what they say."""

    every_months: Annotated[int, Field(ge=1, le=60)]
    by: RoleKey
    asks: Annotated[tuple[Choice, ...], Field(min_length=1)]
    "What the review judges, one answer each"


USUAL_ANSWERS = (
    Choice(key="yes", label="Yes"),
    Choice(key="partly", label="Partly"),
    Choice(key="no", label="No"),
)


class ChecklistItem(Model):
    """One question of a checklist: an answer that is chosen or written, never a grade."""

    key: Key
    question: Text
    timescale: Text | None = None
    answers: tuple[Choice, ...] = ()
    "What may be answered; yes, partly and no where empty"
    in_words: bool = False
    "Answered in words instead of chosen"
    notes: bool = True
    "Whether a note may be written beside the answer"
    not_applicable: bool = True
    "Whether it may be left as not applicable, with a reason"

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What may be chosen; nothing where it is answered in words."""
        return () if self.in_words else self.answers or USUAL_ANSWERS

    @model_validator(mode="after")
    def _is_answered_one_way(self) -> Self:
        if self.in_words and self.answers:
            raise ValueError("`answers` belong to a question that is not answered `in_words`")
        if any(one.key == NOT_APPLICABLE for one in self.answers):
            raise ValueError("whether it may be not applicable is said by `not_applicable`, not by an answer")
        return self


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
    review: ToolReview | None = None
    minutes: Annotated[int, Field(ge=1)] | None = None
    domains: tuple[Domain, ...] = ()
    items: tuple[ChecklistItem, ...] = ()
    fields: tuple[ExtraField, ...] = ()
    needs_one_of: tuple[Literal["strengths", "development_areas", "evidence"], ...] = ()
    "Of which words every domain needs at least one; of any that it asks for, where empty"
    tags: tuple[Choice, ...] = ()
    "Issues a finding can be marked with, to be counted across cases"
    development_codes: tuple[Choice, ...] = ()
    "What an area to develop feeds into"
    overall_descriptors: Mapping[GradeKey, tuple[Text, ...]] = Field(default_factory=dict)

    @property
    def graded(self) -> bool:
        """Whether any domain is graded."""
        return any(domain.graded for domain in self.domains)

    @property
    def is_checklist(self) -> bool:
        """Whether it is questions alone, so that an audit with it has no grade."""
        return bool(self.items) and not self.domains

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not (self.planned or self.domains or self.items):
            raise ValueError("has neither `domains` nor `items`, and is not `planned`")
        if self.graded and not self.grade_set:
            raise ValueError("has graded domains and names no `grade_set`")
        if self.items and any(domain.key == CHECKLIST for domain in self.domains):
            raise ValueError(f"a tool with `items` has no domain with the key '{CHECKLIST}'")
        flags = {(field.scope, field.key) for field in self.fields if field.type == "flag"}
        for field in self.fields:
            if field.needed_when and (field.scope, field.needed_when) not in flags:
                raise ValueError(f"field '{field.key}': `needed_when` names no flag of the same scope")
        return self

    def domain(self, key: str) -> Domain:
        """The domain with this key. Raises KeyError where the tool has none."""
        for domain in self.domains:
            if domain.key == key:
                return domain
        raise KeyError(f"tool '{self.key}' has no domain '{key}'")

    def meaning(self, meaning: Meaning) -> ExtraField | None:
        """The field whose answer has this meaning, or None."""
        return next(iter(self.all_of(meaning)), None)

    def all_of(self, meaning: Meaning) -> tuple[ExtraField, ...]:
        """Every field whose answer has this meaning, in order."""
        return tuple(field for field in self.fields if field.meaning == meaning)

    def further(self, key: str) -> ExtraField | None:
        """The extra field with this key, or None."""
        return next((field for field in self.fields if field.key == key), None)
