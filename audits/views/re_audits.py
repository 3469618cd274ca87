"""A re-audit: begun, done like any audit, and concluded beside the first one's grades."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from audits.enums import BEFORE_SUBMISSION
from audits.followup.enums import Ending, FollowUpKind, FollowUpStatus
from audits.followup.forms import FollowUpForm
from audits.followup.models import FollowUp
from audits.followup.selectors import follow_up_list, may_answer, may_see_follow_up
from audits.followup.selectors.giving import may_give
from audits.forms.outcome import ConclusionForm
from audits.models import Audit
from audits.selectors.facts import framework_for
from audits.selectors.links import assessment_href, audit_href, concern_href
from audits.selectors.people import auditors_ever
from audits.services.re_audits import (
    SLOT,
    Change,
    changes_between,
    conclude_re_audit,
    end_without_re_audit,
    initial_audit_of,
    questions_of,
    re_audit_of,
    start_re_audit,
)
from audits.views.common import refused
from qaf.tenants.services import record_read
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

CHANGES = {
    "improved": ("Improved", "green"),
    "same": ("The same", "grey"),
    "worse": ("Worse", "red"),
    "not_comparable": ("Cannot be compared", "grey"),
}


@council_view()
def re_audit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show where a re-audit stands: begin it, conclude it beside the first grades, or say why it cannot be done."""
    found = get_object_or_404(follow_up_list().filter(kind=FollowUpKind.RE_AUDIT), pk=pk)
    if not may_see_follow_up(found, request.person):
        raise PermissionDenied("Only whoever was asked, and those who track what follows, see this.")
    try:
        initial = initial_audit_of(found)
    except Audit.DoesNotExist as error:
        raise Http404("This follow-up belongs to no audit.") from error
    if request.method == "GET":
        record_read(person=request.person, subject="audit", subject_id=initial.pk)
    again = re_audit_of(found)
    asked = found.status == FollowUpStatus.OPEN and may_answer(found, request.person)
    forms = _forms(request, found, initial, again) if asked else {}
    if request.method == "POST" and asked and (said := _act(request, found, forms)):
        messages.success(request, said)
        begun = request.POST.get("form") == "begin"
        return redirect(_own_part(found) if begun else _href(request, pk))
    return render(request, "audits/outcome/re_audit.html", _context(request, found, initial, again, forms))


def _href(request: CouncilRequest, pk: int) -> str:
    return reverse("audits:re_audit", args=[request.authority.slug, pk])


def _own_part(found: FollowUp) -> str:
    again = re_audit_of(found)
    if again is None:
        raise Http404("The re-audit has not begun.")
    return assessment_href(again.assessments.select_related("audit").get(slot=SLOT))


def _forms(request: CouncilRequest, found: FollowUp, initial: Audit, again: Audit | None) -> dict[str, Any]:
    data = request.POST if request.method == "POST" else None
    which = data.get("form") if data else ""
    if again is not None and again.status not in BEFORE_SUBMISSION:
        return {
            "conclude": ConclusionForm(data if which == "conclude" else None, questions=questions_of(initial))
        }
    forms: dict[str, Any] = {
        "end": FollowUpForm(data if which == "end" else None, follow_up=found, prefix="end")
    }
    if again is None and request.person.pk not in auditors_ever(initial):
        forms["begin"] = None
    return forms


def _act(request: CouncilRequest, found: FollowUp, forms: dict[str, Any]) -> str:
    """Do what was asked and say so; an empty answer leaves the faults in the form."""
    which = request.POST.get("form", "")
    if which == "begin" and "begin" in forms:
        audit = start_re_audit(follow_up=found, person=request.person)
        return f"Re-audit {audit.reference} has begun."
    form = forms.get(which)
    if form is None or not form.is_valid():
        return ""
    try:
        if which == "conclude":
            comment = form.cleaned_data["comment"]
            conclude_re_audit(follow_up=found, answers=form.answers(), comment=comment, person=request.person)
            return "The re-audit is concluded."
        data = form.cleaned_data
        end_without_re_audit(
            follow_up=found, ending=data["ending"], comment=data["comment"], person=request.person
        )
    except (ValidationError, TransitionRefused) as error:
        refused(form, error)
        return ""
    return "The re-audit is closed with what became of the child."


def _context(
    request: CouncilRequest, found: FollowUp, initial: Audit, again: Audit | None, forms: dict[str, Any]
) -> dict[str, Any]:
    names = framework_for(initial).names
    submitted = again is not None and again.status not in BEFORE_SUBMISSION
    changes = changes_between(initial, again) if again is not None and submitted else []
    return {
        "follow_up": found,
        "audit": initial,
        "again": again,
        "submitted": submitted,
        "audit_url": audit_href(initial),
        "again_url": audit_href(again) if again else "",
        "part_url": _own_part(found) if again and found.assignee_id == request.person.pk else "",
        "concern_url": concern_href(initial),
        "changes": [_row(one, names) for one in changes],
        "answers": [(one.text, found.answers.get(one.key, {})) for one in questions_of(initial)],
        "ending": Ending(found.outcome).label if found.outcome in Ending.values else "",
        "forms": forms,
        "form": forms.get("conclude") or forms.get("end"),
        "may_begin": "begin" in forms,
        "may_give": again is None and may_give(found, request.person),
    }


def _row(one: Change, names: Any) -> dict[str, Any]:
    label, tone = CHANGES[one.change]
    return {
        "label": one.label,
        "before": names.grade(one.before),
        "after": names.grade(one.after),
        "change": label,
        "tone": tone,
    }
