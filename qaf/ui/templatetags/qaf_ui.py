"""``{% load qaf_ui %}``: every tag and filter that a page may use; docs/guide/ui.md shows each."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from qaf.ui import tables, tagging, words
from qaf.ui.adapter import render_field, render_form
from qaf.ui.charts import Chart
from qaf.ui.components import component, params_from, text_param
from qaf.ui.errors import error_summary
from qaf.ui.filters import chips

register = template.Library()
REFERENCE = re.compile(r"[A-Z]{2,5}-\d{4}-\d+")

# Words ---------------------------------------------------------------------------------------------------------------


def _or_blank(value: Any, wording: Any) -> str:
    return str(wording(value)) if value else ""


@register.filter
def long_date(value: date | None) -> str:
    return _or_blank(value, words.long_date)


@register.filter
def short_date(value: date | None) -> str:
    return _or_blank(value, words.short_date)


@register.filter
def month(value: date | None) -> str:
    return _or_blank(value, words.month)


@register.filter
def date_time(value: datetime | None) -> str:
    return _or_blank(value, words.date_time)


@register.filter
def percent_n(part: int, whole: int) -> str:
    return words.percent_n(part, whole)


@register.filter
def plural(count: int, nouns: str) -> str:
    one, _, many = nouns.partition(",")
    return words.plural(count, one, many)


@register.filter
def number(value: int) -> str:
    return f"{value:,}"


@register.filter
def whole_references(text: str) -> SafeString:
    """Keep each reference in a text on one line; it breaks at its hyphens, and then reads as two."""
    parts = REFERENCE.split(text)
    found = [format_html('<span class="qaf-whole">{}</span>', one) for one in REFERENCE.findall(text)]
    return format_html_join("", "{}{}", zip_longest(parts, found, fillvalue=""))


@register.filter
def at(values: Sequence[Any], place: int) -> Any:
    """Return what stands at a place, such as the heading of the column that a loop has come to; else nothing."""
    return values[place] if place < len(values) else ""


@register.filter
def share_in_lines(text: str) -> SafeString:
    """Put the count of a share below it, for tables of many columns."""
    share, opened, count = text.partition("% (")
    if not opened:
        return conditional_escape(text)
    return format_html('{}% <span class="qaf-table__n">{}</span>', share, count.removesuffix(")"))


register.filter("due", tagging.due)
register.filter("due_on", tagging.due_on)
register.filter("grade_tag", tagging.grade_tag)
register.filter("status_tag", tagging.status_tag)

# Components ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def govuk(name: str, params: Mapping[str, Any] | None = None, **options: Any) -> SafeString:
    return component(name, params_from(params, options))


@register.simple_block_tag
def govukblock(
    content: SafeString, name: str, params: Mapping[str, Any] | None = None, **options: Any
) -> SafeString:
    return component(name, params_from(params, {**options, "html": content}))


@register.simple_tag
def back_link(href: str, text: str = "Back") -> SafeString:
    link = component("back-link", {"href": href, **text_param(text)})
    return format_html('<nav class="qaf-back" aria-label="Back">{}</nav>', link)


# Forms ---------------------------------------------------------------------------------------------------------------


@register.simple_tag
def govuk_field(field: BoundField, **options: Any) -> SafeString:
    return render_field(field, options)


@register.simple_tag
def govuk_form(form: BaseForm) -> SafeString:
    return render_form(form)


@register.simple_tag
def govuk_error_summary(*forms: Any, title: str = "There is a problem") -> SafeString:
    # A template variable that is not there arrives as an empty string.
    return error_summary(*(form for form in forms if form is not None and form != ""), title=title)


@register.inclusion_tag("ui/buttons.html")
def govuk_buttons(
    text: str,
    *,
    cancel: str = "",
    cancel_text: str = "Cancel",
    secondary: str = "",
    secondary_name: str = "then",
    secondary_value: str = "later",
    name: str = "",
    value: str = "",
    warning: bool = False,
    disabled: bool = False,
) -> dict[str, Any]:
    return locals()


@register.inclusion_tag("ui/autosave_status.html")
def autosave_status(saved_at: datetime | None = None) -> dict[str, Any]:
    return {"saved_at": saved_at and words.time_of_day(saved_at)}


# Lists and tables ----------------------------------------------------------------------------------------------------


def _query(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET if request is not None else QueryDict()


@register.simple_block_tag
def qaf_table(
    content: SafeString,
    caption: str,
    *,
    caption_size: str = "m",
    hidden_caption: bool = False,
    stack: bool = False,
    classes: str = "",
) -> SafeString:
    return SafeString(
        render_to_string(
            "ui/table.html",
            {
                "content": content,
                "caption": caption,
                "caption_size": caption_size,
                "hidden_caption": hidden_caption,
                "stack": stack,
                "classes": classes,
            },
        )
    )


@register.simple_tag
def th(label: str, *, numeric: bool = False, hidden: bool = False) -> SafeString:
    inner = format_html('<span class="govuk-visually-hidden">{}</span>', label) if hidden else label
    return format_html('<th scope="col"{}>{}</th>', _numeric(numeric), inner)


@register.simple_tag
def td_header(text: Any, *, href: str = "") -> SafeString:
    inner = format_html('<a class="govuk-link" href="{}">{}</a>', href, text) if href else text
    # A reference or a number breaks at its hyphens, and then reads as two.
    whole = SafeString(' class="qaf-whole"' if REFERENCE.fullmatch(str(text)) else "")
    return format_html('<th scope="row"{}>{}</th>', whole, inner)


@register.simple_tag(takes_context=True)
def sort_th(
    context: Context, label: str, key: str, *, numeric: bool = False, default: str = ""
) -> SafeString:
    link = tables.sort_link(_query(context), key, default=default)
    return format_html(
        '<th scope="col" aria-sort="{}"{}><a class="qaf-sort" href="{}">{}</a></th>',
        link.state,
        _numeric(numeric),
        link.href,
        label,
    )


def _numeric(numeric: bool) -> SafeString:
    return SafeString(' class="numeric"' if numeric else "")


@register.simple_tag(takes_context=True)
def govuk_pagination(context: Context, page: Page[Any], label: str = "Pages") -> SafeString:
    if page.paginator.num_pages < 2:
        return SafeString("")
    query = _query(context)
    params: dict[str, Any] = {"landmarkLabel": label, "items": []}
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            item = {
                "number": number,
                "href": tables.page_link(query, number),
                "current": number == page.number,
            }
        else:
            item = {"ellipsis": True}
        params["items"].append(item)
    if page.has_previous():
        params["previous"] = {"href": tables.page_link(query, page.previous_page_number())}
    if page.has_next():
        params["next"] = {"href": tables.page_link(query, page.next_page_number())}
    return component("pagination", params)


@register.inclusion_tag("ui/filter_panel.html", takes_context=True)
def filter_panel(context: Context, filterset: Any, *, title: str = "Filter") -> dict[str, Any]:
    query = _query(context)
    return {
        "form": filterset.form,
        "chips": chips(filterset.form, query),
        "sort": query.get("sort", ""),
        "clear_url": "?" + (f"sort={query['sort']}" if query.get("sort") else ""),
        "title": title,
    }


@register.inclusion_tag("ui/subnav.html")
def subnav(items: Any, label: str = "In this section") -> dict[str, Any]:
    return {"items": items, "label": label}


@register.simple_tag
def progress_refresh(progress: Mapping[str, Any]) -> SafeString:
    if progress.get("finished") or progress.get("failed"):
        return SafeString("")
    return SafeString('<noscript><meta http-equiv="refresh" content="5"></noscript>')


# Charts --------------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/charts/figure.html")
def chart(chart: Chart, *, table: str = "closed", level: int = 3) -> dict[str, Any]:
    return {"chart": chart, "table": table, "level": level}
