"""Cases still to be chosen or confirmed, and questions on performance still to be answered: what is due of whom."""

from collections.abc import Iterable

from audits.enums import ChoiceStatus, CycleStatus, QuestionStatus
from audits.followup.due import DueThing
from audits.frameworks.selectors import framework_if_any, framework_of
from audits.models import CaseChoice, PerformanceQuestion
from audits.selectors.people import people_who_may
from qaf.lib import calendar
from qaf.tenants.paths import council_path
from qaf.ui.words import month


def due_choices(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the cases that auditors have not chosen for their quota."""
    found = CaseChoice.objects.filter(
        method="auditor_choice", status=ChoiceStatus.WAITING, cycle__status=CycleStatus.OPEN
    )
    found = found if ids is None else found.filter(pk__in=list(ids))
    for one in found.select_related("auditor", "cycle"):
        yield DueThing(
            kind="choice",
            pk=one.pk,
            about=month(one.cycle.period),
            text="choosing a case to audit",
            what="the choice of a case to audit",
            href=council_path("audits:choose", one.pk),
            due_on=one.choose_by,
            asked_on=one.cycle.allocated_on or one.cycle.period,
            people=(one.auditor,),
            framework=framework_of(one.cycle.framework_version),
        )


def due_questions(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the questions on performance that nobody has answered."""
    found = PerformanceQuestion.objects.exclude(status=QuestionStatus.ANSWERED)
    found = found if ids is None else found.filter(pk__in=list(ids))
    rows = list(found)
    if not rows:
        return
    framework = framework_if_any()
    if framework is None:
        return
    people = tuple(people_who_may("audits.plan_themes"))
    for one in rows:
        yield DueThing(
            kind="performance_question",
            pk=one.pk,
            about=one.raised_at,
            text="answering a question on performance",
            what="the answer to a question on performance",
            href=council_path("audits:performance_question", one.pk),
            due_on=calendar.working_day_on_or_before(one.answer_by),
            asked_on=one.raised_on,
            people=people,
            framework=framework,
        )
