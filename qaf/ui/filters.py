"""The chosen filters of a list, as chips that take one away each."""

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import QueryDict

from qaf.ui.fields import GovukDateInput
from qaf.ui.tables import without
from qaf.ui.words import long_date


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen filter: the field's name, the choice in words, and the address of the view without it."""

    field: str
    text: str
    href: str


def chips(form: BaseForm, query: QueryDict) -> list[Chip]:
    """Return a chip for every value chosen in ``form``; none where the form is not valid."""
    if not form.is_bound or not form.is_valid():
        return []
    return [
        chip
        for bound in form
        if not bound.is_hidden
        for chip in _of(bound, form.cleaned_data.get(bound.name), query)
    ]


def _of(bound: BoundField, value: Any, query: QueryDict) -> list[Chip]:
    label = str(bound.label)
    if value in (None, "", [], False) or (hasattr(value, "exists") and not value.exists()):
        return []
    if isinstance(bound.field.widget, GovukDateInput):
        changed = query.copy()
        for index in range(3):
            changed.pop(f"{bound.html_name}_{index}", None)
        return [Chip(label, long_date(value), "?" + changed.urlencode())]
    choices = _choices(bound)
    return [
        Chip(label, choices.get(raw, "yes" if value is True else raw), without(query, bound.html_name, raw))
        for raw in query.getlist(bound.html_name)
        if raw
    ]


def _choices(bound: BoundField) -> dict[str, str]:
    found: dict[str, str] = {}
    for value, label in getattr(bound.field.widget, "choices", ()):
        group = label if isinstance(label, list | tuple) else [(value, label)]
        found.update({str(one): str(text) for one, text in group})
    return found
