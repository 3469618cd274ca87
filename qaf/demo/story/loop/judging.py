"""How moderations of every mode are decided, meetings held, and disagreements settled."""

import random
from datetime import date, timedelta
from typing import Any

from audits.cases.models import Case
from audits.enums import NOT_APPLICABLE, OVERALL, GradeStage
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary import Grades
from audits.models import GradeOfRecord
from audits.selectors.dated_action import lacks_dated_action
from audits.selectors.facts import framework_for
from audits.services.findings import action_days
from moderation.enums import Agreement, Attendance, MeetingStatus, Mode, ModerationStatus, Standard
from moderation.models import Dispute, Meeting, Moderation
from moderation.selectors import field_name, moderation_list, to_decide
from moderation.selectors.disputes import (
    current_step,
    dispute_list,
    rule_of,
    rules_about_practice,
    settlers,
    step_rule,
)
from moderation.selectors.meetings import feedback_targets, people_to_invite
from moderation.selectors.modes import panel_of
from moderation.selectors.panels import people_to_ask
from moderation.selectors.questions import Asked, people_of, questions_of
from moderation.services import add_to_plan, agree_plan, decide, save_draft
from moderation.services.disputes import raise_dispute, settle_step
from moderation.services.meetings import invite, issue_feedback, record_meeting
from moderation.services.panels import ask_to_join, give_view
from qaf.demo.story.casting import Script
from qaf.demo.story.loop.talks import has_left
from qaf.demo.world.words import Writer
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import acting_for

CHANGES, NOT_AGREED, CLIMBS, CAME, INVITED = 0.2, 0.12, 0.4, 0.85, 4
LEAVES = 2
BEFORE_DUE = timedelta(days=9)


