"""A council's structure and people. Posts, absences and lines are dated: then is not now."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from qaf.tenants.enums import UnitKind
from qaf.tenants.models.base import TenantForeignKey, TenantModel


class Unit(TenantModel):
    """A service or a team. A team without a parent came from a case list and is not mapped yet.

    Sensitivity: none. Kept while people, cases or audits name it.
    """

    kind = models.CharField(max_length=10, choices=UnitKind.choices)
    key = models.CharField(
        max_length=60, help_text="The framework's key of a service; the case list's name of a team."
    )
    name = models.CharField(max_length=120)
    parent = TenantForeignKey("self", null=True, blank=True, related_name="children")
    locality = models.CharField(
        max_length=60,
        blank=True,
        help_text="The part of the area a team serves, where a draw is spread over it.",
    )
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "kind", "key"], name="tenants_unit_key"),
            models.CheckConstraint(condition=Q(kind="team") | Q(parent=None), name="tenants_unit_two_levels"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_mapped(self) -> bool:
        """Whether the product knows which service this unit belongs to."""
        return self.kind == UnitKind.SERVICE or self.parent_id is not None

    @property
    def service(self) -> "Unit | None":
        """The unit itself when it is a service, else its parent."""
        return self if self.kind == UnitKind.SERVICE else self.parent


class Person(TenantModel):
    """Somebody of one council; most imported workers never sign in.

    Sensitivity: personal data of staff. Kept while audits name them, then pseudonymised.
    """

    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254, blank=True)
    job_title = models.CharField(max_length=120, blank=True)
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="people")
    user = models.ForeignKey("tenants.User", models.SET_NULL, null=True, blank=True, related_name="people")
    source_name = models.CharField(
        max_length=160, blank=True, help_text="As the case list spells it; empty when entered by hand."
    )
    directory_id = models.CharField(
        max_length=100,
        blank=True,
        help_text="The object id (oid) in the council's directory: how its sign-in finds the person.",
    )
    cleared_for_restricted = models.BooleanField(default=False)
    left_on = models.DateField(null=True, blank=True)
    external = models.BooleanField(default=False, help_text="Works for a partner, not for the council.")

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(fields=["authority", "user"], name="tenants_person_user"),
            models.UniqueConstraint(
                F("authority"), Lower("email"), condition=~Q(email=""), name="tenants_person_email"
            ),
            models.UniqueConstraint(
                fields=["authority", "directory_id"],
                condition=~Q(directory_id=""),
                name="tenants_person_directory",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Role(TenantModel):
    """A role of the council's framework, kept in step when a framework is published.

    Sensitivity: none. Kept in step with the framework.
    """

    key = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    permissions = models.JSONField(default=list, help_text="Permission keys that the apps declare.")
    in_line = models.BooleanField(
        default=False, help_text="Manages the work of its unit: part of a case's line."
    )
    whole_council = models.BooleanField(
        default=False,
        help_text="Manages the whole council: a holder without a unit is in the line of every case.",
    )
    rank = models.PositiveSmallIntegerField(
        default=0, help_text="Seniority in the line: team manager 1, service manager 2, …"
    )

    class Meta:
        ordering = ["label"]
        constraints = [models.UniqueConstraint(fields=["authority", "key"], name="tenants_role_key")]

    def __str__(self) -> str:
        return self.label


class Post(TenantModel):
    """A person holds a role, for a unit or for the whole council, from a day to a day.

    Sensitivity: personal data of staff. Kept with the person.
    """

    person = TenantForeignKey(Person, related_name="posts")
    role = TenantForeignKey(Role, related_name="posts")
    unit = TenantForeignKey(
        Unit, null=True, blank=True, related_name="posts", help_text="Empty: the whole council."
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day; empty: still held.")

    class Meta:
        ordering = ["starts_on", "id"]
        indexes = [models.Index(fields=["authority", "role", "unit"], name="tenants_post_role")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="tenants_post_days"
            ),
        ]


class Absence(TenantModel):
    """A person is away from a day to a day; the deputy, where named, answers for them meanwhile.

    Sensitivity: personal data of staff; never says why. Kept with the person.
    """

    person = TenantForeignKey(Person, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    deputy = TenantForeignKey(Person, null=True, blank=True, related_name="deputises")

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="tenants_absence_days")
        ]
