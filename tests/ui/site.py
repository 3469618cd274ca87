"""A site of the UI kit alone: the kitchen sink, the error pages, and a form that is saved as typed. No database."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from qaf.ui.kit import context
from qaf.ui.shell import Shell

ERROR_PAGES = ("400", "403", "403_csrf", "404", "500", "503")
DRAFT = """{% extends "layouts/beside.html" %}{% load qaf_ui %}
{% block title %}Draft{% endblock %}
{% block content %}<h1 class="govuk-heading-l">Draft</h1>
<form method="post" action="/sent/" data-autosave="/autosave/" data-key="draft" novalidate>{% csrf_token %}
<input type="hidden" name="version" value="{{ version }}">
<div class="govuk-form-group"><label for="id_words">Words</label>
<textarea id="id_words" name="words">{{ words }}</textarea></div>
{% autosave_status %}<button>Send</button></form>{% endblock %}
{% block beside %}<p class="govuk-body">Prompts</p>{% endblock %}"""


class Server:
    """What the pretend server knows and how it answers next."""

    def __init__(self) -> None:
        self.words, self.version, self.seen = "", 1, []
        self.answer = "ok"
        self.shell = Shell(council_name="Kitshire", account_name="Ash Rowan", sign_out_url="/signed-out/")


server = Server()


def kit(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/kit.html", context(request))


def error_page(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, f"{code}.html", status=int(code[:3]))


@ensure_csrf_cookie
def draft(request: HttpRequest) -> HttpResponse:
    page = engines["django"].from_string(DRAFT)
    return HttpResponse(
        page.render({"version": server.version, "words": server.words, "shell": server.shell}, request)
    )


def autosave(request: HttpRequest) -> HttpResponse:
    given = {
        "words": request.POST["words"],
        "version": request.POST["version"],
        "mark": request.headers.get("X-Requested-With"),
    }
    server.seen.append(given)
    if server.answer == "down":
        return HttpResponse(status=503)
    if int(given["version"]) != server.version:
        body = {"version": server.version, "theirs": {"words": server.words}, "saved_by": "Hazel Finch"}
        return JsonResponse(body, status=409)
    server.words, server.version = given["words"], server.version + 1
    return JsonResponse({"version": server.version, "saved_at": "2026-12-03T14:03:00+00:00"})


@csrf_exempt
def keep_alive(request: HttpRequest) -> HttpResponse:
    server.seen.append("kept alive")
    return JsonResponse({"seconds": 1800})


def done(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(dict(request.POST.items())), content_type="text/plain")


urlpatterns = [
    path("kit/", kit),
    path("error/<str:code>/", error_page),
    path("draft/", draft),
    path("autosave/", autosave),
    path("keep-alive/", keep_alive),
    path("sent/", done),
    path("signed-out/", done),
]
