"""The moderators' desk: what was given to them is decided after a few days, mostly in time."""

import random
from datetime import date, timedelta

from audits.enums import NOT_APPLICABLE
from audits.selectors.facts import framework_for
from moderation.enums import ModerationStatus
from moderation.models import Moderation
from moderation.selectors import field_name, moderation_list, to_decide
from moderation.services import agree_plan, decide, save_draft
from qaf.demo.story.casting import Script
from qaf.demo.world.words import Writer
from qaf.lib import calendar, clock

PEER_IS_RIGHT = 0.6
LATE = 0.1


class ModeratorsDesk:
    """Decides allocated moderations on the day that chance gives each. Needs the open scope."""

    def __init__(self, scripts: dict[int, Script]) -> None:
        """Know the scripts by audit, for the words that go with each case."""
        self.scripts = scripts
        self.left_undecided: set[int] = set()
        self.leaves = 0
        self.leaves_from = date.max

    def work(self) -> None:
        """Decide what is ripe today."""
        allocated = moderation_list().filter(status=ModerationStatus.ALLOCATED)
        for moderation in allocated.exclude(audit_id__in=self.left_undecided).order_by("audit__reference"):
            if self.leaves > 0 and moderation.audit.allocated_on >= self.leaves_from:
                self.leaves -= 1
                self.left_undecided.add(moderation.audit_id)
                continue
            rng = random.Random(f"moderation:{moderation.audit.reference}")
            if clock.today() >= self._day(moderation, rng):
                self._decide(moderation, rng)

    def _day(self, moderation: Moderation, rng: random.Random) -> date:
        begun = calendar.local_date(moderation.allocated_at or clock.now())
        late = 7 if rng.random() < LATE else 0
        return calendar.add_working_days(begun, rng.randrange(1, 4) + late)

    def _decide(self, moderation: Moderation, rng: random.Random) -> None:
        moderator = moderation.moderator
        if moderator is None:
            return
        writer = self.scripts[moderation.audit_id].writer.colleague(rng)
        agree_plan(moderation=moderation, agreed=True, person=moderator)
        save_draft(
            moderation=moderation, fields=self._fields(moderation, rng, writer), version=0, person=moderator
        )
        clock.tick(timedelta(minutes=rng.randrange(20, 70)))
        decide(moderation=moderation, person=moderator)

    def _fields(self, moderation: Moderation, rng: random.Random, writer: Writer) -> dict[str, str]:
        talked = rng.random() < 0.55
        fields = {
            "conversation_needed": "yes" if talked else "no",
            "conversation_on": clock.today().isoformat() if talked else "",
            "conversation_outcome": writer.say("talk", "moderator_talk") if talked else "",
            "rationale": "",
        }
        names = framework_for(moderation.audit).names
        for row in to_decide(moderation):
            name = field_name(row.domain)
            grades = [cell.grade for cell in row.cells]
            title = "the overall grade" if row.overall else names.domain(row.domain).lower()
            fields[f"grade_{name}"] = _decided(grades, rng)
            fields[f"reason_{name}"] = writer.say("talk", "moderator_reason", domain=title)
        if rng.random() < 0.12:
            fields["wider_finding"] = writer.say("overall", "wider")
        return fields


def _decided(grades: list[str | None], rng: random.Random) -> str:
    """Return one of the auditors' grades, the peer's more often; a grade goes before "not applicable"."""
    given = [grade for grade in grades if grade and grade != NOT_APPLICABLE]
    if len(given) < 2:
        return given[0] if given else NOT_APPLICABLE
    return given[-1] if rng.random() < PEER_IS_RIGHT else given[0]
