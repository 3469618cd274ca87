"""The shape of each demonstration council, read from ``data/councils.yaml``."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parent.parent / "data"

STATUSES = (
    "early_help",
    "front_door",
    "open_assessment",
    "child_in_need",
    "child_protection",
    "looked_after",
    "care_leaver",
)


@dataclass(frozen=True)
class TeamPlan:
    """A team, its service and its share of each status; ``ages`` is inclusive, in years."""

    name: str
    service: str
    takes: dict[str, float]
    ages: tuple[int, int] | None


@dataclass(frozen=True)
class PostPlan:
    """A post held by ``count`` people, in each of ``teams`` where it names some; ``over`` lists its services.

    ``named`` finds its holder.
    """

    role: str
    title: str
    count: int = 1
    named: str = ""
    over: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class GuestPlan:
    """Somebody who works for another council as well: who reviews ``status`` there, and the post held here."""

    council: str
    status: str
    role: str
    title: str


@dataclass(frozen=True)
class CouncilPlan:
    """Everything the simulation needs to know about one council."""

    framework: str
    full_history: bool
    width: int
    start: int
    prefix: str
    email: str
    colour: str
    edition: int
    title_row: bool
    sheet: str
    mix: dict[str, int]
    teams: tuple[TeamPlan, ...]
    manager: PostPlan
    service_manager: PostPlan
    worker: PostPlan
    reviewers: dict[str, PostPlan]
    posts: tuple[PostPlan, ...]
    guest: GuestPlan | None = None

    @property
    def services(self) -> tuple[str, ...]:
        """Return the service keys in the order in which the plan names them."""
        return tuple(dict.fromkeys(team.service for team in self.teams))

    def teams_for(self, status: str, age: int) -> list[tuple[TeamPlan, float]]:
        """Return the teams that take a child of this status and age, with their weights."""
        return [
            (team, team.takes[status])
            for team in self.teams
            if status in team.takes and (team.ages is None or team.ages[0] <= age <= team.ages[1])
        ]


def _post(raw: dict) -> PostPlan:
    return PostPlan(
        raw["role"],
        raw["post"],
        raw.get("count", 1),
        raw.get("named", ""),
        tuple(raw.get("over", ())),
        tuple(raw.get("teams", ())),
    )


def _plan(raw: dict) -> CouncilPlan:
    teams = tuple(
        TeamPlan(team["name"], service["key"], team["takes"], tuple(team["ages"]) if "ages" in team else None)
        for service in raw["services"]
        for team in service["teams"]
    )
    reference, guest = raw["reference"], raw.get("guest")
    return CouncilPlan(
        framework=raw["framework"],
        full_history=raw["history"] == "full",
        width=reference["width"],
        start=reference["start"],
        prefix=reference.get("prefix", ""),
        email=raw["email"],
        colour=raw["colour"],
        edition=raw["edition"],
        title_row=raw["title_row"],
        sheet=raw["sheet"],
        mix={status: raw["mix"][status] for status in STATUSES},
        teams=teams,
        manager=_post(raw["manager"]),
        service_manager=_post(raw["service_manager"]),
        worker=_post(raw["worker"]),
        reviewers={status: _post(post) for status, post in raw["reviewers"].items()},
        posts=tuple(_post(post) for post in raw["posts"]),
        guest=GuestPlan(guest["council"], guest["reviews"], guest["role"], guest["post"]) if guest else None,
    )


@cache
def load_plans() -> tuple[CouncilPlan, ...]:
    """Return the plans of all demonstration councils."""
    raw = yaml.safe_load((DATA / "councils.yaml").read_text(encoding="utf-8"))
    return tuple(_plan(entry) for entry in raw)


def plan_for(framework: str) -> CouncilPlan:
    """Return the plan whose framework file has this name, or raise ``LookupError``."""
    for plan in load_plans():
        if plan.framework == framework:
            return plan
    raise LookupError(f"There is no demonstration council called {framework!r}.")
