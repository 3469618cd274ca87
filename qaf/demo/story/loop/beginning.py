"""Before and at the beginning of a month: themes, lists, cases chosen, experience, and places to fill."""

import random
from datetime import date

from audits.cases.models import Case
from audits.enums import ChoiceStatus
from audits.frameworks.enums import Capability
from audits.frameworks.schema import Framework
from audits.models import CaseChoice, Cycle, Theme
from audits.selectors.themes import needs_theme
from audits.services.choices import BY_AUDITOR, BY_POST, quota_of
from audits.services.choosing import choose_case
from audits.services.cycles import open_cycle, prepare_cycle
from audits.services.experience import record_experience
from audits.services.lists import cases_for, confirm_list, exchange_in_list, propose_list, settlers
from audits.services.themes import ThemeContent, plan_theme
from qaf.demo.story.loop.talks import has_left
from qaf.demo.world.words import Writer
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.selectors import holders

NEW, EXPERIENCED = 0.15, (4, 24)
EXCHANGES, CHOOSES = 0.1, 0.85


class Beginnings:
    """Settles what a month needs before it is drawn. Needs the open scope and the moved clock."""

    def __init__(self, lead: Person, framework: Framework, spare: Writer) -> None:
        """Know who runs the months."""
        self.lead, self.framework, self.spare = lead, framework, spare

    def record_experience(self) -> None:
        """Enter how many audits each auditor had done before, where new ones are accompanied."""
        process = self.framework.process
        counted = process.finalisation_check or any(slot.required_when for slot in process.slots)
        if not counted:
            return
        roles = [role.key for role in self.framework.roles_that_may(Capability.AUDIT)]
        for person in holders(*roles, on=clock.today()):
            rng = random.Random(f"experience:{person.email}")
            if rng.random() >= NEW:
                record_experience(of=person, audits_before=rng.randrange(*EXPERIENCED), person=self.lead)

    def look_ahead(self, today: date) -> None:
        """Fix this month's and the next month's chance, and choose the theme of each where they have one."""
        months = (calendar.month_start(today), calendar.add_months(calendar.month_start(today), 1))
        for number, month in enumerate(months):
            cycle = prepare_cycle(period=month, seed=f"demonstration {month:%Y-%m}")
            if number and today.day < 15:
                continue
            if needs_theme(self.framework) and not Theme.objects.filter(month=month).exists():
                self._plan_theme(month)
            self._settle_list(cycle)

    def open(self, cohort: date) -> Cycle:
        """Open the month on its first day, unless the calendar has."""
        cycle = prepare_cycle(period=cohort)
        if self._lists() and not cycle.choices.exists():
            propose_list(cycle=cycle)
        self._settle_list(cycle)
        return open_cycle(cycle=cycle, person=self.lead)

    def choose(self) -> None:
        """Let auditors choose the cases that are theirs to choose; some leave it to chance."""
        rows = CaseChoice.objects.filter(method=BY_AUDITOR, status=ChoiceStatus.WAITING)
        for choice in rows.select_related("cycle", "auditor").order_by("pk"):
            rng = random.Random(f"choice:{choice.cycle.period}:{choice.auditor_id}:{choice.number}")
            offered = cases_for(choice)
            if rng.random() >= CHOOSES or not offered or has_left(choice.auditor):
                continue
            case = Case.objects.get(pk=rng.choice(offered).case_id)
            choose_case(
                choice=choice,
                case=case,
                reason=rng.choice(quota_of(self.framework, choice.role).choice_reasons),
                words=self.spare.colleague(rng).say("loop", "chosen"),
                person=choice.auditor,
            )

    def _lists(self) -> bool:
        strategy = self.framework.sampling.strategy
        return any(quota.method == BY_POST for quota in getattr(strategy, "quotas", ()))

    def _settle_list(self, cycle: Cycle) -> None:
        waiting = cycle.choices.filter(method=BY_POST, status=ChoiceStatus.WAITING)
        found = settlers(self.framework) if waiting else []
        if not found:
            return
        rng = random.Random(f"list:{cycle.period}")
        exchanged = waiting.select_related("cycle", "auditor", "case").order_by("pk").first()
        others = (
            [one for one in cases_for(exchanged) if one.case_id != exchanged.case_id] if exchanged else []
        )
        if exchanged and others:
            exchange_in_list(
                choice=exchanged,
                case=Case.objects.get(pk=rng.choice(others).case_id),
                reason=self.spare.colleague(rng).say("loop", "exchanged"),
                person=found[0],
            )
        confirm_list(cycle=cycle, person=found[0])

    def _plan_theme(self, month: date) -> None:
        rules = self.framework.sampling.themes
        if rules is None:
            return
        rng = random.Random(f"theme:{month}")
        writer = self.spare.colleague(rng)
        owners = holders(*self.framework.role_keys(rules.owner), on=clock.today())
        content = ThemeContent(
            title=writer.say("loop", "theme"),
            question=writer.say("loop", "theme_question"),
            reason=rng.choice(rules.reasons).key,
            triggered_by=writer.say("loop", "theme_why"),
            open_days_at_least=28,
            guidance=writer.say("loop", "theme_guidance"),
        )
        plan_theme(month=month, content=content, person=owners[0] if owners else self.lead)
