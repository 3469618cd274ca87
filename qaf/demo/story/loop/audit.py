"""One audit under any framework, step by step: parts handed in, forms written, grades locked and submitted."""

from collections.abc import Callable
from datetime import timedelta

from audits.enums import AssessmentStatus
from audits.followup.services.concerns import SpokenFirst
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit
from audits.selectors.asked import EXTRA, WARNING_REASON
from audits.selectors.checking import checkers, missing_for_check
from audits.selectors.disagreements import may_disagree
from audits.selectors.family import asks_family
from audits.selectors.flags import raises_concern
from audits.selectors.links import OVERALL_SECTION
from audits.selectors.people import possible_owners
from audits.selectors.sections import grades_of, overall_warning, sections_of
from audits.selectors.standing import gives_grades
from audits.services.assessments import lock_grades, save_draft, state_no_action, submit_assessment
from audits.services.checking import ask_for_check, give_check
from audits.services.disagreements import disagree_with_grade
from audits.services.findings import action_days, propose_audit_action, record_wider_finding
from audits.services.flags import set_flag
from audits.services.taking_part import excuse_part, hand_in
from qaf.demo.story.casting import Script
from qaf.demo.story.families import ask_consent, talk_to_family, tell_preferences
from qaf.demo.story.loop import scripts
from qaf.demo.story.loop.form import Form
from qaf.demo.story.loop.talks import Talks, has_left
from qaf.demo.world.grades import Opinion
from qaf.demo.world.words import topic_of
from qaf.lib import clock
from qaf.tenants.models import Person

HALF = 3
WEAK = 3
MOST_ACTIONS = 2
WIDER, DISAGREES, FLAGS = 0.2, 0.12, 0.5
OPEN = (AssessmentStatus.ALLOCATED, AssessmentStatus.IN_PROGRESS)


