"""The form of a tool's review, made from what the framework asks."""

from collections.abc import Mapping
from typing import Any

from audits.frameworks.schema.tools import ToolReview
from qaf.ui import forms

YES_NO = [("yes", "Yes"), ("no", "No")]


class ToolReviewForm(forms.Form):
    """One answer for each thing the framework wants judged, and what is to become of the tool."""

    changes_needed = forms.YesNoField(label="Does the tool have to change?")
    note = forms.CharField(
        label="What is to change, or what did you look at?",
        required=False,
        max_length=4000,
        widget=forms.Textarea,
        help_text="Changes are made in the framework’s draft, as the tool’s next version.",
    )
    govuk = {"changes_needed": {"inline": True}, "note": {"rows": 5, "spellcheck": True}}

    def __init__(self, data: Mapping[str, Any] | None = None, *, rule: ToolReview) -> None:
        super().__init__(data)
        self.rule = rule
        asked = {
            one.key: forms.ChoiceField(
                label=one.label,
                choices=YES_NO,
                widget=forms.RadioSelect,
                error_messages={"required": f"Answer the question “{one.label}”"},
            )
            for one in rule.asks
        }
        self.fields = asked | self.fields
        self.govuk = {**self.govuk, **{key: {"inline": True} for key in asked}}  # type: ignore[misc]

    def answers(self) -> dict[str, str]:
        """Return the answers by the framework's keys."""
        return {one.key: self.cleaned_data[one.key] for one in self.rule.asks}
