"""Who works for a council: managers, reviewers, workers, leavers and absences."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from qaf.demo.world.names import NameBook
from qaf.demo.world.plan import CouncilPlan, PostPlan, TeamPlan

CASELOAD = 18


@dataclass(eq=False)
class Colleague:
    """One invented person: ``team`` and ``services`` they answer for, ``cleared`` for restricted records."""

    name: str
    email: str
    role: str
    post: str
    team: str = ""
    services: tuple[str, ...] = ()
    named: str = ""
    cleared: bool = False
    started: date | None = None
    left: date | None = None
    absences: list[tuple[date, date]] = field(default_factory=list)

    def works_on(self, day: date) -> bool:
        """Say whether the person holds the post on ``day`` (an absence does not end a post)."""
        return (self.started is None or self.started <= day) and (self.left is None or day <= self.left)


class Staff:
    """The people of one council, and the changes among them month by month."""

    def __init__(self, plan: CouncilPlan, names: NameBook, rng: random.Random) -> None:
        """Fill every post of ``plan``, and each team with workers for its share of children."""
        self.plan = plan
        self._names = names
        self._rng = rng
        self.managers = {team.name: self._hire(plan.manager, team=team.name) for team in plan.teams}
        self.service_managers = {
            key: self._hire(plan.service_manager, services=(key,)) for key in plan.services
        }
        self.reviewers = {
            status: [self._hire(post) for _ in range(post.count)] for status, post in plan.reviewers.items()
        }
        self.officers = [
            self._hire(post, team=team, services=post.over, named=post.named)
            for post in plan.posts
            for team in post.teams or ("",)
            for _ in range(post.count)
        ]
        self.workers = {
            team.name: [self._hire(plan.worker, team=team.name) for _ in range(_headcount(plan, team))]
            for team in plan.teams
        }
        self.former: list[Colleague] = []

    def everyone(self) -> list[Colleague]:
        """Return all who hold or held a post, senior posts first."""
        return [
            *self.officers,
            *self.service_managers.values(),
            *self.managers.values(),
            *(person for group in self.reviewers.values() for person in group),
            *(person for team in self.workers.values() for person in team),
            *self.former,
        ]

    def officer(self, named: str) -> Colleague:
        """Return the holder of a post the plan gives a name to, such as ``qa_lead``."""
        return next(person for person in self.officers if person.named == named)

    def replace_worker(self, leaver: Colleague, day: date) -> Colleague:
        """End a worker's post on ``day`` and fill it the day after."""
        leaver.left = day
        team = self.workers[leaver.team]
        team.remove(leaver)
        self.former.append(leaver)
        starter = self._hire(self.plan.worker, team=leaver.team)
        starter.started = day + timedelta(days=1)
        team.append(starter)
        return starter

    def plan_absences(self, first: date, last: date) -> None:
        """Give about one manager or reviewer in six some weeks away between two dates."""
        span = max((last - first).days, 1)
        away = [*self.managers.values(), *(p for group in self.reviewers.values() for p in group)]
        for person in self._rng.sample(away, k=max(2, len(away) // 6)):
            start = first + timedelta(days=self._rng.randrange(span))
            length = self._rng.choice((7, 10, 14, 14, 21))
            person.absences.append((start, start + timedelta(days=length)))

    def _hire(
        self, post: PostPlan, *, team: str = "", services: tuple[str, ...] = (), named: str = ""
    ) -> Colleague:
        name = self._names.take()
        email = f"{name.lower().replace(' ', '.')}@{self.plan.email}"
        cleared = post is not self.plan.worker and (
            bool(team or services or named) or self._rng.random() < 0.6
        )
        return Colleague(name, email, post.role, post.title, team, services, named, cleared)


def _headcount(plan: CouncilPlan, team: TeamPlan) -> int:
    children = sum(
        plan.mix[status] * _pull(team, status) / sum(_pull(other, status) for other in plan.teams)
        for status in team.takes
    )
    return max(2, round(children / CASELOAD))


def _pull(team: TeamPlan, status: str) -> float:
    """Return a team's weight for a status, reduced where it takes only some ages of childhood."""
    narrowing = 1.0 if team.ages is None else (team.ages[1] - team.ages[0] + 1) / 18
    return team.takes.get(status, 0) * narrowing
