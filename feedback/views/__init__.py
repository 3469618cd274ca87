"""The register of what families said, and coding one conversation."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_in_force, framework_of
from audits.models import FamilyContact
from audits.selectors.file_copy import answers_in_words
from feedback.filters import RegisterFilter
from feedback.forms import CHANGE, PRAISE, CodingForm
from feedback.selectors.register import readable
from feedback.selectors.themes import theme_labels
from feedback.services import code_conversation
from qaf.tenants.services import record_read
from qaf.tenants.views.base import CouncilRequest, council_view

PAGE = 25


@council_view("feedback.code")
def register(request: CouncilRequest) -> HttpResponse:
    """List the conversations with families, with the themes heard; the words themselves are one page further."""
    found = RegisterFilter(request.GET, queryset=readable(request.person), request=request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    labels = theme_labels(framework_in_force())
    targets = _targets(framework_in_force())
    rows = [
        {
            "contact": one,
            "target": targets.get(one.target, one.target),
            "praise": [labels.get(c.theme, c.theme) for c in one.coded.all() if c.positive],
            "change": [labels.get(c.theme, c.theme) for c in one.coded.all() if not c.positive],
        }
        for one in page
    ]
    waiting = readable(request.person).filter(is_coded=False).count()
    return render(
        request,
        "feedback/register.html",
        {"filter": found, "page_obj": page, "rows": rows, "waiting": waiting},
    )


@council_view("feedback.code")
def code(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show what a family member said and take the themes heard; the look is logged."""
    contact = get_object_or_404(readable(request.person), pk=pk)
    record_read(person=request.person, subject="audit", subject_id=contact.audit_id)
    framework = framework_of(contact.audit.framework_version)
    form = CodingForm(request.POST or None, themes=theme_labels(framework), initial=_initial(contact))
    if request.method == "POST" and form.is_valid():
        code_conversation(
            contact=contact,
            themes=form.heard,
            quotation=form.cleaned_data["quotation"],
            person=request.person,
        )
        messages.success(request, f"The conversation of {contact.audit.reference} is coded.")
        following = readable(request.person).filter(is_coded=False).first()
        if request.POST.get("then") == "next" and following:
            return redirect("feedback:code", request.authority.slug, following.pk)
        return redirect("feedback:register", request.authority.slug)
    context = {
        "form": form,
        "contact": contact,
        "target": _targets(framework).get(contact.target, contact.target),
        "answers": answers_in_words(contact, framework),
    }
    return render(request, "feedback/code.html", context, status=422 if form.is_bound else 200)


def _initial(contact: FamilyContact) -> dict[str, Any]:
    coded = list(contact.coded.all())
    quotation = next(iter(contact.quotations.all()), None)
    return {
        PRAISE: [one.theme for one in coded if one.positive],
        CHANGE: [one.theme for one in coded if not one.positive],
        "quotation": quotation.text if quotation else "",
    }


def _targets(framework: Framework) -> dict[str, str]:
    feedback = framework.process.family_feedback
    return {one.key: one.label for one in feedback.targets} if feedback else {}
