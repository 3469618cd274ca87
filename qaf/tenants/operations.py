"""Migration operations of our own."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Do operations as if one stood after the other, and render the models once for all of them.

    For fields and constraints that are added, in any number, to models of one app. Every tenant model has its
    boundary as constraints, and nearly every model is related to every other: rendered after each of them, the
    migrations took a minute of which the database had five seconds.
    """

    category = OperationCategory.MIXED
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[AddField | AddConstraint]):
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Note every change in the state, then reload the models."""
        rendered = state.__dict__.pop("apps", None)
        for one in self.operations:
            one.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            names = dict.fromkeys((app_label, one.model_name_lower) for one in self.operations)
            state.reload_models(list(names), delay=False)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Do everything, in order."""
        for one in self.operations:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Undo everything, the last first."""
        for one in reversed(self.operations):
            one.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        """Whether one of the operations may concern the model: an optimiser must not move past it then."""
        return any(one.references_model(name, app_label) for one in self.operations)

    def describe(self) -> str:
        """Say which models it changes."""
        models = sorted({one.model_name for one in self.operations})
        return f"{len(self.operations)} fields and constraints of {', '.join(models)}"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return what the migration writer writes."""
        return type(self).__name__, [], {"operations": self.operations}
