"""When somebody wants e-mail."""

from datetime import time
from typing import Any

from qaf.notices.enums import Rhythm
from qaf.notices.models import Preference
from qaf.ui import forms
from qaf.ui.fields import YesNoField


def _hour(hour: int) -> tuple[str, str]:
    half = "am" if hour < 12 else "pm"
    return f"{hour:02d}:00", "midday" if hour == 12 else f"{(hour - 1) % 12 + 1}{half}"


EVENINGS = [_hour(hour) for hour in range(12, 24)]
MORNINGS = [_hour(hour) for hour in range(5, 12)]


def _time(value: str) -> time:
    return time.fromisoformat(value)


class PreferenceForm(forms.Form):
    """How often, and when not."""

    rhythm = forms.ChoiceField(
        label="How often do you want e-mail?", choices=Rhythm.choices, widget=forms.RadioSelect
    )
    quiet_from = forms.TypedChoiceField(label="No e-mail after", choices=EVENINGS, coerce=_time)
    quiet_until = forms.TypedChoiceField(label="No e-mail before", choices=MORNINGS, coerce=_time)
    quiet_days_off = YesNoField(label="Do you want e-mail on weekends and bank holidays?")
    govuk = {
        "rhythm": {
            "item_hints": {
                Rhythm.AT_ONCE: "What comes at the same moment is one message.",
                Rhythm.DAILY: "One message, at 8am.",
                Rhythm.WEEKLY: "One message, at 8am on Monday.",
            }
        },
        "quiet_days_off": {"inline": True},
    }

    def __init__(self, *args: Any, preference: Preference, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "rhythm": preference.rhythm,
            "quiet_from": f"{preference.quiet_from:%H:%M}",
            "quiet_until": f"{preference.quiet_until:%H:%M}",
            "quiet_days_off": "no" if preference.quiet_days_off else "yes",
        }
        super().__init__(*args, **kwargs)

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen, as the rules take it."""
        data = dict(self.cleaned_data)
        data["quiet_days_off"] = not data["quiet_days_off"]
        return data
