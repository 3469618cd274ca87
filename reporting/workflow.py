"""The status machine of learning sessions; `docs/` draws its diagram from this table."""

from typing import Any

from qaf.tenants.permissions import may
from qaf.tenants.transitions import Transition, Workflow
from reporting.enums import SessionStatus


def _learns(session: Any, person: Any) -> bool:
    return may(person, "reporting.learn")


session_workflow = Workflow(
    "status",
    # What was recorded can be put right later.
    Transition(
        "record",
        "Record the session",
        (SessionStatus.PLANNED, SessionStatus.HELD),
        SessionStatus.HELD,
        _learns,
    ),
)
