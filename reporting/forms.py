"""What a reader chooses, and what a person writes beside the figures."""

from typing import Any

from qaf.lib import calendar, clock
from qaf.ui import forms
from reporting.enums import Commentary, ReportKind
from reporting.selectors.examples import Example
from reporting.selectors.reach import Reach
from reporting.services import periods
from reporting.services.figures.themes import CODES, TAGS
from reporting.services.periods import Period

SPANS = (("m12", "Last 12 months"), ("m6", "Last 6 months"), ("m3", "Last 3 months"), ("m1", "This month"))


class PlaceForm(forms.Form):
    """Which service, which team, which months. Stands in the address; what is unknown is as if not chosen."""

    service = forms.ChoiceField(label="Service", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    period = forms.ChoiceField(label="Months", required=False)

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services, teams = reach.units()
        every = "All that I answer for" if not reach.whole else "All"
        self.names = {("service", one.pk): one.name for one in services} | {
            ("team", one.pk): one.name for one in teams
        }
        self._choices("service", [("", every), *((str(one.pk), one.name) for one in services)])
        self._choices("team", [("", every), *((str(one.pk), one.name) for one in teams)])
        quarters = periods.choices(ReportKind.QUARTERLY, clock.today())
        self._choices("period", [("", SPANS[0][1]), *SPANS[1:], *quarters])
        if len(services) < 2:
            del self.fields["service"]
        if len(teams) < 2:
            del self.fields["team"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]

    def chosen(self, name: str) -> int | None:
        """Return the chosen unit's number."""
        value = self.cleaned_data.get(name) if self.is_valid() else ""
        return int(value) if value else None

    @property
    def months(self) -> Period:
        """Return the chosen months."""
        value = (self.cleaned_data.get("period") if self.is_valid() else "") or SPANS[0][0]
        if value.startswith("m"):
            return periods.last_months(int(value[1:]), clock.today())
        return periods.parse(ReportKind.QUARTERLY, value)

    @property
    def place(self) -> str:
        """Return the chosen place in words, empty for all."""
        for name in ("team", "service"):
            if pk := self.chosen(name):
                return self.names[name, pk]
        return ""


class IssueForm(PlaceForm):
    """A place and months, and what findings are looked at for (HER-55)."""

    issue = forms.ChoiceField(label="Issue", required=False)

    def __init__(
        self, *args: Any, issues: list[tuple[str, str]], codes: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        tagged = [(f"{TAGS}:{key}", label) for key, label in issues]
        coded = [(f"{CODES}:{key}", label) for key, label in codes]
        self._choices(
            "issue", [("", "All"), *tagged, *((key, f"Feeds into: {label}") for key, label in coded)]
        )
        self.order_fields(["issue", "service", "team", "period"])

    @property
    def mark(self) -> tuple[str, str] | None:
        """Return kind and key of the chosen issue."""
        value = self.cleaned_data.get("issue") if self.is_valid() else ""
        kind, _, key = (value or "").partition(":")
        return (kind, key) if key else None


class AuditsForm(PlaceForm):
    """A place and months, where the audits stand, and with which grade."""

    state = forms.ChoiceField(
        label="Where they stand",
        required=False,
        choices=[
            ("", "All"),
            ("running", "Not submitted"),
            ("overdue", "Overdue"),
            ("moderation", "In moderation"),
            ("final", "Final"),
        ],
    )
    grade = forms.ChoiceField(label="Final overall grade", required=False)

    def __init__(self, *args: Any, grades: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("grade", [("", "Any"), *grades])
        self.order_fields(["state", "grade", "service", "team", "period"])


class NewReportForm(forms.Form):
    """Which report for which months."""

    report = forms.ChoiceField(label="Which report do you want to make?", widget=forms.RadioSelect)

    govuk = {"report": {"page_heading": True, "label_size": "l"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        this = calendar.quarter_label(*calendar.quarter_of(today))
        options = []
        for kind in (ReportKind.QUARTERLY, ReportKind.MONTHLY):
            for label, title in periods.choices(kind, today)[:4]:
                running = label in (this, f"{today:%Y-%m}")
                options.append(
                    (f"{kind}:{label}", f"{kind.label}: {title}{' (still running)' if running else ''}")
                )
        self.fields["report"].choices = options  # type: ignore[attr-defined]

    @property
    def wanted(self) -> tuple[str, str]:
        """Return kind and period."""
        kind, _, label = self.cleaned_data["report"].partition(":")
        return kind, label


class CommentaryForm(forms.Form):
    """What the QA lead writes beside the figures, and which words from audits may be printed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    chosen = forms.MultipleChoiceField(
        label="Words from audits to print", required=False, widget=forms.CheckboxSelectMultiple
    )

    govuk = {
        "chosen": {
            "small": True,
            "hint": "Nothing is printed that is not ticked. Tick only what tells nobody who the child, the family or "
            "the worker is.",
        }
    }

    def __init__(self, *args: Any, examples: list[Example], titles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in Commentary:
            self.fields[key.value] = forms.CharField(
                label=key.label, required=False, widget=forms.Textarea, max_length=6000
            )
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (one.key, f"{titles[one.kind]}: {one.text} ({one.about}; {one.reference})") for one in examples
        ]
        self.order_fields([*Commentary.values, "chosen", "version"])
        if not examples:
            del self.fields["chosen"]

    def written(self) -> dict[str, str]:
        """Return the commentary by its keys."""
        return {key: self.cleaned_data.get(key, "") for key in Commentary.values}
