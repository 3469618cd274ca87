"""GOV.UK components as Python calls: one Jinja environment for the life of the process."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, PackageLoader, PrefixLoader, TemplateNotFound

Params = dict[str, Any]


def _unchanged(text: Any, *_args: Any, **_kwargs: Any) -> Any:
    return text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        autoescape=True,
        auto_reload=False,
        cache_size=-1,
        finalize=lambda value: "" if value is None else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The macros indent nested markup for looks; inside a <textarea> that would add spaces to what a person wrote.
    environment.filters["indent"] = _unchanged
    return environment


@cache
def _macro(name: str) -> Callable[[Params], str]:
    try:
        template = _environment().get_template(f"govuk_frontend_jinja/components/{name}/macro.html")
    except TemplateNotFound as error:
        raise ValueError(f"There is no GOV.UK component called “{name}”.") from error
    macro = "govuk" + "".join(part.capitalize() for part in name.split("-"))
    return getattr(template.module, macro)


def component(name: str, params: Params) -> SafeString:
    """Render the GOV.UK component ``name`` ("summary-list") with the parameters of its published macro.

    Text is escaped; a ``SafeString`` passes as it is. An unknown name raises ``ValueError``.
    """
    return mark_safe(str(_macro(name)(params)).strip())  # noqa: S308  (autoescaped by the environment)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def params_from(base: Mapping[str, Any] | None, options: Mapping[str, Any]) -> Params:
    """Merge template options over a dict of parameters.

    ``summary_text`` becomes ``summaryText``; ``label__text`` goes one level down; below ``attributes`` underscores
    become hyphens. ``None`` leaves a parameter out, so that the component's own default holds.
    """
    params: Params = dict(base or {})
    for key, value in options.items():
        if value is None:
            continue
        *parents, leaf = key.split("__")
        target = params
        for parent in map(_camel, parents):
            target[parent] = target = dict(target.get(parent) or {})
        in_attributes = bool(parents) and parents[-1].endswith("attributes")
        target[leaf.replace("_", "-") if in_attributes else _camel(leaf)] = value
    return params


def text_param(text: Any, /, **more: Any) -> Params:
    """Return ``{"text"|"html": text}``: HTML only where it is marked safe."""
    return {"html": text, **more} if hasattr(text, "__html__") else {"text": str(text), **more}
