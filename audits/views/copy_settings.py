"""What the council puts into the copy of an audit for the child's record."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from audits.selectors.file_copy import ONLY_IF_CHOSEN, SECTIONS
from qaf.tenants.services import choose_copy_sections
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui import forms


class CopySectionsForm(forms.Form):
    """Tick the sections of the copy."""

    sections = forms.MultipleChoiceField(
        label="What goes into the copy?",
        choices=list(SECTIONS.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    govuk = {
        "sections": {
            "hint": "The record is the child’s. How the worker performed and where colleagues differed stay out of it"
            " unless you choose otherwise.",
            "item_hints": dict.fromkeys(ONLY_IF_CHOSEN, "Left out unless you choose it."),
        }
    }


@council_view("tenants.manage_council")
def copy_settings(request: CouncilRequest) -> HttpResponse:
    """Choose the sections; the council's choice holds for copies made from now on (HER-27)."""
    chosen = request.authority.file_copy_sections or [key for key in SECTIONS if key not in ONLY_IF_CHOSEN]
    form = CopySectionsForm(request.POST or None, initial={"sections": chosen})
    if request.method == "POST" and form.is_valid():
        choose_copy_sections(authority=request.authority, sections=form.cleaned_data["sections"])
        messages.success(request, "Copies made from now on hold these sections.")
        return redirect("audits:copy_settings", council=request.authority.slug)
    return render(
        request, "tenants/people/form.html", {"form": form, "heading": "The copy for the child’s record"}
    )
