"""The kitchen sink: every part of the UI kit on one page, for whoever writes pages (development only)."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qaf.ui.kit import context


def kit(request: HttpRequest) -> HttpResponse:
    """Show the kit at /kit/; anywhere but in development and tests there is no such page."""
    if not (settings.DEBUG or getattr(settings, "QAF_KIT", False)):
        raise Http404
    return render(request, "ui/kit.html", context(request))
