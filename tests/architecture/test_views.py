"""Every address inside a council goes through the one door."""

from django.urls import URLPattern, URLResolver, get_resolver

from qaf.tenants.middleware import COUNCIL_PATH
from qaf.tenants.permissions import declared

OUTSIDE = {
    "start": "sends everybody on to their council or to the sign-in",
    "security": "a person's own passwords and keys, which belong to no council",
    "keep_alive": "puts off the end of a session",
    "sign_in_needed": "says what a council asks for before it can be entered",
    "account": "allauth's own pages",
    "calendar": "a secret link: a calendar program cannot sign in",
    "kit": "the kitchen sink, in development only",
}


def patterns(resolver: URLResolver, prefix: str = ""):
    """Yield (route, pattern) of every view under ``resolver``."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def council_patterns() -> list[tuple[str, URLPattern]]:
    return [
        (route, entry) for route, entry in patterns(get_resolver()) if route.startswith("a/<slug:council>/")
    ]


def test_every_view_of_a_council_declares_who_may_open_it():
    found = council_patterns()
    assert len(found) > 40
    assert [route for route, entry in found if not hasattr(entry.callback, "permissions")] == []


def test_what_a_view_asks_for_is_declared_by_an_app():
    asked = {key for _, entry in council_patterns() for key in getattr(entry.callback, "permissions", ())}
    assert asked - set(declared()) == set()
    assert asked, "no view asks for any permission: that cannot be"


def test_every_address_of_a_council_is_one_that_the_middleware_guards():
    assert [
        route
        for route, _ in council_patterns()
        if not COUNCIL_PATH.match("/" + route.replace("<slug:council>", "alder"))
    ] == []


def test_an_address_outside_a_council_is_listed_with_a_reason():
    outside = {
        route.split("/")[0] or (entry.name or "")
        for route, entry in patterns(get_resolver())
        if not route.startswith("a/<slug:council>/")
    }
    names = {name.replace("_", "-") for name in OUTSIDE} | set(OUTSIDE)
    assert {name for name in outside if name not in names} == set()
