"""The forms of those who take part without grades that count."""

from qaf.ui import forms


class ExcuseForm(forms.Form):
    """Why a self-assessment is not given."""

    reason = forms.CharField(label="Why is it not given?", widget=forms.Textarea, max_length=2000)
    govuk = {"reason": {"rows": 3, "hint": "Such as: the worker is on leave until after the audit."}}
