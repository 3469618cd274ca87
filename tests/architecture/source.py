"""The product's own source, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("qaf", "audits", "moderation", "feedback", "reporting")


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product but its migrations, by its path from the repository."""
    found = {}
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            if "migrations" not in path.parts:
                name = path.relative_to(REPOSITORY).as_posix()
                found[name] = ast.parse(path.read_text(encoding="utf-8"), filename=name)
    return found


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Yield (path, node) for every node of ``kinds``."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, kinds):
                yield name, node
