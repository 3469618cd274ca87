"""The desk where loops are closed: outcomes confirmed, actions done and signed off, follow-ups answered."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from audits.enums import AuditStatus, CorrectionStatus
from audits.followup.enums import ActionStatus, ConcernStatus, FollowUpKind, FollowUpStatus
from audits.followup.models import Action, FollowUp, UrgentConcern
from audits.followup.selectors import signers_of
from audits.followup.services import (
    answer_concern,
    close_concern,
    complete_action,
    complete_follow_up,
    sign_off_action,
)
from audits.followup.services.actions import judged_apart
from audits.frameworks.schema import Framework
from audits.models import Audit, FactCorrection
from audits.selectors.facts import framework_for
from audits.selectors.missing import missing_before_final
from audits.services.finalise import answer_correction, ask_correction, confirm_outcome
from audits.services.random_check import waits_for_random_check
from qaf.demo.story.casting import Script, auditor
from qaf.demo.story.loop.asked import further_answers
from qaf.demo.world.words import Writer
from qaf.lib import calendar, clock
from qaf.tenants.models import Person

LATE, VERY_LATE = 0.12, 0.05


def ripe(key: str, opened: date, due: date) -> bool:
    """Say whether the day has come on which somebody gets round to it: mostly before it is due, now and then after."""
    rng = random.Random(f"ripe:{key}")
    span = max((due - opened).days, 1)
    chance = rng.random()
    if chance < VERY_LATE:
        wait = span + rng.randrange(25, 60)
    elif chance < VERY_LATE + LATE:
        wait = span + rng.randrange(2, 14)
    else:
        wait = round(span * rng.uniform(0.35, 0.98))
    return clock.today() >= opened + timedelta(days=wait)


class ClosingDesk:
    """Does what is ripe today. Needs the open scope and the moved clock."""

    def __init__(self, scripts: dict[int, Script], framework: Framework) -> None:
        """Know the scripts by audit, for the words that go with each case."""
        self.scripts = scripts
        self.framework = framework
        self.answering = [slot.key for slot in framework.process.slots if slot.gives_grades][-1]
        self.spared: set[int] = set()
        self.answers: dict[str, Callable[[FollowUp, Person, Writer], None]] = {
            FollowUpKind.OVERSIGHT: self._oversight,
            FollowUpKind.REVIEW: self._review,
            FollowUpKind.CONVERSATION: self._conversation,
            FollowUpKind.SUPERVISION: self._supervision,
            FollowUpKind.FILING: self._filing,
            **further_answers(),
        }

    def work(self) -> None:
        """Go through everything that is open."""
        self._outcomes()
        self._corrections()
        self._follow_ups()
        self._actions()
        self._concerns()

    def writer(self, audit_id: int, purpose: str) -> Writer:
        """Return an author who knows the case."""
        return self.scripts[audit_id].writer.colleague(random.Random(f"{purpose}:{audit_id}"))

    # -- outcomes -------------------------------------------------------------------------------------

    def _outcomes(self) -> None:
        rows = Audit.objects.filter(status=AuditStatus.OUTCOME, worker__left_on=None, re_audit_of=None)
        for audit in rows.exclude(pk__in=self.spared).select_related("worker", "cycle", "case"):
            if audit.worker is None:
                continue
            rng = random.Random(f"outcome:{audit.reference}")
            reached = calendar.local_date(audit.outcome_at or clock.now())
            asks, confirms = rng.random() < 0.07, rng.random() < 0.4
            if clock.today() < calendar.add_working_days(reached, rng.randrange(1, 4)):
                continue
            if asks and not audit.corrections.exists():
                text = self.writer(audit.pk, "fact").say("talk", "fact")
                ask_correction(audit=audit, where="", text=text, person=audit.worker)
            elif confirms and self._may_be_final(audit):
                confirm_outcome(audit=audit, person=audit.worker)

    def _may_be_final(self, audit: Audit) -> bool:
        """Say whether nothing is waited for: an answer, a check that is still to be drawn, a conversation."""
        asked = audit.corrections.filter(status=CorrectionStatus.ASKED).exists()
        if asked or waits_for_random_check(audit):
            return False
        return not missing_before_final(audit, framework_for(audit))

    def _corrections(self) -> None:
        for correction in FactCorrection.objects.filter(status=CorrectionStatus.ASKED).select_related(
            "audit"
        ):
            asked = calendar.local_date(correction.asked_at)
            if correction.audit_id in self.spared or clock.today() < calendar.add_working_days(asked, 2):
                continue
            answering = correction.audit.assessments.filter(slot=self.answering).exclude(status="reassigned")
            part = answering.exclude(assessor=None).first()
            if part is None:
                continue
            accepted = random.Random(f"correction:{correction.pk}").random() < 0.7
            answer_correction(
                correction=correction,
                accepted=accepted,
                answer=self.writer(correction.audit_id, "answer").say(
                    "talk", "accepted" if accepted else "declined"
                ),
                person=auditor(part),
            )

    # -- follow-ups -----------------------------------------------------------------------------------

    def _follow_ups(self) -> None:
        rows = FollowUp.objects.filter(status=FollowUpStatus.OPEN, audit_links__isnull=False)
        for follow_up in rows.select_related("assignee", "case").prefetch_related("audit_links"):
            link = next(iter(follow_up.audit_links.all()))
            answer = self.answers.get(follow_up.kind)
            if answer is None or link.audit_id in self.spared or link.audit_id not in self.scripts:
                continue
            opened = calendar.local_date(follow_up.opened_at)
            if not ripe(f"{link.audit_id}:{follow_up.kind}", opened, follow_up.due_on or opened):
                continue
            person = follow_up.assignee or self._holder(follow_up)
            if person is not None and (person.left_on is None or person.left_on >= clock.today()):
                answer(follow_up, person, self.writer(link.audit_id, follow_up.kind))
                clock.tick(timedelta(minutes=3))

    def _holder(self, follow_up: FollowUp) -> Person | None:
        from qaf.tenants.selectors import holders

        found = holders(*self.framework.role_keys(follow_up.assignee_role), on=clock.today())
        return found[0] if found else None

    def _oversight(self, follow_up: FollowUp, person: Person, writer: Writer) -> None:
        complete_follow_up(follow_up=follow_up, person=person, comment=writer.say("talk", "oversight"))

    def _review(self, follow_up: FollowUp, person: Person, writer: Writer) -> None:
        complete_follow_up(
            follow_up=follow_up, person=person, comment=writer.say("talk", "review"),
            answers={"held_on": clock.today().isoformat(), "actions_complete": False},
        )  # fmt: skip

    def _conversation(self, follow_up: FollowUp, person: Person, writer: Writer) -> None:
        complete_follow_up(
            follow_up=follow_up, person=person, comment=writer.say("talk", "conversation"),
            answers={"held_on": clock.today().isoformat()},
        )  # fmt: skip

    def _supervision(self, follow_up: FollowUp, person: Person, writer: Writer) -> None:
        audit = next(iter(follow_up.audit_links.all())).audit
        unfinished = audit.action_links.filter(action__status=ActionStatus.OPEN).exists()
        answers = {
            "held_on": clock.today().isoformat(),
            "strengths": writer.say("actions", "supervision_strengths"),
            "learning_need": writer.say("actions", "supervision_needs"),
            "actions_complete": not unfinished,
        }
        complete_follow_up(follow_up=follow_up, person=person, answers=answers)

    def _filing(self, follow_up: FollowUp, person: Person, writer: Writer) -> None:
        reference = f"DOC-{random.Random(f'filing:{follow_up.pk}').randrange(100000, 999999)}"
        answers = {"filed_on": clock.today().isoformat(), "reference": reference}
        complete_follow_up(follow_up=follow_up, person=person, answers=answers)

    # -- actions and concerns ---------------------------------------------------------------------------

    def _actions(self) -> None:
        rows = Action.objects.filter(
            status__in=(ActionStatus.OPEN, ActionStatus.DONE), audit_links__isnull=False
        )
        for action in rows.select_related("owner", "case", "done_by").prefetch_related("audit_links"):
            audit_id = next(iter(action.audit_links.all())).audit_id
            if audit_id in self.spared or audit_id not in self.scripts:
                continue
            if action.status == ActionStatus.OPEN:
                self._do(action, self.writer(audit_id, f"action {action.text}"))
            elif (
                calendar.working_days_between(
                    calendar.local_date(action.done_at or clock.now()), clock.today()
                )
                >= 3
            ):
                signers = signers_of(action, self.framework)
                if signers:
                    comment = self.writer(audit_id, "signed").say("actions", "signed_off")
                    sign_off_action(
                        action=action,
                        comment=comment,
                        person=signers[0],
                        judged=dict.fromkeys(judged_apart(), True),
                    )

    def _do(self, action: Action, writer: Writer) -> None:
        opened = calendar.local_date(action.opened_at or clock.now())
        owner = action.owner
        if owner is None or (owner.left_on is not None and owner.left_on < clock.today()):
            return
        if ripe(f"action:{action.text}:{opened}", opened, action.due_on):
            complete_action(
                action=action,
                evidence=writer.say("actions", "evidence"),
                change_for_child=writer.say("actions", "impact"),
                person=owner,
            )

    def _concerns(self) -> None:
        for concern in UrgentConcern.objects.exclude(status=ConcernStatus.CLOSED).select_related(
            "responder", "raised_by"
        ):
            rng = random.Random(f"concern:{concern.pk}")
            if concern.status == ConcernStatus.RAISED and concern.responder:
                answer_concern(
                    concern=concern,
                    answer=rng.choice(ANSWERS),
                    person=concern.responder,
                    wider_view={one.key: WIDER_VIEW for one in self.framework.urgent_concern.wider_view},
                )
            elif concern.status == ConcernStatus.ANSWERED and rng.random() < 0.8:
                close_concern(concern=concern, person=concern.raised_by)


WIDER_VIEW = "Looked at with the manager: nothing else needs doing today; it stays on the supervision list."
ANSWERS = (
    "Visited within two hours with the duty worker. The child is safe tonight and a strategy discussion is at nine.",
    "Spoke to the school and the manager. A doctor has seen the injury and explained it; the record says so.",
    "The adult has left the home. Checks are under way, and the worker visits every day this week.",
)
