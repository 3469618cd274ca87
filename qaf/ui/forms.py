"""Form bases for pages: the house's wording of faults, no browser validation. ``from qaf.ui import forms``.

A form says once how its fields look, in ``govuk`` (docs/guide/ui.md lists the options).
"""

from typing import Any, ClassVar

from django import forms as django_forms
from django.forms import (
    BaseForm,
    BaseFormSet,
    BaseModelForm,
    BooleanField,
    CharField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ChoiceField,
    ClearableFileInput,
    DecimalField,
    EmailField,
    EmailInput,
    Field,
    FileField,
    FileInput,
    FloatField,
    HiddenInput,
    IntegerField,
    ModelChoiceField,
    ModelMultipleChoiceField,
    MultipleChoiceField,
    MultipleHiddenInput,
    NumberInput,
    PasswordInput,
    RadioSelect,
    RegexField,
    Select,
    SelectMultiple,
    Textarea,
    TextInput,
    TypedChoiceField,
    TypedMultipleChoiceField,
    URLField,
    URLInput,
    UUIDField,
    ValidationError,
    Widget,
    formset_factory,
    inlineformset_factory,
    modelform_factory,
    modelformset_factory,
)

from qaf.ui.fields import DateField, GovukDateInput, YesNoField

__all__ = [
    "BaseForm",
    "BaseFormSet",
    "BaseModelForm",
    "BooleanField",
    "CharField",
    "CheckboxInput",
    "CheckboxSelectMultiple",
    "ChoiceField",
    "ClearableFileInput",
    "DateField",
    "DecimalField",
    "EmailField",
    "EmailInput",
    "Field",
    "FileField",
    "FileInput",
    "FloatField",
    "Form",
    "GovukDateInput",
    "HiddenInput",
    "IntegerField",
    "ModelChoiceField",
    "ModelForm",
    "ModelMultipleChoiceField",
    "MultipleChoiceField",
    "MultipleHiddenInput",
    "NumberInput",
    "PasswordInput",
    "RadioSelect",
    "RegexField",
    "Select",
    "SelectMultiple",
    "TextInput",
    "Textarea",
    "TypedChoiceField",
    "TypedMultipleChoiceField",
    "URLField",
    "URLInput",
    "UUIDField",
    "ValidationError",
    "Widget",
    "YesNoField",
    "formset_factory",
    "inlineformset_factory",
    "modelform_factory",
    "modelformset_factory",
]

_CHOSEN = (
    django_forms.Select,
    django_forms.RadioSelect,
    django_forms.CheckboxSelectMultiple,
    django_forms.SelectMultiple,
)


def required_message(field: django_forms.Field, label: str) -> str:
    """Return what to do about an empty required field, from its label."""
    if isinstance(field.widget, django_forms.CheckboxInput):
        return f"Tick the box to say: {label}" if label else "Tick the box"
    if label.endswith("?"):
        return f"Answer the question “{label}”"
    noun = label if label[:2].isupper() else label[:1].lower() + label[1:]
    if isinstance(field, django_forms.FileField):
        return f"Choose a file: {noun}"
    return f"{'Select' if isinstance(field.widget, _CHOSEN) else 'Enter'} {noun}"


class PageFormMixin:
    """What every form on a page shares."""

    use_required_attribute = False
    govuk: ClassVar[dict[str, dict[str, Any]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            default = type(field).default_error_messages.get(
                "required", django_forms.Field.default_error_messages["required"]
            )
            if str(field.error_messages.get("required")) == str(default):
                label = str(field.label if field.label is not None else name.replace("_", " ").capitalize())
                field.error_messages["required"] = required_message(field, label)


class Form(PageFormMixin, django_forms.Form):
    """``django.forms.Form`` for a page."""


class ModelForm(PageFormMixin, django_forms.ModelForm):
    """``django.forms.ModelForm`` for a page."""
