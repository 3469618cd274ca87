"""Saying what the names in the case list are."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from audits.cases.enums import ImportStatus
from audits.cases.forms import PersonForm, RoleCodeForm, TeamForm
from audits.cases.models import CaseImport, RoleCode
from audits.cases.selectors.lists import unmapped_people, unmapped_role_codes, unmapped_teams
from audits.cases.services import map_role_code, map_team, merge_people, preview_again
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Unit
from qaf.tenants.views.base import CouncilRequest, council_view


def _overview(request: CouncilRequest) -> HttpResponse:
    return redirect("cases:mapping", council=request.authority.slug)


@require_GET
@council_view("cases.map")
def overview(request: CouncilRequest) -> HttpResponse:
    """List what is not mapped yet."""
    known = set(RoleCode.objects.values_list("code", flat=True))
    context = {
        "teams": unmapped_teams(),
        "people": unmapped_people(),
        "roles": {code: n for code, n in unmapped_role_codes().items() if code not in known},
        "role_codes": RoleCode.objects.all(),
    }
    return render(request, "cases/mapping.html", context)


@require_http_methods(["GET", "POST"])
@council_view("cases.map")
def team(request: CouncilRequest, pk: int) -> HttpResponse:
    """Put a team under its service."""
    unit = get_object_or_404(Unit, pk=pk, kind=UnitKind.TEAM)
    form = TeamForm(request.POST or None, initial={"service": unit.parent_id, "locality": unit.locality})
    if request.method == "POST" and form.is_valid():
        moved = map_team(team=unit, **form.cleaned_data)
        messages.success(
            request, f"{unit.name} is part of {form.cleaned_data['service']}. {moved} cases moved with it."
        )
        return _overview(request)
    return render(
        request, "cases/map_team.html", {"form": form, "team": unit}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@council_view("cases.map")
def person(request: CouncilRequest, pk: int) -> HttpResponse:
    """Say who a name in the case list is."""
    somebody = get_object_or_404(Person, pk=pk)
    form = PersonForm(request.POST or None, person=somebody)
    if request.method == "POST" and form.is_valid():
        name = somebody.name
        try:
            merge_people(duplicate=somebody, into=form.cleaned_data["into"])
        except ValidationError as fault:
            form.add_error("into", fault)
        else:
            messages.success(request, f"{name} in the case list is {form.cleaned_data['into']} from now on.")
            return _overview(request)
    context = {"form": form, "somebody": somebody}
    return render(request, "cases/map_person.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@council_view("cases.map")
def roles(request: CouncilRequest) -> HttpResponse:
    """Say what the role codes of the Standard Safeguarding Dataset mean; a waiting preview is made again."""
    known = dict(RoleCode.objects.values_list("code", "kind"))
    codes = sorted({*unmapped_role_codes(), *known})
    forms = [
        RoleCodeForm(request.POST or None, prefix=f"role-{number}", initial={"kind": known.get(code)})
        for number, code in enumerate(codes)
    ]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        for code, form in zip(codes, forms, strict=True):
            map_role_code(code=code, kind=form.cleaned_data["kind"])
        for case_import in CaseImport.objects.filter(status=ImportStatus.PREVIEW):
            preview_again(case_import=case_import)
        messages.success(request, "The role codes are known now.")
        return _overview(request)
    context = {"codes": list(zip(codes, forms, strict=True)), "forms": forms}
    return render(request, "cases/map_roles.html", context)
