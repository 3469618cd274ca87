"""What is recorded of learning: coded findings, chosen cases, sessions, the plan."""

from collections.abc import Iterable
from typing import Any

from audits.frameworks.schema.governance import ReportSection
from audits.models import Audit
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.ui import forms
from qaf.ui.fields import DateField
from reporting.enums import IdeaKind, Mark
from reporting.models import Session


class FindingForm(forms.Form):
    """What is heard in one text."""

    mark = forms.ChoiceField(label="What does it tell?", choices=Mark.choices, widget=forms.RadioSelect)
    themes = forms.MultipleChoiceField(
        label="What is it about?", required=False, widget=forms.CheckboxSelectMultiple
    )

    govuk = {"themes": {"small": True}}

    def __init__(self, *args: Any, themes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["themes"].choices = list(themes.items())  # type: ignore[attr-defined]
        if not themes:
            del self.fields["themes"]


class ChooseCaseForm(forms.Form):
    """Which audit goes before the senior leaders, and why."""

    audit = forms.ChoiceField(label="Audit")
    reason = forms.CharField(label="Why this audit?", widget=forms.Textarea, max_length=2000)

    govuk = {"reason": {"rows": 3}}

    def __init__(self, *args: Any, audits: Iterable[Audit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audit"].choices = [  # type: ignore[attr-defined]
            ("", "Choose an audit"),
            *((str(one.pk), f"{one.reference}, {one.service or 'no service known'}") for one in audits),
        ]


class PaperForm(forms.Form):
    """What the paper says of one case: the sections are the framework's."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sections: Iterable[ReportSection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = []
        for one in sections:
            key = one.key or ""
            self.keys.append(key)
            self.fields[key] = forms.CharField(
                label=one.title if one.required else f"{one.title} (optional)",
                help_text=one.prompt or "",
                required=False,
                widget=forms.Textarea,
                max_length=6000,
            )

    @property
    def paper(self) -> dict[str, str]:
        """The texts by key of their section."""
        return {key: self.cleaned_data.get(key, "") for key in self.keys}


class CommentForm(forms.Form):
    """What a senior leader says to a case."""

    overview = forms.CharField(label="Your overview", widget=forms.Textarea, max_length=4000)
    comments = forms.CharField(
        label="Your comments (optional)", required=False, widget=forms.Textarea, max_length=4000
    )

    govuk = {"overview": {"hint": "What you see in this case, in your own words."}}


class SessionForm(forms.Form):
    """When and where a session is, and who is invited."""

    title = forms.CharField(label="What is it called?", max_length=200)
    held_on = DateField(label="On which day is it?")
    starts_at = forms.CharField(label="At what time? (optional)", required=False, max_length=10)
    place = forms.CharField(label="Where? (optional)", required=False, max_length=200)
    people = forms.MultipleChoiceField(label="Who is invited?", widget=forms.CheckboxSelectMultiple)

    govuk = {
        "people": {"small": True, "hint": "Everybody who had a part in these audits is ticked."},
        "starts_at": {"width": 10, "hint": "For example, 2pm."},
    }

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]


class RecordForm(forms.Form):
    """What came of a session."""

    came = forms.MultipleChoiceField(label="Who came?", required=False, widget=forms.CheckboxSelectMultiple)
    notes = forms.CharField(
        label="What was said (optional)", required=False, widget=forms.Textarea, max_length=8000
    )
    agreed = forms.CharField(
        label="What was agreed (optional)", required=False, widget=forms.Textarea, max_length=4000
    )

    govuk = {"came": {"small": True}}

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["came"].choices = [  # type: ignore[attr-defined]
            (str(one.person_id), one.person.name) for one in session.people.all()
        ]


class ImprovementForm(forms.Form):
    """An idea or feedback from a session."""

    kind = forms.ChoiceField(
        label="Is it an idea or feedback?", choices=IdeaKind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(label="In a few words", widget=forms.Textarea, max_length=2000)
    from_whom = forms.CharField(label="From whom? (optional)", required=False, max_length=200)

    govuk = {
        "kind": {"inline": True},
        "text": {"rows": 3},
        "from_whom": {"hint": "For example, practitioners of one team. Empty: from you."},
    }


class PlanForm(forms.Form):
    """An action of the organisation."""

    text = forms.CharField(label="What will be done?", widget=forms.Textarea, max_length=2000)
    intended_change = forms.CharField(
        label="What should be different for children?", widget=forms.Textarea, max_length=2000
    )
    owner = forms.ChoiceField(label="Who does it?")
    due_on = DateField(label="By when?")

    govuk = {"text": {"rows": 3}, "intended_change": {"rows": 3}}

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", "Choose somebody"),
            *((str(one.pk), one.name) for one in people),
        ]

    def clean_due_on(self) -> Any:
        """Refuse a day that has passed."""
        day = self.cleaned_data["due_on"]
        if day and day < clock.today():
            raise forms.ValidationError("The day must be today or in the future")
        return day
