"""The requirement rows that tests name, read from their source: nothing is imported and no test runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Test = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mark:
    """One row named by one test; ``test`` is written as pytest writes it."""

    row: str
    test: str


def marks_under(folder: Path, root: Path) -> tuple[list[Mark], list[str]]:
    """Return every mark under ``folder`` in the order of the files, and a fault for each that proves nothing.

    A mark counts on a test, on its class, as ``pytestmark`` of class or module, and on a case of ``parametrize``.
    It is a fault where no test carries it, and where a row is not written out as a string.
    """
    marks: list[Mark] = []
    faults: list[str] = []
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=name)
        seen: set[ast.Call] = set()
        if path.name.startswith("test_"):
            for mark, call in _of_body(tree, name, []):
                marks += mark
                seen.add(call)
        for call in _calls(tree):
            if call not in seen:
                faults.append(f"{name}:{call.lineno}: no test carries this mark")
            elif not call.args or not all(_text(word) for word in call.args):
                faults.append(f"{name}:{call.lineno}: a mark names its rows as strings")
    return marks, faults


def _of_body(
    owner: ast.Module | ast.ClassDef, name: str, above: list[ast.Call]
) -> Iterator[tuple[list[Mark], ast.Call]]:
    """Yield each test's marks with the call they stand in; ``above`` are the calls of whatever holds the tests."""
    own = list(above)
    for statement in owner.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _is_pytestmark(statement):
            own += _calls(statement)
    for statement in owner.body:
        if isinstance(statement, Test) and statement.name.startswith("test"):
            decorated = [call for decorator in statement.decorator_list for call in _calls(decorator)]
            for call in [*own, *decorated]:
                rows = [text for word in call.args if (text := _text(word))]
                yield [Mark(row, f"{name}::{statement.name}") for row in rows], call
        elif isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"):
            decorated = [call for decorator in statement.decorator_list for call in _calls(decorator)]
            yield from _of_body(statement, f"{name}::{statement.name}", [*own, *decorated])


def _is_pytestmark(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in targets)


def _calls(node: ast.AST) -> list[ast.Call]:
    """Return every ``….mark.req(…)`` at or below a node."""
    return [
        found
        for found in ast.walk(node)
        if isinstance(found, ast.Call)
        and isinstance(found.func, ast.Attribute)
        and found.func.attr == "req"
        and isinstance(found.func.value, ast.Attribute)
        and found.func.value.attr == "mark"
    ]


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
