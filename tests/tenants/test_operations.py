"""``Together`` does what its operations do one after the other."""

import pytest
from django.db import connections, migrations, models
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter, OperationWriter

from qaf.tenants.operations import Together

pytestmark = pytest.mark.django_db(databases=["default", "owner", "purge"])


def tables() -> list[migrations.CreateModel]:
    """Two tables that nobody has."""
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        migrations.CreateModel("Leaf", [key, ("colour", models.TextField())]),
        migrations.CreateModel("Twig", [key]),
    ]


def additions() -> list[migrations.AddField | migrations.AddConstraint]:
    """A key between the two, and what must be so from then on."""
    return [
        migrations.AddField("leaf", "twig", models.ForeignKey("wood.Twig", models.PROTECT, null=True)),
        migrations.AddField("twig", "length", models.IntegerField(default=1)),
        migrations.AddConstraint(
            "leaf", models.UniqueConstraint(fields=["twig", "colour"], name="leaf_once")
        ),
        migrations.AddConstraint(
            "twig", models.CheckConstraint(condition=models.Q(length__gt=0), name="twig_length")
        ),
    ]


def sql_and_state(operations, *, rendered):
    """Return the SQL of the operations, of taking them back, and the state after them."""
    migration = migrations.Migration("later", "wood")
    state = ProjectState()
    for one in tables():
        one.state_forwards("wood", state)
    if rendered:
        _ = state.apps
    migration.operations = operations
    found = []
    for way in (migration.apply, migration.unapply):
        with connections["owner"].schema_editor(collect_sql=True, atomic=False) as editor:
            after = way(state.clone(), editor, collect_sql=True)
        found.append([line for line in editor.collected_sql if not line.startswith("--")])
        assert found[-1]
        if way == migration.apply:
            end = after
    return [*found, end]


@pytest.mark.parametrize("rendered", [True, False])
def test_together_writes_the_sql_and_the_state_that_the_operations_write_one_by_one(rendered):
    forwards, backwards, state = sql_and_state(additions(), rendered=rendered)
    at_once, taken_back, together = sql_and_state([Together(additions())], rendered=rendered)
    assert (at_once, taken_back) == (forwards, backwards)
    assert together == state
    leaf = together.apps.get_model("wood", "leaf")
    assert leaf._meta.get_field("twig").related_model is together.apps.get_model("wood", "twig")


def test_together_can_be_written_into_a_migration_and_says_what_it_does():
    together = Together(additions())
    written, imports = OperationWriter(together, indentation=0).serialize()
    assert "import qaf.tenants.operations" in imports
    assert written.count("migrations.AddField(") == written.count("migrations.AddConstraint(") == 2
    assert MigrationWriter(migrations.Migration("later", "wood")).as_string()
    assert together.describe() == "4 fields and constraints of leaf, twig"
    assert together.references_model("twig", "wood")
