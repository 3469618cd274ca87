"""Conditions on one audit, and on a history of audits."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import DomainKey, GradeKey, Key, Kind, SlotKey
from audits.frameworks.vocabulary.facts import NO, AuditFacts, HistoryFacts, PastAudit, Reason, Verdict
from audits.frameworks.vocabulary.wording import Names, count, join, number, percent

Share = Annotated[float, Field(ge=0, le=1)]
HistoryLevel = Literal["practitioner", "team", "service", "authority"]


class ConditionKind(Kind):
    """A condition that reads one audit."""

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        """Whether it holds, with every reason in words."""
        raise NotImplementedError(f"this release cannot judge {self.title}")

    def in_words(self, names: Names) -> str:
        """The condition after "when"."""
        raise NotImplementedError


class GradeDifference(ConditionKind):
    """Two auditors' grades lie at least so many steps apart, overall or in any domain.

    A domain that only one of them graded (the other: not applicable) counts as a difference of one step: they did
    not see the same thing.
    """

    title: ClassVar[str] = "a difference between two auditors' grades"
    kind: Literal["grade_difference"]
    between: tuple[SlotKey, SlotKey]
    scope: Literal["overall", "any_domain"]
    min_steps: Annotated[int, Field(ge=1, le=10)] = 1

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        first, second = (facts.submitted.get(slot) for slot in self.between)
        if first is None or second is None:
            return NO
        if self.scope == "overall":
            pairs: list[tuple[str | None, str | None, str | None]] = [(None, first.overall, second.overall)]
        else:
            keys = [*first.domains, *(key for key in second.domains if key not in first.domains)]
            pairs = [(key, first.domains.get(key), second.domains.get(key)) for key in keys]
        reasons = tuple(
            self._reason(key, one, other, names)
            for key, one, other in pairs
            if _steps(one, other, facts.rank) >= self.min_steps
        )
        return Verdict(bool(reasons), reasons)

    def _reason(self, domain: str | None, one: str | None, other: str | None, names: Names) -> Reason:
        subject = names.domain(domain) if domain else "Overall"
        grades = [
            f"{names.slot(slot)} {_grade(grade, names)}"
            for slot, grade in zip(self.between, (one, other), strict=True)
        ]
        return Reason(f"{subject}: {', '.join(grades)}", domain)

    def in_words(self, names: Names) -> str:
        subject = "overall grade" if self.scope == "overall" else "grade in any domain"
        people = join(names.slot(slot).lower() for slot in self.between)
        steps = "at all" if self.min_steps == 1 else f"by {count(self.min_steps, 'step')} or more"
        return f"the {subject} of the {people} differs {steps}"


def _steps(one: str | None, other: str | None, rank: Mapping[str, int]) -> int:
    if one == other:
        return 0
    if one is None or other is None:
        return 1
    return abs(rank[one] - rank[other])


def _grade(grade: str | None, names: Names) -> str:
    return names.grade(grade) if grade else "not applicable"


class OverallGrade(ConditionKind):
    """The overall grade is one of those named."""

    title: ClassVar[str] = "the overall grade"
    kind: Literal["overall_grade"]
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        grade = facts.grades.overall
        if grade not in self.grades:
            return NO
        return Verdict(True, (Reason(f"Overall: {_grade(grade, names)}"),))

    def in_words(self, names: Names) -> str:
        return f"the overall grade is {join((names.grade(grade) for grade in self.grades), 'or')}"


class AnyGrade(ConditionKind):
    """The overall grade or that of any domain is one of those named."""

    title: ClassVar[str] = "any grade of an audit"
    kind: Literal["any_grade"]
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        found = [(None, facts.grades.overall), *facts.grades.domains.items()]
        reasons = tuple(
            Reason(f"{names.domain(key) if key else 'Overall'}: {_grade(grade, names)}", key)
            for key, grade in found
            if grade in self.grades
        )
        return Verdict(bool(reasons), reasons)

    def in_words(self, names: Names) -> str:
        return (
            f"the overall grade or any domain is {join((names.grade(grade) for grade in self.grades), 'or')}"
        )


class DomainGrade(ConditionKind):
    """The grade of one named domain is one of those named."""

    title: ClassVar[str] = "the grade of one domain"
    implemented: ClassVar[bool] = False
    kind: Literal["domain_grade"]
    domain: DomainKey
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]

    def in_words(self, names: Names) -> str:
        return f"{names.domain(self.domain)} is {join((names.grade(grade) for grade in self.grades), 'or')}"


class Flag(ConditionKind):
    """A mark was set on the audit, such as a safeguarding concern."""

    title: ClassVar[str] = "a mark set on the audit"
    implemented: ClassVar[bool] = False
    kind: Literal["flag"]
    flag: Key

    def in_words(self, names: Names) -> str:
        return f"a {self.flag.replace('_', ' ')} is marked"


class CaseAttribute(ConditionKind):
    """Something is true of the child's case, such as being cared for."""

    title: ClassVar[str] = "a fact about the case"
    implemented: ClassVar[bool] = False
    kind: Literal["case_attribute"]
    attribute: Key

    def in_words(self, names: Names) -> str:
        return f"the child is {self.attribute.replace('_', ' ')}"


class OverallDisputed(ConditionKind):
    """Somebody who may do so disagrees with the overall grade."""

    title: ClassVar[str] = "a disagreement about the overall grade"
    implemented: ClassVar[bool] = False
    kind: Literal["overall_disputed"]

    def in_words(self, names: Names) -> str:
        return "anyone involved disagrees with the overall grade"


