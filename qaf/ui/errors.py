"""The error summary: what is wrong, each with a link to the control it is wrong in."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from qaf.ui.adapter import faulty_parts, field_id
from qaf.ui.components import component
from qaf.ui.fields import GovukDateInput

Errors = forms.BaseForm | forms.BaseFormSet


def target_id(bound: BoundField) -> str:
    """Return the id of the control to go to, or "" for a hidden field, which nobody can reach."""
    if bound.is_hidden:
        return ""
    if isinstance(bound.field.widget, GovukDateInput):
        return f"{field_id(bound)}_{next(iter(faulty_parts(bound)), 0)}"
    return field_id(bound)


def form_errors(form: forms.BaseForm) -> Iterator[dict[str, Any]]:
    """Yield ``{"text", "href"}`` for the form's errors, those of the whole form first, then in field order."""
    for error in form.non_field_errors():
        yield {"text": error}
    for bound in form:
        for error in bound.errors:
            href = target_id(bound)
            yield {"text": error, "href": f"#{href}"} if href else {"text": error}


def all_errors(sources: Iterable[Errors | None]) -> Iterator[dict[str, Any]]:
    """Yield the errors of forms and formsets in the order given; what is not bound has none."""
    for source in sources:
        if source is None or not source.is_bound:
            continue
        if isinstance(source, forms.BaseFormSet):
            for error in source.non_form_errors():
                yield {"text": error}
            for form in source.forms:
                removed = source.can_delete and source._should_delete_form(form)  # type: ignore[attr-defined]
                if not removed:
                    yield from form_errors(form)
        else:
            yield from form_errors(source)


def error_summary(*sources: Errors | None, title: str = "There is a problem") -> SafeString:
    """Render the summary of all sources, or nothing where none has an error."""
    found = list(all_errors(sources))
    if not found:
        return SafeString("")
    return component("error-summary", {"titleText": title, "errorList": found})
