"""Consent, as the worker records it, and contact, as the auditor does."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.enums import Consent, Worry
from audits.forms.conversations import MODES
from audits.frameworks.schema import Framework
from audits.models import FamilyConsent, FamilyContact
from audits.selectors.family import CONSENT_FIELDS, Relative, no_contact_reasons, questions_of
from audits.services.family import ASKED_OTHERWISE, Concern
from qaf.ui import forms

OTHER = "other_"
ANSWER = "answer_"
OTHERWISE = ANSWER + ASKED_OTHERWISE
NO_WORRY = "none"
# Kept whatever the framework asks: nobody should call without knowing these.
ALWAYS = ("safe_contact", "communication_needs")
WORDING = {
    "safe_number": ("Safe telephone number", "A number on which nobody else will answer or see the call."),
    "safe_time": ("Safe times to call", "For example, weekdays between 10am and 2pm."),
    "must_not_know": ("Who must not know of the call", "Relationship only, such as former partner."),
    "police_or_court": ("Police or court activity that the call could affect", ""),
    "parental_responsibility": ("Who holds parental responsibility", "Relationship only."),
    "adoption_or_bereavement": ("A recent adoption or bereavement", ""),
    "communication_needs": (
        "Communication needs",
        "Language, interpreter, hearing, or anything that helps them talk.",
    ),
}
SHORT = ("safe_number", "safe_time")


class SafetyForm(forms.Form):
    """What makes a call safe, and how the family prefers to talk; the framework may ask for more."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, relative: Relative, framework: Framework
    ) -> None:
        feedback = framework.process.family_feedback
        asks = feedback.consent.asks if feedback else ()
        super().__init__(data, initial=_consent_initial(relative.consent))
        self.govuk: dict[str, dict[str, Any]] = {}  # type: ignore[misc]
        self.safety_names: list[str] = []
        labels = {one.key: one.label for one in asks}
        for key in dict.fromkeys([*labels, *ALWAYS]):
            for column in CONSENT_FIELDS.get(key, ()):
                self._add(column, *WORDING[column])
            if key not in CONSENT_FIELDS:
                self._add(OTHER + key, labels[key], "")

    def _add(self, name: str, label: str, hint: str) -> None:
        short = name in SHORT
        self.fields[name] = forms.CharField(
            label=label,
            help_text=hint,
            required=False,
            max_length=60 if name == "safe_number" else 120 if short else 2000,
            widget=forms.TextInput if short else forms.Textarea,
        )
        self.govuk[name] = {"width": 20, "autocomplete": "off"} if short else {"rows": 2}
        self.safety_names.append(name)

    def safety(self) -> dict[str, str]:
        """Return the answers that have a column, by its name."""
        return {
            name: self.cleaned_data.get(name, "") for name in self.safety_names if not name.startswith(OTHER)
        }

    def other(self) -> dict[str, str]:
        """Return the answers that only this framework asks for, by key."""
        return {
            name.removeprefix(OTHER): self.cleaned_data.get(name, "")
            for name in self.safety_names
            if name.startswith(OTHER)
        }


