"""Forms of the month: replacing, giving to somebody else, leaving a child out."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from audits.cases.models import Case
from audits.frameworks.base import Choice
from audits.selectors.cycles import units_managed_by
from audits.services.reassigning import Option
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.ui import forms
from qaf.ui.words import month, plural


class ReplaceForm(forms.Form):
    """Why a drawn case is exchanged."""

    reason = forms.ChoiceField(label="Why is the case replaced?", widget=forms.RadioSelect)
    words = forms.CharField(label="Anything to add", widget=forms.Textarea, required=False)

    govuk = {"words": {"rows": 3, "hint": "Kept with the sample. Do not name the child or family."}}

    def __init__(self, *args: Any, reasons: Iterable[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(one.key, one.label) for one in reasons]  # type: ignore[attr-defined]


class GiveForm(forms.Form):
    """Who audits instead, and why."""

    to = forms.TypedChoiceField(label="Who audits?", coerce=int, empty_value=None)
    reason = forms.CharField(label="Why does somebody else take over?", widget=forms.Textarea)

    govuk = {
        "to": {"hint": "Those who stand too close to the case are not listed. The least busy come first."},
        "reason": {"rows": 3},
    }

    def __init__(self, *args: Any, options: Iterable[Option], filled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pool: list[tuple[int, str]] = []
        others: list[tuple[int, str]] = []
        for one in options:
            words = plural(one.load, "audit") if one.load else "no audit"
            (pool if one.in_pool else others).append((one.person_id, f"{one.name} ({words} this month)"))
        choices: list[Any] = [("", "Choose somebody")]
        if pool and others:
            choices += [("Whom the framework has in mind", pool), ("Others who may audit", others)]
        else:
            choices += [*pool, *others]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        if not filled:
            del self.fields["reason"]


class AskExclusionForm(forms.Form):
    """Which child, which month, and why."""

    local_id = forms.CharField(label="The child’s id in the case system", max_length=60)
    period = forms.TypedChoiceField(label="Month", coerce=date.fromisoformat, widget=forms.RadioSelect)
    reason = forms.ChoiceField(label="Why should the child be left out?", widget=forms.RadioSelect)
    words = forms.CharField(label="What makes this month the wrong one?", widget=forms.Textarea)

    govuk = {
        "local_id": {"width": 10, "spellcheck": False},
        "period": {"inline": True},
        "words": {"rows": 3, "hint": "Seen only by those who decide."},
    }

    def __init__(
        self, *args: Any, person: Person, reasons: Iterable[Choice], months: Iterable[date], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._person = person
        self.fields["period"].choices = [(day.isoformat(), month(day)) for day in months]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [(one.key, one.label) for one in reasons]  # type: ignore[attr-defined]

    def clean_local_id(self) -> Case:
        """Return the open case, of those whom the person answers for."""
        cases = Case.objects.filter(closed_on=None)
        if not may(self._person, "audits.see_all", "cases.view"):
            everywhere, units = units_managed_by(self._person)
            if not everywhere:
                cases = cases.filter(Q(team__in=units) | Q(service__in=units))
        case = cases.filter(local_id=self.cleaned_data["local_id"].strip()).first()
        if case is None:
            raise forms.ValidationError(
                "There is no open case with this id among those you answer for. Check the id."
            )
        return case


class DecideForm(forms.Form):
    """Approve or not."""

    decision = forms.ChoiceField(
        label="Leave the child out of the draw?",
        choices=[("approve", "Yes, leave the child out"), ("refuse", "No, the child stays in the draw")],
        widget=forms.RadioSelect,
    )
