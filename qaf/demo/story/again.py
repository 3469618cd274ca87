"""The re-audit of an inadequate audit: somebody new reads the record again, unless the child's case has ended."""

import random
from datetime import timedelta

from audits.followup.enums import Ending, FollowUpKind, FollowUpStatus
from audits.followup.models import FollowUp
from audits.frameworks.schema import Framework
from audits.models import Audit
from audits.services.re_audits import (
    SLOT,
    conclude_re_audit,
    end_without_re_audit,
    initial_audit_of,
    questions_of,
    start_re_audit,
)
from qaf.demo.story.auditing import Auditing
from qaf.demo.story.casting import Script
from qaf.demo.world.grades import Opinion, Verdict
from qaf.demo.world.words import Writer
from qaf.lib import clock
from qaf.tenants.models import Person

BEFORE_DUE = timedelta(days=9)


class ReAuditDesk:
    """Does re-audits a few days before they are due. Needs the open scope and the moved clock."""

    def __init__(self, scripts: dict[int, Script], framework: Framework) -> None:
        """Know the scripts by audit: a re-audit speaks of the same family."""
        self.scripts = scripts
        self.framework = framework

    def work(self) -> None:
        """Take up every re-audit whose time has come."""
        rows = FollowUp.objects.filter(kind=FollowUpKind.RE_AUDIT, status=FollowUpStatus.OPEN)
        for follow_up in rows.filter(due_on__lte=clock.today() + BEFORE_DUE).select_related(
            "assignee", "case"
        ):
            person = follow_up.assignee
            if person is None or (person.left_on is not None and person.left_on < clock.today()):
                continue
            initial = initial_audit_of(follow_up)
            rng = random.Random(f"again:{initial.reference}")
            writer = self.scripts[initial.pk].writer.colleague(rng)
            if follow_up.case is not None and not follow_up.case.is_open:
                comment = writer.say("talk", "ended")
                end_without_re_audit(
                    follow_up=follow_up, ending=Ending.CLOSED, comment=comment, person=person
                )
            else:
                self._audit_again(follow_up, initial, person, writer)

    def _audit_again(self, follow_up: FollowUp, initial: Audit, person: Person, writer: Writer) -> None:
        audit = start_re_audit(follow_up=follow_up, person=person)
        script = self._script(audit, initial, writer)
        self.scripts[audit.pk] = script
        auditing = Auditing(script, self.framework, audit.tool)
        auditing.take_up()
        auditing.write(SLOT)
        auditing.lock(SLOT)
        auditing.take_up()
        auditing.submit(SLOT)
        answers: dict[str, tuple[bool | None, str]] = {
            question.key: (True, writer.say("talk", "review")) for question in questions_of(initial)
        }
        domain = self.framework.names.domain(script.rng.choice(auditing.domains)).lower()
        comment = writer.say("talk", "reaudit", domain=domain)
        conclude_re_audit(follow_up=follow_up, answers=answers, comment=comment, person=person)

    def _script(self, audit: Audit, initial: Audit, writer: Writer) -> Script:
        """Return a script in which most domains are a grade better than the first time."""
        rng = random.Random(f"better:{initial.reference}")
        before = self.scripts[initial.pk].verdict.peer_submits
        domains = {
            key: None if rank is None else min(4, rank + (1 if rng.random() < 0.75 else 0))
            for key, rank in before.domains.items()
        }
        opinion = Opinion(domains, min(4, before.overall + 1))
        return Script(audit, rng, Verdict(opinion, opinion), {}, writer=writer)