class JudgingDesk:
    """Does what moderators, chairs and those who settle disagreements get round to today. Needs the open scope."""

    def __init__(self, scripts: dict[int, Script], spare: Writer) -> None:
        """Know the scripts by audit, for the words that go with each case; ``spare`` writes about no case."""
        self.scripts = scripts
        self.spare = spare
        self.leaves_from = date.max
        self.left: set[int] = set()

    def work(self) -> None:
        """Decide, meet and settle what is ripe."""
        self._meetings()
        self._moderations()
        self._disputes()

    # -- moderations ----------------------------------------------------------------------------------

    def _moderations(self) -> None:
        rows = moderation_list().filter(status=ModerationStatus.ALLOCATED)
        for moderation in rows.order_by("audit__reference", "round"):
            meeting = moderation.meeting
            if meeting is not None and meeting.status != MeetingStatus.HELD:
                continue
            rng = random.Random(f"judging:{moderation.audit.reference}:{moderation.round}")
            begun = calendar.local_date(moderation.allocated_at or clock.now())
            if begun >= self.leaves_from and len(self.left | {moderation.pk}) <= LEAVES:
                self.left.add(moderation.pk)
                continue
            if clock.today() >= calendar.add_working_days(begun, rng.randrange(2, 7)):
                self.settle(moderation, rng)

    def settle(self, moderation: Moderation, rng: random.Random) -> None:
        """Decide one moderation as its mode asks, unless nobody leads it."""
        lead = moderation.moderator
        if lead is None:
            return
        lead = acting_for(lead, on=clock.today())
        writer = self._writer(moderation, rng)
        wanted = self._wanted(moderation, rng)
        self._hear_the_panel(moderation, writer, wanted.get(OVERALL, ""), lead)
        agrees = moderation.mode != Mode.CONSENSUS or rng.random() >= NOT_AGREED
        fields = self._fields(moderation, rng, writer, wanted, agrees=agrees)
        save_draft(moderation=moderation, fields=fields, version=0, person=lead)
        self._add_what_is_called_for(moderation, writer, wanted.get(OVERALL, ""), lead)
        if "action_plan" in framework_for(moderation.audit).moderation.decides:
            agree_plan(moderation=moderation, agreed=True, person=lead)
        clock.tick(timedelta(minutes=rng.randrange(20, 60)))
        decide(moderation=moderation, person=lead)

    def _add_what_is_called_for(
        self, moderation: Moderation, writer: Writer, grade: str, lead: Person
    ) -> None:
        """Add an action to the plan where the grade that is decided calls for one and none stands."""
        audit, owner = moderation.audit, moderation.audit.case.worker or moderation.audit.manager
        if owner is None or not lacks_dated_action(audit, Grades(overall=grade)):
            return
        categories = framework_for(audit).actions.categories
        add_to_plan(
            moderation=moderation,
            text=writer.action("management_oversight"),
            intended_change=writer.say("actions", "intended"),
            owner=owner,
            due_on=max(action_days(audit).proposed, clock.today()),
            person=lead,
            category=categories[0].key if categories else "",
        )

    def _hear_the_panel(self, moderation: Moderation, writer: Writer, grade: str, lead: Person) -> None:
        """Ask as many to join as the panel needs, and let everybody say what they think."""
        rules = panel_of(framework_for(moderation.audit)) if moderation.mode == Mode.PANEL else None
        lacking = rules.quorum - moderation.members.count() if rules else 0
        for person, _, _ in people_to_ask(moderation)[: max(lacking, 0)] if lacking > 0 else ():
            reason = writer.say("loop", "panel_reason")
            ask_to_join(moderation=moderation, member=person, reason=reason, person=lead)
        for member in moderation.members.filter(said_at=None).select_related("person"):
            give_view(
                moderation=moderation,
                grade=grade,
                view=writer.say("loop", "panel_view"),
                standards_met=self._standards_met(moderation, grade),
                person=acting_for(member.person, on=clock.today()),
            )

    def _standards_met(self, moderation: Moderation, grade: str) -> Standard:
        """Return what a panel would say of practice with this grade."""
        worst_first = sorted(framework_for(moderation.audit).main_grades.grades, key=lambda one: one.rank)
        said = dict(zip((one.key for one in worst_first), (Standard.NO, Standard.PARTLY), strict=False))
        return said.get(grade, Standard.YES)

    def _wanted(self, moderation: Moderation, rng: random.Random) -> dict[str, str]:
        """Return the grades that are decided: mostly those that stand, now and then a neighbour."""
        given = moderation.audit.recorded_grades.filter(stage=GradeStage.SUBMITTED).order_by("id")
        standing = dict(given.values_list("domain", "grade"))
        grades = framework_for(moderation.audit).main_grades
        by_rank = {grade.rank: grade.key for grade in grades.grades}
        ranks = {key: rank for rank, key in by_rank.items()}
        wanted = {}
        for row in to_decide(moderation):
            grade = standing.get(row.domain) or standing.get(OVERALL, "")
            rank = ranks.get(grade)
            if rank is not None and rng.random() < CHANGES:
                grade = by_rank.get(rank + rng.choice((-1, 1)), grade)
            wanted[row.domain] = grade or NOT_APPLICABLE
        return wanted

    def _fields(
        self,
        moderation: Moderation,
        rng: random.Random,
        writer: Writer,
        wanted: dict[str, str],
        *,
        agrees: bool,
    ) -> dict[str, Any]:
        names = framework_for(moderation.audit).names
        fields: dict[str, Any] = {"conversation_needed": "no"}
        for domain, grade in wanted.items():
            title = names.domain(domain).lower() if domain else "the overall grade"
            name = field_name(domain)
            fields[f"grade_{name}"] = grade
            fields[f"reason_{name}"] = writer.say("talk", "moderator_reason", domain=title)
        for asked in questions_of(moderation):
            fields[asked.name] = self._answer(asked, moderation, rng, writer)
        if "agreement" in fields:
            fields["agreement"] = Agreement.AGREED if agrees else Agreement.NOT_AGREED
        if "agreement_why" in fields:
            fields["agreement_why"] = "" if agrees else writer.say("loop", "disagree_why")
        return fields

    def _answer(self, asked: Asked, moderation: Moderation, rng: random.Random, writer: Writer) -> Any:
        if asked.control == "people":
            here = {str(one.pk) for one in people_of(moderation) if not has_left(one)}
            return [value for value, _ in asked.choices if value in here] or [asked.choices[0][0]]
        if asked.control == "choice":
            return asked.choices[0][0]
        if asked.control == "date":
            return clock.today().isoformat()
        if asked.control == "minutes":
            return str(rng.choice((40, 45, 50, 60)))
        return writer.say("loop", "discussion")

    def _writer(self, moderation: Moderation, rng: random.Random) -> Writer:
        script = self.scripts.get(moderation.audit_id)
        return (script.writer if script else self.spare).colleague(rng)

    # -- meetings -------------------------------------------------------------------------------------

    def _meetings(self) -> None:
        for meeting in Meeting.objects.filter(status=MeetingStatus.PLANNED).select_related("chair"):
            cases = [case for case in meeting.cases.all() if case.status == ModerationStatus.ALLOCATED]
            if not cases or meeting.chair is None or has_left(meeting.chair):
                continue
            chair = acting_for(meeting.chair, on=clock.today())
            if not meeting.people.exclude(invited_by=None).exists():
                able = [one for one, _, _ in people_to_invite(meeting) if not has_left(one)]
                invite(meeting=meeting, people=able[:INVITED], person=chair)
            if clock.today() >= meeting.due_on - BEFORE_DUE:
                self._meet(meeting, chair)

    def _meet(self, meeting: Meeting, chair: Person) -> None:
        rng = random.Random(f"meeting:{meeting.period}")
        say = self.spare.colleague(rng).say
        for case in meeting.cases.select_related("audit", "moderator", "meeting"):
            if case.status == ModerationStatus.ALLOCATED:
                self.settle(case, rng)
        people = list(meeting.people.select_related("person"))
        came = {
            one.person_id: Attendance.ATTENDED
            if one.person_id == chair.pk or rng.random() < CAME
            else Attendance.APOLOGIES
            for one in people
        }
        record_meeting(
            meeting=meeting,
            held_on=clock.today(),
            attendance=came,
            views={one.person_id: say("loop", "meeting_view") for one in people[:2]},
            notes=say("loop", "meeting_notes"),
            person=chair,
        )
        meeting.refresh_from_db()
        if feedback_targets(meeting):
            issue_feedback(meeting=meeting, text=say("loop", "meeting_feedback"), person=chair)

    # -- disagreements --------------------------------------------------------------------------------

    def _disputes(self) -> None:
        for dispute in dispute_list().filter(status="open"):
            step = current_step(dispute)
            if step is None:
                continue
            rng = random.Random(f"dispute:{dispute.pk}:{step.number}")
            opened = calendar.local_date(step.opened_at)
            if opened >= self.leaves_from or clock.today() < calendar.add_working_days(
                opened, rng.randrange(2, 5)
            ):
                continue
            asked = [one for one in settlers(dispute, step) if one.pk in step.asked and not has_left(one)]
            if asked:
                self._settle_dispute(dispute, rng, acting_for(asked[0], on=clock.today()))

    def challenge(self) -> None:
        """Let somebody who reviews a child's plan challenge practice, where the framework has steps for it."""
        for case in Case.objects.filter(closed_on=None).exclude(chair=None).order_by("pk")[:40]:
            chair = case.chair
            if chair is None or has_left(chair):
                continue
            rule = next((one for one in rules_about_practice(case, chair) if one.raised_by), None)
            if rule is None:
                return
            if case.disputes.exists() or rule.steps[0].chosen_by_raiser:
                continue
            text = self.spare.colleague(random.Random(f"challenge:{case.local_id}")).say("loop", "practice")
            raise_dispute(key=rule.key, text=text, person=chair, case=case)
            return

    def _settle_dispute(self, dispute: Dispute, rng: random.Random, person: Person) -> None:
        step = current_step(dispute)
        if step is None:
            return
        about_grade = rule_of(dispute).about == "grade"
        settled = step_rule(dispute, step).final or rng.random() >= CLIMBS
        script = self.scripts.get(dispute.audit_id) if dispute.audit_id else None
        writer = (script.writer if script else self.spare).colleague(rng)
        rule = ("dispute_step" if about_grade else "practice_settled") if settled else "dispute_on"
        settle_step(
            dispute=dispute,
            settled=settled,
            words=writer.say("loop", rule),
            person=person,
            grade=_overall(dispute) if settled and about_grade else "",
            met_on=clock.today(),
        )


def _overall(dispute: Dispute) -> str:
    if dispute.audit is None:
        return ""
    found = GradeOfRecord.objects.filter(audit=dispute.audit, domain=OVERALL).first()
    framework = framework_of(dispute.framework_version)
    return found.grade if found else framework.main_grades.grades[0].key
