"""The rules of notices: telling people, and sending what they were told by e-mail."""

from qaf.notices.services.preferences import choose
from qaf.notices.services.relay import relay_council
from qaf.notices.services.telling import mark_read, tell, without_email
from qaf.notices.services.undelivered import record_bounce, send_again, unsettled, write_fate

__all__ = [
    "choose",
    "mark_read",
    "record_bounce",
    "relay_council",
    "send_again",
    "tell",
    "unsettled",
    "without_email",
    "write_fate",
]
