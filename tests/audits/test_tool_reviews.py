"""A tool is looked at each year by the named post: asked in time, reminded of, recorded and kept."""

from datetime import date, datetime

import pytest

from audits.followup.due import due_things
from audits.frameworks import loader
from audits.frameworks.services import keep_in_step, publish_framework
from audits.models import ToolReview
from audits.selectors.tool_reviews import looks
from audits.services.reminding import remind_auditors
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person

IN_FORCE = date(2026, 1, 5)
ADDRESS = "/a/alder/tool-reviews/case_file/"


def at(day: date):
    return clock.travel(datetime(day.year, day.month, day.day, 9, 0, tzinfo=clock.LONDON))


@pytest.fixture
def people(council):
    """Hope, who answers for quality assurance, and Pat, a practice manager."""
    with at(IN_FORCE), authority_scope(council):
        publish_framework(text=loader.builtin_text("slough"), effective_from=IN_FORCE)
        found = [
            make_person("Hope Head", "hos_sqa", signs_in=True),
            make_person("Pat Manager", "practice_manager", signs_in=True),
        ]
        keep_in_step()
        return found


def reviews_of(person) -> list:
    return [one for one in todo_for(person) if "Review the tool" in one.text]


@pytest.mark.req("SLO-64")
def test_the_tool_s_review_is_asked_a_year_on_recorded_and_asked_again_a_year_later(council, people, client):
    hope, pat = people
    with at(date(2026, 12, 1)), authority_scope(council):
        (look,) = looks()
        assert (look.tool.key, look.tool.version, look.due_on) == ("case_file", 1, date(2027, 1, 5))
        assert reviews_of(hope) == []
        assert due_things("tool_review") == []
    with at(date(2026, 12, 29)), authority_scope(council):
        (todo,) = reviews_of(hope)
        assert (todo.text, todo.href, todo.due_on) == (
            "Review the tool “Case file audit”",
            ADDRESS,
            date(2027, 1, 5),
        )
        assert reviews_of(pat) == []
        remind_auditors()
        assert [one.person for one in Notice.objects.filter(kind="tool_review_due")] == [hope]
    with at(date(2027, 1, 4)):
        client.post("/account/login/", {"login": pat.email, "password": "correct horse battery"})
        assert client.get(ADDRESS).status_code == 403
        client.logout()
        client.post("/account/login/", {"login": hope.email, "password": "correct horse battery"})
        page = client.get(ADDRESS).content.decode()
        for text in (
            "Is it still relevant?",
            "Is it used in the same way everywhere?",
            "Is it fit for purpose?",
        ):
            assert text in page
        answers = {"relevant": "yes", "standardised": "no", "fit_for_purpose": "yes", "changes_needed": "yes"}
        refused = client.post(ADDRESS, answers)
        assert refused.status_code == 422
        assert "Say what is to change" in refused.content.decode()
        note = "Panels read section 3 differently."
        assert client.post(ADDRESS, {**answers, "note": note}).status_code == 302
        page = client.get("/a/alder/tool-reviews/").content.decode()
        assert note in page
        assert "The tool has to change." in page
        with authority_scope(council):
            kept = ToolReview.objects.get()
            assert (kept.tool, kept.version, kept.reviewed_on, kept.reviewed_by) == (
                "case_file",
                1,
                date(2027, 1, 4),
                hope,
            )
            assert kept.answers == {"relevant": "yes", "standardised": "no", "fit_for_purpose": "yes"}
            assert reviews_of(hope) == []
            assert [one.due_on for one in looks()] == [date(2028, 1, 4)]
    with at(date(2027, 12, 20)), authority_scope(council):
        assert [one.due_on for one in reviews_of(hope)] == [date(2028, 1, 4)]
