"""The tenant boundary as database constraints, so that migrations create them with the table.

``TenantPolicy`` is row-level security (lock 3), ``SameCouncil`` the composite foreign key (lock 4),
``Trail`` the trigger that writes who changed what. ``qaf.tenants.models.base`` adds all three to
every tenant model: there is nothing for an author to forget.
"""

import hashlib
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model


def short_name(*parts: str) -> str:
    """Join the parts into an identifier of at most 63 characters, the tail hashed when too long."""
    name = "_".join(parts)
    if len(name) <= 63:
        return name
    return f"{name[:54]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


class _TableConstraint(BaseConstraint):
    """A constraint made after the table, in the same migration."""

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Nothing to do: the database keeps it."""

    def constraint_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        # After every table and unique key of the migration is there.
        if schema_editor is not None:
            schema_editor.deferred_sql.append(self.statement(model, schema_editor))

    def statement(self, model: Any, schema_editor: Any) -> str:
        """Return the SQL that makes the constraint."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((type(self), self.name))


class TenantPolicy(_TableConstraint):
    """Row-level security, forced on the owner too; raises when no council's scope is open."""

    def statement(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        rule = "authority_id = current_setting('qaf.authority')::bigint"
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
            f" ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
            f" CREATE POLICY {self.name} ON {table} USING ({rule}) WITH CHECK ({rule})"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"DROP POLICY {self.name} ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
            f" ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        )


class SameCouncil(_TableConstraint):
    """A foreign key that carries the council, because plain ones are checked without row-level security."""

    def __init__(self, *, name: str, column: str, to: str):
        super().__init__(name=name)
        self.column, self.to = column, to

    def statement(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        table, to = quote(model._meta.db_table), quote(self.to)
        # PostgreSQL checks the rows already there as the owner, who must see every council's for that moment.
        tables = sorted({table, to})
        see_all = "".join(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY; " for name in tables)
        see_one = "".join(f"; ALTER TABLE {name} FORCE ROW LEVEL SECURITY" for name in tables)
        return (
            f"{see_all}ALTER TABLE {table} ADD CONSTRAINT {quote(self.name)}"
            f" FOREIGN KEY (authority_id, {quote(self.column)}) REFERENCES {to} (authority_id, id)"
            f" DEFERRABLE INITIALLY IMMEDIATE{see_one}"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "column": self.column, "to": self.to}


class Trail(_TableConstraint):
    """Statement-level triggers that write every change into the trail, bulk and raw SQL included."""

    EVENTS = (
        ("insert", "REFERENCING NEW TABLE AS new_rows"),
        ("update", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("delete", "REFERENCING OLD TABLE AS old_rows"),
    )

    def statement(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return "; ".join(
            f"CREATE TRIGGER {self.name}_{event} AFTER {event.upper()} ON {table} {tables}"
            " FOR EACH STATEMENT EXECUTE FUNCTION qaf_trail()"
            for event, tables in self.EVENTS
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return "; ".join(f"DROP TRIGGER {self.name}_{event} ON {table}" for event, _ in self.EVENTS)


class Immutable(_TableConstraint):
    """Rows that may be added (and purged) but never changed."""

    def statement(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"CREATE TRIGGER {self.name} BEFORE UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION qaf_refuse_update()"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"DROP TRIGGER {self.name} ON {schema_editor.quote_name(model._meta.db_table)}"
