"""Themes of months, themed programmes, and questions raised on performance."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.enums import CycleStatus, ProgrammeStatus, QuestionStatus, QuestionWants
from audits.forms.themes import (
    AnswerForm,
    ProgrammeForm,
    QuestionForm,
    ReasonForm,
    ThemeForm,
    first_values,
    programme_values,
    written,
)
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import NoFrameworkError, framework_in_force, framework_of
from audits.models import Cycle, PerformanceQuestion, Theme
from audits.selectors.standing import audit_words
from audits.selectors.themes import needs_theme, plan_of_year, programmes
from audits.services.programmes import (
    answer_question,
    ask_about_performance,
    end_programme,
    open_programme,
    plan_programme,
)
from audits.services.themes import plan_theme, records_behind, themes_of
from audits.views.common import refused
from qaf.lib import clock
from qaf.tenants.permissions import may
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui import words

PLAN, ASK = "audits.plan_themes", "audits.ask_about_performance"
PER_PAGE = 25


def _framework(request: CouncilRequest) -> Framework | HttpResponse:
    """Return the framework in force where it has themes, else the page that says what is missing."""
    try:
        framework = framework_in_force()
        themes_of(framework)
    except NoFrameworkError as error:
        return render(request, "audits/cycles/no_framework.html", {"error": error})
    except TransitionRefused as error:
        return render(request, "audits/themes/none.html", {"error": str(error)})
    return framework


@council_view(PLAN)
def theme_list(request: CouncilRequest) -> HttpResponse:
    """Show the year's themes and the programmes beside the months."""
    framework = _framework(request)
    if isinstance(framework, HttpResponse):
        return framework
    page = Paginator(programmes(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "months": plan_of_year(framework) if needs_theme(framework) else [],
        "page_obj": page,
        "rules": themes_of(framework),
        "owner": framework.names.role(themes_of(framework).owner),
    }
    return render(request, "audits/themes/themes.html", context)


@council_view(PLAN)
def plan_theme_of(request: CouncilRequest, period: date) -> HttpResponse:
    """Choose the theme of a month, look at how many records it has, and save it."""
    framework = _framework(request)
    if isinstance(framework, HttpResponse):
        return framework
    theme = Theme.objects.filter(month=period).first()
    if Cycle.objects.filter(period=period).exclude(status=CycleStatus.DRAFT).exists():
        return render(request, "audits/themes/theme.html", {"theme": theme, "period": period})
    initial = written(theme) if theme else {}
    form = ThemeForm(request.POST or None, request.FILES or None, framework=framework, initial=initial)
    context: dict[str, Any] = {"form": form, "period": period, "theme": theme}
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            context["found"] = _found(records_behind(form.content, period=period))
            return render(request, "audits/themes/plan_theme.html", context)
        try:
            plan_theme(month=period, content=form.content, person=request.person)
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"The theme of {words.month(period)} is chosen.")
            return redirect("audits:themes", council=request.authority.slug)
    return render(request, "audits/themes/plan_theme.html", context)


def _found(population: Any) -> dict[str, int]:
    return {"eligible": len(population.eligible), "excluded": len(population.excluded)}


