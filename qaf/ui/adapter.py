"""From a Django BoundField to the parameters of a GOV.UK component."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from qaf.ui.components import Params, component, text_param
from qaf.ui.fields import PARTS, GovukDateInput

Options = Mapping[str, Any]
Item = dict[str, Any]

# Limits are checked with a message; the browser's own would cut pasted words off silently.
_DROPPED = {
    "class",
    "id",
    "name",
    "type",
    "rows",
    "cols",
    "required",
    "maxlength",
    "minlength",
    "min",
    "max",
    "step",
}
_TEXT_PARAMS = ("autocomplete", "inputmode", "spellcheck", "autocapitalize", "pattern")


def options_for(bound: BoundField, given: Options | None = None) -> dict[str, Any]:
    """Return the options of the field: the form's ``govuk`` entry, over which the template's own go."""
    declared = getattr(bound.form, "govuk", {}).get(bound.name, {})
    return {**declared, **{key: value for key, value in (given or {}).items() if value is not None}}


def field_id(bound: BoundField) -> str:
    """Return the id of the first control of the field (a date: of the group)."""
    return bound.auto_id or bound.html_name


def render_field(bound: BoundField, given: Options | None = None) -> SafeString:
    """Render label, hint, error and control. ``given`` overrides the form's own options; see docs/guide/ui.md."""
    if bound.is_hidden:
        return SafeString(bound.as_hidden())
    options = options_for(bound, given)
    widget = bound.field.widget
    for widget_type, draw in _CONTROLS:
        if isinstance(widget, widget_type):
            return draw(bound, options)
    return _input(bound, options)


def render_form(form: forms.BaseForm) -> SafeString:
    """Render every field in order; a field that a choice reveals is drawn inside that choice only."""
    revealed = set(_revealed(form))
    parts = [
        bound.as_hidden() if bound.is_hidden else render_field(bound)
        for bound in form
        if bound.name not in revealed
    ]
    return format_html_join("\n", "{}", ((part,) for part in parts))


def _revealed(form: forms.BaseForm) -> Iterator[str]:
    for options in getattr(form, "govuk", {}).values():
        for names in options.get("conditional", {}).values():
            yield from _names(names)


