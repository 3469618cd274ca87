"""What an e-mail says, from what is true when it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from qaf.notices.models import Notice
from qaf.notices.registry import Words
from qaf.tenants.models import Authority


@dataclass(frozen=True)
class Text:
    """Subject and body of an e-mail."""

    subject: str
    body: str


def compose(authority: Authority, notices: Sequence[Notice], words: dict[int, Words]) -> Text:
    """Return one message for all of ``notices``, each with its reason and its link.

    The names of things come from the notices: a child by local id or reference at most.
    """
    foot = (
        f"{authority.name}: quality assurance\n"
        "When you get these messages is your choice: see Notices, Settings, after signing in.\n"
    )
    if len(notices) == 1:
        one = notices[0]
        said = words[one.pk]
        return Text(said.subject, _joined([said.body, _link(one.href), foot]))
    urgent = any(one.urgent for one in notices)
    subject = f"{'Urgent: ' if urgent else ''}{len(notices)} notices from {authority.name}"
    parts = [
        _joined([f"{number}. {words[one.pk].subject}", words[one.pk].body, _link(one.href)])
        for number, one in enumerate(notices, start=1)
    ]
    return Text(subject[:200], _joined([*parts, foot], between="\n\n"))


def _joined(parts: Sequence[str], between: str = "\n\n") -> str:
    return between.join(part for part in parts if part)


def _link(href: str) -> str:
    return f"{settings.PUBLIC_URL}{href}"
