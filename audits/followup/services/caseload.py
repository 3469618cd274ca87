"""Rounds over whole caseloads: opened by the framework's rule, saved as typed, finished with every gap an action."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from audits.followup.enums import UNFINISHED_ACTIONS
from audits.followup.models import Action, CaseloadAnswer, CaseloadCheck
from audits.followup.selectors import Around, answering, people_for
from audits.followup.selectors.caseload import ChildRow, children_of, may_do_round, rows_of
from audits.followup.services.actions import open_action, propose_action
from audits.frameworks.enums import Frequency
from audits.frameworks.schema import Framework
from audits.frameworks.schema.followup import CaseloadCheck as CaseloadRules
from audits.frameworks.selectors import framework_if_any, framework_in_force
from qaf.lib import calendar, clock
from qaf.notices.services import tell
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Unit
from qaf.tenants.paths import council_path
from qaf.tenants.transitions import Problem, StatusHasChanged, TransitionRefused
from qaf.ui.words import long_date

Answers = Mapping[tuple[int, str], bool | None]
"""Yes or no by case and question; ``None`` where nothing is chosen."""


class RoundConflict(Exception):
    """Another window saved the round first; ``theirs`` is the round as it stands."""

    def __init__(self, theirs: CaseloadCheck):
        self.theirs = theirs
        super().__init__("Another window saved this round after you opened it.")


def open_rounds() -> int:
    """Open the round of the period that runs for every team with children to ask about; return how many.

    Running it again opens nothing. A team that gets its first child later in the period has its round then.
    """
    framework = framework_if_any()
    if framework is None:
        return 0
    rules, today = framework.caseload_check, clock.today()
    if rules is None:
        return 0
    period = _period(rules, today)
    there = CaseloadCheck.objects.filter(period=period).values("team")
    teams = Unit.objects.filter(kind=UnitKind.TEAM).exclude(pk__in=there).select_related("parent")
    opened = [_open(team, rules, framework, period) for team in teams if children_of(team, rules).exists()]
    return len(opened)


def _period(rules: CaseloadRules, day: date) -> date:
    if rules.frequency == Frequency.QUARTERLY:
        return calendar.quarter_bounds(*calendar.quarter_of(day))[0]
    return calendar.month_start(day)


def _open(team: Unit, rules: CaseloadRules, framework: Framework, period: date) -> CaseloadCheck:
    today = clock.today()
    found = people_for(rules.by, framework=framework, around=Around(unit=team), on=today)
    due_on = max(framework.due_on(rules.due, month=today, task_opened=today), today)
    opened = CaseloadCheck.objects.create(
        team=team,
        period=period,
        asked_of=next(iter(found), None),
        opened_at=clock.now(),
        due_on=due_on,
        items=[{"key": item.key, "label": item.label} for item in rules.items],
    )
    tell(
        people=answering(found[:1], on=today),
        kind="caseload_opened",
        key=f"caseload-{opened.pk}",
        subject=f"{rules.label}: {team}"[:200],
        body=f"It asks about every open child of the team and is due on {long_date(due_on)}.",
        href=council_path("followup:caseload_round", opened.pk),
    )
    return opened


@transaction.atomic
def save_round(
    *, check_round: CaseloadCheck, answers: Answers, version: int, person: Person
) -> CaseloadCheck:
    """Save what was chosen so far if ``version`` is still the one it was chosen over.

    Raises ``RoundConflict`` where another window saved something else meanwhile, ``PermissionDenied`` for anybody
    but who does the round, ``StatusHasChanged`` once it is finished.
    """
    _require_own(check_round, person)
    now = clock.now()
    rows = CaseloadCheck.objects.filter(pk=check_round.pk, version=version, done_at=None)
    if not rows.update(version=F("version") + 1, saved_at=now):
        raise RoundConflict(CaseloadCheck.objects.get(pk=check_round.pk))
    rules = _rules()
    cases = set(children_of(check_round.team, rules).values_list("pk", flat=True))
    items = {item["key"] for item in check_round.items}
    there = {(one.case_id, one.item): one for one in check_round.answers.all()}
    for (case_id, item), value in answers.items():
        if case_id in cases and item in items:
            _write(check_round, case_id, item, value, there.get((case_id, item)))
    check_round.refresh_from_db()
    return check_round


def _write(
    check_round: CaseloadCheck, case_id: int, item: str, value: bool | None, before: CaseloadAnswer | None
) -> None:
    if value is None:
        if before:
            before.delete()
    elif before is None:
        CaseloadAnswer.objects.create(check_round=check_round, case_id=case_id, item=item, in_place=value)
    elif before.in_place != value:
        before.in_place = value
        before.save(update_fields=["in_place"])


@transaction.atomic
def finish_round(*, check_round: CaseloadCheck, person: Person) -> list[Action]:
    """Finish a round in which every child is answered for; return the actions that close its gaps (SLO-127 to 129).

    A gap is one action of the child's worker, or of whoever does the round where the child has none; a gap whose
    action of an earlier round still runs gets no second one. Raises ``TransitionRefused`` with each child that is
    not answered for, ``PermissionDenied``, ``StatusHasChanged``.
    """
    locked = (
        CaseloadCheck.objects.select_for_update(of=("self",)).select_related("team").get(pk=check_round.pk)
    )
    _require_own(locked, person)
    rows = rows_of(locked, _rules())
    missing = [row for row in rows if any(value is None for _, _, value in row.answers)]
    if missing:
        raise TransitionRefused(
            [Problem(f"Answer for child {row.case.local_id}", f"#case-{row.case.pk}") for row in missing]
        )
    actions = [action for row in rows if (action := _close_gaps(locked, row, person))]
    locked.done_by, locked.done_at = person, clock.now()
    locked.save(update_fields=["done_by", "done_at"])
    return actions


def _close_gaps(check_round: CaseloadCheck, row: ChildRow, person: Person) -> Action | None:
    gaps = {key: label for key, label, in_place in row.answers if in_place is False}
    running = {
        one.item: one.action
        for one in CaseloadAnswer.objects.filter(
            case=row.case, item__in=gaps, action__status__in=UNFINISHED_ACTIONS
        ).select_related("action")
    }
    new = [label for key, label in gaps.items() if key not in running]
    action = _action_for(row, new, person) if new else None
    for key in gaps:
        check_round.answers.filter(case=row.case, item=key).update(action=running.get(key) or action)
    return action


def _action_for(row: ChildRow, labels: list[str], person: Person) -> Action:
    framework, rules, today = framework_in_force(), _rules(), clock.today()
    due_on = framework.due_on(rules.gap_due, month=today, task_opened=today, action_agreed=today)
    action = propose_action(
        case=row.case,
        text=f"Put on the record, suited to the child’s needs: {', '.join(labels)}",
        intended_change="Whoever opens the record understands the child and the risks.",
        owner=row.case.worker or person,
        owner_role="worker" if row.case.worker else "",
        due_on=due_on,
        latest_on=None,
        proposed_by=person,
    )
    open_action(action=action)
    return action


def _rules() -> CaseloadRules:
    rules = framework_in_force().caseload_check
    if rules is None:
        raise TransitionRefused(["The framework in force asks for no such round any more."])
    return rules


def _require_own(check_round: CaseloadCheck, person: Person) -> None:
    if check_round.done_at:
        raise StatusHasChanged("This round is finished and can no longer be changed.")
    if not may_do_round(check_round, person):
        raise PermissionDenied("Only whoever was asked to do this round answers it.")
