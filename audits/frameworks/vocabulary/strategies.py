"""Whose audit, whose case: how a month's sample comes about."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from audits.frameworks.base import Kind, Model, RoleKey, ServiceKey, Text
from audits.frameworks.enums import CaseStatus
from audits.frameworks.vocabulary.wording import Names, count, join

Stratum = Literal["service", "status", "team", "locality"]
_STRATA = {"service": "service", "status": "status", "team": "team", "locality": "locality"}


class Caps(Model):
    """The most cases one person or family may be asked for in a month; None means no limit."""

    per_lead: Annotated[int, Field(ge=1)] | None = None
    per_worker: Annotated[int, Field(ge=1)] | None = None
    per_family: Annotated[int, Field(ge=1)] | None = None

    def in_words(self) -> str:
        """The caps as a clause."""
        limits = {
            "one lead auditor": self.per_lead,
            "one worker": self.per_worker,
            "one family": self.per_family,
        }
        return join(f"{count(limit, 'case')} for {who}" for who, limit in limits.items() if limit)


class StrategyKind(Kind):
    """How a month's cases are chosen."""

    def in_words(self, names: Names) -> tuple[str, ...]:
        """The strategy as sentences."""
        raise NotImplementedError


class RandomCase(StrategyKind):
    """So many open cases of each service at random, spread over strata, under caps."""

    title: ClassVar[str] = "a random draw of cases in each service"
    kind: Literal["random_case"]
    per_service: Annotated[int, Field(ge=1, le=200)]
    "Cases to draw in each service that takes part, unless named in `sizes`"
    sizes: dict[ServiceKey, Annotated[int, Field(ge=0, le=200)]] = Field(default_factory=dict)
    "Services with a size of their own"
    stratify_by: Annotated[tuple[Stratum, ...], Field(min_length=1)] = ("service", "status")
    caps: Caps = Caps()

    def size(self, service: str) -> int:
        """Cases to draw in a service."""
        return self.sizes.get(service, self.per_service)

    def in_words(self, names: Names) -> tuple[str, ...]:
        texts = [
            f"{count(self.per_service, 'open case')} are drawn at random in each service that takes part"
        ]
        if within := [_STRATA[stratum] for stratum in self.stratify_by if stratum != "service"]:
            texts.append(f"within a service the draw follows the mix of its open cases by {join(within)}")
        texts += [f"{names.service(key)} has {count(size, 'case')}" for key, size in self.sizes.items()]
        if caps := self.caps.in_words():
            texts.append(f"the draw takes at most {caps}")
        return tuple(texts)


class ThemeRandom(StrategyKind):
    """Cases at random within the population of the month's theme, as many as there are auditors."""

    title: ClassVar[str] = "a random draw within the month's theme"
    kind: Literal["theme_random"]
    per_auditor: Annotated[int, Field(ge=1, le=20)]
    minimum: Annotated[int, Field(ge=1, le=500)]
    stratify_by: Annotated[tuple[Stratum, ...], Field(min_length=1)] = ("service", "status")

    def size(self, auditors: int) -> int:
        """Cases to draw where so many people audit."""
        return max(self.per_auditor * auditors, self.minimum)

    def in_words(self, names: Names) -> tuple[str, ...]:
        return (
            f"cases are drawn at random among those the month's theme names: {count(self.per_auditor, 'case')} "
            f"for each auditor, at least {self.minimum} in all",
            f"the draw is spread over {join(_STRATA[stratum] for stratum in self.stratify_by)}",
        )


class StratifiedPerAuditor(StrategyKind):
    """So many cases for each auditor, drawn at random and spread over strata."""

    title: ClassVar[str] = "a spread random draw for each auditor"
    kind: Literal["stratified_per_auditor"]
    roles: Annotated[tuple[RoleKey, ...], Field(min_length=1)]
    per_auditor: Annotated[int, Field(ge=1, le=20)]
    stratify_by: Annotated[tuple[Stratum, ...], Field(min_length=1)]
    min_days_open: Annotated[int, Field(ge=0, le=366)] = 0

    def in_words(self, names: Names) -> tuple[str, ...]:
        roles = join(names.role(role) for role in self.roles)
        texts = [f"{count(self.per_auditor, 'case')} a month is drawn at random for each {roles}"]
        texts.append(f"the draw is spread over {join(_STRATA[stratum] for stratum in self.stratify_by)}")
        if self.min_days_open:
            texts.append(f"a case must have been open for {count(self.min_days_open, 'day')}")
        return tuple(texts)


class RoleQuota(Model):
    """How many audits each holder of a role carries out in a month, and whose cases."""

    role: RoleKey
    audits: Annotated[int, Field(ge=1, le=20)]
    scope: Literal["own_team", "own_service", "another_service", "anywhere"]
    method: Literal["random", "auditor_choice", "named_post"]
    spread_over_workers: bool = False
    choice_reasons: tuple[Text, ...] = ()
    choose_within: Annotated[int, Field(ge=1, le=20)] = 10
    "Working days from allocation in which an auditor chooses; after that chance draws in the same scope"
    moderation_counts: bool = False
    "Whether moderating counts towards the quota"
    else_anywhere: bool = False
    "Whether somebody whose own team or service takes no part in audits has a case drawn from any that does"

    def in_words(self, names: Names) -> str:
        """The quota as a sentence."""
        scopes = {
            "own_team": "from their own team",
            "own_service": "from their own service",
            "another_service": "from another service than their own",
            "anywhere": "from any service",
        }
        methods = {
            "random": "drawn at random",
            "auditor_choice": "chosen by the auditor with a reason and marked as not independent",
            "named_post": "chosen by the post the framework names",
        }
        verb = "audits or moderates" if self.moderation_counts else "audits"
        cases = count(self.audits, "case")
        text = f"each {names.role(self.role)} {verb} {cases} a month {scopes[self.scope]}, {methods[self.method]}"
        if self.spread_over_workers:
            text += ", each of another worker"
        if self.else_anywhere:
            text += "; where that takes no part in audits, chance draws from any service"
        if self.method == "auditor_choice":
            days = count(self.choose_within, "working day")
            text += f"; where nothing is chosen within {days}, chance draws in the same scope"
        return text


class QuotaPerRole(StrategyKind):
    """Each holder of certain roles audits so many cases a month."""

    title: ClassVar[str] = "a quota for each role and month"
    kind: Literal["quota_per_role"]
    quotas: Annotated[tuple[RoleQuota, ...], Field(min_length=1)]
    rotate_statuses: tuple[CaseStatus, ...] = ()
    proposed_before: Annotated[int, Field(ge=1, le=20)] = 5
    "Working days before allocation on which a list is put before the post that chooses, where one does"

    @property
    def has_list_to_confirm(self) -> bool:
        """Whether a named post settles some of the cases before the month is opened."""
        return any(quota.method == "named_post" for quota in self.quotas)

    def in_words(self, names: Names) -> tuple[str, ...]:
        texts = [quota.in_words(names) for quota in self.quotas]
        if self.rotate_statuses:
            texts.append(
                f"the kinds of case take turns: {join(status.label.lower() for status in self.rotate_statuses)}"
            )
        if self.has_list_to_confirm:
            days = count(self.proposed_before, "working day")
            texts.append(
                f"{days} before allocation a list drawn by chance is put before the post that chooses, which "
                "confirms it or exchanges cases with a reason"
            )
        return tuple(texts)


Strategy = Annotated[
    RandomCase | ThemeRandom | StratifiedPerAuditor | QuotaPerRole, Field(discriminator="kind")
]
"""Any sampling strategy."""
