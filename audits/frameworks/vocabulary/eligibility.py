"""Who may audit or moderate a case: derived from the case, or from a pool of roles without those too close to it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import Kind, RoleKey
from audits.frameworks.enums import Relation
from audits.frameworks.vocabulary.facts import CaseFacts, PersonFacts, Reason, Verdict
from audits.frameworks.vocabulary.wording import Names, count, join


class Exclude(StrEnum):
    """Who is kept out of a pool."""

    CASE_LINE = "case_line"
    CASE_IRO_OR_CHAIR = "case_iro_or_chair"
    EARLIER_AUDITORS = "earlier_auditors"
    SAME_SERVICE = "same_service"
    AUDITOR_LINE = "auditor_line"


@dataclass(frozen=True)
class Exclusion:
    """One way of being too close to a case."""

    words: str
    applies: Callable[[PersonFacts, CaseFacts], bool]


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
    Exclude.SAME_SERVICE: Exclusion(
        "anyone from the service the case belongs to",
        lambda person, case: case.service is not None and case.service in person.services,
    ),
    Exclude.AUDITOR_LINE: Exclusion(
        "anyone in the auditor's own line of management", lambda person, case: person.id in case.auditor_line
    ),
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
            if exclusion.applies(person, case):
                reasons.append(Reason(f"is kept out as {exclusion.words}"))
        if person.completed_audits < self.min_completed_audits:
            reasons.append(Reason(f"has completed fewer than {count(self.min_completed_audits, 'audit')}"))
        return Verdict(not reasons, tuple(reasons))

    def in_words(self, names: Names) -> str:
        who = f"someone from the pool: {join((names.role(role) for role in self.roles), 'or')}"
        kept_out = join((EXCLUSIONS[key].words for key in self.exclude), "or")
        if self.min_completed_audits:
            who += f", with at least {count(self.min_completed_audits, 'audit')} completed"
        return f"{who}; never {kept_out}" if kept_out else who


Eligibility = Annotated[FromCase | Pool, Field(discriminator="kind")]
"""Any eligibility rule."""
