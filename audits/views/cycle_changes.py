"""What changes in an open month: a case is replaced, an audit is given to somebody else."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from audits.enums import AssessmentStatus
from audits.forms.cycles import GiveForm, ReplaceForm
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, SampledCase
from audits.services.reassigning import options_for, reassign_assessment
from audits.services.replacing import replace_case
from audits.views.common import refused
from qaf.tenants.models import Person
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

RUN = "audits.open_cycle"


@council_view(RUN)
def replace(request: CouncilRequest, pk: int) -> HttpResponse:
    """Ask why a drawn case is exchanged, and exchange it."""
    sampled = get_object_or_404(SampledCase.objects.select_related("case", "cycle"), pk=pk)
    framework = framework_of(sampled.cycle.framework_version)
    back = reverse("audits:month_sample", args=[request.authority.slug, sampled.cycle.period])
    form = ReplaceForm(request.POST or None, reasons=framework.sampling.replacement.reasons)
    if request.method == "POST" and form.is_valid():
        try:
            new = replace_case(sampled=sampled, person=request.person, **form.cleaned_data)
        except StatusHasChanged:
            messages.info(request, "This case has been replaced already.")
            return redirect(back)
        except TransitionRefused as refusal:
            refused(form, refusal)
        else:
            messages.success(
                request, f"{new.case.local_id}, the next by lot, takes its place. Everybody has been told."
            )
            return redirect(back)
    return render(request, "audits/cycles/replace.html", {"form": form, "sampled": sampled, "back": back})


@council_view(RUN)
def give(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give an assessment to somebody, for the first time or in place of another."""
    assessment = get_object_or_404(
        Assessment.objects.select_related(
            "assessor",
            "audit__case",
            "audit__cycle",
            "audit__service",
            "audit__team",
        ),
        pk=pk,
    )
    period = assessment.audit.cycle.period if assessment.audit.cycle else None
    name = "audits:month" if period else "audits:months"
    back = reverse(name, args=[request.authority.slug, *([period] if period else [])])
    if assessment.status == AssessmentStatus.REASSIGNED:
        messages.info(request, "This has been given to somebody else already.")
        return redirect(back)
    options = options_for(assessment=assessment)
    form = GiveForm(request.POST or None, options=options, filled=assessment.assessor_id is not None)
    if request.method == "POST" and form.is_valid():
        to = get_object_or_404(Person, pk=form.cleaned_data["to"])
        reason = form.cleaned_data.get("reason", "")
        try:
            reassign_assessment(assessment=assessment, to=to, person=request.person, reason=reason)
        except (TransitionRefused, StatusHasChanged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"{assessment.audit.reference} is given to {to.name}, who has been told."
            )
            return redirect(back)
    slot = framework_of(assessment.audit.framework_version).names.slot(assessment.slot)
    context = {"form": form, "assessment": assessment, "slot": slot, "back": back, "options": options}
    return render(request, "audits/cycles/give.html", context)
