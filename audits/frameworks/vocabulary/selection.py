"""Which audits are moderated: selectors over one audit, the month's set, or the moderators."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from math import ceil
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import GradeKey, Kind, RoleKey
from audits.frameworks.vocabulary.conditions import Condition, Share, all_hold
from audits.frameworks.vocabulary.facts import AuditFacts, Reason, Verdict
from audits.frameworks.vocabulary.wording import Names, count, join, percent

EvaluatedAt = Literal["at_allocation", "all_submitted", "finalisation", "month_closed", "each_quarter"]

EVALUATED_WORDS: Mapping[str, str] = {
    "at_allocation": "when cases are allocated",
    "all_submitted": "as soon as every auditor has submitted",
    "finalisation": "when the auditor finalises",
    "month_closed": "when the month has closed",
    "each_quarter": "each quarter",
}


def by_chance(references: Iterable[str], seed: str) -> list[str]:
    """The references in an order that only the seed decides, on any machine."""
    return sorted(set(references), key=lambda reference: sha256(f"{seed}|{reference}".encode()).hexdigest())


class SelectorKind(Kind):
    """A rule that selects audits for moderation."""

    def in_words(self, names: Names) -> str:
        """Which audits, after "moderated:"."""
        raise NotImplementedError


class OneAudit(SelectorKind):
    """A selector that looks at one audit alone."""

    def selects(self, facts: AuditFacts, names: Names) -> Verdict:
        """Whether this audit is selected, with every reason in words."""
        raise NotImplementedError(f"this release cannot select by {self.title}")


class WhenConditions(OneAudit):
    """Every audit for which all the conditions hold."""

    title: ClassVar[str] = "conditions on the audit"
    kind: Literal["when"]
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1)]

    def selects(self, facts: AuditFacts, names: Names) -> Verdict:
        return all_hold(self.conditions, facts, names)

    def in_words(self, names: Names) -> str:
        return f"every audit where {join(condition.in_words(names) for condition in self.conditions)}"


class RandomShare(SelectorKind):
    """A random share of the audits nothing else selected, rounded up; a share of 0 selects none."""

    title: ClassVar[str] = "a random share"
    kind: Literal["random_share"]
    share: Share

    def select(self, references: Iterable[str], *, seed: str) -> dict[str, Reason]:
        """The references chosen, each with its reason: the same for any order and on any machine."""
        pool = by_chance(references, seed)
        chosen = pool[: ceil(len(pool) * self.share)]
        return {reference: Reason(f"Random check of {percent(self.share)}") for reference in chosen}

    def in_words(self, names: Names) -> str:
        if not self.share:
            return "none is drawn, so that audits on which the auditors agree are never independently checked"
        return f"a random {percent(self.share)} of the audits that no other rule selects"


class QuotaPerModerator(SelectorKind):
    """So many audits a month for each moderator, named when cases are allocated."""

    title: ClassVar[str] = "a quota for each moderator and month"
    kind: Literal["quota_per_moderator"]
    count: Annotated[int, Field(ge=1, le=50)]

    def in_words(self, names: Names) -> str:
        return f"{count(self.count, 'audit')} a month for each moderator"


class QuotaPerRole(SelectorKind):
    """So many of their colleagues' audits a month for each holder of a role."""

    title: ClassVar[str] = "a quota of colleagues' audits for a role"
    kind: Literal["quota_per_role"]
    role: RoleKey
    count: Annotated[int, Field(ge=1, le=50)]

    def in_words(self, names: Names) -> str:
        return f"{count(self.count, 'audit')} a month by a colleague, for each {names.role(self.role)}"


