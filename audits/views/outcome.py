"""The outcome: the worker checks the facts, somebody answers, and what is asked can be put right before it is final."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from audits.enums import AuditStatus, CorrectionStatus
from audits.forms.outcome import AnswerCorrectionForm, CorrectionForm
from audits.models import FactCorrection
from audits.selectors.comparison import graded_domains
from audits.selectors.links import audit_href
from audits.selectors.outcome import (
    CORRECTABLE,
    corrections_of,
    is_worker_of,
    last_day_for_corrections,
    may_answer_correction,
    outcome_of,
)
from audits.selectors.standing import Standing
from audits.services.finalise import answer_correction, ask_correction, confirm_outcome
from audits.views.common import audit_page, refused, show
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest


@audit_page
def facts(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Show the outcome with its corrections; the worker asks for one or confirms."""
    audit, person = standing.audit, request.person
    domains = graded_domains(audit, standing.framework)
    may_ask = is_worker_of(audit, person) and audit.status in CORRECTABLE and standing.sees_grades
    may_ask = may_ask and standing.framework.process.fact_correction.allowed
    form = (
        CorrectionForm(request.POST if request.method == "POST" else None, domains=domains)
        if may_ask
        else None
    )
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            ask_correction(audit=audit, person=person, **form.cleaned_data)
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "Thank you. The outcome waits until somebody has answered.")
            return redirect(audit_href(audit, "facts"))
    corrections = corrections_of(audit)
    waiting = [one for one in corrections if one.status == CorrectionStatus.ASKED]
    context = {
        "form": form,
        "outcome": outcome_of(audit) if standing.sees_grades else None,
        "corrections": [(one, domains.get(one.where, "The audit as a whole")) for one in corrections],
        "may_answer": may_answer_correction(audit, person) and bool(waiting),
        "may_confirm": may_ask and audit.status == AuditStatus.OUTCOME and not waiting,
        "last_day": last_day_for_corrections(audit) if audit.status == AuditStatus.OUTCOME else None,
        "grades_url": audit_href(audit, "grades"),
        "confirm_url": audit_href(audit, "confirm"),
        "answer_urls": [(one.pk, audit_href(audit, "answer_correction", one.pk)) for one in waiting],
    }
    return show(request, "audits/outcome/facts.html", standing, context)


@require_POST
@audit_page
def confirm(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Make the outcome final because the worker confirms its facts."""
    try:
        confirm_outcome(audit=standing.audit, person=request.person)
    except TransitionRefused as error:
        messages.warning(request, str(error))
        return redirect(audit_href(standing.audit, "facts"))
    messages.success(request, "Thank you. The outcome is final.")
    return redirect(audit_href(standing.audit))


@audit_page
def answer(request: CouncilRequest, standing: Standing, pk: int) -> HttpResponse:
    """Answer a correction."""
    audit = standing.audit
    correction = get_object_or_404(FactCorrection.objects.select_related("asked_by"), audit=audit, pk=pk)
    correction.audit = audit
    if not may_answer_correction(audit, request.person) or correction.status != CorrectionStatus.ASKED:
        return redirect(audit_href(audit, "facts"))
    form = AnswerCorrectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_correction(correction=correction, person=request.person, **form.cleaned_data)
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, f"{correction.asked_by.name} has been told.")
            return redirect(audit_href(audit, "facts"))
    domains = graded_domains(audit, standing.framework)
    context = {
        "form": form,
        "correction": correction,
        "where": domains.get(correction.where, "The audit as a whole"),
        "facts_url": audit_href(audit, "facts"),
    }
    return show(request, "audits/outcome/answer.html", standing, context)
