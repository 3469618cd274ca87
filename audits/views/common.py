"""What every page of an audit starts from: who looks, what they may see, and that they looked."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audits.models import Assessment, Audit
from audits.selectors.audits import audit_by_reference
from audits.selectors.links import assessment_href, audit_href, concern_href
from audits.selectors.standing import Standing, standing_of
from qaf.tenants.services import record_read
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

P = ParamSpec("P")


def audit_page(
    view: Callable[Concatenate[CouncilRequest, Standing, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Make a view of an audit: finds it by reference, asks who looks, logs the look.

    404 for a reference that this council does not have, 403 for somebody without a part in the audit. A status
    that changed meanwhile is told on the audit's own page.
    """

    @council_view()
    @wraps(view)
    def inner(request: CouncilRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            audit = audit_by_reference(reference)
        except Audit.DoesNotExist as error:
            raise Http404("There is no audit with this reference.") from error
        standing = standing_of(request.person, audit)
        if request.method == "GET":
            record_read(person=request.person, subject="audit", subject_id=audit.pk)
        try:
            return view(request, standing, *args, **kwargs)
        except StatusHasChanged as changed:
            messages.warning(request, str(changed))
            return redirect(audit_href(audit))

    return inner


def own_page(
    view: Callable[Concatenate[CouncilRequest, Standing, Assessment, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Make a view of an auditor's own assessment; 403 for everybody else, whatever they may see elsewhere."""

    @audit_page
    @wraps(view)
    def inner(
        request: CouncilRequest, standing: Standing, slot: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        assessment = next((one for one in standing.own if one.slot == slot), None)
        if assessment is None:
            raise PermissionDenied("Only its auditor opens an assessment.")
        return view(request, standing, assessment, *args, **kwargs)

    return inner


def show(
    request: HttpRequest,
    template: str,
    standing: Standing,
    context: dict[str, Any],
    *,
    assessment: Assessment | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the audit with what all of them have: the way back and the urgent concern."""
    audit = standing.audit
    common = {
        "audit": audit,
        "standing": standing,
        "framework": standing.framework,
        "audit_url": audit_href(audit),
        "home_url": reverse("home", args=[audit.authority.slug]),
        "grades_url": audit_href(audit, "grades"),
        "concern_url": concern_href(audit),
        "flags_url": audit_href(audit, "flags") if standing.framework.flags else "",
    }
    if assessment is not None:
        common |= {
            "assessment": assessment,
            "slot_label": standing.framework.names.slot(assessment.slot),
            "assessment_url": assessment_href(assessment),
            "known_family_url": assessment_href(assessment, "known_family"),
        }
    return render(request, template, {**common, **context}, status=status)


def refused(form: BaseForm, error: ValidationError | TransitionRefused) -> None:
    """Put a rule's refusal into the form: by field where it has the field, else above it."""
    if isinstance(error, TransitionRefused):
        form.add_error(None, [problem.text for problem in error.problems])
        return
    for field, texts in getattr(error, "message_dict", {"": error.messages}).items():
        form.add_error(field if field in form.fields else None, texts)
