"""The present month: its audits stop at different places, so that everybody finds something to do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from qaf.demo.story import casting
from qaf.demo.story.casting import Script, agree, disagree, squeeze, worsen
from qaf.demo.world.grades import Verdict


@dataclass(frozen=True)
class Place:
    """Where an audit of the present month stands today: the step it has not done yet, and its verdict."""

    stop: int
    verdict: Callable[[Verdict], Verdict] | None = None
    worker_waits: bool = False


# In this order; when the month has fewer audits the last places stay empty, with more they are taken again.
PLACES = (
    Place(casting.CONSENT),
    Place(casting.ALL_STEPS, agree),
    Place(casting.ALL_STEPS, disagree),
    Place(casting.LEAD_LOCKS, worker_waits=True),
    Place(casting.TALK),
    Place(casting.LEAD_SUBMITS),
    Place(casting.ALL_STEPS, worsen),
    Place(casting.PEER_SUBMITS),
    Place(casting.PEER_BEGINS),
    Place(casting.PEER_LOCKS),
    Place(casting.LEAD_BEGINS),
    Place(casting.TALK),
    Place(casting.LEAD_SUBMITS),
    Place(casting.PEER_LOCKS),
    Place(casting.ALL_STEPS, agree),
    Place(casting.LEAD_BEGINS, worker_waits=True),
    Place(casting.ALL_STEPS, disagree),
    Place(casting.CONSENT),
)


def set_the_scene(scripts: list[Script], today: date) -> None:
    """Give each script of the present month its place, with the days it takes to get there."""
    for number, script in enumerate(scripts):
        place = PLACES[number % len(PLACES)]
        script.stop = place.stop
        script.keeps_worker_waiting = place.worker_waits
        if place.verdict is not None:
            script.verdict = place.verdict(script.verdict)
        script.days = squeeze(script.days, script.audit.allocated_on, today, place.stop)
