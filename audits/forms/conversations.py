"""The form of a conversation: held, or excused where the framework allows it."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.enums import ConversationStatus
from audits.frameworks.schema import Conversation as Asked
from audits.models import Conversation
from qaf.tenants.models import Person
from qaf.ui import forms

MODES = [("in_person", "In person"), ("video", "Video call"), ("telephone", "Telephone")]
ANSWER = "answer_"


class ConversationForm(forms.Form):
    """Built from the framework's conversation: participants, prompts, agreement, reasons to be excused."""

    status = forms.ChoiceField(
        label="Was the conversation held?",
        choices=[("held", "Yes"), ("excused", "No, it could not be held")],
        widget=forms.RadioSelect,
    )
    held_on = forms.DateField(
        label="When was it held?", noun="the date of the conversation", past=True, required=False
    )
    mode = forms.ChoiceField(
        label="How did you talk?", choices=MODES, widget=forms.RadioSelect, required=False
    )
    minutes = forms.IntegerField(label="How long did it take?", required=False, min_value=1, max_value=600)
    participants = forms.MultipleChoiceField(
        label="Who took part?", widget=forms.CheckboxSelectMultiple, required=False
    )
    notes = forms.CharField(
        label="What came out of it", widget=forms.Textarea, required=False, max_length=20_000
    )
    excused_reason = forms.ChoiceField(
        label="Why could it not be held?", widget=forms.RadioSelect, required=False
    )
    excused_text = forms.CharField(
        label="Anything to add", widget=forms.Textarea, required=False, max_length=2000
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        asked: Asked,
        people: Iterable[Person],
        expected: Iterable[Person],
        record: Conversation | None,
        grade: str = "",
    ) -> None:
        """``people`` may have taken part; those ``expected`` are ticked until somebody says otherwise."""
        ticked = {"participants": [str(one.pk) for one in expected]}
        super().__init__(data, initial={**ticked, **_initial(record)})
        self.asked = asked
        self.govuk: dict[str, dict[str, Any]] = {  # type: ignore[misc]
            "minutes": {"width": 3, "suffix": "minutes"},
            "notes": {"rows": 6},
            "excused_text": {"rows": 3},
            "participants": {"small": True},
            "mode": {"inline": True},
        }
        self.fields["participants"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]
        held = ["held_on", "mode", "minutes", "participants", *self._add_prompts()]
        if asked.asks_agreement_of:
            held += self._add_agreement(grade)
        held.append("notes")
        if asked.excused_reasons:
            reasons = [(one.key, one.label) for one in asked.excused_reasons]
            self.fields["excused_reason"].choices = reasons  # type: ignore[attr-defined]
            reason = ["excused_reason", "excused_text"]
            self.govuk["status"] = {"label_size": "m", "conditional": {"held": held, "excused": reason}}
        else:
            for name in ("status", "excused_reason", "excused_text"):
                del self.fields[name]
        shown = ["status", *held, "excused_reason", "excused_text"]
        self.order_fields([name for name in shown if name in self.fields])
        self.held_fields = [name for name in held if name in self.fields]

    def _add_prompts(self) -> list[str]:
        names = []
        for number, prompt in enumerate(self.asked.prompts, 1):
            name = f"{ANSWER}{number}"
            self.fields[name] = forms.CharField(
                label=prompt, widget=forms.Textarea, required=False, max_length=10_000
            )
            self.govuk[name] = {"rows": 3}
            names.append(name)
        return names

    def _add_agreement(self, grade: str) -> list[str]:
        label = f"Does the worker agree with your overall grade{f' ({grade})' if grade else ''}?"
        self.fields["worker_agrees"] = forms.YesNoField(
            label=label, required=False, yes="Agrees", no="Does not agree"
        )
        self.fields["worker_comment"] = forms.CharField(
            label="What the worker says about the grade",
            widget=forms.Textarea,
            required=False,
            max_length=10_000,
        )
        self.govuk["worker_comment"] = {
            "rows": 4,
            "hint": "In their own words. Needed where they do not agree.",
        }
        return ["worker_agrees", "worker_comment"]

    @property
    def was_held(self) -> bool:
        """Whether the conversation took place; always, where there is no reason to be excused."""
        return self.cleaned_data.get("status", ConversationStatus.HELD) == ConversationStatus.HELD

    def clean(self) -> dict[str, Any]:
        """Ask for what a held conversation needs, or for the reason."""
        data = super().clean() or {}
        if data.get("status") == ConversationStatus.EXCUSED:
            if not data.get("excused_reason"):
                self.add_error("excused_reason", "Select why it could not be held")
            return data
        if "status" in self.fields and not data.get("status"):
            return data
        if not data.get("held_on") and "held_on" not in self.errors:
            self.add_error("held_on", "Enter the date of the conversation")
        if not data.get("mode"):
            self.add_error("mode", "Select how you talked")
        return data

    def answers(self) -> dict[str, str]:
        """Return the answers by the number of the framework's prompt."""
        return {
            name.removeprefix(ANSWER): value
            for name, value in self.cleaned_data.items()
            if name.startswith(ANSWER) and value
        }


def _initial(record: Conversation | None) -> dict[str, Any]:
    if record is None:
        return {}
    return {
        "status": record.status,
        "held_on": record.held_on,
        "mode": record.mode,
        "minutes": record.minutes,
        "participants": [str(pk) for pk in record.participants],
        "notes": record.notes,
        "worker_agrees": record.worker_agrees,
        "worker_comment": record.worker_comment,
        "excused_reason": record.excused_reason,
        "excused_text": record.excused_text,
        **{f"{ANSWER}{key}": text for key, text in record.answers.items()},
    }
