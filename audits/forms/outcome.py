"""Forms of the outcome: corrections of fact, and what a re-audit concludes."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.frameworks.vocabulary.effects import Question
from qaf.ui import forms
from qaf.ui.fields import YesNoField


class CorrectionForm(forms.Form):
    """A matter of fact that is not right."""

    where = forms.ChoiceField(label="What is it about?", required=False)
    text = forms.CharField(label="What is not right, and what is?", widget=forms.Textarea, max_length=4000)
    govuk = {
        "text": {"rows": 4, "hint": "A date, a name, a visit that was recorded. Not whether a grade is fair."}
    }

    def __init__(self, data: Mapping[str, Any] | None = None, *, domains: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["where"].choices = [("", "The audit as a whole"), *domains.items()]  # type: ignore[attr-defined]


class AnswerCorrectionForm(forms.Form):
    """Whether it was put right, and what was done."""

    accepted = YesNoField(label="Was it put right?", yes="Yes, it is put right", no="No, nothing is changed")
    answer = forms.CharField(label="What do you answer?", widget=forms.Textarea, max_length=4000)
    govuk = {"answer": {"rows": 3}}


class ConclusionForm(forms.Form):
    """The questions that a re-audit answers."""

    comment = forms.CharField(label="Anything else", widget=forms.Textarea, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, questions: Iterable[Question], **kwargs: Any
    ) -> None:
        self.govuk: dict[str, dict[str, Any]] = {"comment": {"rows": 4}}  # type: ignore[misc]
        self.questions = list(questions)
        super().__init__(data, **kwargs)
        for question in self.questions:
            why = f"{question.key}_comment"
            self.fields[question.key] = YesNoField(
                label=question.text, error_messages={"required": f"Answer the question “{question.text}”"}
            )
            self.fields[why] = forms.CharField(
                label="What is still to be done?", widget=forms.Textarea, required=False
            )
            self.govuk[question.key] = {"conditional": {"no": why}}
            self.govuk[why] = {"rows": 3}
        self.order_fields(
            [*(name for one in self.questions for name in (one.key, f"{one.key}_comment")), "comment"]
        )

    def answers(self) -> dict[str, tuple[bool | None, str]]:
        """Return the answer and its comment by question."""
        data = self.cleaned_data
        return {one.key: (data.get(one.key), data.get(f"{one.key}_comment", "")) for one in self.questions}
