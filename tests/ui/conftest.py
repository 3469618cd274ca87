"""A browser and a small site for the tests of the kit; neither touches the database."""

import os
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings

from tests.ui import site

# Without the platform's own: they would ask the database who is there.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
PROCESSORS = ["django.template.context_processors.request"]


PATIENCE = 30_000
"""Milliseconds that a slow machine is given."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def kit_site():
    """The address of the small site, served on loopback."""
    from django.conf import settings

    templates = [{**settings.TEMPLATES[0], "OPTIONS": {"context_processors": PROCESSORS}}]
    with override_settings(ROOT_URLCONF="tests.ui.site", MIDDLEWARE=MIDDLEWARE, TEMPLATES=templates):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def server():
    """The pretend server behind the form that is saved as typed, fresh for each test."""
    site.server.__init__()
    return site.server


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    program = os.environ.get("QAF_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A fresh tab of a fresh browser profile; a fault in the page's own script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None
    )
    yield page
    context.close()
    assert faults == []
