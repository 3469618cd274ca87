"""Findings to code, cases for senior leaders, and the organisation's plan."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.enums import OVERALL
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_in_force, framework_of
from audits.models import GradeOfRecord, WiderFinding
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.services import record_read
from qaf.tenants.views.base import CouncilRequest, council_view
from reporting import periods
from reporting.enums import PlanSource, SessionKind
from reporting.forms.learning import ChooseCaseForm, CommentForm, FindingForm, PaperForm, PlanForm
from reporting.models import ChosenCase, Improvement, ReportSnapshot
from reporting.periods import Period
from reporting.selectors import learning as read
from reporting.selectors.definitions import reads
from reporting.selectors.findings import finding, findings
from reporting.selectors.leaders import is_leader, paper_of
from reporting.services.learning import (
    PaperConflict,
    choose_case,
    code_finding,
    comment_on_case,
    leave_out_case,
    write_paper,
)
from reporting.services.plan import add_to_plan

LEARN, PLAN = "reporting.learn", "reporting.plan"
PAGE = 20


def refuse(form: Any, error: ValidationError) -> None:
    """Show what a service refused, at its field where the form has it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, texts in error.message_dict.items():
        for text in texts:
            form.add_error(field if field in form.fields else None, text)


def period_of(label: str) -> Period:
    """Return the months of an address; 404 where they are none or lie ahead."""
    try:
        period = periods.parse("monthly" if "q" not in label.lower() else "quarterly", label)
    except ValueError as error:
        raise Http404(str(error)) from error
    if period.starts > clock.today():
        raise Http404("These months have not begun.")
    return period


# Findings ------------------------------------------------------------------------------------------------------------


def _themes(framework: Framework) -> dict[str, str]:
    return {choice.key: choice.label for tool in framework.tools for choice in tool.tags}


@council_view(LEARN)
def coding(request: CouncilRequest) -> HttpResponse:
    """List the texts of a month's final audits, those not coded yet first, with what was heard."""
    today = clock.today()
    options = periods.choices("monthly", today)
    label = request.GET.get("month", "")
    if label not in dict(options):
        label = options[1][0]
    period, framework = period_of(label), framework_in_force()
    every = findings(period.starts, period.ends, framework)
    every.sort(key=lambda one: one.coded is not None)
    names = _themes(framework)
    page = Paginator(every, PAGE).get_page(request.GET.get("page"))
    rows = [(one, [names.get(key, key) for key in one.coded.themes] if one.coded else []) for one in page]
    context = {
        "period": period,
        "options": options,
        "page_obj": page,
        "rows": rows,
        "waiting": sum(one.coded is None for one in every),
    }
    return render(request, "reporting/findings.html", context)


@council_view(LEARN)
def code(request: CouncilRequest, column: str, pk: int) -> HttpResponse:
    """Show one text and take what is heard in it; the look is logged."""
    framework = framework_in_force()
    found, audit = finding(column, pk, framework)
    record_read(person=request.person, subject="audit", subject_id=audit.pk)
    initial = {"mark": found.coded.mark, "themes": found.coded.themes} if found.coded else {}
    form = FindingForm(request.POST or None, themes=_themes(framework), initial=initial)
    if request.method == "POST" and form.is_valid():
        code_finding(
            audit=audit,
            text_key=found.key,
            mark=form.cleaned_data["mark"],
            themes=form.cleaned_data.get("themes", []),
            person=request.person,
        )
        messages.success(request, f"The finding of {found.reference} is coded.")
        return redirect(_after_coding(request, audit, framework))
    context = {"form": form, "finding": found}
    return render(request, "reporting/code.html", context, status=422 if form.is_bound else 200)


def _after_coding(request: CouncilRequest, audit: Any, framework: Framework) -> str:
    slug = request.authority.slug
    month = audit.cycle.period if audit.cycle else audit.allocated_on
    if request.POST.get("then") == "next":
        period = period_of(f"{month:%Y-%m}")
        for one in findings(period.starts, period.ends, framework):
            if one.coded is None:
                return reverse("reporting:code", args=[slug, one.column, one.pk])
    return f"{reverse('reporting:findings', args=[slug])}?month={month:%Y-%m}"


# Cases for senior leaders --------------------------------------------------------------------------------------------


def _may_see_cases(person: Person) -> None:
    if not (may(person, LEARN) or is_leader(person)):
        raise PermissionDenied("Only the quality assurance team and those the paper is for see these cases.")


@council_view()
def cases(request: CouncilRequest, label: str) -> HttpResponse:
    """Show the cases chosen for senior leaders in a quarter, and let the quality assurance team choose."""
    _may_see_cases(request.person)
    period, framework = period_of(label), framework_in_force()
    paper = paper_of(framework)
    if paper is None or "Q" not in period.label:
        raise Http404("The council’s framework has no paper on chosen cases.")
    may_choose = may(request.person, LEARN)
    chosen = list(read.chosen_cases(period.label))
    form = None
    if may_choose:
        taken = [one.audit_id for one in chosen]
        offered = {one.pk: one for one in read.choosable(period.starts, period.ends).exclude(pk__in=taken)}
        form = ChooseCaseForm(request.POST or None, audits=offered.values())
        if request.method == "POST" and form.is_valid():
            audit = offered[int(form.cleaned_data["audit"])]
            try:
                made = choose_case(
                    audit=audit,
                    period=period.label,
                    reason=form.cleaned_data["reason"],
                    person=request.person,
                )
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, f"{audit.reference} is chosen. Write what the paper says of it.")
                return redirect("reporting:case", request.authority.slug, made.pk)
    context = {"period": period, "paper": paper, "chosen": chosen, "form": form, "may_choose": may_choose}
    return render(
        request,
        "reporting/cases.html",
        context,
        status=422 if form and form.is_bound and form.errors else 200,
    )


