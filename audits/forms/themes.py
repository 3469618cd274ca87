"""Forms of themes, programmes, questions on performance, chosen cases and cases put forward."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from audits.cases.enums import CaseStatus
from audits.cases.models import Case
from audits.enums import Origin, QuestionWants
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.sampling import ExtraCases
from audits.frameworks.schema.tools import Tool
from audits.models import PerformanceQuestion, Theme, ThemeCase, ThemedProgramme
from audits.services.sampling import Candidate
from audits.services.themes import ThemeContent, themes_of
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.ui import forms

_NUMBER = {"width": 3, "inputmode": "numeric"}


def _must(words: str) -> dict[str, str]:
    """Return what is said where a field is left empty."""
    return {"required": words}


class ThemeForm(forms.Form):
    """What a theme asks, why, whose records it looks at, and what auditors are told."""

    title = forms.CharField(label="Short name of the theme", max_length=120)
    question = forms.CharField(
        label="What should the audits find out?",
        widget=forms.Textarea,
        error_messages=_must("Enter what the audits should find out"),
    )
    reason = forms.ChoiceField(
        label="Why this theme?",
        widget=forms.RadioSelect,
        error_messages=_must("Select why this theme is chosen"),
    )
    triggered_by = forms.CharField(
        label="What gave rise to it?",
        widget=forms.Textarea,
        error_messages=_must("Enter what gave rise to it"),
    )
    triggered_link = forms.CharField(label="Where can that be read?", max_length=500, required=False)
    statuses = forms.MultipleChoiceField(
        label="Which children?",
        choices=CaseStatus.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    services = forms.MultipleChoiceField(
        label="Of which services?", widget=forms.CheckboxSelectMultiple, required=False
    )
    open_days_at_least = forms.IntegerField(
        label="Open for at least how many days?", min_value=0, required=False
    )
    open_days_at_most = forms.IntegerField(
        label="Open for at most how many days?", min_value=0, required=False
    )
    age_from = forms.IntegerField(label="From which age?", min_value=0, max_value=25, required=False)
    age_to = forms.IntegerField(label="Up to which age?", min_value=0, max_value=25, required=False)
    months_without_supervision = forms.IntegerField(
        label="Without supervision on record for how many months?", min_value=1, required=False
    )
    local_ids = forms.CharField(
        label="Only these children: their ids, one on a line", widget=forms.Textarea, required=False
    )
    ids_file = forms.FileField(label="Or a text file of ids", required=False)
    guidance = forms.CharField(label="Guidance for the auditors", widget=forms.Textarea, required=False)
    recipients = forms.MultipleChoiceField(
        label="Who hears what was found?", widget=forms.CheckboxSelectMultiple, required=False
    )

    govuk = {
        "question": {"rows": 3},
        "triggered_by": {"rows": 3, "hint": "The figure, the feedback, or the earlier work that is checked."},
        "triggered_link": {"hint": "An address, or the name of a report and its page."},
        "statuses": {"hint": "All of them, where none is selected."},
        "services": {"hint": "All that take part, where none is selected."},
        "open_days_at_least": _NUMBER,
        "open_days_at_most": _NUMBER,
        "age_from": _NUMBER,
        "age_to": _NUMBER,
        "months_without_supervision": _NUMBER
        | {"hint": "A child for whom the case list knows no supervision is not among them."},
        "local_ids": {
            "rows": 4,
            "spellcheck": False,
            "hint": "From the case system. Nobody else is drawn then.",
        },
        "guidance": {"rows": 4, "hint": "Stands beside each of these audits."},
    }

    def __init__(self, *args: Any, framework: Framework, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Iterable[tuple[str, str]]] = {
            "reason": [(one.key, one.label) for one in themes_of(framework).reasons],
            "services": [(one.key, one.name) for one in framework.audited_services],
            "recipients": [(one.key, one.label) for one in framework.roles if not one.external],
        }
        for name, found in choices.items():
            self.fields[name].choices = list(found)  # type: ignore[attr-defined]

    def clean_ids_file(self) -> list[str]:
        """Return the ids of the file, one on a line or between commas."""
        upload = self.cleaned_data.get("ids_file")
        if not upload:
            return []
        if upload.size > 200_000:
            raise forms.ValidationError("Choose a file with fewer ids: at most 200 KB of text.")
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("Choose a text file: this one cannot be read as text.") from None
        return _ids(text)

    def clean(self) -> dict[str, Any]:
        """Check that ranges run upwards."""
        values = super().clean() or {}
        for low, high in (("open_days_at_least", "open_days_at_most"), ("age_from", "age_to")):
            first, last = values.get(low), values.get(high)
            if first is not None and last is not None and first > last:
                self.add_error(high, "Enter a number that is not below the one before it.")
        return values

    @property
    def content(self) -> ThemeContent:
        """Return what was written, once it is valid."""
        names = {name for name in ThemeContent.__dataclass_fields__ if name != "local_ids"}
        values = {name: self.cleaned_data.get(name) for name in names}
        ids = [*_ids(self.cleaned_data.get("local_ids", "")), *self.cleaned_data.get("ids_file", [])]
        return ThemeContent(**values, local_ids=tuple(ids))  # type: ignore[arg-type]


def _ids(text: str) -> list[str]:
    return [one for one in re.split(r"[\s,;]+", text) if one]


def written(theme: Theme) -> dict[str, Any]:
    """Return a theme as the form's first values."""
    names = [name for name in ThemeContent.__dataclass_fields__ if name != "local_ids"]
    listed = ThemeCase.objects.filter(theme=theme).values_list("case__local_id", flat=True)
    return {name: getattr(theme, name) for name in names} | {"local_ids": "\n".join(listed)}


