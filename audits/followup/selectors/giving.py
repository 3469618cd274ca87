"""Who may give a follow-up to somebody else."""

from audits.followup.enums import FollowUpStatus
from audits.followup.models import FollowUp
from audits.followup.selectors.rights import may_see_follow_up
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.selectors import line_of


def may_give(follow_up: FollowUp, person: Person) -> bool:
    """Say whether the person gives it away: they follow all, or manage the child's worker; while it is open."""
    if follow_up.status != FollowUpStatus.OPEN or not may_see_follow_up(follow_up, person):
        return False
    if may(person, "followup.see_all"):
        return True
    case = follow_up.case
    unit = (case.team or case.service) if case else None
    return unit is not None and person.pk in line_of(unit, on=clock.today())
