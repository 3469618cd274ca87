"""What is typed into a form before it can be recorded: kept by control, given back as it was."""

from typing import Any

from django.http import QueryDict

from qaf.ui import forms

LONGEST = 20_000


def typed(form: forms.Form, data: QueryDict) -> dict[str, Any]:
    """Return what stands in the form's controls, unchecked, by the controls' names; empty ones left out."""
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        control = form.add_prefix(name)
        if isinstance(field, forms.DateField):
            found |= {f"{control}_{part}": data.get(f"{control}_{part}", "")[:12] for part in range(3)}
        elif isinstance(field.widget, forms.CheckboxSelectMultiple):
            found[control] = [one[:LONGEST] for one in data.getlist(control)]
        else:
            found[control] = data.get(control, "")[:LONGEST]
    return {name: value for name, value in found.items() if value}


def give_back(form: forms.Form, kept: dict[str, Any]) -> None:
    """Let the form begin with what was typed before."""
    for name, field in form.fields.items():
        control = form.add_prefix(name)
        if isinstance(field, forms.DateField):
            parts = [kept.get(f"{control}_{part}", "") for part in range(3)]
            if any(parts):
                form.initial[name] = parts
        elif control in kept:
            form.initial[name] = kept[control]
