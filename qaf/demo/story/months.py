"""Each month's beginning: requests to leave children out, the draw, and what has to be put right after it."""

import random
from datetime import date

from audits.cases.models import Case
from audits.enums import AssessmentStatus
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit, Cycle
from audits.services.cycles import open_cycle, prepare_cycle
from audits.services.exclusions import ask_exclusion, decide_exclusion
from audits.services.reassigning import options_for, reassign_assessment
from audits.services.replacing import replace_case
from qaf.demo.story.casting import Script, script_for
from qaf.demo.world.grades import Practice
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import holders

REPLACED_EVERY = 4


class Months:
    """Opens months and writes the scripts of their audits. Needs the open scope and the moved clock."""

    def __init__(self, lead: Person, framework: Framework, practice: Practice, first: date) -> None:
        """Know who runs the months and when the first was."""
        self.lead = lead
        self.framework = framework
        self.practice = practice
        self.first = first
        self.used: set[str] = set()
        self.scripts: dict[int, Script] = {}

    def open(self, cohort: date) -> list[Script]:
        """Draw and allocate a month, fill what could not be filled, and return its scripts."""
        cycle = prepare_cycle(period=cohort, person=self.lead, seed=f"demonstration {cohort:%Y-%m}")
        open_cycle(cycle=cycle, person=self.lead)
        if self._number(cohort) % REPLACED_EVERY == REPLACED_EVERY - 1:
            self._replace_one(cycle)
        audits = Audit.objects.filter(cycle=cycle).exclude(status="withdrawn").select_related("case", "team")
        scripts = [self._script(audit, cohort) for audit in audits.order_by("reference")]
        self.scripts.update({script.audit.pk: script for script in scripts})
        return scripts

    def fill_places(self) -> None:
        """Give every place that could not be filled to the first person who may have it."""
        rows = Assessment.objects.filter(
            assessor=None, status=AssessmentStatus.ALLOCATED, audit__cycle__isnull=False
        )
        for assessment in rows.exclude(audit__status="withdrawn").select_related(
            "audit__case", "audit__cycle", "audit__service"
        ):
            options = options_for(assessment=assessment)
            if options:
                to = Person.objects.get(pk=options[0].person_id)
                reassign_assessment(assessment=assessment, to=to, person=self.lead)

    def ask_to_leave_out(self, managers: list[Person], cohort: date, *, decide: bool) -> None:
        """Let two managers ask to leave a child out of ``cohort``; ``decide`` says whether the lead answers."""
        rng = random.Random(f"exclusions:{cohort}")
        reasons = [reason.key for reason in self.framework.sampling.exclusions.reasons]
        words = {"family_in_crisis": "A grandparent who shared the care died last week."}
        usual = "The family has asked for some quiet weeks, and the manager agrees."
        for manager in rng.sample(managers, k=min(2, len(managers))):
            cases = Case.objects.filter(manager=manager, closed_on=None).order_by("local_id")
            if not cases:
                continue
            case, reason = rng.choice(list(cases[:40])), rng.choice(reasons)
            asked = ask_exclusion(
                case=case, period=cohort, reason=reason, words=words.get(reason, usual), person=manager
            )
            if decide:
                decide_exclusion(exclusion=asked, approve=rng.random() < 0.6, person=self._approver())

    def _approver(self) -> Person:
        """Return who answers such requests by the framework."""
        roles = self.framework.role_keys(self.framework.sampling.exclusions.approved_by)
        return next(iter(holders(*roles, on=clock.today())), self.lead)

    def _number(self, cohort: date) -> int:
        return calendar.whole_months_between(self.first, cohort)

    def _replace_one(self, cycle: Cycle) -> None:
        sampled = cycle.sample.order_by("position").first()
        if sampled is not None:
            words = "The family moved to another council on the day of the draw."
            replace_case(sampled=sampled, person=self.lead, reason="moved", words=words)

    def _script(self, audit: Audit, cohort: date) -> Script:
        domains = [domain.key for domain in self.framework.tool(audit.tool).domains]
        return script_for(audit, self.practice, self._number(cohort), domains, self.used)
