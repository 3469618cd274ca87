"""The framework as a readable document."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from audits.frameworks import sentences
from audits.frameworks.models import FrameworkVersion
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import (
    NoFrameworkError,
    current_draft,
    framework_of,
    framework_versions,
    version_in_force,
)
from qaf.lib import clock
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view


@dataclass(frozen=True)
class Opened:
    """The version a reader looks at, its framework and its sections."""

    version: FrameworkVersion
    framework: Framework
    sections: tuple[sentences.Section, ...]
    current: bool

    @property
    def query(self) -> str:
        """What keeps the reader on the version they chose."""
        return "" if self.current else f"?version={self.version.number}"


@council_view()
def document(request: CouncilRequest) -> HttpResponse:
    """What the framework is, how much of it is our default, and its sections."""
    try:
        opened = _opened(request)
    except NoFrameworkError:
        return render(request, "frameworks/none.html")
    texts = [text for section in opened.sections for text in section.all_sentences]
    defaults = sum(text.is_default for text in texts)
    figures = [
        {"label": "Rules in words", "value": len(texts)},
        {"label": "From the council's own document", "value": len(texts) - defaults},
        {"label": "Our default, until the council confirms it", "value": defaults},
    ]
    context = _context(request, opened) | {
        "figures": figures,
        "unimplemented": opened.framework.unimplemented(),
        "later": opened.framework.later(),
        "versions": framework_versions(),
        "today": clock.today(),
        "may_edit": may(request.person, "frameworks.edit"),
        "draft": current_draft(),
    }
    return render(request, "frameworks/document.html", context)


@council_view()
def section(request: CouncilRequest, key: str) -> HttpResponse:
    """One section: every rule a sentence with its source or "our default"."""
    try:
        opened = _opened(request, key)
    except NoFrameworkError as error:
        raise Http404 from error
    found = next((item for item in opened.sections if item.key == key), None)
    if found is None:
        raise Http404
    return render(request, "frameworks/section.html", _context(request, opened, key) | {"section": found})


@council_view()
def text(request: CouncilRequest, number: int) -> HttpResponse:
    """The version's own text, to keep or to edit."""
    version = get_object_or_404(framework_versions(), number=number)
    response = HttpResponse(version.source, content_type="application/yaml; charset=utf-8")
    name = f"{request.authority.slug}-framework-{version.number}.yaml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _opened(request: CouncilRequest, key: str = "") -> Opened:
    chosen = request.GET.get("version", "")
    current = not chosen
    if current:
        version = version_in_force()
    elif chosen.isdecimal() and len(chosen) < 7:
        version = get_object_or_404(framework_versions(), number=int(chosen))
    else:
        raise Http404
    framework = framework_of(version)
    return Opened(version, framework, sentences.document(framework), current)


def _context(request: CouncilRequest, opened: Opened, key: str = "") -> dict[str, object]:
    slug, query = request.authority.slug, opened.query
    overview = {
        "text": "Overview",
        "href": reverse("frameworks:document", args=[slug]) + query,
        "active": not key,
    }
    items = [overview] + [
        {
            "text": item.title,
            "href": reverse("frameworks:section", args=[slug, item.key]) + query,
            "active": item.key == key,
        }
        for item in opened.sections
    ]
    return {"opened": opened, "version": opened.version, "subnav_items": items}