class ProgrammeForm(ThemeForm):
    """A theme with its dates, its number of records and its tool."""

    starts_on = forms.DateField(label="When do the audits begin?")
    ends_on = forms.DateField(label="When do they end?")
    size = forms.IntegerField(
        label="How many records?",
        min_value=1,
        max_value=200,
        error_messages=_must("Enter how many records"),
    )
    tool = forms.ChoiceField(
        label="With which tool?", widget=forms.RadioSelect, error_messages=_must("Select the tool")
    )

    govuk = ThemeForm.govuk | {"size": _NUMBER}

    def __init__(self, *args: Any, framework: Framework, **kwargs: Any) -> None:
        super().__init__(*args, framework=framework, **kwargs)
        self.fields["tool"].choices = [  # type: ignore[attr-defined]
            (one.key, one.name) for one in framework.tools_in_use
        ]


def first_values(framework: Framework, question: PerformanceQuestion | None) -> dict[str, Any]:
    """Return what a new programme begins with; a question on performance brings itself along."""
    today = clock.today()
    values: dict[str, Any] = {
        "starts_on": today,
        "ends_on": calendar.add_months(today, 3),
        "size": themes_of(framework).size,
        "tool": framework.main_tool.key,
    }
    if question is not None:
        values |= {
            "question": question.question,
            "reason": "performance",
            "triggered_by": f"{question.figure} (raised at {question.raised_at})",
        }
    return values


def programme_values(programme: ThemedProgramme) -> dict[str, Any]:
    """Return a programme as the form's first values."""
    names = ("starts_on", "ends_on", "size", "tool")
    return written(programme.theme) | {name: getattr(programme, name) for name in names}


class QuestionForm(forms.Form):
    """A question raised on performance, and what would answer it."""

    question = forms.CharField(
        label="What is the question?", widget=forms.Textarea, error_messages=_must("Enter the question")
    )
    figure = forms.CharField(
        label="Which figure gave rise to it?", widget=forms.Textarea, error_messages=_must("Enter the figure")
    )
    raised_at = forms.CharField(
        label="At which meeting was it raised?",
        max_length=200,
        error_messages=_must("Enter the meeting at which it was raised"),
    )
    raised_on = forms.DateField(label="When was it raised?")
    wants = forms.ChoiceField(
        label="What would answer it?",
        choices=QuestionWants.choices,
        widget=forms.RadioSelect,
        error_messages=_must("Select what would answer the question"),
    )
    answer_by = forms.DateField(label="By when is the answer needed?")

    govuk = {
        "question": {"rows": 3, "hint": "Do not name a child or family."},
        "figure": {"rows": 3},
    }