class ShareOfMonth(SelectorKind):
    """A random top-up until a share of the month's audits is moderated; audits selected before count."""

    title: ClassVar[str] = "a share of the month's audits"
    kind: Literal["share_of_month"]
    share: Share
    minimum_random: Annotated[int, Field(ge=0, le=50)] = 0
    stratify_by: tuple[Literal["grade", "service"], ...] = ()

    def select(
        self, strata: Mapping[str, tuple[str, ...]], *, selected: int, month: int, seed: str
    ) -> dict[str, Reason]:
        """The references chosen at random, strata taking turns with the largest first; the same on any machine.

        ``strata`` are the audits nothing selected, each with its stratum; ``selected`` is how many others were
        selected already, ``month`` how many the month has.
        """
        needed = max(ceil(round(month * self.share, 6)) - selected, self.minimum_random)
        groups: dict[tuple[str, ...], list[str]] = {}
        for reference in by_chance(strata, seed):
            groups.setdefault(strata[reference], []).append(reference)
        queues = sorted(groups.values(), key=lambda group: (-len(group), group))
        turns = [queue[turn] for turn in range(len(strata)) for queue in queues if turn < len(queue)]
        text = f"Drawn at random towards {percent(self.share)} of the month"
        return {reference: Reason(text) for reference in turns[:needed]}

    def in_words(self, names: Names) -> str:
        text = f"a random top-up until {percent(self.share)} of the month's audits are moderated"
        return text + (
            f", at least {count(self.minimum_random, 'audit')} of them at random"
            if self.minimum_random
            else ""
        )


class SessionSample(SelectorKind):
    """A share of the quarter's audits, with all of some grades, taken to a consistency session."""

    title: ClassVar[str] = "a sample for a consistency session"
    kind: Literal["session_sample"]
    share: Share
    minimum: Annotated[int, Field(ge=1, le=100)]
    always_include: tuple[GradeKey, ...] = ()

    def select(self, grades: Mapping[str, str], names: Names, *, seed: str) -> dict[str, Reason]:
        """The references chosen: all with one of the grades always taken, then chance until there are enough.

        ``grades`` holds the quarter's finished audits, each with its overall grade.
        """
        chosen = {
            reference: Reason(f"Graded {names.grade(grade)}, which the session always looks at")
            for reference, grade in sorted(grades.items())
            if grade in self.always_include
        }
        enough = max(ceil(round(len(grades) * self.share, 6)), self.minimum)
        for reference in by_chance(set(grades) - set(chosen), seed)[: max(enough - len(chosen), 0)]:
            chosen[reference] = Reason(f"Drawn at random from the quarter's {len(grades)} finished audits")
        return chosen

    def in_words(self, names: Names) -> str:
        always = join(names.grade(grade) for grade in self.always_include)
        text = f"{percent(self.share)} of the audits submitted, at least {count(self.minimum, 'audit')}"
        return text + (f", and every audit graded {always}" if always else "")


class PanelAudits(SelectorKind):
    """Cases, by theme or at random, that a panel audits itself in its meeting."""

    title: ClassVar[str] = "cases audited by a panel in its meeting"
    kind: Literal["panel_audits"]
    count: Annotated[int, Field(ge=1, le=100)]
    methods: Annotated[tuple[Literal["thematic", "random"], ...], Field(min_length=1)]

    def select(self, references: Iterable[str], *, seed: str) -> dict[str, Reason]:
        """The references drawn at random for the meeting: the same for any order and on any machine."""
        reason = Reason("Drawn at random for the meeting")
        return dict.fromkeys(by_chance(references, seed)[: self.count], reason)

    def in_words(self, names: Names) -> str:
        methods = join(("by theme" if method == "thematic" else "at random" for method in self.methods), "or")
        return f"{count(self.count, 'case')} a month, chosen {methods}, that the panel audits itself"


class LineReview(SelectorKind):
    """A share of the audits of one role, reviewed by the manager of the team."""

    title: ClassVar[str] = "a line manager's review of audits"
    kind: Literal["line_review"]
    reviewer: RoleKey
    of: RoleKey
    share: Share

    def draws(self, reference: str, *, seed: str) -> bool:
        """Whether chance brings this audit to the reviewer: the same answer on any machine, at any time."""
        number = int(sha256(f"review|{seed}|{reference}".encode()).hexdigest(), 16)
        return number < self.share * 2**256

    def in_words(self, names: Names) -> str:
        extent = "every audit" if self.share == 1 else f"{percent(self.share)} of the audits"
        return f"{extent} by a {names.role(self.of)}, reviewed by the {names.role(self.reviewer)} of the team"


Selection = Annotated[
    WhenConditions
    | RandomShare
    | QuotaPerModerator
    | QuotaPerRole
    | ShareOfMonth
    | SessionSample
    | PanelAudits
    | LineReview,
    Field(discriminator="kind"),
]
"""Any moderation selector."""
