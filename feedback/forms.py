"""What the QA team hears in a conversation."""

from typing import Any

from feedback.models import Quotation
from qaf.ui import forms

PRAISE, CHANGE = "praise", "change"


class CodingForm(forms.Form):
    """Themes said in praise, themes that families want changed, and words that may be printed."""

    praise = forms.MultipleChoiceField(
        label="What did they praise?", required=False, widget=forms.CheckboxSelectMultiple
    )
    change = forms.MultipleChoiceField(
        label="What should be different?", required=False, widget=forms.CheckboxSelectMultiple
    )
    quotation = forms.CharField(
        label="Words that reports may print (optional)",
        required=False,
        max_length=Quotation._meta.get_field("text").max_length,
        widget=forms.Textarea,
    )

    govuk = {
        "praise": {"small": True, "label_size": "m"},
        "change": {"small": True, "label_size": "m"},
        "quotation": {
            "rows": 3,
            "label_size": "m",
            "count": Quotation._meta.get_field("text").max_length,
            "hint": "A sentence in their words. Leave out names, places, dates, and whatever tells who is speaking.",
        },
    }

    def __init__(self, *args: Any, themes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (PRAISE, CHANGE):
            self.fields[name].choices = list(themes.items())  # type: ignore[attr-defined]
        self._themes = themes

    def clean(self) -> dict[str, Any]:
        """A theme is praise or a wish for change; what was both is the wish."""
        data = super().clean() or self.cleaned_data
        both = set(data.get(PRAISE, ())) & set(data.get(CHANGE, ()))
        if both:
            named = ", ".join(self._themes[key] for key in sorted(both))
            self.add_error(CHANGE, f"Choose praise or change for: {named}")
        if not data.get(PRAISE) and not data.get(CHANGE) and data.get("quotation"):
            self.add_error(PRAISE, "Say which theme the words belong to")
        return data

    @property
    def heard(self) -> dict[str, bool]:
        """The themes by key, true where said in praise."""
        return dict.fromkeys(self.cleaned_data[PRAISE], True) | dict.fromkeys(
            self.cleaned_data[CHANGE], False
        )
