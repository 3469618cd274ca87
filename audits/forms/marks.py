"""Setting a mark on an audit and taking it back."""

from audits.followup.forms import SpokenFirstFields
from qaf.ui import forms


class FlagForm(SpokenFirstFields):
    """Set a mark: what was seen; where it raises an urgent concern, whom was spoken with first."""

    reason = forms.CharField(label="What did you see?", widget=forms.Textarea, max_length=4000)
    govuk = {**SpokenFirstFields.govuk, "reason": {"rows": 4}}
    field_order = ("reason", "spoken_with", "conversation", "not_spoken_reason")


class TakeBackForm(forms.Form):
    """Take a mark back."""

    reason = forms.CharField(label="Why does it not hold?", widget=forms.Textarea, max_length=2000)
    govuk = {"reason": {"rows": 2}}
