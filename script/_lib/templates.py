"""Compile every template: a misspelt tag, filter or include is found before a reader meets it."""

import sys
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    django.setup()
    engine = engines["django"]
    faults, count = [], 0
    for path in sorted((REPOSITORY / "templates").rglob("*")):
        if path.suffix not in {".html", ".txt", ".svg"}:
            continue
        count += 1
        try:
            engine.from_string(path.read_text(encoding="utf-8"))
        except (TemplateSyntaxError, UnicodeDecodeError) as fault:
            faults.append(f"{path.relative_to(REPOSITORY)}: {fault}")
    print("\n".join(faults) or f"{count} templates compile")
    sys.exit(1 if faults else 0)


main()
