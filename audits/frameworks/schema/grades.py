"""Grade sets: the words that judge, their order, and how older scores convert."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, model_validator

from audits.frameworks.base import Key, Model, Sourced, Text


class Grade(Model):
    """One grade. A higher rank is better."""

    key: Key
    label: Text
    rank: Annotated[int, Field(ge=0, le=20)]
    meaning: Text | None = None


class NotApplicable(Sourced):
    """Whether a domain may be left ungraded, and whether that needs a reason."""

    allowed: bool
    reason_required: bool = True


class OverallGradeRule(Sourced):
    """How the overall grade comes about: always a judgement, never computed; the product may warn."""

    warn_steps_from_median: Annotated[int, Field(ge=1, le=5)] | None = None
    "Warn where the overall grade lies this many steps from the median of the domains"
    warn_above_inadequate_domain: bool = False
    "Warn where any domain has the lowest grade and the overall grade is better than the second lowest"
    reason_required_on_warning: bool = False


class ScoreBand(Model):
    """Whole scores of a former numeric scale that convert to a grade."""

    grade: Key
    low: int
    high: int


class FormerScale(Sourced):
    """A numeric scale used before, kept to read historic scores only."""

    bands: Annotated[tuple[ScoreBand, ...], Field(min_length=1)]

    def convert(self, score: int) -> str:
        """The grade's key for a historic score. Raises ValueError for a score no band holds."""
        for band in self.bands:
            if band.low <= score <= band.high:
                return band.grade
        low, high = min(band.low for band in self.bands), max(band.high for band in self.bands)
        raise ValueError(f"{score} is not a score of the former scale, which runs from {low} to {high}")


class GradeSet(Sourced):
    """A set of grades that tools use."""

    key: Key
    label: Text
    grades: Annotated[tuple[Grade, ...], Field(min_length=2)]
    not_applicable: NotApplicable
    overall: OverallGradeRule
    former_scale: FormerScale | None = None

    @model_validator(mode="after")
    def _ranks_differ(self) -> Self:
        if len({grade.rank for grade in self.grades}) != len(self.grades):
            raise ValueError("two grades share a rank; each needs its own, the best the highest")
        if self.former_scale:
            keys = {grade.key for grade in self.grades}
            if unknown := sorted({band.grade for band in self.former_scale.bands} - keys):
                raise ValueError(f"the former scale converts to unknown grades: {', '.join(unknown)}")
        return self

    @property
    def best_first(self) -> tuple[Grade, ...]:
        """The grades from best to worst."""
        return tuple(sorted(self.grades, key=lambda grade: -grade.rank))

    @property
    def ranks(self) -> dict[str, int]:
        """Each grade's rank by its key."""
        return {grade.key: grade.rank for grade in self.grades}

    def grade(self, key: str) -> Grade:
        """The grade with this key. Raises KeyError where the set has none."""
        for grade in self.grades:
            if grade.key == key:
                return grade
        raise KeyError(f"grade set '{self.key}' has no grade '{key}'")

    def label_of(self, key: str | None) -> str:
        """The grade's word; "Not applicable" for None."""
        return self.grade(key).label if key else "Not applicable"

    def steps(self, one: str, other: str) -> int:
        """How many steps of the set lie between two grades."""
        order = [grade.key for grade in self.best_first]
        return abs(order.index(self.grade(one).key) - order.index(self.grade(other).key))

    def is_below(self, grade: str, other: str) -> bool:
        """Whether the first grade is worse than the second."""
        return self.grade(grade).rank < self.grade(other).rank

    def median(self, grades: Iterable[str | None]) -> str | None:
        """The middle of the grades, the worse of two middles; None where none was given."""
        given = sorted((self.grade(key) for key in grades if key), key=lambda grade: grade.rank)
        return given[(len(given) - 1) // 2].key if given else None

    def overall_warning(self, overall: str, domains: Iterable[str | None]) -> str | None:
        """What to point out about an overall grade beside its domains, in words; None where there is nothing."""
        domains = [key for key in domains if key]
        middle = self.median(domains)
        limit = self.overall.warn_steps_from_median
        if middle and limit and self.steps(overall, middle) >= limit:
            return (
                f"The overall grade is {self.label_of(overall)}, while the middle of the domains is "
                f"{self.label_of(middle)}. Check that this is what you mean."
            )
        worst, second = self.best_first[-1], self.best_first[-2]
        worst_seen = self.overall.warn_above_inadequate_domain and worst.key in domains
        if worst_seen and self.grade(overall).rank > second.rank:
            return f"A domain is {worst.label}, while the overall grade is {self.label_of(overall)}."
        return None
