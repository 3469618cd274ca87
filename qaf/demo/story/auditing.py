"""The auditors, the worker and the family of one audit, doing what the script says through the services."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from audits.enums import NOT_APPLICABLE, AssessmentStatus
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit
from audits.selectors.sections import overall_warning, sections_of
from audits.selectors.standing import standing_of
from audits.services.assessments import (
    lock_grades,
    revise_grade,
    save_draft,
    state_no_action,
    submit_assessment,
)
from audits.services.conversations import excuse_conversation, hold_conversation
from audits.services.findings import (
    action_days,
    propose_audit_action,
    record_immediate_change,
    record_wider_finding,
)
from qaf.demo.story import casting
from qaf.demo.story.casting import Script, auditor
from qaf.demo.story.families import ask_consent, talk_to_family
from qaf.demo.world.grades import KEYS, Opinion
from qaf.demo.world.words import Writer, tags_for
from qaf.lib import clock
from qaf.tenants.models import Person

LEAD, PEER = "lead", "peer"
WORKER_TALK, AUDITORS_TALK = "worker_discussion", "lead_peer"
WEAK = 3  # Below this rank a domain asks for an action.
HALF = 3  # Sections of an assessment that is only begun.


class Auditing:
    """Play one script, step by step. Needs the open scope and the moved clock."""

    def __init__(self, script: Script, framework: Framework, tool: str) -> None:
        """Take up the script where it stands."""
        self.script = script
        self.framework = framework
        self.domains = [domain.key for domain in framework.tool(tool).domains]
        self.tags = {tag.key for tag in framework.tool(tool).tags}
        self.rng = script.rng
        self.writer: Writer = script.writer
        self.steps: dict[int, Callable[[], None]] = {
            casting.CONSENT: self.consent,
            casting.LEAD_BEGINS: lambda: self.write(LEAD, HALF),
            casting.LEAD_LOCKS: self.lead_locks,
            casting.PEER_BEGINS: lambda: self.write(PEER, HALF),
            casting.PEER_LOCKS: self.peer_locks,
            casting.TALK: self.talk,
            casting.LEAD_SUBMITS: lambda: self.submit(LEAD),
            casting.PEER_SUBMITS: lambda: self.submit(PEER),
        }

    def play(self) -> None:
        """Do the next step of the script."""
        self.take_up()
        self.steps[self.script.done]()
        self.script.done += 1

    def take_up(self) -> None:
        """Read the audit as it stands now."""
        rows = Audit.objects.select_related("case")
        self.audit = rows.get(pk=self.script.audit.pk)

    # -- who ------------------------------------------------------------------------------------------

    def assessment(self, slot: str) -> Assessment:
        """Return the slot's assessment as it stands, with the audit it belongs to."""
        rows = self.audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
        found = rows.get(slot=slot)
        found.audit = self.audit
        return found

    def opinion(self, slot: str) -> Opinion:
        """Return what the slot's auditor thought before the discussion."""
        return self.script.verdict.lead if slot == LEAD else self.script.verdict.peer

    def others_opinion(self, slot: str) -> Opinion:
        """Return what the slot's auditor submits."""
        return self.script.verdict.lead_submits if slot == LEAD else self.script.verdict.peer_submits

    @property
    def worker(self) -> Person | None:
        """Return the worker who can answer now: the audited one while they are here, else whoever has the child."""
        worker = self.audit.worker
        if worker and (worker.left_on is None or worker.left_on >= clock.today()):
            return worker
        return self.audit.case.worker or self.audit.manager

    # -- steps ----------------------------------------------------------------------------------------

    def consent(self) -> None:
        """The worker asks the family, unless the script leaves them waiting."""
        if not self.script.keeps_worker_waiting and self.worker is not None:
            ask_consent(self.audit, self.framework, self.worker, self.rng, self.writer)

    def write(self, slot: str, sections: int | None = None) -> None:
        """Type the sections of an assessment: the first few, or all with the overall judgement."""
        assessment = self.assessment(slot)
        written = set(assessment.drafts.values_list("section", flat=True))
        for domain in self.domains[:sections]:
            if domain not in written:
                self._type(assessment, domain, self._domain_fields(slot, domain))
        if sections is None:
            self._type(assessment, "overall", self._overall_fields(slot))
            self._settle_warning(assessment)

    def lead_locks(self) -> None:
        """The lead finishes writing and locks."""
        self.write(LEAD)
        self.lock(LEAD)

    def peer_locks(self) -> None:
        """The peer finishes writing, talks with worker and family, and locks."""
        self.write(PEER)
        self._talk_with_worker()
        peer = self.assessment(PEER)
        talk_to_family(self.audit, self.framework, auditor(peer), self.rng, self.writer)
        self.lock(PEER)

    def talk(self) -> None:
        """The auditors talk; grades are shown, and some are changed."""
        lead, peer = self.assessment(LEAD), self.assessment(PEER)
        names = [auditor(one).pk for one in (lead, peer)]
        hold_conversation(
            audit=self.audit,
            kind=AUDITORS_TALK,
            person=auditor(lead),
            held_on=clock.today(),
            mode=self.rng.choice(("in_person", "video", "video")),
            minutes=self.rng.choice((30, 40, 45, 60)),
            participants=names,
            answers={"1": self._about("strong"), "2": self._difference()},
            notes=self.writer.say("talk", "lead_and_peer", domain=self._title(self._disputed())),
        )
        self.audit.refresh_from_db(fields=["status"])
        for change in self.script.verdict.changes:
            self._revise(change.side, change.key, change.rank)

    def submit(self, slot: str) -> None:
        """Propose actions where something is weak, then submit."""
        assessment = self.assessment(slot)
        if not self.assessment(slot).action_links.exists() and not assessment.no_action_reason:
            self._propose(assessment)
        submit_assessment(assessment=assessment, person=auditor(assessment))
        clock.tick(timedelta(minutes=self.rng.randrange(5, 40)))

    # -- writing --------------------------------------------------------------------------------------

    def _type(self, assessment: Assessment, section: str, fields: dict[str, Any]) -> None:
        save_draft(
            assessment=assessment, section=section, fields=fields, version=0, person=auditor(assessment)
        )
        assessment.refresh_from_db(fields=["status"])
        clock.tick(timedelta(minutes=self.rng.randrange(3, 14)))

    def _domain_fields(self, slot: str, domain: str) -> dict[str, Any]:
        rank = self.opinion(slot).domains[domain]
        if rank is None:
            reason = self.writer.say("overall", "not_applicable")
            return {"grade": NOT_APPLICABLE, "not_applicable_reason": reason}
        note = self.writer.note(domain, KEYS[rank])
        weak = rank < WEAK
        fields: dict[str, Any] = {
            "grade": KEYS[rank],
            "strengths": note.strengths,
            "development": note.development,
            "evidence": note.evidence,
        }
        if weak and self.rng.random() < 0.4:
            fields["development_codes"] = [
                self.rng.choice(("training", "training", "service_planning", "commissioning"))
            ]
        if weak and self.rng.random() < 0.5:
            fields["tags"] = [tag for tag in tags_for(self.writer, domain) if tag in self.tags]
        return fields

    def _overall_fields(self, slot: str) -> dict[str, Any]:
        grade = KEYS[self.opinion(slot).overall]
        fields = {
            "grade": grade,
            "strengths": self.writer.say("overall", grade),
            "development": self.writer.say("quality_of_plans", "minor"),
            "evidence": self.writer.evidence(),
        }
        if self.rng.random() < 0.5:
            fields["x_restorative_practice"] = self.writer.say("talk", "difference")
        return fields

    def _settle_warning(self, assessment: Assessment) -> None:
        """Say why, where the overall grade lies far from the domains."""
        sections = sections_of(assessment, self.framework)
        if overall_warning(sections, self.framework.main_grades):
            overall = next(section for section in sections if section.is_overall)
            fields = {**overall.fields, "x_warning_reason": self.writer.say("talk", "change_reason")}
            save_draft(
                assessment=assessment, section="overall", fields=fields, version=overall.version,
                person=auditor(assessment),
            )  # fmt: skip

    def lock(self, slot: str) -> None:
        """Lock the grades, with what reaches beyond the case."""
        assessment = self.assessment(slot)
        if self.rng.random() < 0.22:
            text = self.writer.say("overall", "wider")
            record_wider_finding(assessment=assessment, text=text, person=auditor(assessment))
        if self.opinion(slot).overall == 1:
            record_immediate_change(
                standing=standing_of(auditor(assessment), self.audit),
                text=self.writer.action("management_oversight"),
                made_on=clock.today(),
            )
        lock_grades(assessment=assessment, person=auditor(assessment))

    # -- talking --------------------------------------------------------------------------------------

    def _talk_with_worker(self) -> None:
        peer = auditor(self.assessment(PEER))
        worker = self.audit.worker
        gone = worker is not None and worker.left_on is not None and worker.left_on < clock.today()
        if gone or self.rng.random() < 0.04:
            reason, text = ("worker_left", "") if gone else ("worker_ill", self.writer.say("talk", "ill"))
            excuse_conversation(audit=self.audit, kind=WORKER_TALK, person=peer, reason=reason, text=text)
            return
        agrees = self.rng.random() < 0.86
        say = self.writer.say
        hold_conversation(
            audit=self.audit,
            kind=WORKER_TALK,
            person=peer,
            held_on=clock.today(),
            mode=self.rng.choice(("in_person", "in_person", "video")),
            minutes=self.rng.choice((45, 60, 60, 75, 90)),
            participants=[one.pk for one in (peer, worker) if one],
            answers={
                "1": say("talk", "helped"),
                "2": say("talk", "worker_reflection"),
                "3": say("talk", "learning"),
            },
            worker_agrees=agrees,
            worker_comment=say("talk", "agree" if agrees else "disagree"),
            notes=say("talk", "procedure"),
        )

    def _disputed(self) -> str:
        keys = self.script.verdict.lead.differs_from(self.script.verdict.peer)
        return keys[0] if keys and keys[0] != "overall" else self.rng.choice(self.domains)

    def _title(self, domain: str) -> str:
        return self.framework.names.domain(domain)

    def _about(self, rule: str) -> str:
        return self.writer.say(self.rng.choice(("voice_of_child", "partnership_working")), rule)

    def _difference(self) -> str:
        return self.writer.say("talk", "lead_and_peer", domain=self._title(self._disputed()))

    def _revise(self, side: str, key: str, rank: int) -> None:
        assessment = self.assessment(side)
        revise_grade(
            assessment=assessment,
            domain="" if key == "overall" else key,
            grade=KEYS[rank],
            reason=self.writer.say("talk", "change_reason"),
            person=auditor(assessment),
        )

    # -- actions --------------------------------------------------------------------------------------

    def _propose(self, assessment: Assessment) -> None:
        opinion = self.others_opinion(assessment.slot)
        weak = sorted(
            (rank, key) for key, rank in opinion.domains.items() if rank is not None and rank < WEAK
        )
        wanted = weak[: 2 if opinion.overall > 1 else 3]
        if not wanted:
            reason = self.writer.say("actions", "none_needed")
            state_no_action(assessment=assessment, reason=reason, person=auditor(assessment))
            return
        days = action_days(self.audit)
        for _, domain in wanted:
            owner = self._owner(domain)
            if owner is None:
                continue
            due_on = max(clock.today(), days.proposed - timedelta(days=self.rng.choice((0, 0, 7, 14, 21))))
            propose_audit_action(
                assessment=assessment,
                text=self.writer.action(domain),
                intended_change=self.writer.say("actions", "intended"),
                owner=owner,
                due_on=due_on,
                person=auditor(assessment),
            )
        if not assessment.action_links.exists():
            reason = self.writer.say("actions", "none_needed")
            state_no_action(assessment=assessment, reason=reason, person=auditor(assessment))

    def _owner(self, domain: str) -> Person | None:
        case = self.audit.case
        if domain == "management_oversight" or case.worker is None:
            return case.manager or self.audit.manager
        return case.worker
