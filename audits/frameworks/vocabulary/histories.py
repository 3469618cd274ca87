"""Conditions on a history of finished audits: of one practitioner, team, service, or the whole council."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import GradeKey, Key, Kind, Model
from audits.frameworks.vocabulary.conditions import Share
from audits.frameworks.vocabulary.facts import NO, HistoryFacts, PastAudit, Reason, Verdict
from audits.frameworks.vocabulary.wording import Names, count, join, number, percent
from qaf.lib import calendar

HistoryLevel = Literal["practitioner", "team", "service", "authority"]


class HistoryKind(Kind):
    """A condition that reads an ordered history of finished audits, of the levels it names."""

    when_a_quarter_ends: ClassVar[bool] = False
    """Whether it is looked at once a quarter is over, rather than with each audit that becomes final."""

    levels: Annotated[tuple[HistoryLevel, ...], Field(min_length=1)]

    def begins_on(self, newest: date) -> date | None:
        """Return the first day it looks back to; None: as far as it needs audits."""
        return None

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
            Reason(f"{names.domain(domain)}: {_runs(run, domain, names)}", domain, _references(run))
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


def _grade(grade: str | None, names: Names) -> str:
    return names.grade(grade) if grade else "not applicable"


def _references(audits: Sequence[PastAudit]) -> tuple[str, ...]:
    return tuple(audit.reference for audit in audits)


def _overall(audits: Sequence[PastAudit], names: Names) -> str:
    return ", ".join(f"{audit.reference} {_grade(audit.grades.overall, names)}" for audit in audits)


class NotTheWorkers(Model):
    """An audit that says little of the worker: they had the child only for weeks, and other causes are recorded."""

    weeks: Annotated[int, Field(ge=1, le=52)]
    factor: Key
    "Field of the tool that holds what else contributed"

    def covers(self, audit: PastAudit) -> bool:
        """Say whether the audit is left out of the worker's history."""
        weeks = audit.worker_weeks
        return weeks is not None and weeks < self.weeks and self.factor in audit.factors


class ConsecutiveGrade(HistoryKind):
    """The overall grade was one of those named so many times running; audits without a grade are passed over."""

    title: ClassVar[str] = "the same overall grade several times running"
    kind: Literal["consecutive_grade"]
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]
    times: Annotated[int, Field(ge=2, le=12)]
    passes_over: NotTheWorkers | None = None
    "Which audits are not counted in a practitioner's history"

    def holds(self, facts: HistoryFacts, names: Names) -> Verdict:
        if facts.level not in self.levels or not facts.audits:
            return NO
        counted = [audit for audit in facts.audits if audit.grades.overall and not self._passes(facts, audit)]
        run = counted[-self.times :]
        newest_counts = bool(run) and run[-1] is facts.audits[-1]
        if (
            len(run) < self.times
            or not newest_counts
            or any(a.grades.overall not in self.grades for a in run)
        ):
            return NO
        return Verdict(True, (Reason(_overall(run, names), references=_references(run)),))

    def _passes(self, facts: HistoryFacts, audit: PastAudit) -> bool:
        return (
            facts.level == "practitioner" and self.passes_over is not None and self.passes_over.covers(audit)
        )

    def in_words(self, names: Names) -> str:
        grades = join((names.grade(grade) for grade in self.grades), "or")
        text = (
            f"the overall grade is {grades} {number(self.times)} times running for {self._levels_in_words()}"
        )
        if rule := self.passes_over:
            text += (
                f" (an audit does not count for a worker who had the child for less than {count(rule.weeks, 'week')} "
                "where it records what else contributed)"
            )
        return text


class ShareOfGrade(HistoryKind):
    """A share of the audits of a window had one of the grades named."""

    title: ClassVar[str] = "the share of a grade over some months"
    kind: Literal["share_of_grade"]
    grades: Annotated[tuple[GradeKey, ...], Field(min_length=1)]
    share: Share
    months: Annotated[int, Field(ge=1, le=36)]
    min_audits: Annotated[int, Field(ge=1, le=100)]

    def begins_on(self, newest: date) -> date | None:
        return calendar.add_months(calendar.month_start(newest), 1 - self.months)

    def holds(self, facts: HistoryFacts, names: Names) -> Verdict:
        if facts.level not in self.levels or not facts.audits:
            return NO
        first = self.begins_on(facts.audits[-1].on) or date.min
        window = [audit for audit in facts.audits if audit.on >= first and audit.grades.overall]
        found = [audit for audit in window if audit.grades.overall in self.grades]
        if len(window) < self.min_audits or len(found) < self.share * len(window):
            return NO
        text = f"{len(found)} of {len(window)} audits: {_overall(found, names)}"
        return Verdict(True, (Reason(text, references=_references(found)),))

    def in_words(self, names: Names) -> str:
        grades = join((names.grade(grade) for grade in self.grades), "or")
        return (
            f"{percent(self.share)} or more of at least {count(self.min_audits, 'audit')} "
            f"in {count(self.months, 'month')} "
            f"are {grades} for {self._levels_in_words()}"
        )


class ShareChange(HistoryKind):
    """The share of a grade moved by so many percentage points from one quarter to the next, once both are over."""

    title: ClassVar[str] = "a change in the share of grades between quarters"
    when_a_quarter_ends: ClassVar[bool] = True
    kind: Literal["share_change"]
    points: Annotated[int, Field(ge=1, le=100)]
    min_audits: Annotated[int, Field(ge=1, le=100)] = 5
    "How many audits each of the two quarters must have: a share of few says nothing"

    def begins_on(self, newest: date) -> date | None:
        start, _ = calendar.quarter_bounds(*calendar.quarter_of(newest))
        return calendar.add_months(start, -3)

    def holds(self, facts: HistoryFacts, names: Names) -> Verdict:
        if facts.level not in self.levels or not facts.audits:
            return NO
        start, _ = calendar.quarter_bounds(*calendar.quarter_of(facts.audits[-1].on))
        first = calendar.add_months(start, -3)
        graded = [audit for audit in facts.audits if audit.on >= first and audit.grades.overall]
        before = [audit for audit in graded if audit.on < start]
        after = [audit for audit in graded if audit.on >= start]
        if min(len(before), len(after)) < self.min_audits:
            return NO
        reasons = tuple(self._moved(grade, before, after, names) for grade in self._grades(facts.rank))
        found = tuple(reason for reason in reasons if reason)
        return Verdict(bool(found), found)

    @staticmethod
    def _grades(rank: Mapping[str, int]) -> list[str]:
        return sorted(rank, key=lambda grade: -rank[grade])

    def _moved(
        self, grade: str, before: Sequence[PastAudit], after: Sequence[PastAudit], names: Names
    ) -> Reason | None:
        was, now = (sum(a.grades.overall == grade for a in audits) for audits in (before, after))
        # Counted in whole audits, so that a share on the very threshold is not lost to rounding.
        apart = abs(now * len(before) - was * len(after)) * 100
        if apart < self.points * len(before) * len(after):
            return None
        text = f"{names.grade(grade)}: {was} of {len(before)} audits, then {now} of {len(after)}"
        return Reason(text, references=_references(after))

    def in_words(self, names: Names) -> str:
        points = (
            f"{self.points} points or more between quarters of at least {count(self.min_audits, 'audit')}"
        )
        return f"the share of a grade moves by {points} for {self._levels_in_words()}"


History = Annotated[
    ConsecutiveBelow | ConsecutiveGrade | ShareOfGrade | ShareChange, Field(discriminator="kind")
]
"""Any condition on a history."""
