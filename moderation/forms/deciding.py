"""Forms of moderation, built from the framework's grades."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.selectors.comparison import Row
from moderation.selectors import Candidate, field_name
from moderation.selectors.questions import Asked
from qaf.ui import forms
from qaf.ui.fields import DateField, YesNoField


class DecisionForm(forms.Form):
    """Everything a moderator decides. Nothing is required here: what is missing is said before submitting."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    conversation_needed = YesNoField(label="Was a conversation with both auditors needed?", required=False)
    conversation_on = DateField(
        label="When did you talk?", noun="the date of the talk", past=True, required=False
    )
    conversation_outcome = forms.CharField(
        label="What did it lead to?", widget=forms.Textarea, required=False
    )
    rationale = forms.CharField(
        label="Anything that explains the decision as a whole", widget=forms.Textarea, required=False
    )
    wider_finding = forms.CharField(
        label="A finding that reaches beyond this child", widget=forms.Textarea, required=False
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        rows: Iterable[Row],
        choices: Mapping[str, list[tuple[str, str]]],
        fields: Mapping[str, Any],
        version: int,
        questions: Iterable[Asked] = (),
        asks_talk: bool = True,
    ) -> None:
        self.govuk: dict[str, dict[str, Any]] = {  # type: ignore[misc]
            "conversation_needed": {"conditional": {"yes": ["conversation_on", "conversation_outcome"]}},
            "conversation_outcome": {"rows": 3},
            "rationale": {"rows": 4, "hint": "Leave empty where the reasons above say it all."},
            "wider_finding": {
                "rows": 3,
                "hint": "For those who look at practice and the organisation as a whole.",
            },
        }
        self.rows = list(rows)
        super().__init__(data, initial={**fields, "version": version})
        if not asks_talk:
            for name in ("conversation_needed", "conversation_on", "conversation_outcome"):
                del self.fields[name]
                self.govuk.pop(name, None)
        self.asks_talk = asks_talk
        self.questions = list(questions)
        for asked in self.questions:
            self._ask(asked)
        for row in self.rows:
            self._add(row, choices[row.domain])

    def _ask(self, asked: Asked) -> None:
        common: dict[str, Any] = {"label": asked.label, "required": False}
        field: forms.Field
        if asked.control == "date":
            field = DateField(noun="the date of the discussion", past=True, **common)
        elif asked.control == "minutes":
            field = forms.IntegerField(min_value=1, max_value=600, **common)
        elif asked.control == "people":
            field = forms.MultipleChoiceField(
                choices=asked.choices, widget=forms.CheckboxSelectMultiple, **common
            )
        elif asked.control == "choice":
            field = forms.ChoiceField(choices=asked.choices, widget=forms.RadioSelect, **common)
        else:
            field = forms.CharField(widget=forms.Textarea, max_length=10_000, **common)
        self.fields[asked.name] = field
        self.govuk[asked.name] = {"hint": asked.hint} if asked.hint else {}
        if asked.control == "text":
            self.govuk[asked.name]["rows"] = 3
        if asked.control == "minutes":
            self.govuk[asked.name]["width"] = 3
        name, value = asked.only_if
        if name:
            self.govuk[name]["conditional"] = {str(value): [asked.name]}

    def parts(self) -> list[tuple[str, Any]]:
        """Return the fields of the questions with the heading that comes before each, for the page."""
        return [(one.heading, self[one.name]) for one in self.questions if not one.only_if[0]]

    def _add(self, row: Row, choices: list[tuple[str, str]]) -> None:
        name = field_name(row.domain)
        grade, reason = f"grade_{name}", f"reason_{name}"
        label = "The overall grade" if row.overall else row.label
        self.fields[grade] = forms.ChoiceField(
            label=f"{label}: your grade", choices=choices, required=False, widget=forms.RadioSelect
        )
        self.fields[reason] = forms.CharField(
            label="Why?" if row.overall else f"Why, for {row.label}?", required=False, widget=forms.Textarea
        )
        self.govuk[grade] = {"small": True, "inline": True}
        self.govuk[reason] = {"rows": 3}
        if not row.overall and not row.differs:
            self.govuk[reason]["hint"] = "Needed where you change the grade."

    def grades(self) -> list[dict[str, Any]]:
        """Return each row with its two fields, for the page."""
        names = [(row, field_name(row.domain)) for row in self.rows]
        return [
            {"row": row, "grade": self[f"grade_{name}"], "reason": self[f"reason_{name}"]}
            for row, name in names
        ]

    def words(self) -> dict[str, Any]:
        """Return what was entered as it is kept: dates as ISO text, yes and no as words."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name == "version" or value in (None, "", []):
                continue
            if isinstance(value, bool):
                value = "yes" if value else "no"
            found[name] = value.isoformat() if hasattr(value, "isoformat") else value
        return found


class AllocateForm(forms.Form):
    """Who moderates."""

    moderator = forms.ChoiceField(label="Who should moderate this audit?", widget=forms.RadioSelect)

    def __init__(self, data: Mapping[str, Any] | None = None, *, candidates: Iterable[Candidate]) -> None:
        super().__init__(data)
        able = [one for one in candidates if one.may]
        self.people = {str(one.person.pk): one.person for one in able}
        self.fields["moderator"].choices = [(str(one.person.pk), one.person.name) for one in able]  # type: ignore[attr-defined]
        hints = {str(one.person.pk): self._hint(one) for one in able}
        self.govuk = {"moderator": {"item_hints": hints}}  # type: ignore[misc]

    @staticmethod
    def _hint(candidate: Candidate) -> str:
        load = f"{candidate.load or 'No other audit'} to moderate in this week"
        return f"Away today. {load}" if candidate.away else load


class LeaveOutForm(forms.Form):
    """Why an action is not taken forward."""

    reason = forms.CharField(label="Why is it not taken forward?", max_length=1000)


class AskForm(forms.Form):
    """Why an agreed outcome should be moderated."""

    reason = forms.CharField(label="Why should it be moderated?", widget=forms.Textarea)
    govuk = {"reason": {"rows": 3}}