def _names(names: str | Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _common(bound: BoundField, options: Options) -> Params:
    params: Params = {"id": field_id(bound), "name": bound.html_name}
    hint = options.get("hint", bound.help_text)
    if hint:
        params["hint"] = text_param(hint)
    if bound.errors:
        lines = format_html_join(SafeString("<br>"), "{}", ((error,) for error in bound.errors))
        params["errorMessage"] = {"html": lines}
    if bound.field.disabled:
        params["disabled"] = True
    if options.get("classes"):
        params["classes"] = options["classes"]
    return params


def _label_text(bound: BoundField, options: Options) -> Any:
    return options.get("label", bound.label)


def _label(bound: BoundField, options: Options) -> Params:
    size = options.get("label_size", "s")
    classes = "govuk-visually-hidden" if options.get("hidden_label") else f"govuk-label--{size}"
    heading = {"isPageHeading": True} if options.get("page_heading") else {}
    return text_param(_label_text(bound, options), classes=classes, **heading)


def _fieldset(bound: BoundField, options: Options) -> Params:
    size = options.get("label_size", "s")
    classes = "govuk-visually-hidden" if options.get("hidden_label") else f"govuk-fieldset__legend--{size}"
    heading = {"isPageHeading": True} if options.get("page_heading") else {}
    return {"legend": text_param(_label_text(bound, options), classes=classes, **heading)}


def _attributes(bound: BoundField, options: Options) -> Params:
    own = {
        key: value
        for key, value in bound.field.widget.attrs.items()
        if key not in _DROPPED | set(_TEXT_PARAMS)
    }
    own.update(options.get("attributes", {}))
    return {key: "" if value is True else value for key, value in own.items() if value is not False}


def _text_params(bound: BoundField, options: Options) -> Params:
    attrs = bound.field.widget.attrs
    found = {key: options.get(key, attrs.get(key)) for key in _TEXT_PARAMS}
    for affix in ("prefix", "suffix"):
        if options.get(affix):
            found[affix] = {"text": options[affix]}
    if isinstance(found["spellcheck"], str):
        found["spellcheck"] = found["spellcheck"] == "true"
    return {key: value for key, value in found.items() if value is not None}


def _width(options: Options, kind: str) -> str:
    width = options.get("width")
    if not width:
        return ""
    return f"govuk-{kind}--width-{width}" if str(width).isdigit() else f"govuk-!-width-{width}"


def _with_class(params: Params, *extra: str) -> Params:
    params["classes"] = " ".join(filter(None, [params.get("classes", ""), *extra]))
    return params


def _value(bound: BoundField) -> Any:
    value = bound.field.widget.format_value(bound.value())
    return "" if value is None else value


def _input(bound: BoundField, options: Options) -> SafeString:
    params = {**_common(bound, options), **_text_params(bound, options)}
    params |= {
        "label": _label(bound, options),
        "value": _value(bound),
        "attributes": _attributes(bound, options),
    }
    kind = getattr(bound.field.widget, "input_type", "text")
    if kind == "number":
        whole = isinstance(bound.field, forms.IntegerField) and not isinstance(
            bound.field, forms.DecimalField | forms.FloatField
        )
        kind = "text"
        params.setdefault("inputmode", "numeric" if whole else "decimal")
    params["type"] = kind
    if kind == "email":
        params.setdefault("spellcheck", False)
    return component("input", _with_class(params, _width(options, "input")))


def _password(bound: BoundField, options: Options) -> SafeString:
    params = {**_common(bound, options), **_text_params(bound, options)}
    params |= {"label": _label(bound, options), "attributes": _attributes(bound, options)}
    return component("password-input", _with_class(params, _width(options, "input")))


def _textarea(bound: BoundField, options: Options) -> SafeString:
    params = {**_common(bound, options), **_text_params(bound, options)}
    params |= {"label": _label(bound, options), "attributes": _attributes(bound, options)}
    # HTML drops one newline after <textarea>: give it one of its own, so that a leading blank line survives.
    params["value"] = format_html("\n{}", _value(bound))
    params["rows"] = options.get("rows") or 5
    limits = {"maxlength": options.get("count"), "maxwords": options.get("count_words")}
    if any(limits.values()):
        params |= {key: value for key, value in limits.items() if value}
        return component("character-count", params)
    return component("textarea", params)


def _file(bound: BoundField, options: Options) -> SafeString:
    params = _common(bound, options)
    params |= {"label": _label(bound, options), "attributes": _attributes(bound, options)}
    params["multiple"] = bool(getattr(bound.field.widget, "allow_multiple_selected", False))
    params["attributes"].pop("multiple", None)
    return component("file-upload", params)


def _date(bound: BoundField, options: Options) -> SafeString:
    params = _common(bound, options)
    classes = params.pop("classes", "")
    values = bound.value()
    if not isinstance(values, list):
        values = bound.field.widget.decompress(values)
    wrong = faulty_parts(bound)
    params["items"] = [
        {
            "id": f"{field_id(bound)}_{index}",
            "name": f"{bound.html_name}_{index}",
            "label": PARTS[index].capitalize(),
            "value": values[index] if index < len(values) else "",
            "classes": f"govuk-input--width-{4 if index == 2 else 2}"
            + (" govuk-input--error" if index in wrong else ""),
            # Months may be written in letters.
            "inputmode": "text" if index == 1 else "numeric",
        }
        for index in range(len(PARTS))
    ]
    params["fieldset"] = _fieldset(bound, options)
    params["classes"] = classes
    return component("date-input", params)


def faulty_parts(bound: BoundField) -> tuple[int, ...]:
    """Return which boxes of a date are wrong: all three where the fault does not say."""
    faults = bound.form.errors.as_data().get(bound.name, [])
    found = sorted({part for fault in faults for part in (fault.params or {}).get("parts", (0, 1, 2))})
    return tuple(found)


def _single_checkbox(bound: BoundField, options: Options) -> SafeString:
    params = _common(bound, options)
    item = text_param(
        _label_text(bound, options), value="on", checked=bool(bound.field.widget.check_test(bound.value()))
    )
    item |= {"disabled": bound.field.disabled, "attributes": _attributes(bound, options)}
    if "hint" in params:
        item["hint"] = params.pop("hint")
    revealed = _conditional_html(bound, options, "on")
    if revealed:
        item["conditional"] = {"html": revealed}
    params |= {"idPrefix": params.pop("id"), "items": [item]}
    html = component(
        "checkboxes", _with_class(params, "govuk-checkboxes--small" if options.get("small") else "")
    )
    return _without_reveal_script(html)


_REVEAL_HOOKS = re.compile(r' data-aria-controls="[^"]*"| govuk-(?:radios|checkboxes)__conditional--hidden')


def _without_reveal_script(html: SafeString) -> SafeString:
    """Leave revealing to the style sheet: script would put ``aria-expanded`` where ARIA forbids it."""
    return mark_safe(_REVEAL_HOOKS.sub("", html))  # noqa: S308  (only takes attributes away)


def _choices(bound: BoundField, options: Options, *, name: str) -> SafeString:
    params = _common(bound, options)
    params |= {"idPrefix": params.pop("id"), "fieldset": _fieldset(bound, options)}
    params["items"] = [*_choice_items(bound, options)]
    base = f"govuk-{name}"
    # Revealed questions under inline choices are ambiguous: stack those.
    inline = f"{base}--inline" if options.get("inline") and not options.get("conditional") else ""
    html = component(name, _with_class(params, inline, f"{base}--small" if options.get("small") else ""))
    return _without_reveal_script(html)


def _radios(bound: BoundField, options: Options) -> SafeString:
    return _choices(bound, options, name="radios")


def _checkboxes(bound: BoundField, options: Options) -> SafeString:
    return _choices(bound, options, name="checkboxes")


def _choice_items(bound: BoundField, options: Options) -> Iterator[Item]:
    hints, dividers = options.get("item_hints", {}), options.get("divider", {})
    attributes = _attributes(bound, options)
    for value, text, chosen in _flat_choices(bound):
        if value == "":
            continue
        if value in dividers:
            yield {"divider": dividers[value]}
        item = text_param(text, value=value, checked=chosen, disabled=bound.field.disabled)
        if attributes:
            item["attributes"] = attributes
        if hints.get(value):
            item["hint"] = text_param(hints[value])
        html = _conditional_html(bound, options, value)
        if html:
            item["conditional"] = {"html": html}
        yield item


def _flat_choices(bound: BoundField) -> Iterator[tuple[str, Any, bool]]:
    value = bound.value()
    chosen = (
        {str(one) for one in value}
        if isinstance(value, list | tuple | set)
        else {"" if value is None else str(value)}
    )
    for key, label in bound.field.widget.choices:
        group = label if isinstance(label, list | tuple) else [(key, label)]
        for choice, text in group:
            choice = "" if choice is None else str(choice)
            shown = f"{key}: {text}" if isinstance(label, list | tuple) else text
            yield choice, shown, choice in chosen


def _conditional_html(bound: BoundField, options: Options, value: str) -> SafeString | None:
    names = options.get("conditional", {}).get(value)
    if not names:
        return None
    return format_html_join("\n", "{}", ((render_field(bound.form[name]),) for name in _names(names)))


def _select(bound: BoundField, options: Options) -> SafeString:
    params = {
        **_common(bound, options),
        "label": _label(bound, options),
        "attributes": _attributes(bound, options),
    }
    params["items"] = [
        {
            "value": value,
            "text": "Select" if value == "" and set(str(text)) <= {"-"} else text,
            "selected": chosen,
        }
        for value, text, chosen in _flat_choices(bound)
    ]
    return component("select", _with_class(params, _width(options, "input")))


_CONTROLS: list[tuple[type[forms.Widget], Callable[[BoundField, Options], SafeString]]] = [
    (GovukDateInput, _date),
    (forms.CheckboxSelectMultiple, _checkboxes),
    (forms.SelectMultiple, _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.CheckboxInput, _single_checkbox),
    (forms.Select, _select),
    (forms.PasswordInput, _password),
    (forms.Textarea, _textarea),
    (forms.FileInput, _file),
]