class Playing:
    """Play one script, step by step. Needs the open scope and the moved clock."""

    def __init__(self, script: Script, framework: Framework) -> None:
        """Take up the script where it stands."""
        self.script, self.framework = script, framework
        self.rng, self.writer = script.rng, script.writer
        self.steps: dict[int, Callable[[], None]] = {
            scripts.PREPARE: self.prepare,
            scripts.BEGIN: self.begin,
            scripts.LOCK: self.lock,
            scripts.TALK: self.talk,
            scripts.SUBMIT: self.submit,
        }

    def play(self) -> None:
        """Do the next step of the script; an audit that somebody must still be found for waits."""
        self.take_up()
        self.steps[self.script.done]()
        self.script.done += 1

    def take_up(self) -> None:
        """Read the audit and its parts as they stand now."""
        rows = Audit.objects.select_related("case", "worker", "manager", "cycle", "service")
        self.audit = rows.get(pk=self.script.audit.pk)
        parts = self.audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
        self.parts = [part for part in parts.order_by("id") if part.assessor is not None]
        for part in self.parts:
            part.audit = self.audit

    @property
    def judging(self) -> list[Assessment]:
        """The parts whose grades the audit waits for."""
        return [part for part in self.parts if gives_grades(self.framework, part.slot)]

    @property
    def worker(self) -> Person | None:
        """Who answers for the work now: the audited worker while they are here, else whoever has the child."""
        here = [self.audit.worker, self.audit.case.worker, self.audit.manager]
        return next((one for one in here if not has_left(one)), None)

    @property
    def talks(self) -> Talks:
        """The audit's conversations."""
        return Talks(self.audit, self.framework, self.rng, self.writer)

    # -- steps ----------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Agree days, ask the family, and hand in what the worker writes about their own work."""
        self.talks.book(self.script.days[scripts.TALK])
        if self.framework.process.family_feedback and self.worker is not None:
            ask = ask_consent if self.framework.process.family_feedback.consent.required else tell_preferences
            ask(self.audit, self.framework, self.worker, self.rng, self.writer)

    def begin(self) -> None:
        """Write the first sections; whoever gives no grade hands in."""
        for part in self.parts:
            if part not in self.judging:
                self._hand_in(part)
        for part in self.judging:
            self._write(part, HALF)

    def lock(self) -> None:
        """Finish writing and lock the grades."""
        for part in self.judging:
            self._write(part)
            self._hear_the_family(part, "lock")
        self.talks.hold("lock")
        for part in self.judging:
            if self.rng.random() < WIDER:
                text = self.writer.say("overall", "wider")
                record_wider_finding(assessment=part, text=text, person=_who(part))
            part.refresh_from_db()
            lock_grades(assessment=part, person=_who(part))

    def talk(self) -> None:
        """Talk with everybody the framework names, and with the family."""
        for step in ("reveal", "submit", "finalise"):
            self.take_up()
            self.talks.hold(step)
        self.take_up()
        for part in self.judging:
            self._hear_the_family(part, "submit", "finalise", "none")
        self._mark()
        self._disagree()

    def submit(self) -> None:
        """Propose actions where something is weak, have it looked at where that is asked, and submit."""
        for part in self.judging:
            self._act(part)
            if missing_for_check(part, self.framework):
                check = ask_for_check(
                    assessment=part, question=self.writer.say("loop", "check_question"), person=_who(part)
                )
                found = checkers(part, self.framework)
                if not found:
                    return
                give_check(check=check, feedback=self.writer.say("loop", "check_feedback"), person=found[0])
            part.refresh_from_db()
            submit_assessment(assessment=part, person=_who(part))
            clock.tick(timedelta(minutes=self.rng.randrange(5, 40)))
            self.take_up()

    # -- writing --------------------------------------------------------------------------------------

    def _opinion(self, part: Assessment) -> Opinion:
        """Who looks at their own work, or comes second, is the kinder of two opinions."""
        first = self.judging[0] if self.judging else part
        return self.script.verdict.peer_submits if part.slot == first.slot else self.script.verdict.lead

    def _write(self, part: Assessment, first: int | None = None) -> None:
        form = Form(part, self.framework, self._opinion(part), self.writer, self.rng)
        sections = [one for one in sections_of(part, self.framework) if one.applies]
        for section in sections[:first]:
            if section.version == 0:
                self._save(part, section.key, form.fields(section), 0)
        if first is None:
            self._settle_warning(part)

    def _save(self, part: Assessment, section: str, fields: dict, version: int) -> None:
        save_draft(assessment=part, section=section, fields=fields, version=version, person=_who(part))
        part.refresh_from_db(fields=["status"])
        clock.tick(timedelta(minutes=self.rng.randrange(3, 12)))

    def _settle_warning(self, part: Assessment) -> None:
        """Say why, where the overall grade lies far from the domains."""
        sections = sections_of(part, self.framework)
        if overall_warning(sections, grades_of(self.framework, self.framework.tool(self.audit.tool))):
            overall = next(section for section in sections if section.key == OVERALL_SECTION)
            reason = self.writer.say("talk", "change_reason")
            self._save(part, overall.key, {**overall.fields, EXTRA + WARNING_REASON: reason}, overall.version)

    def _hand_in(self, part: Assessment) -> None:
        if part.status not in OPEN:
            return
        if has_left(part.assessor):
            reason = "They have left the council."
            auditor = next((_who(one) for one in self.judging), None)
            if auditor is not None:
                excuse_part(assessment=part, reason=reason, person=auditor)
            return
        self._write(part)
        part.refresh_from_db()
        hand_in(assessment=part, person=_who(part))

    # -- talking --------------------------------------------------------------------------------------

    def _hear_the_family(self, part: Assessment, *steps: str) -> None:
        feedback = self.framework.process.family_feedback
        if feedback is None or feedback.precedes not in steps or not asks_family(part, self.framework):
            return
        talk_to_family(self.audit, self.framework, _who(part), self.rng, self.writer)

    def _mark(self) -> None:
        """Set the framework's first flag on some of the audits that went badly."""
        if not (self.framework.flags and self.judging and self.script.verdict.peer_submits.overall == 1):
            return
        if self.rng.random() > FLAGS:
            return
        flag, manager = self.framework.flags[0].key, self.audit.manager
        spoken = None
        if raises_concern(self.framework, flag) and manager is not None:
            spoken = SpokenFirst(person=manager, words=self.writer.say("loop", "spoken"))
        set_flag(
            audit=self.audit,
            flag=flag,
            reason=self.writer.say("loop", "flag"),
            person=_who(self.judging[0]),
            spoken=spoken,
        )

    def _disagree(self) -> None:
        worker = self.audit.worker
        if self.rng.random() < DISAGREES and not has_left(worker) and worker is not None:
            self.audit.refresh_from_db()
            if may_disagree(self.audit, worker):
                disagree_with_grade(
                    audit=self.audit, reason=self.writer.say("loop", "not_agreed"), person=worker
                )

    # -- actions --------------------------------------------------------------------------------------

    def _act(self, part: Assessment) -> None:
        if part.action_links.exists() or part.no_action_reason:
            return
        opinion = self._opinion(part)
        tool = self.framework.tool(self.audit.tool)
        titles = {domain.key: domain.title for domain in tool.domains}
        weak = sorted(
            (rank, key) for key, rank in opinion.domains.items() if rank is not None and rank < WEAK
        )
        owners = [one for one, _ in possible_owners(self.audit) if not has_left(one)][:MOST_ACTIONS]
        if not weak or not owners:
            reason = self.writer.say("actions", "none_needed")
            state_no_action(assessment=part, reason=reason, person=_who(part))
            return
        days = action_days(self.audit)
        categories = self.framework.actions.categories
        for number, (_, key) in enumerate(weak[:MOST_ACTIONS]):
            propose_audit_action(
                assessment=part,
                text=self.writer.action(topic_of(titles[key])),
                intended_change=self.writer.say("actions", "intended"),
                owner=owners[number % len(owners)],
                due_on=max(clock.today(), days.proposed - timedelta(days=self.rng.choice((0, 0, 5, 10)))),
                person=_who(part),
                category=categories[self.rng.randrange(len(categories))].key if categories else "",
            )


def _who(part: Assessment) -> Person:
    if part.assessor is None:
        raise LookupError(f"Nobody fills the place “{part.slot}” of {part.audit}.")
    return part.assessor
