"""The forms of the check before finalising."""

from qaf.ui import forms


class AskCheckForm(forms.Form):
    """What the auditor wants looked at."""

    question = forms.CharField(
        label="Is there something you want looked at?",
        required=False,
        max_length=4000,
        widget=forms.Textarea,
        help_text="Optional. Whoever checks reads everything you have written in this audit so far.",
    )
    govuk = {"question": {"rows": 4, "spellcheck": True}}


class GiveCheckForm(forms.Form):
    """What the auditor should know before they finalise."""

    feedback = forms.CharField(
        label="Your feedback",
        max_length=20_000,
        widget=forms.Textarea,
        help_text="What is strong, what to look at again, and why. The grades stay the auditor’s own.",
    )
    govuk = {"feedback": {"rows": 8, "spellcheck": True}}
