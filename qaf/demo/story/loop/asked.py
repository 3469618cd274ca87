"""What the framework asks for after an audit beside its actions: reading, looking at causes, summing up, confirming."""

import random
from collections.abc import Callable
from datetime import timedelta

from audits.followup.enums import FollowUpKind
from audits.followup.models import CaseloadCheck, Confirmation, FollowUp
from audits.followup.selectors.caseload import children_of
from audits.followup.services import complete_follow_up
from audits.followup.services.caseload import finish_round, save_round
from audits.followup.services.confirmations import confirm
from audits.frameworks.schema import Framework
from qaf.demo.story.loop.talks import has_left
from qaf.demo.world.words import Writer
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import acting_for

GAP, FORGETS, FULL_ROUNDS = 0.03, 0.08, 2
BEFORE_DUE = timedelta(days=6)

Answer = Callable[[FollowUp, Person, Writer], None]


def further_answers() -> dict[str, Answer]:
    """Return how each kind of follow-up that needs an answer of its own is answered."""
    return {
        FollowUpKind.ACKNOWLEDGE: _acknowledge,
        FollowUpKind.SCRUTINY: _scrutiny,
        FollowUpKind.SUMMARY: _summary,
        FollowUpKind.ACTION_REVIEW: _review,
        FollowUpKind.OBSERVATION: _acknowledge,
    }


def _acknowledge(follow_up: FollowUp, person: Person, writer: Writer) -> None:
    complete_follow_up(follow_up=follow_up, person=person)


def _scrutiny(follow_up: FollowUp, person: Person, writer: Writer) -> None:
    answers = {
        "held_on": clock.today().isoformat(),
        "features": writer.say("loop", "contributed"),
        "took_part": list(follow_up.invited)[:3] or [person.pk],
    }
    comment = writer.say("loop", "agreed_after")
    complete_follow_up(follow_up=follow_up, person=person, comment=comment, answers=answers)


def _summary(follow_up: FollowUp, person: Person, writer: Writer) -> None:
    answers = {
        "features": writer.say("loop", "features"),
        "strengths": writer.say("voice_of_child", "strong"),
    }
    complete_follow_up(follow_up=follow_up, person=person, answers=answers)


def _review(follow_up: FollowUp, person: Person, writer: Writer) -> None:
    answers = {"held_on": clock.today().isoformat(), "actions_complete": True}
    comment = writer.say("talk", "review")
    complete_follow_up(follow_up=follow_up, person=person, comment=comment, answers=answers)


class AskedDesk:
    """Confirms what was asked and goes through caseloads. Needs the open scope and the moved clock."""

    def __init__(self, framework: Framework) -> None:
        """Know what the council asks."""
        self.framework = framework

    def work(self) -> None:
        """Do what is ripe today."""
        self._confirmations()
        if self.framework.caseload_check:
            self._rounds()

    def _confirmations(self) -> None:
        rows = Confirmation.objects.filter(done_at=None).exclude(asked_of=None).select_related("asked_of")
        for one in rows.order_by("id"):
            rng = random.Random(f"confirmation:{one.pk}")
            asked = calendar.local_date(one.asked_at)
            if rng.random() < FORGETS or has_left(one.asked_of) or one.asked_of is None:
                continue
            if clock.today() >= calendar.add_working_days(asked, rng.randrange(1, 5)):
                confirm(confirmation=one, person=acting_for(one.asked_of, on=clock.today()))

    def _rounds(self) -> None:
        """Go through the caseloads of a few teams; the others still have theirs to do."""
        rules = self.framework.caseload_check
        running = CaseloadCheck.objects.filter(done_at=None, due_on__lte=clock.today() + BEFORE_DUE)
        if rules is None:
            return
        for one in running.exclude(asked_of=None).select_related("team", "asked_of").order_by("pk"):
            done = CaseloadCheck.objects.filter(period=one.period).exclude(done_at=None).count()
            if done >= FULL_ROUNDS or one.asked_of is None:
                continue
            rng = random.Random(f"round:{one.team}:{one.period}")
            person = acting_for(one.asked_of, on=clock.today())
            answers = {
                (case.pk, item["key"]): rng.random() >= GAP
                for case in children_of(one.team, rules)
                for item in one.items
            }
            saved = save_round(check_round=one, answers=answers, version=one.version, person=person)
            finish_round(check_round=saved, person=person)
