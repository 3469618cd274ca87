"""Who may audit or moderate a case: derived from the case, or from a pool of roles without those too close to it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import Kind, RoleKey
from audits.frameworks.enums import Relation
from audits.frameworks.vocabulary.facts import CaseFacts, PersonFacts, Reason, Verdict
from audits.frameworks.vocabulary.wording import Names, join


class Exclude(StrEnum):
    """Who is kept out of a pool."""

    CASE_LINE = "case_line"
    CASE_IRO_OR_CHAIR = "case_iro_or_chair"
    EARLIER_AUDITORS = "earlier_auditors"
    SAME_SERVICE = "same_service"
    AUDITOR_LINE = "auditor_line"


@dataclass(frozen=True)
class Exclusion:
    """One way of being too close to a case; `applies` is None for one this release cannot judge yet."""

    words: str
    applies: Callable[[PersonFacts, CaseFacts], bool] | None


EXCLUSIONS: dict[Exclude, Exclusion] = {
    Exclude.CASE_LINE: Exclusion(
        "anyone in the line of management of the case",
        lambda person, case: person.id in case.line or person.id in (case.worker, case.team_manager),
    ),
    Exclude.CASE_IRO_OR_CHAIR: Exclusion(
        "the child's own independent reviewing officer or conference chair",
        lambda person, case: person.id in case.iro_or_chair,
    ),
    Exclude.EARLIER_AUDITORS: Exclusion(
        "anyone who has audited the case", lambda person, case: person.id in case.auditors
    ),
    Exclude.SAME_SERVICE: Exclusion("anyone from the service the case belongs to", None),
    Exclude.AUDITOR_LINE: Exclusion("anyone in the auditor's own line of management", None),
}


class EligibilityKind(Kind):
    """A rule that says who may fill a place."""

    def admits(self, person: PersonFacts, case: CaseFacts) -> Verdict:
        """Whether the person may; where not, every reason in words."""
        raise NotImplementedError(f"this release cannot judge {self.title}")

    def in_words(self, names: Names) -> str:
        """Who that is."""
        raise NotImplementedError


class FromCase(EligibilityKind):
    """The one person who stands in this relation to the case on the day it is allocated."""

    title: ClassVar[str] = "a person named by the case"
    kind: Literal["from_case"]
    relation: Literal[Relation.TEAM_MANAGER, Relation.ALLOCATED_WORKER]

    def admits(self, person: PersonFacts, case: CaseFacts) -> Verdict:
        wanted = case.team_manager if self.relation is Relation.TEAM_MANAGER else case.worker
        if wanted is not None and person.id == wanted:
            return Verdict(True)
        return Verdict(False, (Reason(f"not {self.relation.label}"),))

    def in_words(self, names: Names) -> str:
        return f"{self.relation.label} on the day of allocation"


class Pool(EligibilityKind):
    """Anyone holding one of these roles, without those too close to the case."""

    title: ClassVar[str] = "a pool of roles"
    kind: Literal["pool"]
    roles: Annotated[tuple[RoleKey, ...], Field(min_length=1)]
    exclude: tuple[Exclude, ...] = ()
    min_completed_audits: Annotated[int, Field(ge=0, le=100)] = 0

    def admits(self, person: PersonFacts, case: CaseFacts) -> Verdict:
        reasons = [] if person.roles & set(self.roles) else [Reason("holds none of the roles asked for")]
        for key in self.exclude:
            exclusion = EXCLUSIONS[key]
            if exclusion.applies is None:
                raise NotImplementedError(f"this release cannot judge whether a person is {exclusion.words}")
            if exclusion.applies(person, case):
                reasons.append(Reason(f"is kept out as {exclusion.words}"))
        return Verdict(not reasons, tuple(reasons))

    def in_words(self, names: Names) -> str:
        who = f"someone from the pool: {join((names.role(role) for role in self.roles), 'or')}"
        kept_out = join((EXCLUSIONS[key].words for key in self.exclude), "or")
        return f"{who}; never {kept_out}" if kept_out else who

    def not_yet(self) -> tuple[str, ...]:
        """What of this pool the release cannot judge, in words."""
        missing = [
            f"keeping out {EXCLUSIONS[key].words}" for key in self.exclude if EXCLUSIONS[key].applies is None
        ]
        if self.min_completed_audits:
            missing.append("asking for an experienced auditor")
        return tuple(missing)


Eligibility = Annotated[FromCase | Pool, Field(discriminator="kind")]
"""Any eligibility rule."""
