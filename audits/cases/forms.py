"""Forms of the case list."""

from typing import Any

from audits.cases.enums import AssignmentKind
from audits.cases.models import CaseImport
from qaf.lib import clock
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Unit
from qaf.ui import forms


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Several uploaded files, as a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Clean every file on its own; an empty one has its own message later, with its name."""
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(files)


class UploadForm(forms.Form):
    """The files, and the day they tell of."""

    documents = ManyFilesField(label="Files of the case list")
    as_of = forms.DateField(label="Which day do the files tell of?")
    form_key = forms.CharField(widget=forms.HiddenInput, max_length=36)

    govuk = {
        "documents": {
            "hint": "Annex A as a workbook (.xlsx or .xls) or one CSV file a list, the Standard Safeguarding Dataset "
            "as a zip, or your own supplement. At most 30 MB each.",
            "attributes": {"multiple": "multiple"},
        },
        "as_of": {"hint": "Usually the day the report was run, for example 30 11 2026."},
    }

    def clean_as_of(self) -> Any:
        """Refuse a day that has not come yet."""
        day = self.cleaned_data["as_of"]
        if day and day > clock.today():
            raise forms.ValidationError("The day of the files must be today or in the past")
        return day


class ConfirmForm(forms.Form):
    """What the lead must say before an import is written."""

    refusals_left_out = forms.BooleanField(required=False)
    closing_confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, case_import: CaseImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refused, closed = case_import.counts.get("refused", 0), case_import.counts.get("closed", 0)
        rows = "row is" if refused == 1 else "rows are"
        self.fields[
            "refusals_left_out"
        ].label = f"{refused} refused {rows} left out; those children stay as they are"
        closing = f"{closed} of {case_import.open_before} open cases really closed"
        self.fields["closing_confirmed"].label = f"{closing}: more than a fifth"
        if not refused:
            del self.fields["refusals_left_out"]
        if not case_import.closes_many:
            del self.fields["closing_confirmed"]
        for field in self.fields.values():
            field.required = True
            field.error_messages["required"] = f"Tick the box to confirm: {field.label}"


class TeamForm(forms.Form):
    """Which service a team belongs to."""

    service = forms.ModelChoiceField(
        queryset=Unit.objects.none(), label="Which service is this team part of?", empty_label=None
    )
    locality = forms.CharField(label="Which part of the area does it serve?", max_length=60, required=False)

    govuk = {
        "locality": {
            "width": 20,
            "hint": "Such as North. A draw can be spread over localities; a team without one counts by itself.",
        }
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        field.widget = forms.RadioSelect()
        field.queryset = Unit.objects.filter(kind=UnitKind.SERVICE, closed_on=None)  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """Who a name in the case list is."""

    into = forms.ModelChoiceField(
        queryset=Person.objects.none(), label="Who is this?", empty_label="Choose a person"
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Person.objects.filter(left_on=None).exclude(pk=person.pk)  # type: ignore[attr-defined]


class RoleCodeForm(forms.Form):
    """What a role code of the Standard Safeguarding Dataset means here."""

    kind = forms.ChoiceField(
        label="Meaning",
        required=False,
        choices=[*AssignmentKind.choices, ("", "Not needed")],
        widget=forms.RadioSelect,
    )
