"""What a reader chooses, and what a person writes beside the figures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from audits.frameworks.schema import Framework
from qaf.lib import calendar, clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.ui import forms
from reporting import periods
from reporting.enums import Commentary, ReportKind
from reporting.periods import Period
from reporting.selectors.definitions import (
    MAKE,
    Definition,
    definition,
    definitions,
    every_scope,
    makes,
    name_of,
    own_scopes,
)
from reporting.selectors.examples import Example
from reporting.selectors.reach import Reach
from reporting.services.figures.themes import CODES, TAGS

WITH_COMMENTARY = (ReportKind.MONTHLY, ReportKind.QUARTERLY, ReportKind.SNAPSHOT)
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


class CriteriaForm(PlaceForm):
    """A place and months, the version of the tool whose statements are counted, and which audits."""

    asked = forms.ChoiceField(label="Tool", required=False)
    origin = forms.ChoiceField(
        label="Audits",
        required=False,
        choices=[("", "Drawn at random"), ("all", "All, however chosen")],
    )

    def __init__(self, *args: Any, tools: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("asked", [("", tools[0][1] if tools else "None"), *tools[1:]])
        if len(tools) < 2:
            del self.fields["asked"]
        self.order_fields(["asked", "service", "team", "period", "origin"])

    @property
    def tool(self) -> str:
        """Return the chosen tool version, empty for the newest."""
        return str(self.cleaned_data.get("asked") or "") if self.is_valid() else ""

    @property
    def every_origin(self) -> bool:
        """Whether audits count however they were chosen."""
        return self.is_valid() and self.cleaned_data.get("origin") == "all"


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


@dataclass
class ReportGroup:
    """The reports about one thing, such as the whole council: those of now, and those of earlier months."""

    title: str
    recent: list[tuple[str, str]] = field(default_factory=list)
    earlier: list[tuple[str, str]] = field(default_factory=list)

    @property
    def holds(self) -> set[str]:
        """The earlier ones, so that a choice among them is not hidden."""
        return {value for value, _ in self.earlier}


class NewReportForm(forms.Form):
    """Which report for which months; grouped by what it is about, the newest months first."""

    report = forms.ChoiceField(label="Which report do you want to make?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: Person, framework: Framework, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = ReportGroup("The whole council")
        if may(person, MAKE):
            self._great(framework, whole)
        groups = {"": whole}
        for scope, value, text in self._of_framework(person, framework):
            groups.setdefault(scope, ReportGroup(name_of(scope))).recent.append((value, text))
        self.groups = [one for one in groups.values() if one.recent]
        self.fields["report"].choices = [  # type: ignore[attr-defined]
            choice for one in self.groups for choice in (*one.recent, *one.earlier)
        ]

    def _great(self, framework: Framework, group: ReportGroup) -> None:
        """Put in the report of the quarter and that of the month: running and just ended, then some time back."""
        today = clock.today()
        this = calendar.quarter_label(*calendar.quarter_of(today))
        for kind in (ReportKind.QUARTERLY, ReportKind.MONTHLY):
            name = definition(framework, kind).label
            for number, (label, title) in enumerate(periods.choices(kind, today)[:4]):
                running = label in (this, f"{today:%Y-%m}")
                text = f"{name}: {title}{' (still running)' if running else ''}"
                (group.recent if number < 2 else group.earlier).append((f"{kind}:{label}", text))

    def _of_framework(self, person: Person, framework: Framework) -> Iterator[tuple[str, str, str]]:
        """Yield the framework's other reports for the months still running and those just ended, with their scope."""
        today = clock.today()
        for one in definitions(framework):
            if one.kind in (ReportKind.QUARTERLY, ReportKind.MONTHLY):
                continue
            ended, running = (
                periods.last_ended(one.frequency, today),
                periods.present(one.frequency, today),
            )
            scopes = every_scope(one) if may(person, MAKE) else []
            for scope in dict.fromkeys([*scopes, *own_scopes(person, one)]):
                if not makes(person, framework, one, scope) or (may(person, MAKE) and scope not in scopes):
                    continue
                label = f"{one.label}, {name_of(scope)}" if scope else one.label
                about = f":{scope}" if scope else ""
                yield scope, f"{one.kind}:{running.label}{about}", f"{label}: {running.title} (still running)"
                yield scope, f"{one.kind}:{ended.label}{about}", f"{label}: {ended.title}"

    @property
    def wanted(self) -> tuple[str, str, str]:
        """Return kind, period, and whose audits it is about."""
        kind, label, *scope = self.cleaned_data["report"].split(":")
        return kind, label, "".join(scope)


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

    def __init__(
        self,
        *args: Any,
        examples: list[Example],
        titles: dict[str, str],
        wanted: Definition,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings = {key.value: key.label for key in Commentary if wanted.kind in WITH_COMMENTARY}
        # The texts of a paper of cases are written at the cases.
        sections = wanted.written if wanted.kind != ReportKind.CASE_PAPER else ()
        hints = {one.key: one.prompt for one in sections if one.prompt}
        self.headings |= {
            one.key or "": one.title if one.required else f"{one.title} (optional)" for one in sections
        }
        for key, label in self.headings.items():
            self.fields[key] = forms.CharField(
                label=label,
                required=False,
                widget=forms.Textarea,
                max_length=6000,
                help_text=hints.get(key, ""),
            )
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (one.key, f"{titles[one.kind]}: {one.text} ({one.about}; {one.reference})") for one in examples
        ]
        self.order_fields([*self.headings, "chosen", "version"])
        if not examples:
            del self.fields["chosen"]

    def written(self) -> dict[str, str]:
        """Return the commentary by its keys."""
        return {key: self.cleaned_data.get(key, "") for key in self.headings}
