"""Themed programmes beside the monthly draw: planned, drawn and allocated, ended (DUR-59, DUR-91, DUR-92)."""

import secrets
from datetime import date

from django.db import transaction

from audits.enums import AuditStatus, Origin, ProgrammeStatus, QuestionStatus, QuestionWants
from audits.frameworks.selectors import framework_of, version_in_force
from audits.models import Audit, PerformanceQuestion, Theme, ThemedProgramme
from audits.services import notifying
from audits.services.issuing import Batch, Chosen, issue_audits
from audits.services.population import population_on
from audits.services.receipts import receipt_of_draw
from audits.services.roster import roster_on
from audits.services.sampling import WHOLE, Rule, draw
from audits.services.themes import ThemeContent, themes_of, write_theme
from audits.services.theming import filter_of
from audits.workflow import programme_workflow, question_workflow
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.scope import because
from qaf.tenants.transitions import Problem, TransitionRefused

PLAN = "audits.plan_themes"
UNDER_WAY = (AuditStatus.FINAL, AuditStatus.CLOSED, AuditStatus.WITHDRAWN)


@transaction.atomic
def plan_programme(
    *,
    content: ThemeContent,
    starts_on: date,
    ends_on: date,
    size: int,
    tool: str,
    person: Person,
    raised_by: PerformanceQuestion | None = None,
    programme: ThemedProgramme | None = None,
) -> ThemedProgramme:
    """Plan a programme, or change one that has not begun.

    ``raised_by`` is the question on performance that it answers. Raises ``PermissionDenied``, or ``TransitionRefused``
    with everything that is wrong.
    """
    require(person, PLAN)
    version = version_in_force(clock.today())
    framework = framework_of(version)
    themes_of(framework)
    problems = []
    if ends_on < starts_on:
        problems.append(Problem("Enter an end that is not before the start.", "#id_ends_on_0"))
    if tool not in {one.key for one in framework.tools_in_use}:
        problems.append(Problem("Select the tool.", "#id_tool"))
    if programme is not None and programme.status != ProgrammeStatus.PLANNED:
        problems.append(Problem("The programme has begun, so its plan stays."))
    if problems:
        raise TransitionRefused(problems)
    made = programme or ThemedProgramme(seed=secrets.token_hex(16), planned_by=person, raised_by=raised_by)
    with because(f"Plan a themed programme: {content.title}", person=person):
        made.theme = write_theme(programme.theme if programme else Theme(), content, person)
        made.framework_version = version
        made.starts_on, made.ends_on, made.size, made.tool = starts_on, ends_on, size, tool
        made.save()
    return made


@transaction.atomic
def open_programme(*, programme: ThemedProgramme, person: Person) -> list[Audit]:
    """Draw the programme's records, allocate the audits and tell everyone; opening it again changes nothing.

    Raises ``PermissionDenied``, or ``TransitionRefused`` where nobody can be drawn.
    """
    require(person, PLAN)
    if programme.status == ProgrammeStatus.RUNNING:
        return list(programme.audits.all())
    day = clock.today()
    programme_workflow.apply(programme, "open", person=person, also={"opened_by": person, "opened_on": day})
    framework = framework_of(programme.framework_version)
    roster = roster_on(day, framework)
    population = population_on(day, calendar.month_start(day), framework, roster, filter_of(programme.theme))
    rule = Rule({WHOLE: programme.size}, whole=True)
    drawn = draw(population.candidates, rule, programme.seed)
    if not drawn.picks:
        raise TransitionRefused(
            [Problem("No record that this theme looks at can be drawn today. Widen whom it looks at.")]
        )
    chosen = [Chosen(one.candidate.case_id, one.position, Origin.PROGRAMME) for one in drawn.picks]
    batch = Batch(
        framework=framework,
        version_id=programme.framework_version_id,
        seed=programme.seed,
        roster=roster,
        allocated_on=day,
        programme=programme,
        tool=programme.tool,
        due_on=min(programme.ends_on, calendar.add_working_days(day, themes_of(framework).due_working_days))
        if programme.ends_on > day
        else calendar.add_working_days(day, themes_of(framework).due_working_days),
    )
    with because(f"Open the themed programme {programme.theme.title}", person=person):
        audits = issue_audits(batch=batch, chosen=chosen, rows=population.rows)
        programme.receipt = receipt_of_draw(drawn, rule, framework, population, day, programme.theme)
        programme.save(update_fields=["receipt"])
        _answer_by_audit(programme, person)
    return audits


def _answer_by_audit(programme: ThemedProgramme, person: Person) -> None:
    question = programme.raised_by
    if question is not None and question.status == QuestionStatus.OPEN:
        question_workflow.apply(question, "audit", person=person)


@transaction.atomic
def end_programme(*, programme: ThemedProgramme, person: Person, reason: str = "") -> None:
    """End a programme whose audits have all ended, or drop one that has not begun, with a reason.

    Raises ``PermissionDenied``, or ``TransitionRefused`` while audits are under way or without the reason.
    """
    require(person, PLAN)
    if programme.status == ProgrammeStatus.PLANNED and not reason.strip():
        raise TransitionRefused([Problem("Enter why the programme is dropped.", "#id_reason")])
    running = programme.audits.exclude(status__in=UNDER_WAY).count()
    if running:
        raise TransitionRefused([Problem(f"{running} of its audits are still under way.")])
    name = "drop" if programme.status == ProgrammeStatus.PLANNED else "end"
    also = {"ended_on": clock.today(), "end_reason": reason.strip()}
    programme_workflow.apply(programme, name, person=person, why=reason.strip(), also=also)


# Questions raised on performance -------------------------------------------------------------------------------------


@transaction.atomic
def ask_about_performance(
    *,
    question: str,
    figure: str,
    raised_at: str,
    raised_on: date,
    wants: str,
    answer_by: date,
    person: Person,
) -> PerformanceQuestion:
    """Record a question raised on performance and what it asks for; those who plan themes are told (DUR-59).

    Raises ``PermissionDenied``, or ``TransitionRefused`` with everything that is wrong.
    """
    require(person, "audits.ask_about_performance", PLAN)
    problems = []
    if wants not in QuestionWants.values:
        problems.append(Problem("Select what would answer the question.", "#id_wants"))
    if raised_on > clock.today():
        problems.append(Problem("Enter a day that has come already.", "#id_raised_on_0"))
    if answer_by < clock.today():
        problems.append(Problem("Enter a day that lies ahead.", "#id_answer_by_0"))
    if problems:
        raise TransitionRefused(problems)
    with because("Question raised on performance", person=person):
        made = PerformanceQuestion.objects.create(
            question=question.strip(),
            figure=figure.strip(),
            raised_at=raised_at.strip(),
            raised_on=raised_on,
            wants=wants,
            answer_by=answer_by,
            asked_by=person,
        )
    notifying.question_asked(question=made)
    return made


@transaction.atomic
def answer_question(*, question: PerformanceQuestion, answer: str, person: Person) -> None:
    """Record the analysis, or what the audits found; whoever asked is told.

    Raises ``PermissionDenied``, or ``TransitionRefused`` without an answer.
    """
    require(person, PLAN)
    if not answer.strip():
        raise TransitionRefused([Problem("Enter the answer.", "#id_answer")])
    also = {"answer": answer.strip(), "answered_by": person, "answered_at": clock.now()}
    question_workflow.apply(question, "answer", person=person, also=also)
    notifying.question_answered(question=question)
