"""What the follow-up does when something happens, in the same transaction."""

from audits.cases.events import CasesImported
from audits.followup.services import follow_children
from qaf.tenants.events import on


@on(CasesImported)
def let_actions_follow(event: CasesImported) -> None:
    """Actions follow the child to the worker or manager of the new case list."""
    follow_children()
