"""What is typed into a form before it can be recorded: kept by control, given back as it was."""

from typing import Any

from django.http import QueryDict

from qaf.ui import forms

LONGEST = 20_000


def typed(form: forms.Form, data: QueryDict) -> dict[str, Any]:
    """Return what stands in the form's controls, unchecked, by the controls' names; empty ones left out."""
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        if isinstance(field, forms.DateField):
            found |= {f"{name}_{part}": data.get(f"{name}_{part}", "")[:12] for part in range(3)}
        elif isinstance(field.widget, forms.CheckboxSelectMultiple):
            found[name] = [one[:LONGEST] for one in data.getlist(name)]
        else:
            found[name] = data.get(name, "")[:LONGEST]
    return {name: value for name, value in found.items() if value}


def give_back(form: forms.Form, kept: dict[str, Any]) -> None:
    """Let the form begin with what was typed before."""
    for name, field in form.fields.items():
        if isinstance(field, forms.DateField):
            parts = [kept.get(f"{name}_{part}", "") for part in range(3)]
            if any(parts):
                form.initial[name] = parts
        elif name in kept:
            form.initial[name] = kept[name]