class AnswerForm(forms.Form):
    """The answer to a question on performance."""

    answer = forms.CharField(label="The answer", widget=forms.Textarea)
    govuk = {"answer": {"rows": 6}}


class ReasonForm(forms.Form):
    """Why something is not taken up or dropped."""

    reason = forms.CharField(label="Why?", widget=forms.Textarea, error_messages=_must("Enter why"))
    govuk = {"reason": {"rows": 3}}


def _case_choices(cases: Iterable[Candidate], names: dict[int, str]) -> list[tuple[str, str]]:
    labels = dict(CaseStatus.choices)
    return [
        (
            one.local_id,
            " · ".join(
                filter(
                    None,
                    (one.local_id, str(labels.get(one.status, "")), one.team, names.get(one.worker or 0, "")),
                )
            ),
        )
        for one in cases
    ]


class CaseForm(forms.Form):
    """One of the cases that may be chosen."""

    case = forms.ChoiceField(label="Which case instead?", error_messages=_must("Select a case"))

    def __init__(self, *args: Any, cases: Sequence[Candidate], names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = [("", "Choose a case"), *_case_choices(cases, names)]  # type: ignore[attr-defined]

    def clean_case(self) -> Case:
        """Return the case."""
        return Case.objects.get(local_id=self.cleaned_data["case"])


class ExchangeForm(CaseForm):
    """Another case in the place of the one that chance proposed, and why."""

    reason = forms.CharField(
        label="Why this case?",
        widget=forms.Textarea,
        error_messages=_must("Enter why this case takes its place"),
    )
    govuk = {"reason": {"rows": 3, "hint": "Kept with the list. Do not name the child or family."}}


class ChooseForm(CaseForm):
    """The case an auditor chooses, with one of the framework's reasons."""

    reason = forms.ChoiceField(
        label="Why do you choose it?",
        widget=forms.RadioSelect,
        error_messages=_must("Select why you choose this case"),
    )
    words = forms.CharField(label="Anything to add", widget=forms.Textarea, required=False)
    govuk = {"words": {"rows": 3, "hint": "Do not name the child or family."}}

    def __init__(self, *args: Any, reasons: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].label = "Which case will you audit?"
        self.fields["reason"].choices = [(one, one) for one in reasons]  # type: ignore[attr-defined]


class ExtraForm(forms.Form):
    """A case to audit beside the draw."""

    local_id = forms.CharField(label="The child’s id in the case system", max_length=60)
    origin = forms.ChoiceField(
        label="What do you ask for?",
        widget=forms.RadioSelect,
        error_messages=_must("Select what you ask for"),
    )
    tool = forms.ChoiceField(
        label="With which tool?", widget=forms.RadioSelect, error_messages=_must("Select the tool")
    )
    reason = forms.CharField(
        label="Why should this case be audited?",
        widget=forms.Textarea,
        error_messages=_must("Enter why this case should be audited"),
    )

    govuk = {"local_id": {"width": 10, "spellcheck": False}, "reason": {"rows": 3}}

    def __init__(
        self, *args: Any, extras: Iterable[ExtraCases], tools: Iterable[Tool], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Origin.choices)
        self.fields["origin"].choices = [(str(one.origin), labels[str(one.origin)]) for one in extras]  # type: ignore[attr-defined]
        self.fields["tool"].choices = [(one.key, one.name) for one in tools]  # type: ignore[attr-defined]

    def clean_local_id(self) -> Case:
        """Return the open case with this id."""
        case = Case.objects.filter(local_id=self.cleaned_data["local_id"].strip(), closed_on=None).first()
        if case is None:
            raise forms.ValidationError("There is no open case with this id. Check the id.")
        return case


class ExperienceForm(forms.Form):
    """How many audits somebody had completed before."""

    audits_before = forms.IntegerField(label="Audits completed before", min_value=0, max_value=500)
    govuk = {"audits_before": _NUMBER}


class MembersForm(forms.Form):
    """Who audits together with the auditor."""

    people = forms.MultipleChoiceField(
        label="Who audits together with you?", widget=forms.CheckboxSelectMultiple, required=False
    )
    govuk = {"people": {"small": True, "hint": "They can open the audit. The grades stay one set."}}

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]
