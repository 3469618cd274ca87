"""Conditions on one audit."""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import DomainKey, FlagKey, GradeKey, Kind, SlotKey
from audits.frameworks.enums import CaseStatus
from audits.frameworks.vocabulary.facts import NO, AuditFacts, Reason, Verdict
from audits.frameworks.vocabulary.wording import Names, count, join

Share = Annotated[float, Field(ge=0, le=1)]


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
    kind: Literal["domain_grade"]
    domain: DomainKey
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        grade = facts.grades.domains.get(self.domain)
        if grade not in self.grades:
            return NO
        return Verdict(True, (Reason(f"{names.domain(self.domain)}: {_grade(grade, names)}", self.domain),))

    def in_words(self, names: Names) -> str:
        return f"{names.domain(self.domain)} is {join((names.grade(grade) for grade in self.grades), 'or')}"


class Flag(ConditionKind):
    """A mark was set on the audit, such as a safeguarding concern."""

    title: ClassVar[str] = "a mark set on the audit"
    kind: Literal["flag"]
    flag: FlagKey

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        if self.flag not in facts.flags:
            return NO
        return Verdict(True, (Reason(f"Marked: {self.flag.replace('_', ' ')}"),))

    def in_words(self, names: Names) -> str:
        return f"a {self.flag.replace('_', ' ')} is marked"


class CaseAttribute(ConditionKind):
    """Something was true of the child's case on the day of the draw: its status, or that the record is restricted."""

    title: ClassVar[str] = "a fact about the case"
    kind: Literal["case_attribute"]
    attribute: CaseStatus | Literal["restricted"]

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        if self.attribute not in facts.attributes:
            return NO
        return Verdict(True, (Reason(f"The case: {self._word()}"),))

    def _word(self) -> str:
        label = self.attribute.label if isinstance(self.attribute, CaseStatus) else "restricted record"
        return label.lower()

    def in_words(self, names: Names) -> str:
        return f"the child's case is: {self._word()}"


class OverallDisputed(ConditionKind):
    """Somebody who may do so disagrees with the overall grade."""

    title: ClassVar[str] = "a disagreement about the overall grade"
    kind: Literal["overall_disputed"]

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        if not facts.overall_disputed:
            return NO
        return Verdict(True, (Reason("Somebody disagrees with the overall grade"),))

    def in_words(self, names: Names) -> str:
        return "anyone involved disagrees with the overall grade"


class MonthsSinceSupervision(ConditionKind):
    """Supervision was last recorded so many months ago, or longer; or none is on record since nobody knows when.

    Where no date is known and nobody looked, nothing is said.
    """

    title: ClassVar[str] = "the time since the last supervision"
    kind: Literal["months_since_supervision"]
    at_least: Annotated[int, Field(ge=1, le=60)]

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        months = facts.months_since_supervision
        if months is None and facts.never_supervised:
            return Verdict(True, (Reason("No supervision is on record"),))
        if months is None or months < self.at_least:
            return NO
        return Verdict(True, (Reason(f"No supervision on record for {count(months, 'month')}"),))

    def in_words(self, names: Names) -> str:
        return f"no supervision has been recorded for {count(self.at_least, 'month')} or more"


class FewerAuditsThan(ConditionKind):
    """The auditor has completed fewer audits than this: whoever submits, else any auditor of the audit."""

    title: ClassVar[str] = "an auditor's experience"
    kind: Literal["fewer_audits_than"]
    audits: Annotated[int, Field(ge=1, le=100)]

    def holds(self, facts: AuditFacts, names: Names) -> Verdict:
        known = facts.completed_audits
        if facts.submitter is not None:
            known = {slot: done for slot, done in known.items() if slot == facts.submitter}
        reasons = tuple(
            Reason(f"{names.slot(slot)}: {count(done, 'audit')} completed before this one")
            for slot, done in known.items()
            if done < self.audits
        )
        return Verdict(bool(reasons), reasons)

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
