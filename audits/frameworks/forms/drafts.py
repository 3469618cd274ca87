"""Forms of the draft as a whole: its text, confirming a rule, publishing."""

from collections.abc import Iterable
from typing import Any

from audits.frameworks.documents import MAX_BYTES
from audits.frameworks.problems import Problem
from qaf.lib import clock
from qaf.ui import forms
from qaf.ui.fields import DateField


class RevisionForm(forms.Form):
    """What every change of the draft says: which revision it was made from."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class TextForm(RevisionForm):
    """The whole text of the draft."""

    text = forms.CharField(
        label="The framework as a file", widget=forms.Textarea, strip=False, max_length=MAX_BYTES
    )

    govuk = {"text": {"rows": 30, "spellcheck": False, "classes": "qaf-code", "label_size": "m"}}


class TakeOutForm(RevisionForm):
    """A whole rule is taken out."""

    def blame(self, problems: Iterable[Problem]) -> None:
        """Say why the draft cannot be without the rule."""
        for problem in problems:
            words = f"{problem.path} {problem.message}" + (f" (is: {problem.value})" if problem.value else "")
            self.add_error(None, words)


class MoveForm(RevisionForm):
    """A rule stands in another place of its list."""

    before = forms.ChoiceField(label="Where should it stand?", required=False)

    def __init__(self, *args: Any, others: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, f"Before: {name}") for key, name in others]
        self.fields["before"].choices = [*choices, ("", "After all the others")]  # type: ignore[attr-defined]

    def blame(self, problems: Iterable[Problem]) -> None:
        """Say why it cannot stand there."""
        for problem in problems:
            words = f"{problem.path} {problem.message}" + (f" (is: {problem.value})" if problem.value else "")
            self.add_error("before", words)


class ConfirmForm(RevisionForm):
    """The council confirms our default."""

    note = forms.CharField(
        label="Who decided it, or why? (optional)",
        required=False,
        max_length=300,
        help_text="Your name and today's date are added.",
    )


class PublishForm(RevisionForm):
    """From when, and why."""

    effective_from = DateField(
        label="From which day is it in force?", noun="the day it comes into force", not_before=clock.today
    )
    reason = forms.CharField(
        label="Why does the framework change?",
        widget=forms.Textarea,
        max_length=2000,
        help_text="Everybody of the council can read this beside the version.",
    )

    govuk = {"reason": {"rows": 4}}
