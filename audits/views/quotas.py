"""Whose share of the month is done; the list a post settles; the case an auditor chooses; who is new to auditing."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.enums import ChoiceStatus, CycleStatus
from audits.forms.themes import ChooseForm, ExchangeForm, ExperienceForm, MembersForm
from audits.frameworks.selectors import framework_in_force, framework_of
from audits.models import CaseChoice, Cycle
from audits.selectors.experience import experience_of
from audits.selectors.links import audit_href
from audits.selectors.people import people_who_may
from audits.selectors.quota import has_quota, quota_of_month, quota_of_year, shortfalls
from audits.selectors.standing import Standing
from audits.services.choices import list_of, quota_of, settles_a_list
from audits.services.choosing import choose_case, may_choose
from audits.services.cycles import prepare_cycle
from audits.services.experience import record_experience
from audits.services.lists import cases_for, confirm_list, exchange_in_list, may_settle, propose_list
from audits.services.members import may_name_members, name_members, possible_members
from audits.services.sampling import Candidate
from audits.views.common import audit_page, refused, show
from audits.views.cycles import cycle_or_404, show_month
from qaf.lib.calendar import add_months
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui import words

RUN, SEE = "audits.open_cycle", "audits.see_all"


@council_view(RUN, SEE)
def month_quota(request: CouncilRequest, period: date) -> HttpResponse:
    """Show who has and who has not done their audits of the month, and of the year up to it."""
    cycle = cycle_or_404(period)
    lines = quota_of_month(cycle) if has_quota(cycle) else []
    first = add_months(period, -11)
    months = [add_months(first, number) for number in range(12)]
    year = quota_of_year(first) if lines else []
    # Months before anybody was asked would push this month off the page.
    begun = min((next(place for place, one in enumerate(row.months) if one) for row in year), default=0)
    context = {
        "lines": lines,
        "missing": shortfalls(lines),
        "year": [(row, list(zip(months, row.months, strict=True))[begun:]) for row in year],
        "months": months[begun:],
    }
    return show_month(request, "quota", cycle, context)


@council_view()
def month_list(request: CouncilRequest, period: date) -> HttpResponse:
    """Show the list that chance proposes for a month; the named post confirms it."""
    cycle = Cycle.objects.select_related("theme").filter(period=period).first()
    framework = framework_of(cycle.framework_version) if cycle else framework_in_force()
    settles = may_settle(request.person, framework)
    if not (settles or may(request.person, RUN, SEE)):
        raise PermissionDenied("The list is settled by the post that the framework names.")
    if not settles_a_list(framework):
        raise Http404("This council’s framework has no list to settle.")
    if request.method == "POST":
        try:
            if "propose" in request.POST and may(request.person, RUN):
                propose_list(cycle=prepare_cycle(period=period, person=request.person))
            elif cycle is not None:
                count = confirm_list(cycle=cycle, person=request.person)
                messages.success(
                    request, f"{words.plural(count, 'case')} confirmed. The month can be opened."
                )
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("audits:month_list", council=request.authority.slug, period=period)
    rows = list_of(cycle) if cycle else []
    is_open = cycle is not None and cycle.status != CycleStatus.DRAFT
    context = {
        "period": period,
        "rows": rows,
        "settles": settles and not is_open,
        "may_propose": may(request.person, RUN) and not rows and not is_open,
        "waiting": sum(one.status == ChoiceStatus.WAITING for one in rows),
        "post": framework.names.role(framework.sampling.owner),
        "roles": framework.names,
    }
    return render(request, "audits/themes/month_list.html", context)


def _choice_or_404(pk: int, method: str) -> CaseChoice:
    rows = CaseChoice.objects.select_related("cycle__theme", "auditor", "case")
    return get_object_or_404(rows, pk=pk, method=method)


@council_view()
def exchange(request: CouncilRequest, pk: int) -> HttpResponse:
    """Put another case in the place of a proposed one."""
    choice = _choice_or_404(pk, "named_post")
    if not may_settle(request.person, framework_of(choice.cycle.framework_version)):
        raise PermissionDenied("The list is settled by the post that the framework names.")
    cases = cases_for(choice)
    form = ExchangeForm(request.POST or None, cases=cases, names=_names(cases))
    if request.method == "POST" and form.is_valid():
        try:
            exchange_in_list(choice=choice, person=request.person, **form.cleaned_data)
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, "The case is exchanged. Confirm the list when it is complete.")
            return redirect("audits:month_list", council=request.authority.slug, period=choice.cycle.period)
    return render(request, "audits/themes/exchange.html", {"form": form, "choice": choice})


@council_view()
def choose(request: CouncilRequest, pk: int) -> HttpResponse:
    """Let an auditor choose the case of their quota, with a reason."""
    choice = _choice_or_404(pk, "auditor_choice")
    if not may_choose(request.person, choice):
        raise PermissionDenied("Only the auditor chooses the case.")
    context = {"choice": choice, "period": choice.cycle.period}
    if choice.status != ChoiceStatus.WAITING or choice.cycle.status != CycleStatus.OPEN:
        return render(request, "audits/themes/chosen.html", context)
    cases = cases_for(choice)
    quota = quota_of(framework_of(choice.cycle.framework_version), choice.role)
    form = ChooseForm(request.POST or None, cases=cases, names=_names(cases), reasons=quota.choice_reasons)
    if request.method == "POST" and form.is_valid():
        try:
            audit = choose_case(choice=choice, person=request.person, **form.cleaned_data)
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, f"{audit.reference} is yours. It is marked as not independent.")
            return redirect("audits:mine", council=request.authority.slug)
    return render(request, "audits/themes/choose.html", context | {"form": form, "cases": cases})


def _names(cases: list[Candidate]) -> dict[int, str]:
    return dict(
        Person.objects.filter(pk__in={one.worker for one in cases if one.worker}).values_list("pk", "name")
    )


@council_view(RUN)
def experience(request: CouncilRequest) -> HttpResponse:
    """List the auditors with what they have completed, here and before."""
    rows = experience_of(sorted(people_who_may("audits.audit"), key=lambda one: one.name))
    return render(request, "audits/themes/experience.html", {"rows": rows})


@council_view(RUN)
def edit_experience(request: CouncilRequest, pk: int) -> HttpResponse:
    """Record how many audits somebody had completed before."""
    person = get_object_or_404(Person, pk=pk)
    known = experience_of([person])[0]
    form = ExperienceForm(request.POST or None, initial={"audits_before": known.before})
    if request.method == "POST" and form.is_valid():
        record_experience(of=person, person=request.person, **form.cleaned_data)
        messages.success(request, f"{person.name}’s experience is recorded.")
        return redirect("audits:experience", council=request.authority.slug)
    return render(request, "audits/themes/edit_experience.html", {"form": form, "known": known})


@audit_page
def group(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Say who audits together with the auditor: one audit, several people present."""
    audit = standing.audit
    if not may_name_members(request.person, audit):
        raise PermissionDenied("Its auditors, and those who run months, say who audits together.")
    people = possible_members(audit)
    now = [str(pk) for pk in audit.members.values_list("person_id", flat=True)]
    form = MembersForm(request.POST or None, people=people, initial={"people": now})
    if request.method == "POST" and form.is_valid():
        wanted = {int(pk) for pk in form.cleaned_data["people"]}
        name_members(audit=audit, people=[one for one in people if one.pk in wanted], person=request.person)
        messages.success(request, "Who audits together is recorded.")
        return redirect(audit_href(audit))
    return show(request, "audits/themes/group.html", standing, {"form": form})
