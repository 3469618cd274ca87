"""Actions: the tracker, one action, completing it, signing it off."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.followup.enums import ActionStatus
from audits.followup.filters import ActionFilter
from audits.followup.forms import JUDGED, CompleteActionForm, CompleteForOrganisationForm, SignOffForm
from audits.followup.models import Action, Confirmation
from audits.followup.selectors import (
    action_list,
    may_see_action,
    may_sign_off,
    owns,
    signers_of,
    visible_actions,
)
from audits.followup.selectors.lists import category_labels
from audits.followup.selectors.rights import may_confirm
from audits.followup.services import complete_action, confirm, send_back_action, sign_off_action
from audits.followup.services.actions import judged_apart
from audits.followup.views.common import log_read, origin_of, page_of, refused, tabs
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.transitions import StatusHasChanged
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.tables import ordering

SORTS = {
    "due": "due_on",
    "age": "opened_at",
    "owner": "owner__name",
    "child": "case__local_id",
    "status": "status",
}


@council_view()
def actions(request: CouncilRequest) -> HttpResponse:
    """Show the actions that the person may follow (HER-49), filtered and sorted by the address."""
    found = ActionFilter(request.GET, queryset=visible_actions(request.person), request=request)
    rows = found.qs.order_by(*ordering(request.GET, allowed=SORTS, default="due"), "pk")
    page, listed = page_of(request, rows, "action")
    categories = category_labels()
    context = {
        "filter": found,
        "page_obj": page,
        "listed": [(row, origin, categories.get(getattr(row, "category", ""), "")) for row, origin in listed],
        "tabs": tabs(request, "actions"),
    }
    return render(request, "followup/actions.html", {**context, "today": clock.today()})


def _action(request: CouncilRequest, pk: int) -> Action:
    action = get_object_or_404(action_list().select_related("signed_off_by", "case__worker"), pk=pk)
    if not may_see_action(action, request.person):
        raise PermissionDenied(
            "Only its owner, the child’s managers and those who track actions see an action."
        )
    log_read(request, action.case)
    return action


@council_view()
def action(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one action, and the form for what the person may do with it now."""
    found = _action(request, pk)
    form = _form_for(request, found)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            said = _apply(request, found, form)
        except ValidationError as error:
            refused(form, error)
        except StatusHasChanged as changed:
            messages.warning(request, str(changed))
            return redirect(_href(request, pk))
        else:
            messages.success(request, said)
            return redirect(_href(request, pk))
    context = {
        "action": found,
        "form": form,
        "origin": origin_of("action", pk),
        "category": category_labels().get(found.category, ""),
        "confirmations": _confirmations(request, found),
        "judged": [(JUDGED[name], value) for name, value in found.judged.items() if name in JUDGED],
        "signers": signers_of(found, framework_in_force()) if found.status == ActionStatus.DONE else [],
    }
    return render(request, "followup/action.html", context)


def _confirmations(request: CouncilRequest, found: Action) -> list[tuple[Confirmation, bool]]:
    """Return the confirmations of the action, each with whether the person gives it now."""
    return [
        (one, one.done_at is None and may_confirm(one, request.person))
        for one in found.confirmations.select_related("asked_of", "done_by")
    ]


@council_view()
@require_POST
def confirm_action(request: CouncilRequest, pk: int) -> HttpResponse:
    """Confirm something of an action, such as that it was raised with the person."""
    found = get_object_or_404(Confirmation.objects.select_related("action"), pk=pk)
    try:
        confirm(confirmation=found, person=request.person)
        messages.success(request, f"Confirmed: {found.label}.")
    except StatusHasChanged as changed:
        messages.warning(request, str(changed))
    return redirect(_href(request, found.action_id))


def _href(request: CouncilRequest, pk: int) -> str:
    return reverse("followup:action", args=[request.authority.slug, pk])


def _form_for(request: CouncilRequest, found: Action) -> CompleteActionForm | SignOffForm | None:
    data = request.POST if request.method == "POST" else None
    if found.status == ActionStatus.OPEN and owns(found, request.person):
        form = CompleteActionForm if found.case else CompleteForOrganisationForm
        return form(data, rules=framework_in_force().actions)
    if found.status == ActionStatus.DONE and may_sign_off(found, request.person):
        return SignOffForm(data, judges=judged_apart())
    return None


def _apply(request: CouncilRequest, found: Action, form: CompleteActionForm | SignOffForm) -> str:
    data, person = form.cleaned_data, request.person
    if isinstance(form, CompleteActionForm):
        complete_action(action=found, person=person, **data)
        return "The action is complete. Somebody else signs it off."
    if data["decision"] == "sign_off":
        sign_off_action(action=found, comment=data["comment"], person=person, judged=form.judged())
        return "The action is signed off."
    send_back_action(action=found, comment=data["comment"], person=person)
    return "The action has gone back to its owner."
