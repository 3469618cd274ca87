"""What I have to do: a short list as it is due, a long one by kind with how many and how late."""

from datetime import date

import pytest
from django.urls import reverse

from qaf.lib import clock
from qaf.tenants import registry
from qaf.tenants.registry import ToDo
from qaf.tenants.scope import authority_scope
from qaf.tenants.views.home import MANY, grouped
from tests.factories.people import make_person, make_role


def thing(text: str, **more) -> ToDo:
    return ToDo(text, "/a/alder/x/", more.pop("due_on", date(2026, 10, 20)), **more)


def test_things_of_one_kind_stand_together_whatever_audit_they_are_about():
    found = [
        thing("Answer an urgent concern about a child", urgent=True),
        thing("Continue your audit: ALD-2026-0001"),
        thing("Choose the theme of November 2026"),
        thing("Continue your audit: ALD-2026-0002"),
        thing("Read the feedback of ALD-2026-0007", group="Read and acknowledged"),
    ]
    assert [(title, [one.text for one in rows]) for title, rows in grouped(found)] == [
        ("Urgent", ["Answer an urgent concern about a child"]),
        ("Continue your audit", ["Continue your audit: ALD-2026-0001", "Continue your audit: ALD-2026-0002"]),
        ("Everything else", ["Choose the theme of November 2026", "Read the feedback of ALD-2026-0007"]),
    ]


@pytest.mark.parametrize(("count", "by_kind"), [(MANY, False), (MANY + 1, True)])
def test_only_a_long_list_is_read_by_kind_and_every_thing_stays_a_link(
    council, frozen, client, monkeypatch, count, by_kind
):
    with authority_scope(council):
        make_role("visitor")
        will = make_person("Will Alder", "visitor", signs_in=True)
    late = thing("Moderate an audit", due_on=date(2026, 10, 1), about="ALD-2026-0000")
    rows = [late, *(thing("Moderate an audit", about=f"ALD-2026-{n:04}") for n in range(1, count - 1))]
    monkeypatch.setattr(registry, "_todo", [lambda person: [*rows, thing("Hold the panel")]])
    client.post("/account/login/", {"login": will.email, "password": "correct horse battery"})
    page = client.get(reverse("home", args=["alder"])).content.decode()
    assert clock.today() > date(2026, 10, 1)
    assert f"{count} things to do, 1 is late" in page
    assert page.count("qaf-todo__link") == count
    assert ("Everything else" in page, f"{count - 1} things, 1 late" in page) == (by_kind, by_kind)