@council_view(PLAN)
def programme(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a programme, and begin or end it."""
    found = get_object_or_404(programmes(), pk=pk)
    framework = framework_of(found.framework_version)
    form = ReasonForm(request.POST if "end" in request.POST else None)
    if found.status == ProgrammeStatus.RUNNING:
        form.fields["reason"].required = False
        form.fields["reason"].label = "Anything to add"
    if request.method == "POST":
        try:
            if "open" in request.POST:
                audits = open_programme(programme=found, person=request.person)
                messages.success(
                    request,
                    f"{words.plural(len(audits), 'audit')} drawn and allocated. Everybody has been told.",
                )
                return redirect("audits:programme", council=request.authority.slug, pk=pk)
            if "end" in request.POST and form.is_valid():
                end_programme(programme=found, person=request.person, reason=form.cleaned_data["reason"])
                messages.success(request, "The programme has ended.")
                return redirect("audits:themes", council=request.authority.slug)
        except (TransitionRefused, StatusHasChanged) as refusal:
            messages.error(request, str(refusal))
            return redirect("audits:programme", council=request.authority.slug, pk=pk)
    its_audits = found.audits.select_related("service", "worker").order_by("reference")
    context = {
        "programme": found,
        "theme": found.theme,
        "tool": framework.tool(found.tool).name,
        "audits": [(one, audit_words(one, framework)) for one in its_audits],
        "form": form,
        "recipients": [framework.names.role(key) for key in found.theme.recipients],
    }
    return render(request, "audits/themes/programme.html", context)


@council_view(PLAN)
def plan_programme_page(request: CouncilRequest, pk: int | None = None) -> HttpResponse:
    """Plan a programme, from nothing or from a question on performance; or change one that has not begun."""
    existing = get_object_or_404(programmes(), pk=pk) if pk else None
    framework = _framework(request)
    if isinstance(framework, HttpResponse):
        return framework
    asked = request.GET.get("question", "")
    question = PerformanceQuestion.objects.filter(pk=asked).first() if asked.isdecimal() else None
    initial = programme_values(existing) if existing else first_values(framework, question)
    form = ProgrammeForm(request.POST or None, request.FILES or None, framework=framework, initial=initial)
    context: dict[str, Any] = {"form": form, "programme": existing, "question": question}
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            context["found"] = _found(records_behind(form.content, period=clock.today()))
            return render(request, "audits/themes/plan_programme.html", context)
        fields = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on", "size", "tool")}
        try:
            made = plan_programme(
                content=form.content,
                person=request.person,
                raised_by=question or (existing.raised_by if existing else None),
                programme=existing,
                **fields,
            )
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, "The programme is planned. Nothing is drawn until you begin it.")
            return redirect("audits:programme", council=request.authority.slug, pk=made.pk)
    return render(request, "audits/themes/plan_programme.html", context)


# Questions on performance --------------------------------------------------------------------------------------------


@council_view(PLAN, ASK)
def question_list(request: CouncilRequest) -> HttpResponse:
    """List the questions raised on performance, the latest first."""
    found = PerformanceQuestion.objects.select_related("asked_by", "answered_by").prefetch_related(
        "programmes__theme"
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "audits/themes/questions.html", {"page_obj": page})


@council_view(PLAN, ASK)
def ask_question(request: CouncilRequest) -> HttpResponse:
    """Raise a question on performance."""
    form = QuestionForm(request.POST or None, initial={"raised_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_about_performance(person=request.person, **form.cleaned_data)
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, "The question is recorded. Those who plan audits have been told.")
            return redirect("audits:performance_question", council=request.authority.slug, pk=made.pk)
    return render(request, "audits/themes/ask_question.html", {"form": form})


@council_view(PLAN, ASK)
def question(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a question, answer it, or begin a programme from it."""
    found = get_object_or_404(
        PerformanceQuestion.objects.select_related("asked_by", "answered_by").prefetch_related(
            "programmes__theme"
        ),
        pk=pk,
    )
    form = AnswerForm(request.POST or None)
    planner = may(request.person, PLAN)
    if request.method == "POST" and form.is_valid():
        try:
            answer_question(question=found, person=request.person, **form.cleaned_data)
        except (TransitionRefused, StatusHasChanged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The question is answered. {found.asked_by.name} has been told.")
            return redirect("audits:performance_questions", council=request.authority.slug)
    context = {
        "question": found,
        "form": form,
        "may_answer": planner and found.status != QuestionStatus.ANSWERED,
        "may_audit": planner and found.status == QuestionStatus.OPEN,
        "wants_audit": found.wants == QuestionWants.AUDIT,
    }
    return render(request, "audits/themes/question.html", context)
