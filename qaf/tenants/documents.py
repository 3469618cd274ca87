"""Pages of docs/ that are made from the code, so that they cannot drift from it."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import models

from qaf.tenants.models import TenantModel
from qaf.tenants.transitions import Transition, Workflow

NOTE = "<!-- Made by `manage.py write_docs` from the code. Do not edit. -->"
OWN = ("qaf.", "audits", "moderation", "feedback", "reporting")


def workflows() -> Iterator[tuple[str, str, Workflow]]:
    """Yield (app's name, workflow's name, table) for every table of transitions in an app's ``workflow.py``."""
    for config in apps.get_app_configs():
        if not config.name.startswith(OWN) or find_spec(f"{config.name}.workflow") is None:
            continue
        for name, value in vars(import_module(f"{config.name}.workflow")).items():
            if isinstance(value, Workflow):
                yield (
                    str(config.verbose_name),
                    name.lower().removesuffix("_workflow").replace("_", " "),
                    value,
                )


def _label(status: Any) -> str:
    return str(getattr(status, "label", status))


def _arrow(transition: Transition) -> Iterator[str]:
    system = ", by the system too" if transition.by_system else ""
    for source in transition.sources:
        yield f"    {source!s} --> {transition.target!s}: {transition.label}{system}"


def _diagram(workflow: Workflow) -> Iterator[str]:
    table = workflow.transitions.values()
    statuses = {str(s): s for t in table for s in (*t.sources, t.target)}
    targets = {str(t.target) for t in table}
    sources = {str(s) for t in table for s in t.sources}
    yield "```mermaid"
    yield "stateDiagram-v2"
    for key, status in statuses.items():
        yield f'    state "{_label(status)}" as {key}'
    for key in statuses:
        if key not in targets:
            yield f"    [*] --> {key}"
    for transition in table:
        yield from _arrow(transition)
    for key in statuses:
        if key not in sources:
            yield f"    {key} --> [*]"
    yield "```"


def workflow_page() -> str:
    """Return the page of all status machines as diagrams."""
    lines = ["# Statuses and how they change", "", NOTE, ""]
    lines += [
        "One function applies these tables (`qaf/tenants/transitions.py`); no other code writes a status."
    ]
    for app, name, workflow in workflows():
        lines += ["", f"## {name.capitalize()} ({app})", "", *_diagram(workflow)]
    return "\n".join(lines) + "\n"


def own_models() -> list[type[models.Model]]:
    """Return the product's own models, in the order of the apps."""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith(OWN)
        for model in config.get_models()
    ]


def _kind(field: models.Field) -> str:
    if field.is_relation and field.related_model is not None:
        return f"→ {field.related_model._meta.label}"
    return type(field).__name__.removesuffix("Field").lower()


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def _table(model: type[models.Model]) -> Iterator[str]:
    yield "| field | kind | meaning |"
    yield "|---|---|---|"
    for field in model._meta.local_fields:
        if field.name not in ("id", "authority"):
            yield f"| {field.name} | {_cell(_kind(field))} | {_cell(field.help_text or field.verbose_name)} |"


def data_page() -> str:
    """Return the page of everything that is stored: purpose, sensitivity and retention of each table, its fields."""
    lines = ["# What is stored", "", NOTE, ""]
    lines += [
        "Every table but those marked “every council” belongs to one council, kept apart by the database."
    ]
    for model in own_models():
        kind = "" if issubclass(model, TenantModel) else " (every council)"
        text = re.sub(r"\n{2,}", "\n\n", inspect.getdoc(model) or "").replace("``", "`")
        lines += ["", f"## {model._meta.label}{kind}", "", text, "", *_table(model)]
    return "\n".join(lines) + "\n"


PAGES = {"workflows.md": workflow_page, "data.md": data_page}
