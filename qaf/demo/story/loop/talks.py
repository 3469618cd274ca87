"""Conversations of any framework: booked, held as it asks, or excused with a reason."""

import random
from datetime import date, time, timedelta

from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit
from audits.selectors.conversations import Talk, conversations_of, holder_of, people_expected
from audits.services.conversations import Account, book_conversation, excuse_conversation, hold_conversation
from qaf.demo.world.words import Writer
from qaf.lib import calendar, clock
from qaf.tenants.models import Person

MODES = ("in_person", "in_person", "video")
USUAL_MINUTES = (45, 60, 60, 75)
EXCUSED, AGREES = 0.03, 0.86


def has_left(person: Person | None) -> bool:
    """Say whether somebody is no longer at the council."""
    return person is None or (person.left_on is not None and person.left_on < clock.today())


class Talks:
    """The conversations of one audit, as its holders record them."""

    def __init__(self, audit: Audit, framework: Framework, rng: random.Random, writer: Writer) -> None:
        """Take up the audit as it stands."""
        self.audit, self.framework, self.rng, self.writer = audit, framework, rng, writer

    def book(self, day: date) -> None:
        """Agree a day for what has to be booked."""
        for talk in conversations_of(self.audit, self.framework):
            holder = self._holder(talk)
            if talk.needs_booking and talk.has_others and holder is not None:
                book_conversation(
                    audit=self.audit,
                    kind=talk.key,
                    booked_for=max(calendar.working_day_on_or_after(day), clock.today()),
                    person=holder,
                    time=time(self.rng.randrange(9, 16), self.rng.choice((0, 30))).strftime("%H:%M"),
                    mode=talk.framework.mode or "in_person",
                )

    def hold(self, *steps: str) -> None:
        """Hold every conversation that these steps wait for, and some that are left to the auditor."""
        for talk in conversations_of(self.audit, self.framework):
            if talk.framework.precedes not in steps or talk.record or not talk.has_others:
                continue
            if talk.is_required or self.rng.random() < 0.4:
                self._hold_one(talk)

    def _hold_one(self, talk: Talk) -> None:
        holder = self._holder(talk)
        if holder is None:
            return
        people = [one for one in people_expected(self.audit, talk, self.framework) if not has_left(one)]
        others = [one for one in people if one.pk != holder.pk]
        if talk.may_be_excused and (not others or self.rng.random() < EXCUSED):
            reason = next((one.key for one in talk.framework.excused_reasons), "")
            text = self.writer.say("talk", "ill")
            excuse_conversation(
                audit=self.audit, kind=talk.key, person=holder, reason=reason, text="" if reason else text
            )
            return
        self._record(talk, holder, people)
        clock.tick(timedelta(minutes=30))

    def _record(self, talk: Talk, holder: Person, people: list[Person]) -> None:
        asked, say = talk.framework, self.writer.say
        agrees = self.rng.random() < AGREES
        numbered = {str(number): say("talk", "learning") for number, _ in enumerate(asked.prompts[:2], 1)}
        least, most = asked.minutes_at_least or 0, asked.minutes_at_most or 120
        hold_conversation(
            audit=self.audit,
            kind=talk.key,
            person=holder,
            held_on=clock.today(),
            mode=asked.mode or self.rng.choice(MODES),
            minutes=min(max(self.rng.choice(USUAL_MINUTES), least), most),
            participants=[one.pk for one in people],
            notes=say("talk", "worker_reflection"),
            answers=numbered | {one.key: say("talk", "helped") for one in asked.questions},
            worker_agrees=agrees if asked.asks_agreement_of else None,
            worker_comment=say("talk", "agree" if agrees else "disagree") if asked.asks_agreement_of else "",
            account=Account(
                strengths=say("voice_of_child", "strong") if asked.strengths_and_areas else "",
                areas=say("quality_of_plans", "minor") if asked.strengths_and_areas else "",
                booked_for=clock.today() if asked.booked == "required" and not talk.appointment else None,
                view=say("talk", "agree") if asked.view_of else "",
                learning={one.pk: say("loop", "self_reflection") for one in people}
                if asked.learning_of_each
                else {},
            ),
        )

    def _holder(self, talk: Talk) -> Person | None:
        part: Assessment | None = holder_of(self.audit, talk)
        return part.assessor if part else None
