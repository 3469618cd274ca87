"""What is done to a calendar."""

from audits.programme.services.feeds import make_feed, open_feed, revoke_feed
from audits.programme.services.moving import move_date, switch_opening
from audits.programme.services.planning import note_done, plan_calendar
from audits.programme.services.ticking import look, run_missed

__all__ = [
    "look",
    "make_feed",
    "move_date",
    "note_done",
    "open_feed",
    "plan_calendar",
    "revoke_feed",
    "run_missed",
    "switch_opening",
]
