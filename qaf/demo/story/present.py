"""The present month: its audits stop at different places, so that everybody finds something to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from audits.enums import AuditStatus
from audits.followup.services import raise_concern
from audits.models import Audit
from audits.services.finalise import ask_correction
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


def finish_the_scene(scripts: Iterable[Script]) -> None:
    """Let today's news happen: an urgent concern, and a worker who asks for a correction. Needs the open scope."""
    by_audit = {script.audit.pk: script for script in scripts}
    rows = Audit.objects.filter(pk__in=by_audit).select_related("case", "worker").order_by("reference")
    for audit in rows.filter(status__in=(AuditStatus.LOCKED, AuditStatus.REVEALED)):
        peer = audit.assessments.exclude(status="reassigned").filter(slot="peer").first()
        if peer is not None and peer.assessor is not None:
            writer = by_audit[audit.pk].writer
            raise_concern(
                case=audit.case,
                raised_by=peer.assessor,
                text=writer.say("talk", "urgent"),
                told_whom="The team manager, by telephone.",
                safe_now=True,
                about=audit.reference,
            )
            break
    for audit in rows.filter(status=AuditStatus.OUTCOME).reverse():
        if audit.worker is not None and audit.worker.left_on is None:
            text = by_audit[audit.pk].writer.say("talk", "fact")
            ask_correction(audit=audit, where="", text=text, person=audit.worker)
            break
