"""GOV.UK Notify as an e-mail backend, through its official client.

The template has two fields, ``((subject))`` as its subject and ``((body))`` as its body. The Message-ID goes along
as Notify's reference: where an earlier answer was lost, Notify is asked for it first, so that nothing goes twice.
"""

from collections.abc import Sequence
from typing import Any

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from qaf.notices.mail import MailLater, MailRefused, MailUnknown

SECONDS = 20
REFUSALS = {
    400: "GOV.UK Notify does not accept the message: the address, or the template’s fields, are not as it needs them.",
    401: "GOV.UK Notify does not accept the key.",
    403: "GOV.UK Notify does not accept the key, or the service may not write to this address.",
    404: "GOV.UK Notify does not know the template.",
}
KEY_FAULTS = (401, 403, 404)


def client() -> NotificationsAPIClient:
    """Return Notify's client by the settings. Raises ``ImproperlyConfigured`` without a key and template."""
    if not settings.NOTIFY_API_KEY or not settings.NOTIFY_TEMPLATE_ID:
        raise ImproperlyConfigured("Set QAF_NOTIFY_API_KEY and QAF_NOTIFY_TEMPLATE_ID, or QAF_MAIL=smtp.")
    return NotificationsAPIClient(settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_URL, timeout=SECONDS)


class NotifyBackend(BaseEmailBackend):
    """Sends each message as one notification; raises what ``qaf.notices.mail`` sorts."""

    _client: NotificationsAPIClient | None = None

    def open(self) -> bool:
        """Make the client; there is no connection to keep."""
        self._client = self._client or client()
        return True

    def close(self) -> None:
        """Forget the client."""
        self._client = None

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send the messages; each learns Notify's id as ``provider_id``."""
        self.open()
        for message in email_messages:
            for address in message.recipients():
                message.provider_id = self._send(message, address)  # type: ignore[attr-defined]
        return len(email_messages)

    def _send(self, message: EmailMessage, address: str) -> str:
        reference = message.extra_headers.get("Message-ID", "")
        if getattr(message, "maybe_sent", False) and (known := self._known(reference)):
            return known
        answer = self._ask(
            lambda api: api.send_email_notification(
                email_address=address,
                template_id=settings.NOTIFY_TEMPLATE_ID,
                personalisation={"subject": message.subject, "body": message.body},
                reference=reference,
            ),
            sending=True,
        )
        return str(answer["id"])

    def _known(self, reference: str) -> str:
        """Return Notify's id of a message that it took when its answer was lost."""
        found = self._ask(lambda api: api.get_all_notifications(reference=reference), sending=False)
        return next((str(one["id"]) for one in found["notifications"]), "")

    def _ask(self, question: Any, *, sending: bool) -> Any:
        try:
            return question(self._client)
        except InvalidResponse as error:
            raise (MailUnknown if sending else MailLater)(
                "GOV.UK Notify’s answer could not be read."
            ) from error
        except HTTPError as error:
            raise _meaning(error, sending=sending) from error


def _meaning(error: HTTPError, *, sending: bool) -> Exception:
    """Sort a failure. No answer, or a fault inside Notify, leaves open whether the message was taken."""
    if error.response is None:
        if isinstance(error.__cause__, requests.ConnectTimeout | requests.exceptions.SSLError) or not sending:
            return MailLater("GOV.UK Notify could not be reached.")
        return MailUnknown("GOV.UK Notify did not answer.")
    code = error.status_code
    if code == 429:
        return MailLater("GOV.UK Notify takes no more for now: its limit is reached.")
    if code >= 500:
        return (MailUnknown if sending else MailLater)(f"GOV.UK Notify answered {code}.")
    text = REFUSALS.get(code, f"GOV.UK Notify answered {code}.")
    # A wrong key or template is put right by the people who run the service: the message must outlive that.
    return MailLater(text) if code in KEY_FAULTS else MailRefused(text)
