"""What the follow-up must show without knowing it: where an action or task comes from, and other apps' pages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.followup.models import Action, FollowUp
    from qaf.tenants.models import Person


@dataclass(frozen=True)
class Origin:
    """Where something came from: `text` such as an audit's reference, and its page."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Link:
    """Something that helps with a follow-up, such as the copy of an audit for the child's record."""

    text: str
    href: str


Ids = Iterable[int]
Origins = Callable[[str, Ids], Mapping[int, Origin]]
_origins: list[Origins] = []
_pages: dict[str, Callable[["FollowUp"], str]] = {}
_helps: dict[str, Callable[["FollowUp"], tuple[str, str] | None]] = {}
_links: list[Callable[["FollowUp"], Iterable[Link]]] = []
_tabs: dict[str, tuple[str, str, Callable[["Person"], bool]]] = {}
_actions: list[Callable[["FollowUp"], Iterable["Action"]]] = []
_giving: list[Callable[["FollowUp", "Person"], str]] = []
_parties: list[Callable[[str, int, "Person"], bool]] = []


def add_origins(provider: Origins) -> None:
    """Declare who knows where actions (`"action"`), tasks (`"follow_up"`) and concerns (`"concern"`) come from."""
    if provider not in _origins:
        _origins.append(provider)


def origins_of(kind: str, ids: Ids) -> dict[int, Origin]:
    """Return the origins of those of `ids` that have one."""
    wanted = list(ids)
    found: dict[int, Origin] = {}
    for provider in _origins:
        found.update(provider(kind, wanted))
    return found


def add_giving_rule(provider: Callable[["FollowUp", "Person"], str]) -> None:
    """Declare who knows whom a follow-up must not go to: why not, in words, or an empty text."""
    if provider not in _giving:
        _giving.append(provider)


def why_not_give(follow_up: "FollowUp", person: "Person") -> str:
    """Return why the follow-up must not go to the person; an empty text where it may."""
    return next((why for provider in _giving if (why := provider(follow_up, person))), "")


def add_page(kind: str, href: Callable[["FollowUp"], str]) -> None:
    """Declare that follow-ups of `kind` are answered on another app's page."""
    _pages[kind] = href


def page_of(follow_up: "FollowUp") -> str:
    """Return the path of another app's page for the follow-up, or an empty string."""
    page = _pages.get(follow_up.kind)
    return page(follow_up) if page else ""


def add_help(kind: str, provider: Callable[["FollowUp"], tuple[str, str] | None]) -> None:
    """Declare what helps to answer follow-ups of `kind`: words and address of a page or file, or None."""
    _helps[kind] = provider


def help_with(follow_up: "FollowUp") -> tuple[str, str] | None:
    """Return words and address of what helps to answer the follow-up."""
    provider = _helps.get(follow_up.kind)
    return provider(follow_up) if provider else None


def add_links(provider: Callable[["FollowUp"], Iterable[Link]]) -> None:
    """Declare links that stand on a follow-up's page."""
    if provider not in _links:
        _links.append(provider)


def links_for(follow_up: "FollowUp") -> list[Link]:
    """Return the links that help with the follow-up."""
    return [link for provider in _links for link in provider(follow_up)]


def add_actions_of(provider: Callable[["FollowUp"], Iterable["Action"]]) -> None:
    """Declare who knows the actions that a follow-up looks over."""
    if provider not in _actions:
        _actions.append(provider)


def actions_of(follow_up: "FollowUp") -> list["Action"]:
    """Return the actions that a follow-up looks over."""
    return [action for provider in _actions for action in provider(follow_up)]


def add_tab(key: str, text: str, url_name: str, allowed: Callable[["Person"], bool]) -> None:
    """Declare a page of another app that stands among those of what follows, for whom it is."""
    _tabs[key] = (text, url_name, allowed)


def tabs_for(person: "Person") -> list[tuple[str, str, str]]:
    """Return key, words and address name of the other apps' pages that are for the person."""
    return [(key, text, name) for key, (text, name, allowed) in _tabs.items() if allowed(person)]


def add_party_to(provider: Callable[[str, int, "Person"], bool]) -> None:
    """Declare who knows whether a person takes part in what an action, task or concern came from."""
    if provider not in _parties:
        _parties.append(provider)


def is_party_to(kind: str, pk: int, person: "Person") -> bool:
    """Say whether the person takes part in what it came from, and so may read it."""
    return any(provider(kind, pk, person) for provider in _parties)
