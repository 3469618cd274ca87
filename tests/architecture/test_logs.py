"""No child's data in a log: a child whose every word is a canary goes through the product."""

import io
import json
import logging
from datetime import date

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client
from structlog.stdlib import ProcessorFormatter

from audits.cases.models import Case, CaseImport
from audits.cases.views import cases as case_views
from audits.models import SectionDraft
from qaf.jobs import services as jobs
from qaf.jobs.models import Job
from qaf.tenants.scope import authority_scope
from tests.factories import annex_a
from tests.factories.assessments import make_audit, make_cast
from tests.factories.people import make_person

CANARY = "Qanarybird"
LOCAL_ID = "00QANARYBIRD77"


@pytest.fixture
def log(monkeypatch):
    """What would stand in the log, written by the formatter of the settings."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    formatter = dict(settings.LOGGING["formatters"]["json"])
    formatter.pop("()")
    handler.setFormatter(ProcessorFormatter(**formatter))
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", logging.INFO)
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


@pytest.fixture
def cast(frozen, council):
    with authority_scope(council):
        cast = make_cast(signs_in=True)
        make_person("Ash Reed", "qa_lead", signs_in=True)
        return cast


def signed_in(email: str) -> Client:
    client = Client(raise_request_exception=False)
    client.post("/account/login/", {"login": email, "password": "correct horse battery"})
    return client


def said(log) -> str:
    text = json.dumps(log())
    assert text.count("{") > 0, "nothing was logged: the test would prove nothing"
    return text.lower()


def test_bringing_in_a_child_and_writing_of_it_leaves_nothing_of_it_in_the_log(
    cast, council, log, settings, tmp_path
):
    settings.DATA_DIR = tmp_path / "data"
    logging.getLogger("tests").info("begun")
    lead = signed_in("ash.reed@example.org")
    book = annex_a.list_6(
        tmp_path / "list.xlsx", annex_a.child(LOCAL_ID, status=CANARY), annex_a.child(LOCAL_ID)
    )
    day = {"as_of_0": "30", "as_of_1": "9", "as_of_2": "2026"}
    answer = lead.post(
        "/a/alder/cases/imports/new/",
        {**day, "form_key": "k1", "documents": SimpleUploadedFile(f"{CANARY}.xlsx", book.read_bytes())},
    )
    assert answer.status_code == 302, answer.content.decode()
    with authority_scope(council):
        job = Job.objects.get()
    jobs.run(council.pk, job.pk)
    with authority_scope(council):
        assert CaseImport.objects.get().counts
        audit = make_audit(cast, local_id=LOCAL_ID, family_id=CANARY)
        child = Case.objects.get(local_id=LOCAL_ID)
    lead.get(f"/a/alder/cases/?q={LOCAL_ID}")
    assert lead.get(f"/a/alder/cases/{child.pk}/").status_code == 200
    lena = signed_in(cast.lena.email)
    base = f"/a/alder/audits/{audit.reference}/part/lead/section/voice_of_child/"
    assert lena.post(base, {"strengths": CANARY, "grade": CANARY, "version": "0"}).status_code in (
        200,
        302,
        422,
    )
    lena.post(f"{base}save/", {"strengths": CANARY, "version": "0"}, HTTP_HX_REQUEST="true")
    with authority_scope(council):
        assert CANARY in str(SectionDraft.objects.values_list("fields", flat=True))
    assert CANARY.lower() not in said(log)


def test_an_error_is_logged_by_what_it_was_and_where_never_by_what_it_said(cast, council, log, monkeypatch):
    def broken(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [f"{CANARY} of the child"])

    monkeypatch.setattr(case_views, "record_read", broken)
    with authority_scope(council):
        child = Case.objects.create(
            local_id=LOCAL_ID, initials="Q", status="child_in_need", opened_on=date(2026, 1, 5)
        )
    answer = signed_in("ash.reed@example.org").get(f"/a/alder/cases/{child.pk}/")
    assert answer.status_code == 500
    assert CANARY.lower() not in said(log)
    error = next(line for line in log() if line["level"] == "error")
    assert error["exception"] == ["django.db.utils.DataError", "psycopg2.errors.InvalidTextRepresentation"]
    assert any(" broken" in frame for frame in error["where"])
    assert error["request_id"] == answer.headers["X-Request-ID"]


def test_a_job_that_fails_says_so_without_the_row_it_failed_on(cast, council, log, monkeypatch):
    def fail(job):
        raise IntegrityError(f"DETAIL: Failing row contains ({LOCAL_ID}, {CANARY}).")

    monkeypatch.setitem(jobs._handlers, "tests.canary", fail)
    with authority_scope(council):
        job = jobs.ask_for(kind="tests.canary", key="1")
    jobs.run(council.pk, job.pk)
    with authority_scope(council):
        job.refresh_from_db()
    assert CANARY not in job.error
    assert CANARY.lower() not in said(log)
    assert "django.db.utils.IntegrityError" in said(log).replace("integrityerror", "IntegrityError")


def test_a_library_that_quotes_the_error_in_its_own_line_is_not_quoted(log):
    try:
        raise ValueError(f"{CANARY} is no date")
    except ValueError as error:
        logging.getLogger("celery.app.trace").error("Task raised unexpected: %r", error, exc_info=error)
    assert CANARY.lower() not in said(log)
    assert log()[-1]["event"] == "Task raised unexpected: ValueError"