@council_view()
def case(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one chosen case: what the paper says of it, to be written or read, and what senior leaders say."""
    _may_see_cases(request.person)
    rows = ChosenCase.objects.select_related("audit__service", "audit__team")
    found = get_object_or_404(rows, pk=pk)
    record_read(person=request.person, subject="audit", subject_id=found.audit_id)
    framework = framework_in_force()
    paper = paper_of(framework)
    sections = paper.written if paper else ()
    form = _case_form(request, found, sections)
    conflict = False
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            said = _apply(request, found, form)
        except ValidationError as error:
            refuse(form, error)
        except PaperConflict as error:
            conflict, found = True, error.theirs
            data = request.POST.copy()
            data["version"] = str(found.version)
            form = PaperForm(data, sections=sections)
        else:
            messages.success(request, said)
            return redirect("reporting:case", request.authority.slug, found.pk)
    grade = GradeOfRecord.objects.filter(audit=found.audit, domain=OVERALL).first()
    labels = framework_of(found.audit.framework_version).main_grades
    context = {
        "found": found,
        "form": form,
        "conflict": conflict,
        "may_write": may(request.person, LEARN),
        "texts": [(one.title, found.paper.get(one.key or "", "")) for one in sections],
        "grade": labels.label_of(grade.grade) if grade and grade.grade in labels.ranks else "",
        "comments": found.comments.select_related("person"),
    }
    status = 409 if conflict else 422 if form is not None and form.errors else 200
    return render(request, "reporting/case.html", context, status=status)


def _case_form(request: CouncilRequest, found: ChosenCase, sections: Any) -> PaperForm | CommentForm | None:
    data = request.POST if request.method == "POST" else None
    if may(request.person, LEARN):
        return PaperForm(data, sections=sections, initial={**found.paper, "version": found.version})
    own = found.comments.filter(person=request.person).first()
    return CommentForm(data, initial={"overview": own.overview, "comments": own.comments} if own else None)


def _apply(request: CouncilRequest, found: ChosenCase, form: PaperForm | CommentForm) -> str:
    if isinstance(form, PaperForm):
        write_paper(case=found, paper=form.paper, version=form.cleaned_data["version"], person=request.person)
        return "What the paper says of this case is saved."
    comment_on_case(case=found, person=request.person, **form.cleaned_data)
    return "Thank you: your overview and comments are part of the paper."


@require_POST
@council_view(LEARN)
def drop_case(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take a choice back."""
    found = get_object_or_404(ChosenCase.objects.select_related("audit"), pk=pk)
    period, reference = found.period, found.audit.reference
    try:
        leave_out_case(case=found, person=request.person)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, f"{reference} is no longer among the chosen cases.")
    return redirect("reporting:cases", request.authority.slug, period)


# The plan ------------------------------------------------------------------------------------------------------------


@council_view(PLAN, "reporting.read_reports")
def plan(request: CouncilRequest) -> HttpResponse:
    """Show the organisation's plan: what is open, and what was finished in the last twelve months."""
    today = clock.today()
    since = periods.last_months(12, today).starts
    page = Paginator(read.plan(as_of=today, since=since), 50).get_page(request.GET.get("page"))
    return render(request, "reporting/plan.html", {"page_obj": page, "may_add": may(request.person, PLAN)})


@council_view(PLAN)
def add(request: CouncilRequest) -> HttpResponse:
    """Add an action to the plan: from a session, a report, a finding beyond one child, or from nothing."""
    came_from = _came_from(request)
    people = Person.objects.filter(left_on=None, user__isnull=False).exclude(pk=request.person.pk)
    form = PlanForm(request.POST or None, people=people.order_by("name"), initial=came_from.pop("initial"))
    about = came_from.pop("about")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        owner = people.get(pk=data.pop("owner"))
        try:
            add_to_plan(owner=owner, person=request.person, **data, **came_from)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"The action is in the plan. {owner.name} has been told.")
            return redirect("reporting:plan", request.authority.slug)
    context = {"form": form, "about": about}
    return render(request, "reporting/plan_add.html", context, status=422 if form.is_bound else 200)


def _came_from(request: CouncilRequest) -> dict[str, Any]:
    """Return where the address says that an action comes from; what is unknown is as if not given."""

    def number(name: str) -> int:
        value = request.GET.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else 0

    idea = Improvement.objects.select_related("session").filter(pk=number("idea")).first()
    if idea is not None:
        figures = idea.session.kind == SessionKind.FIGURES
        return {
            "source": PlanSource.FIGURES if figures else PlanSource.SESSION,
            "period": idea.session.period,
            "improvement": idea,
            "about": f"{idea.session.title}: {idea.text}",
            "initial": {"text": idea.text},
        }
    snapshot = ReportSnapshot.objects.filter(pk=number("report")).first()
    if snapshot is not None and reads(request.person, snapshot):
        title = f"{snapshot.figures['title']}, {snapshot.figures['period']['title']}"
        return {
            "source": PlanSource.REPORT,
            "period": snapshot.period,
            "snapshot": snapshot,
            "about": title,
            "initial": {},
        }
    wider = WiderFinding.objects.filter(pk=number("wider"), audit__case__restricted=False).first()
    if wider is not None:
        return {
            "source": PlanSource.WIDER,
            "wider_finding": wider,
            "about": wider.text,
            "initial": {"text": wider.plan},
        }
    return {"source": PlanSource.OTHER, "about": "", "initial": {}}
