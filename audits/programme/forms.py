"""Forms of the calendar."""

from typing import Any

from audits.programme.models import Occurrence
from audits.programme.selectors import units_led_by
from qaf.tenants.models import Person, Unit
from qaf.ui import forms
from qaf.ui.fields import DateField


class MoveForm(forms.Form):
    """To which day, and why."""

    to = DateField(label="Which day should it be?")
    reason = forms.CharField(label="Why is it moved?", widget=forms.Textarea, max_length=500)

    govuk = {"reason": {"rows": 3, "hint": "Everybody of the council can read this."}}

    def __init__(self, *args: Any, occurrence: Occurrence, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"to": occurrence.due_on})
        super().__init__(*args, **kwargs)


class OpeningForm(forms.Form):
    """Whether months open by themselves."""

    automatic = forms.ChoiceField(
        label="How does a month begin?",
        choices=[
            (
                "yes",
                "By itself: on allocation day the sample is drawn, audits are allocated and everybody is told",
            ),
            ("no", "By hand: the QA lead is reminded on allocation day, prepares the month and opens it"),
        ],
        widget=forms.RadioSelect,
    )


class FeedForm(forms.Form):
    """Whose dates a link shows."""

    whose = forms.ChoiceField(label="Whose dates?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {f"unit-{unit.pk}": unit for unit in units_led_by(person)}
        mine = [("mine", "What I have to do, and the council’s dates")]
        self.fields["whose"].choices = mine + [  # type: ignore[attr-defined]
            (key, f"What {unit.name} has to do, person by person") for key, unit in self.units.items()
        ]
        if not self.is_bound:
            self.initial["whose"] = "mine"

    def unit(self) -> Unit | None:
        """Return the chosen unit; ``None`` for the person's own dates."""
        return self.units.get(self.cleaned_data["whose"])
