"""Handing one e-mail to Django's e-mail backend, and what its answer means.

Three answers matter: it was taken, it was refused (now or for good), or nobody knows. Only in the last case may
a person get a message twice, and then both carry the same Message-ID.
"""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)


class Answer(Enum):
    """What became of an attempt."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """The answer, why (in words without a word of the message), and what the provider calls the message."""

    answer: Answer
    reason: str = ""
    provider_id: str = ""


class MailRefused(Exception):
    """Raised by a backend: this message will never be taken."""


class MailLater(Exception):
    """Raised by a backend: not now, and it was certainly not taken."""


class MailUnknown(Exception):
    """Raised by a backend: nobody knows whether it was taken."""


@dataclass(frozen=True)
class Letter:
    """An e-mail as it leaves."""

    to: str
    subject: str
    body: str
    message_id: str
    maybe_sent: bool


class Postbox:
    """One connection to the mail server for a batch."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._open = False
        self._away: Result | None = None

    def post(self, letter: Letter) -> Result:
        """Send the letter and return what became of it; raises nothing that a mail server can cause.

        A server that cannot be reached is not asked again for the rest of the batch.
        """
        if not self._open:
            self._away = self._away or self._reach()
            if self._away:
                return self._away
        message = EmailMessage(
            subject=letter.subject,
            body=letter.body,
            to=[letter.to],
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
            connection=self._connection,
        )
        message.maybe_sent = letter.maybe_sent  # type: ignore[attr-defined]
        try:
            message.send()
        except Exception as error:  # noqa: BLE001 — sorted by kind
            self.close()
            return _sorted(error)
        return Result(Answer.TAKEN, provider_id=getattr(message, "provider_id", ""))

    def _reach(self) -> Result | None:
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException, MailLater) as error:
            logger.warning("the mail server could not be reached: %s", type(error).__name__)
            return Result(Answer.LATER, "The mail server could not be reached.")
        self._open = True
        return None

    def close(self) -> None:
        """Close the connection; the next letter opens another."""
        self._open = False
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException):
            self._connection.connection = None


def _sorted(error: Exception) -> Result:
    if isinstance(error, MailRefused):
        return Result(Answer.REFUSED, str(error))
    if isinstance(error, MailLater):
        return Result(Answer.LATER, str(error))
    if isinstance(error, MailUnknown):
        return Result(Answer.UNKNOWN, str(error))
    code = _smtp_code(error)
    if code is not None:
        answer = Answer.REFUSED if 500 <= code < 600 else Answer.LATER
        return Result(answer, f"The mail server answered {code}.")
    if isinstance(error, UnicodeError | ValueError):
        return Result(Answer.REFUSED, "The address cannot be written to.")
    logger.warning("the mail server's answer is not known: %s", type(error).__name__)
    return Result(
        Answer.UNKNOWN, "The mail server did not say whether it took the message: it may have arrived."
    )


def _smtp_code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _ in error.recipients.values()), 550)
    # Codes outside 400 to 599 say that the connection broke, not what became of the message.
    if isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 600:
        return error.smtp_code
    return None


@contextmanager
def postbox() -> Iterator[Postbox]:
    """Give a connection that is opened with the first letter and closed at the end."""
    box = Postbox(get_connection())
    try:
        yield box
    finally:
        box.close()
