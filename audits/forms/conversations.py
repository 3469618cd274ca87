"""The forms of a conversation: the day booked, held or excused, and what somebody says in their own words."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from audits.enums import ConversationStatus
from audits.frameworks.schema import Conversation as Asked
from audits.models import Contribution, Conversation
from audits.services.conversations import AREAS, DEPARTURE, DOMAINS, STRENGTHS, Account
from qaf.tenants.models import Person
from qaf.ui import forms

MODES = [("in_person", "In person"), ("video", "Video call"), ("telephone", "Telephone")]
ANSWER = "answer_"
LEARNING = "learning_"


def _words(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, widget=forms.Textarea, required=False, max_length=10_000
    )


class BookingForm(forms.Form):
    """The day agreed with those who take part."""

    booked_for = forms.DateField(label="Which day have you agreed?", noun="the day")
    time = forms.CharField(label="Time", required=False, max_length=40)
    mode = forms.ChoiceField(
        label="How will you talk?", choices=MODES, widget=forms.RadioSelect, required=False
    )
    place = forms.CharField(label="Place", required=False, max_length=120)
    govuk = {
        "time": {"width": 10, "hint": "Such as 10am."},
        "mode": {"inline": True},
        "place": {"width": 20},
    }


class OwnWordsForm(forms.Form):
    """What somebody who took part thinks and takes from it."""

    view = _words("What you think of this work and of the audit")
    learning = _words("What you take from it")
    govuk = {
        "view": {"rows": 5, "hint": "It stands beside what the auditor wrote."},
        "learning": {"rows": 5},
    }

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        asks_view: bool,
        asks_learning: bool,
        written: Contribution | None,
    ) -> None:
        initial = {"view": written.view, "learning": written.learning} if written else {}
        super().__init__(data, initial=initial)
        if not asks_view:
            del self.fields["view"]
        if not asks_learning:
            del self.fields["learning"]


class ConversationForm(forms.Form):
    """Built from the framework's conversation: participants, prompts, agreement, reasons to be excused."""

    status = forms.ChoiceField(
        label="Was the conversation held?",
        choices=[("held", "Yes"), ("excused", "No, it could not be held")],
        widget=forms.RadioSelect,
    )
    booked_for = forms.DateField(
        label="For which day was it booked?", noun="the day it was booked for", required=False
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
    domains = forms.MultipleChoiceField(
        label="What did you talk about?", widget=forms.CheckboxSelectMultiple, required=False
    )
    strengths = _words("Strengths you talked about")
    areas = _words("Areas that need attention")
    departure = _words("Anything that was not as it should be, and why")
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
        domains: Mapping[str, str] | None = None,
        contributions: Iterable[Contribution] = (),
        viewer: Person | None = None,
        asks_booking: bool = False,
    ) -> None:
        """``people`` may have taken part; those ``expected`` are ticked until somebody says otherwise.

        ``viewer`` is whose own view is wanted. What somebody has written themselves is not asked again.
        """
        expected, written = list(expected), {one.person_id: one for one in contributions}
        ticked = {"participants": [str(one.pk) for one in expected]}
        super().__init__(data, initial={**ticked, **_initial(record)})
        self.asked = asked
        self.viewer = viewer
        self.govuk: dict[str, dict[str, Any]] = {  # type: ignore[misc]
            "minutes": {"width": 3, "suffix": "minutes", "hint": _minutes_hint(asked)},
            "notes": {"rows": 6},
            "excused_text": {"rows": 3},
            "participants": {"small": True},
            "domains": {"small": True},
            "mode": {"inline": True},
        }
        self.fields["participants"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]
        held = ["booked_for"] if asks_booking else []
        held += ["held_on", "mode", "minutes", "participants"]
        if asked.covers_all_domains and domains:
            self.fields["domains"].choices = list(domains.items())  # type: ignore[attr-defined]
            held.append("domains")
        held += self._add_prompts()
        if asked.strengths_and_areas:
            held += self._add_strengths_and_areas()
        if asked.asks_agreement_of:
            held += self._add_agreement(grade)
        held += self._add_own_words(expected, written)
        held.append("notes")
        if asked.mode or asked.minutes_at_least or asked.minutes_at_most or asked.covers_all_domains:
            held.append("departure")
            self.govuk["departure"] = {"rows": 3, "hint": _departure_hint(asked)}
        self._close_with(held)

    def _close_with(self, held: list[str]) -> None:
        """Ask first whether it was held, where it may be excused; drop what the framework does not ask for."""
        reason = []
        if self.asked.excused_reasons:
            reasons = [(one.key, one.label) for one in self.asked.excused_reasons]
            self.fields["excused_reason"].choices = reasons  # type: ignore[attr-defined]
            reason = ["excused_reason", "excused_text"]
        elif self.asked.precedes != "reveal":
            self.fields["excused_text"].label = "Why could it not be held?"
            reason = ["excused_text"]
        shown = ["status", *held, *reason] if reason else held
        if reason:
            self.govuk["status"] = {"label_size": "m", "conditional": {"held": held, "excused": reason}}
        for name in [name for name in self.fields if name not in shown]:
            del self.fields[name]
        self.order_fields(shown)
        self.held_fields = [name for name in held if name in self.fields]

    def _add_prompts(self) -> list[str]:
        asked = {str(number): text for number, text in enumerate(self.asked.prompts, 1)}
        asked |= {one.key: one.label for one in self.asked.questions}
        for key, text in asked.items():
            self.fields[f"{ANSWER}{key}"] = _words(text)
            self.govuk[f"{ANSWER}{key}"] = {"rows": 3}
        return [f"{ANSWER}{key}" for key in asked]

    def _add_strengths_and_areas(self) -> list[str]:
        self.govuk["strengths"] = {"rows": 4, "hint": "What both of you see as good practice."}
        self.govuk["areas"] = {"rows": 4, "hint": "What both of you see as needing attention."}
        return ["strengths", "areas"]

    def _add_agreement(self, grade: str) -> list[str]:
        about = "the strengths and areas written down here"
        if self.asked.agreement_about == "overall_grade":
            about = f"your overall grade{f' ({grade})' if grade else ''}"
        self.fields["worker_agrees"] = forms.YesNoField(
            label=f"Does the worker agree with {about}?", required=False, yes="Agrees", no="Does not agree"
        )
        on_grade = self.asked.agreement_about == "overall_grade"
        self.fields["worker_comment"] = _words(
            "What the worker says about the grade" if on_grade else "What the worker says to that"
        )
        self.govuk["worker_comment"] = {
            "rows": 4,
            "hint": "In their own words. Needed where they do not agree.",
        }
        return ["worker_agrees", "worker_comment"]

    def _add_own_words(self, expected: list[Person], written: Mapping[int, Contribution]) -> list[str]:
        names = []
        if self.viewer and not _wrote(written.get(self.viewer.pk), "view"):
            self.fields["view"] = _words(f"What {self.viewer.name} thinks of this work and of the audit")
            self.govuk["view"] = {"rows": 4, "hint": "In their own words. They can write it themselves too."}
            self.initial["view"] = _said(written.get(self.viewer.pk), "view")
            names.append("view")
        for one in expected if self.asked.learning_of_each else ():
            if not _wrote(written.get(one.pk), "learning"):
                name = f"{LEARNING}{one.pk}"
                self.fields[name] = _words(f"What {one.name} takes from it")
                self.govuk[name] = {"rows": 2}
                self.initial[name] = _said(written.get(one.pk), "learning")
                names.append(name)
        return names

    @property
    def was_held(self) -> bool:
        """Whether the conversation took place; always, where there is no reason to be excused."""
        return self.cleaned_data.get("status", ConversationStatus.HELD) == ConversationStatus.HELD

    def clean(self) -> dict[str, Any]:
        """Ask for what a held conversation needs, or for the reason."""
        data = super().clean() or {}
        if data.get("status") == ConversationStatus.EXCUSED:
            if "excused_reason" in self.fields and not data.get("excused_reason"):
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
        """Return the answers by the number of the framework's prompt, or the key of its question."""
        return {
            name.removeprefix(ANSWER): value
            for name, value in self.cleaned_data.items()
            if name.startswith(ANSWER) and value
        }

    def account(self) -> Account:
        """Return what else the framework asks for."""
        data = self.cleaned_data
        booked: date | None = data.get("booked_for")
        return Account(
            strengths=data.get("strengths", ""),
            areas=data.get("areas", ""),
            domains=data["domains"] if "domains" in self.fields else None,
            departure=data.get("departure", ""),
            booked_for=booked,
            view=data.get("view", ""),
            learning={
                int(name.removeprefix(LEARNING)): value
                for name, value in data.items()
                if name.startswith(LEARNING)
            },
        )


def _wrote(written: Contribution | None, name: str) -> bool:
    return bool(written and written.written_by_id == written.person_id and getattr(written, name))


def _said(written: Contribution | None, name: str) -> str:
    return str(getattr(written, name)) if written else ""


def _minutes_hint(asked: Asked) -> str:
    if asked.minutes_at_least:
        return f"Set aside at least {asked.minutes_at_least} minutes."
    return f"It takes at most {asked.minutes_at_most} minutes." if asked.minutes_at_most else ""


def _departure_hint(asked: Asked) -> str:
    parts = []
    if asked.mode:
        parts.append("it was held in another way")
    if asked.minutes_at_least or asked.minutes_at_most:
        parts.append("it was shorter or longer")
    if asked.covers_all_domains:
        parts.append("you left a part out")
    return f"Needed where {' or '.join(parts)}."


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
        **{name: record.answers.get(name, "") for name in (STRENGTHS, AREAS, DEPARTURE)},
        DOMAINS: record.answers.get(DOMAINS, []),
        **{f"{ANSWER}{key}": text for key, text in record.answers.items()},
    }