class MonthsSinceSupervision(ConditionKind):
    """Supervision was last recorded so many months ago, or longer."""

    title: ClassVar[str] = "the time since the last supervision"
    implemented: ClassVar[bool] = False
    kind: Literal["months_since_supervision"]
    at_least: Annotated[int, Field(ge=1, le=60)]

    def in_words(self, names: Names) -> str:
        return f"no supervision has been recorded for {count(self.at_least, 'month')} or more"


class FewerAuditsThan(ConditionKind):
    """The auditor has completed fewer audits than this."""

    title: ClassVar[str] = "an auditor's experience"
    implemented: ClassVar[bool] = False
    kind: Literal["fewer_audits_than"]
    audits: Annotated[int, Field(ge=1, le=100)]

    def in_words(self, names: Names) -> str:
        return f"the auditor has completed fewer than {count(self.audits, 'audit')}"


Condition = Annotated[
    GradeDifference
    | OverallGrade
    | AnyGrade
    | DomainGrade
    | Flag
    | CaseAttribute
    | OverallDisputed
    | MonthsSinceSupervision
    | FewerAuditsThan,
    Field(discriminator="kind"),
]
"""Any condition on one audit."""


def all_hold(conditions: Iterable[ConditionKind], facts: AuditFacts, names: Names) -> Verdict:
    """Whether every condition holds, with all their reasons. No condition at all always holds."""
    reasons: list[Reason] = []
    for condition in conditions:
        verdict = condition.holds(facts, names)
        if not verdict:
            return NO
        reasons.extend(verdict.reasons)
    return Verdict(True, tuple(reasons))


# Histories ----------------------------------------------------------------------------------------------------------


class HistoryKind(Kind):
    """A condition that reads an ordered history of finished audits, of the levels it names."""

    levels: Annotated[tuple[HistoryLevel, ...], Field(min_length=1)]

    def holds(self, facts: HistoryFacts, names: Names) -> Verdict:
        """Whether it holds for the newest audit of the history, with every reason in words."""
        raise NotImplementedError(f"this release cannot judge {self.title}")

    def in_words(self, names: Names) -> str:
        """The condition after "when"."""
        raise NotImplementedError

    def _levels_in_words(self) -> str:
        words = {"authority": "the whole council"}
        return join((words.get(level, f"a {level}") for level in self.levels), "or")


class ConsecutiveBelow(HistoryKind):
    """The same domain was graded below a grade so many times running; audits where it did not apply are passed over."""

    title: ClassVar[str] = "a domain below a grade several times running"
    kind: Literal["consecutive_below"]
    grade: GradeKey
    times: Annotated[int, Field(ge=2, le=12)]

    def holds(self, facts: HistoryFacts, names: Names) -> Verdict:
        if facts.level not in self.levels or not facts.audits:
            return NO
        newest = facts.audits[-1].grades.domains
        reasons = tuple(
            Reason(f"{names.domain(domain)}: {_runs(run, domain, names)}", domain)
            for domain in newest
            if newest[domain] is not None and (run := self._run(facts, domain))
        )
        return Verdict(bool(reasons), reasons)

    def _run(self, facts: HistoryFacts, domain: str) -> Sequence[PastAudit]:
        graded = [audit for audit in facts.audits if audit.grades.domains.get(domain) is not None]
        last = graded[-self.times :]
        below = [
            audit for audit in last if facts.rank[audit.grades.domains[domain] or ""] < facts.rank[self.grade]
        ]
        return last if len(below) == self.times else ()

    def in_words(self, names: Names) -> str:
        return (
            f"the same domain is graded below {names.grade(self.grade)} {number(self.times)} times running "
            f"for {self._levels_in_words()}"
        )


def _runs(run: Sequence[PastAudit], domain: str, names: Names) -> str:
    return ", ".join(f"{audit.reference} {_grade(audit.grades.domains[domain], names)}" for audit in run)


class ConsecutiveGrade(HistoryKind):
    """The overall grade was one of those named so many times running."""

    title: ClassVar[str] = "the same overall grade several times running"
    implemented: ClassVar[bool] = False
    kind: Literal["consecutive_grade"]
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]
    times: Annotated[int, Field(ge=2, le=12)]

    def in_words(self, names: Names) -> str:
        grades = join((names.grade(grade) for grade in self.grades), "or")
        return (
            f"the overall grade is {grades} {number(self.times)} times running for {self._levels_in_words()}"
        )


class ShareOfGrade(HistoryKind):
    """A share of the audits of a window had one of the grades named."""

    title: ClassVar[str] = "the share of a grade over some months"
    implemented: ClassVar[bool] = False
    kind: Literal["share_of_grade"]
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]
    share: Share
    months: Annotated[int, Field(ge=1, le=36)]
    min_audits: Annotated[int, Field(ge=1, le=100)]

    def in_words(self, names: Names) -> str:
        grades = join((names.grade(grade) for grade in self.grades), "or")
        return (
            f"{percent(self.share)} or more of at least {count(self.min_audits, 'audit')} "
            f"in {count(self.months, 'month')} "
            f"are {grades} for {self._levels_in_words()}"
        )


class ShareChange(HistoryKind):
    """The spread of grades moved by so many percentage points from one quarter to the next."""

    title: ClassVar[str] = "a change in the share of grades between quarters"
    implemented: ClassVar[bool] = False
    kind: Literal["share_change"]
    points: Annotated[int, Field(ge=1, le=100)]

    def in_words(self, names: Names) -> str:
        points = f"{self.points} points or more between quarters"
        return f"the share of a grade moves by {points} for {self._levels_in_words()}"


History = Annotated[
    ConsecutiveBelow | ConsecutiveGrade | ShareOfGrade | ShareChange, Field(discriminator="kind")
]
"""Any condition on a history."""
