"""What the header and footer of every page need; the platform's context processor supplies it as ``shell``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the menu: ``active`` marks the section that the page belongs to."""

    text: str
    href: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """One person in one council, as the page frame shows them.

    ``council_colour`` is a CSS hex colour ("#7a1f5c"); anything else is ignored. ``session_seconds`` is the time left
    until the session ends unless it is used; the page warns two minutes before.
    """

    council_name: str = ""
    council_colour: str = ""
    home_url: str = "/"
    menu: Sequence[Link] = field(default_factory=tuple)
    account_name: str = ""
    account_post: str = ""
    account_links: Sequence[Link] = field(default_factory=tuple)
    switch_url: str = ""
    sign_out_url: str = ""
    notices_url: str = ""
    notices_unread: int = 0
    session_seconds: int = 0
    keep_alive_url: str = ""
    footer_links: Sequence[Link] = field(default_factory=tuple)
    demo: bool = False

    @property
    def colour(self) -> str:
        """Return the council's colour where it is one; it is written into a style element, so nothing else may be."""
        return self.council_colour if HEX_COLOUR.fullmatch(self.council_colour) else ""
