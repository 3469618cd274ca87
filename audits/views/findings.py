"""Actions, wider findings and immediate changes, as an auditor proposes and records them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from audits.forms.findings import ActionForm, ImmediateChangeForm, NoActionForm, WiderFindingForm
from audits.models import Assessment, AuditAction, WiderFinding
from audits.selectors.findings import immediate_changes, proposed_actions, wider_findings
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.people import possible_owners
from audits.selectors.standing import Standing
from audits.services.assessments import forget_notes, state_no_action
from audits.services.findings import (
    WHO_RECORDS_CHANGE,
    action_days,
    propose_audit_action,
    record_immediate_change,
    record_wider_finding,
    remove_wider_finding,
    require_auditing,
    withdraw_proposal,
)
from audits.services.typed import forget_typed
from audits.views.common import audit_page, own_page, refused, show
from audits.views.notes import (
    begin_with_notes,
    begin_with_own_words,
    is_autosave,
    save_own_words,
    save_typed,
)
from qaf.lib import clock
from qaf.tenants.views.base import CouncilRequest

# The forms whose words are kept as they are typed.
ACTION, NO_ACTION, WIDER, IMMEDIATE = "action", "no_action", "wider_finding", "immediate_change"


@own_page
def actions(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Propose an action, or say why none is needed."""
    require_auditing(assessment)
    if assessment.submitted_at:
        return redirect(assessment_href(assessment))
    owners = possible_owners(standing.audit)
    stating = request.method == "POST" and request.POST.get("form") == "none"
    proposing = request.method == "POST" and not stating
    rules = standing.framework.actions
    form = ActionForm(
        request.POST if proposing else None,
        owners=owners,
        days=action_days(standing.audit),
        categories=[(one.key, one.label) for one in rules.categories],
        together=_together(standing),
    )
    none_form = NoActionForm(
        request.POST if stating else None, initial={"reason": assessment.no_action_reason}, prefix="none"
    )
    if is_autosave(request):
        part, typed = (NO_ACTION, none_form) if stating else (ACTION, form)
        return save_typed(request, assessment, part, typed)
    notes = begin_with_notes(form, assessment, ACTION)
    none_notes = begin_with_notes(none_form, assessment, NO_ACTION)
    if proposing and form.is_valid() and _propose(request, assessment, form):
        forget_notes(assessment, ACTION)
        messages.success(request, "The action is proposed. It becomes work once the outcome is final.")
        return redirect(assessment_href(assessment, "actions"))
    if stating and none_form.is_valid():
        state_no_action(assessment=assessment, reason=none_form.cleaned_data["reason"], person=request.person)
        forget_notes(assessment, NO_ACTION)
        messages.success(request, "Saved.")
        return redirect(assessment_href(assessment))
    links = proposed_actions(standing)
    own = [one for one in links if one.assessment_id == assessment.pk]
    context = {
        "form": form,
        "none_form": none_form,
        "notes": notes,
        "none_notes": none_notes,
        "own": [(one, assessment_href(assessment, "action_remove", one.pk)) for one in own],
        "others": [one for one in links if one.assessment_id != assessment.pk],
    }
    return show(request, "audits/assessment/actions.html", standing, context, assessment=assessment)


@require_POST
@own_page
def remove_action(
    request: CouncilRequest, standing: Standing, assessment: Assessment, pk: int
) -> HttpResponse:
    """Take back a proposed action."""
    link = AuditAction.objects.select_related("action").filter(assessment=assessment, pk=pk).first()
    if link:
        link.assessment = assessment
        withdraw_proposal(link=link, person=request.person)
    # Pressed twice, it is gone all the same.
    messages.success(request, "The proposed action is removed.")
    return redirect(assessment_href(assessment, "actions"))


@own_page
def wider(request: CouncilRequest, standing: Standing, assessment: Assessment) -> HttpResponse:
    """Record a finding that reaches beyond the one child."""
    require_auditing(assessment)
    if assessment.submitted_at:
        return redirect(assessment_href(assessment))
    form = WiderFindingForm(request.POST if request.method == "POST" else None)
    if is_autosave(request):
        return save_typed(request, assessment, WIDER, form)
    notes = begin_with_notes(form, assessment, WIDER)
    if request.method == "POST" and form.is_valid():
        record_wider_finding(assessment=assessment, text=form.cleaned_data["text"], person=request.person)
        forget_notes(assessment, WIDER)
        messages.success(request, "The finding is recorded.")
        return redirect(assessment_href(assessment, "wider_findings"))
    found = wider_findings(standing)
    own = [one for one in found if one.assessment_id == assessment.pk]
    context = {
        "form": form,
        "notes": notes,
        "own": [(one, assessment_href(assessment, "wider_finding_remove", one.pk)) for one in own],
        "others": [one for one in found if one.assessment_id != assessment.pk],
    }
    return show(request, "audits/assessment/wider_findings.html", standing, context, assessment=assessment)


@require_POST
@own_page
def remove_wider(
    request: CouncilRequest, standing: Standing, assessment: Assessment, pk: int
) -> HttpResponse:
    """Take back a finding."""
    finding = WiderFinding.objects.filter(assessment=assessment, pk=pk).first()
    if finding:
        finding.assessment = assessment
        remove_wider_finding(finding=finding, person=request.person)
    messages.success(request, "The finding is removed.")
    return redirect(assessment_href(assessment, "wider_findings"))


@audit_page
def immediate(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Record something that was changed at once for the child, at any time in the life of the audit."""
    if not standing.may_record_change:
        raise PermissionDenied(WHO_RECORDS_CHANGE)
    audit = standing.audit
    under_way = next((one for one in standing.own if not one.submitted_at), None)
    back = assessment_href(under_way) if under_way else audit_href(audit)
    data = request.POST if request.method == "POST" else None
    form = ImmediateChangeForm(data, initial={"made_on": clock.today()})
    if is_autosave(request):
        return save_own_words(request, audit, IMMEDIATE, form)
    notes = begin_with_own_words(request, form, audit, IMMEDIATE)
    if request.method == "POST" and form.is_valid():
        try:
            record_immediate_change(
                standing=standing, text=form.cleaned_data["text"], made_on=form.cleaned_data["made_on"]
            )
        except ValidationError as error:
            refused(form, error)
        else:
            forget_typed(audit, IMMEDIATE, request.person)
            messages.success(request, "The change is recorded.")
            return redirect(audit_href(audit, "immediate_change"))
    context = {"form": form, "notes": notes, "changes": immediate_changes(standing), "back_url": back}
    return show(request, "audits/immediate_change.html", standing, context)


def _together(standing: Standing) -> str:
    pair = standing.framework.actions.joint_owners
    if pair is None:
        return ""
    first, second = (standing.framework.names.party(party) for party in pair)
    return (
        f"{first[:1].upper()}{first[1:]} and {second} answer for it together, whichever of them you choose."
    )


def _propose(request: CouncilRequest, assessment: Assessment, form: ActionForm) -> bool:
    data = form.cleaned_data
    try:
        propose_audit_action(
            assessment=assessment,
            text=data["text"],
            intended_change=data["intended_change"],
            owner=form.chosen_owner,
            due_on=data["due_on"],
            category=data.get("category", ""),
            person=request.person,
        )
    except ValidationError as error:
        refused(form, error)
        return False
    return True
