"""When an audit tool itself is to be looked at again, and what was found before (SLO-64)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from audits.followup.due import DueThing
from audits.frameworks.schema import Framework, Tool
from audits.frameworks.schema.tools import ToolReview as Rule
from audits.frameworks.selectors import NoFrameworkError, framework_in_force, framework_of, version_in_force
from audits.models import ToolReview
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.tenants.registry import ToDo
from qaf.tenants.selectors import acting_for, holders

AHEAD_DAYS = 28
"""So many days before it is due a review is something to do."""


@dataclass(frozen=True)
class Look:
    """One tool whose framework asks for its review, when it is due, and the reviews done."""

    tool: Tool
    rule: Rule
    due_on: date
    done: tuple[ToolReview, ...]

    @property
    def asked_from(self) -> date:
        """The day from which somebody is asked."""
        return self.due_on - timedelta(days=AHEAD_DAYS)


def looks() -> list[Look]:
    """Return every tool in force that is reviewed, in the framework's order; empty where no framework is in force.

    The first review counts from the day the version came into force, each other from the one before. Two queries.
    """
    try:
        version = version_in_force()
    except NoFrameworkError:
        return []
    tools = framework_of(version).tools
    reviewed = [(tool, tool.review) for tool in tools if tool.review and not tool.planned]
    if not reviewed:
        return []
    done: dict[str, list[ToolReview]] = {}
    for one in ToolReview.objects.select_related("reviewed_by"):
        done.setdefault(one.tool, []).append(one)
    found = []
    for tool, rule in reviewed:
        before = tuple(done.get(tool.key, ()))
        counts_from = before[0].reviewed_on if before else version.effective_from
        due = calendar.working_day_on_or_before(calendar.add_months(counts_from, rule.every_months))
        found.append(Look(tool, rule, due, before))
    return found


def reviewers(framework: Framework, rule: Rule) -> list[Person]:
    """Return who reviews: holders of the post, or who stands in for them."""
    today = clock.today()
    people = holders(*framework.role_keys(rule.by), on=today)
    return list(dict.fromkeys(acting_for(one, on=today) for one in people))


def todo_of_reviewer(person: Person) -> Iterable[ToDo]:
    """Return the tools that ``person`` has to look at, from four weeks before the day."""
    for look, people in _asked():
        if person in people:
            yield ToDo(
                text=f"Review the tool “{look.tool.name}”",
                href=review_href(look.tool),
                due_on=look.due_on,
                about=f"Version {look.tool.version}",
            )


def due_reviews(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the tools to be looked at; a tool has no row, so its place in the framework stands for one."""
    asked = _asked()
    if not asked:
        return
    framework, wanted = framework_in_force(), None if ids is None else set(ids)
    places = {tool.key: number for number, tool in enumerate(framework.tools, 1)}
    for look, people in asked:
        what = f"the review of the tool “{look.tool.name}”"
        if wanted is None or places[look.tool.key] in wanted:
            yield DueThing(
                kind="tool_review",
                pk=places[look.tool.key],
                about=look.tool.name,
                text=what,
                what=what,
                href=review_href(look.tool),
                due_on=look.due_on,
                asked_on=look.asked_from,
                people=tuple(people),
                framework=framework,
            )


def _asked() -> list[tuple[Look, list[Person]]]:
    today = clock.today()
    due = [one for one in looks() if one.asked_from <= today]
    return [(one, reviewers(framework_in_force(), one.rule)) for one in due]


def review_href(tool: Tool) -> str:
    """Return the path on which a tool is reviewed."""
    return council_path("audits:review_tool", tool.key)