class PreferenceForm(SafetyForm):
    """How the family prefers to be reached, where nobody asks for consent beforehand."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, relative: Relative, framework: Framework
    ) -> None:
        super().__init__(data, relative=relative, framework=framework)
        needs = self.fields["communication_needs"]
        needs.label = "How do they prefer to communicate?"
        needs.help_text = "The language, the way of talking, and any help they need, such as an interpreter."
        self.order_fields(["communication_needs", *self.safety_names])


class ConsentForm(SafetyForm):
    """What the family answered and, where they agreed, what makes a call safe."""

    consent = forms.ChoiceField(label="What did they answer?", widget=forms.RadioSelect)
    asked_on = forms.DateField(
        label="When did you ask?", noun="the date you asked", past=True, required=False
    )
    not_asked_reason = forms.CharField(
        label="Why were they not asked?", widget=forms.Textarea, required=False, max_length=2000
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, relative: Relative, framework: Framework
    ) -> None:
        super().__init__(data, relative=relative, framework=framework)
        self.fields["consent"].choices = [  # type: ignore[attr-defined]
            (Consent.YES, "They agree to be contacted"),
            (Consent.NO, "They do not agree"),
            (Consent.NOT_ASKED, "I could not or should not ask"),
        ]
        conditional = {Consent.NOT_ASKED: ["not_asked_reason"], Consent.YES: self.safety_names}
        self.govuk["consent"] = {"label_size": "m", "conditional": conditional}
        self.govuk["not_asked_reason"] = {"rows": 3}


def _consent_initial(record: FamilyConsent | None) -> dict[str, Any]:
    if record is None:
        return {}
    columns = [column for group in CONSENT_FIELDS.values() for column in group]
    return {
        "consent": record.consent,
        "asked_on": record.asked_on,
        "not_asked_reason": record.not_asked_reason,
        **{column: getattr(record, column) for column in columns},
        **{OTHER + key: value for key, value in record.other.items()},
    }


class ContactForm(forms.Form):
    """Who was spoken to and what they said, or the one reason why nobody was."""

    spoken = forms.YesNoField(label="Did you speak to them?")
    who = forms.CharField(
        label="Who did you speak to?",
        required=False,
        max_length=80,
        help_text="Relationship only, such as mother. No name.",
    )
    spoken_on = forms.DateField(
        label="When did you speak?", noun="the date you spoke", past=True, required=False
    )
    mode = forms.ChoiceField(
        label="How did you talk?", choices=MODES, widget=forms.RadioSelect, required=False
    )
    words = forms.CharField(
        label="What they said",
        widget=forms.Textarea,
        required=False,
        max_length=20_000,
        help_text="In their own words where you can.",
    )
    help_used = forms.CharField(
        label="What help with language or communication was used?",
        required=False,
        max_length=500,
        help_text="Such as an interpreter by telephone. Say “none needed” where they needed nothing.",
    )
    worry = forms.ChoiceField(
        label="Did they name a concern?",
        choices=[
            (NO_WORRY, "No"),
            (Worry.AT_ONCE, "Yes, and it cannot wait: I raise it now"),
            (Worry.AFTER, "Yes, and it becomes an action of the audit"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    worry_text = forms.CharField(
        label="What is their concern?", widget=forms.Textarea, required=False, max_length=5000
    )
    no_contact_reason = forms.ChoiceField(label="Why not?", widget=forms.RadioSelect, required=False)
    no_contact_text = forms.CharField(
        label="Anything to add", widget=forms.Textarea, required=False, max_length=2000
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        relative: Relative,
        framework: Framework,
        contact: FamilyContact | None = None,
    ) -> None:
        super().__init__(data, initial=_contact_initial(relative, contact))
        self.govuk: dict[str, dict[str, Any]] = {  # type: ignore[misc]
            "spoken": {"label_size": "m", "inline": False},
            "who": {"width": 20},
            "mode": {"inline": True},
            "words": {"rows": 6},
            "worry_text": {"rows": 3},
            "no_contact_text": {"rows": 3},
        }
        self.fields["no_contact_reason"].choices = [  # type: ignore[attr-defined]
            *no_contact_reasons(framework).items()
        ]
        questions = self._ask(questions_of(framework))
        self.spoken_fields = ["who", "spoken_on", "mode", "help_used", *questions, "words"]
        feedback = framework.process.family_feedback
        if feedback and feedback.concern_raised_at_once:
            self.spoken_fields += ["worry", "worry_text"]
        else:
            del self.fields["worry"], self.fields["worry_text"]
        self.order_fields(["spoken", *self.spoken_fields])
        if not relative.may_be_contacted:
            for name in ("spoken", *self.spoken_fields):
                del self.fields[name]
            return
        reason_fields = ["no_contact_reason", "no_contact_text"]
        self.govuk["spoken"]["conditional"] = {"yes": self.spoken_fields, "no": reason_fields}

    def _ask(self, wanted: Iterable[str]) -> list[str]:
        """Add a box for each of the framework's questions, and one for what was asked otherwise; return their names."""
        questions = []
        for number, question in enumerate(wanted, 1):
            name = f"{ANSWER}{number}"
            self.fields[name] = forms.CharField(
                label=question, widget=forms.Textarea, required=False, max_length=10_000
            )
            self.govuk[name] = {"rows": 2}
            questions.append(name)
        if questions:
            self.fields[OTHERWISE] = forms.CharField(
                label="What you asked in other words, or beside these questions",
                widget=forms.Textarea,
                required=False,
                max_length=10_000,
                help_text="The questions are a guide: put them as they suit this child and family.",
            )
            self.govuk[OTHERWISE] = {"rows": 2}
            questions.append(OTHERWISE)
        return questions

    @property
    def was_spoken(self) -> bool:
        """Whether somebody was spoken to."""
        return self.cleaned_data.get("spoken") is True

    def clean(self) -> dict[str, Any]:
        """Ask for who and when, or for the reason."""
        data = super().clean() or {}
        if data.get("spoken") is True:
            if not data.get("who"):
                self.add_error("who", "Enter who you spoke to, such as mother")
            if not data.get("spoken_on") and "spoken_on" not in self.errors:
                self.add_error("spoken_on", "Enter the date you spoke")
            if not data.get("words") and not self.answers():
                self.add_error("words", "Enter what they said")
        elif ("spoken" not in self.fields or data.get("spoken") is False) and not data.get(
            "no_contact_reason"
        ):
            self.add_error("no_contact_reason", "Select why they were not spoken to")
        return data

    def concern(self) -> Concern:
        """Return the concern they named, if they did."""
        when = self.cleaned_data.get("worry") or NO_WORRY
        text = self.cleaned_data.get("worry_text", "")
        return Concern("" if when == NO_WORRY else when, text)

    def answers(self) -> dict[str, str]:
        """Return the answers by the number of the framework's question."""
        return {
            name.removeprefix(ANSWER): value
            for name, value in self.cleaned_data.items()
            if name.startswith(ANSWER) and value
        }


def _contact_initial(relative: Relative, contact: FamilyContact | None) -> dict[str, Any]:
    if contact is None:
        # A child, a care leaver: there is only one they could be.
        return {"worry": NO_WORRY, **({} if relative.target.each else {"who": relative.label})}
    return {
        "help_used": contact.help_used,
        "worry": contact.worry or NO_WORRY,
        "worry_text": contact.worry_text,
        "spoken": contact.spoken_on is not None,
        "who": contact.who,
        "spoken_on": contact.spoken_on,
        "mode": contact.mode,
        "words": contact.words,
        "no_contact_reason": contact.no_contact_reason,
        "no_contact_text": contact.no_contact_text,
        **{f"{ANSWER}{key}": text for key, text in contact.answers.items()},
    }
