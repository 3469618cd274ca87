"""Actions, wider findings, immediate changes."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.services.findings import ActionDays
from qaf.tenants.models import Person
from qaf.ui import forms
from qaf.ui.words import long_date


class ActionForm(forms.Form):
    """One proposed action."""

    text = forms.CharField(label="What should be done?", widget=forms.Textarea, max_length=4000)
    intended_change = forms.CharField(
        label="What should be different for the child?",
        widget=forms.Textarea,
        required=False,
        max_length=4000,
    )
    category = forms.ChoiceField(label="What kind of action is it?", widget=forms.RadioSelect)
    owner = forms.ChoiceField(label="Who should do it?", widget=forms.RadioSelect)
    due_on = forms.DateField(label="By when?", noun="the due date")
    govuk = {"text": {"rows": 3}, "intended_change": {"rows": 3}}

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        owners: Iterable[tuple[Person, str]],
        days: ActionDays,
        categories: Iterable[tuple[str, str]] = (),
        together: str = "",
    ) -> None:
        super().__init__(data, initial={"due_on": days.proposed})
        self.people = {str(person.pk): person for person, _ in owners}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            (str(person.pk), f"{person.name}, {what}" if what else person.name) for person, what in owners
        ]
        kinds = list(categories)
        if kinds:
            self.fields["category"].choices = kinds  # type: ignore[attr-defined]
        else:
            del self.fields["category"]
        self.fields["owner"].help_text = together
        self.fields["due_on"].help_text = f"On or before {long_date(days.latest)}."

    @property
    def chosen_owner(self) -> Person:
        """The person chosen."""
        return self.people[self.cleaned_data["owner"]]


class NoActionForm(forms.Form):
    """Why the auditor proposes no action."""

    reason = forms.CharField(
        label="Why is no action needed?", widget=forms.Textarea, required=False, max_length=2000
    )
    govuk = {"reason": {"rows": 2}}


class WiderFindingForm(forms.Form):
    """Something that reaches beyond the one child."""

    text = forms.CharField(label="What did you find?", widget=forms.Textarea, max_length=8000)
    govuk = {"text": {"rows": 5}}


class ImmediateChangeForm(forms.Form):
    """Something that was changed at once."""

    text = forms.CharField(label="What was changed for the child?", widget=forms.Textarea, max_length=8000)
    made_on = forms.DateField(label="When was it changed?", noun="the date of the change", past=True)
    govuk = {"text": {"rows": 4}}
