"""Migrations keep to the tenant boundary."""

import ast
import re

import pytest

from tests.architecture.source import PACKAGES, REPOSITORY

MIGRATIONS = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("migrations/0*.py"))


def bare_data_migrations(tree: ast.Module) -> list[str]:
    """The functions that a ``RunPython`` calls and that do not go through ``for_each_authority``.

    Row-level security is forced on the owner too: a bare data migration would see no row, or raise.
    """
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    called = [
        argument
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "RunPython"
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
    ]
    bare = []
    for argument in called:
        text = ast.unparse(argument)
        if re.search(r"\bnoop$", text):
            continue
        function = functions.get(text)
        if function is None or "for_each_authority(" not in ast.unparse(function):
            bare.append(text)
    return bare


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_data_migration_goes_council_by_council(path):
    assert bare_data_migrations(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_the_guard_finds_a_bare_data_migration():
    bare = ast.parse(
        "def fill(apps, schema_editor):\n    apps.get_model('cases', 'Case').objects.update(gender='')\n"
        "operations = [migrations.RunPython(fill, migrations.RunPython.noop)]"
    )
    whole = ast.parse(
        "def fill(apps, schema_editor):\n    for council in for_each_authority('owner'):\n        pass\n"
        "operations = [migrations.RunPython(fill, reverse_code=migrations.RunPython.noop)]"
    )
    unknown = ast.parse("operations = [migrations.RunPython(lambda apps, editor: None)]")
    assert bare_data_migrations(bare) == ["fill"]
    assert bare_data_migrations(whole) == []
    assert bare_data_migrations(unknown) == ["lambda apps, editor: None"]
