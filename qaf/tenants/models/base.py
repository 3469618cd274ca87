"""The base of every tenant row."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.signals import class_prepared

from qaf.tenants.constraints import Immutable, SameCouncil, TenantPolicy, Trail, short_name
from qaf.tenants.scope import current_authority_id, current_council, scope_is_open


class TenantForeignKey(models.ForeignKey):
    """A foreign key between tenant rows; the database key carries the council (``SameCouncil``)."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        super().__init__(to, on_delete, **kwargs)


class _CouncilOfScope(ForwardManyToOneDescriptor):
    """Answers ``row.authority`` with the open scope's council: rows of no other are to be had in it."""

    def get_object(self, instance: models.Model) -> models.Model:
        if scope_is_open() and current_authority_id() == getattr(instance, self.field.attname):
            return current_council()
        return super().get_object(instance)


class CouncilKey(models.ForeignKey):
    """The key to a row's council; no query need fetch what the scope knows."""

    forward_related_accessor_class = _CouncilOfScope

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what a migration writes: to the database it is a plain key."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


class TenantModel(models.Model):
    """A row that belongs to exactly one council, filled from the open scope.

    ``tracked``: every change goes into the trail (drafts, jobs and messages opt out with a reason).
    ``immutable``: the database refuses an UPDATE. ``append_only``: the app role may not delete either.
    """

    tracked: ClassVar[bool] = True
    immutable: ClassVar[bool] = False
    append_only: ClassVar[bool] = False

    authority = CouncilKey(
        "tenants.Authority",
        on_delete=models.PROTECT,
        default=current_authority_id,
        editable=False,
        related_name="+",
        db_index=False,
    )

    class Meta:
        abstract = True


def _table_of(target: type[models.Model] | str, sender: type[models.Model]) -> str:
    if not isinstance(target, str):
        return target._meta.db_table
    if target == "self":
        return sender._meta.db_table
    label = target if "." in target else f"{sender._meta.app_label}.{target}"
    return label.replace(".", "_").lower()


def add_boundary(sender: type[models.Model], **kwargs: object) -> None:
    """Give a tenant model its policy, composite keys and trail as it is defined."""
    if not issubclass(sender, TenantModel) or sender._meta.abstract:
        return
    meta, table = sender._meta, sender._meta.db_table
    added: list[models.BaseConstraint] = [
        models.UniqueConstraint(fields=["authority", "id"], name=short_name(table, "council_key")),
        TenantPolicy(name=short_name(table, "council")),
    ]
    for field in meta.local_fields:
        if isinstance(field, TenantForeignKey):
            target = field.remote_field.model
            to_table = _table_of(target, sender)
            name = short_name(table, field.column, "same_council")
            added.append(SameCouncil(name=name, column=field.column, to=to_table))
    if sender.tracked:
        added.append(Trail(name=short_name(table, "trail")))
    if sender.immutable:
        added.append(Immutable(name=short_name(table, "immutable")))
    names = {constraint.name for constraint in added}
    own = [constraint for constraint in meta.constraints if constraint.name not in names]
    meta.constraints = [*own, *added]
    # Migrations read the options as written; what is added here must look written.
    meta.original_attrs["constraints"] = meta.constraints


class_prepared.connect(add_boundary, dispatch_uid="qaf.tenants.add_boundary")
