"""Forms about people, posts, absences and the council itself."""

from typing import Any

from django.core.exceptions import ValidationError

from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Authority, IdentityProvider, Person, Role, Unit
from qaf.ui import forms
from qaf.ui.fields import DateField


class UnitChoiceField(forms.ModelChoiceField):
    """A service or team, teams told apart by their service."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.parent.name}: {obj.name}" if obj.parent else obj.name


def _offer(form: forms.Form, name: str, queryset: Any) -> None:
    form.fields[name].queryset = queryset  # type: ignore[attr-defined]


def _units() -> Any:
    return Unit.objects.filter(closed_on=None).select_related("parent").order_by("parent__name", "name")


class PersonForm(forms.Form):
    """Enter or change a person."""

    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail address", required=False)
    job_title = forms.CharField(label="Job title", max_length=120, required=False)
    unit = UnitChoiceField(
        queryset=Unit.objects.none(), label="Team or service", required=False, empty_label="None"
    )
    directory_id = forms.CharField(
        label="Directory id",
        max_length=100,
        required=False,
        help_text="The object id in your council’s directory; needed only for signing in with it.",
    )
    signs_in = forms.BooleanField(label="Can sign in", required=False)
    cleared_for_restricted = forms.BooleanField(label="Cleared for restricted records", required=False)

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        _offer(self, "unit", _units())

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        taken = Person.objects.filter(email__iexact=email).exclude(pk=self.person.pk if self.person else 0)
        if email and taken.exists():
            raise ValidationError("Another person here has this e-mail address.")
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("signs_in") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter an e-mail address: somebody who signs in needs one")
        return cleaned


class PostForm(forms.Form):
    """Give a person a role."""

    role = forms.ModelChoiceField(queryset=Role.objects.none(), label="Role", empty_label="Choose a role")
    unit = UnitChoiceField(
        queryset=Unit.objects.none(),
        label="For which team or service?",
        required=False,
        empty_label="The whole council",
    )
    starts_on = DateField(label="From which day?")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "role", Role.objects.all())
        _offer(self, "unit", _units())


class AbsenceForm(forms.Form):
    """Say from when to when somebody is away, and who answers for them."""

    starts_on = DateField(label="First day away")
    ends_on = DateField(label="Last day away")
    deputy = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        label="Who answers for them meanwhile?",
        required=False,
        empty_label="Nobody",
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "deputy", Person.objects.exclude(pk=person.pk).exclude(user=None).filter(left_on=None))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day away must not be before the first")
        return cleaned


class LeaverForm(forms.Form):
    """Record somebody's last day."""

    left_on = DateField(label="What was, or will be, their last day?")


class CouncilForm(forms.ModelForm):
    """The council's own settings."""

    class Meta:
        model = Authority
        fields = [
            "name",
            "colour",
            "require_mfa",
            "accepts_password",
            "accepts_oidc",
            "never_sampled_kept_months",
        ]
        labels = {
            "name": "Name",
            "colour": "Colour",
            "require_mfa": "Ask everybody for a second factor",
            "accepts_password": "People may sign in with a password",
            "accepts_oidc": "People may sign in with the council’s own directory",
            "never_sampled_kept_months": "Months that children never sampled are kept after they closed",
        }
        help_texts = {
            "colour": "Six hexadecimal digits after a #, such as #1d4f5f.",
            "never_sampled_kept_months": "",
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        by_password, by_directory = cleaned.get("accepts_password"), cleaned.get("accepts_oidc")
        if not by_password and not by_directory:
            self.add_error(
                "accepts_password", "Leave at least one way to sign in, or nobody gets in any more"
            )
        if by_directory and not IdentityProvider.objects.filter(authority=self.instance).exists():
            self.add_error(
                "accepts_oidc", "Ask whoever runs QAF for you to connect the council’s directory first"
            )
        elif by_directory and not by_password and not self.person.directory_id:
            self.add_error(
                "accepts_password",
                "Enter your own directory id first, or you do not get in any more yourself",
            )
        return cleaned


class UnitForm(forms.Form):
    """Add a team to a service."""

    name = forms.CharField(label="Name of the team", max_length=120)
    parent = forms.ModelChoiceField(
        queryset=Unit.objects.none(), label="Service", empty_label="Choose a service"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "parent", Unit.objects.filter(kind=UnitKind.SERVICE, closed_on=None))

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if Unit.objects.filter(kind=UnitKind.TEAM, key=name).exists():
            raise ValidationError("There is a team of this name already.")
        return name
