"""The same two children and the same grades under five frameworks: five outcomes."""

from datetime import date

import pytest

from audits.followup.services.concerns import SpokenFirst
from audits.models import Assessment, Audit
from audits.services.finalise import finalise
from audits.services.flags import set_flag
from moderation.services import allocate_waiting
from moderation.services.drawing import draw_ended_months
from qaf.lib import clock
from qaf.tenants.models import Person
from tests.factories.graded import month_of_audits
from tests.factories.towns import audit_of
from tests.golden.diary import check, what_followed
from tests.golden.play import do_audit, number_people
from tests.golden.town import Town, build_town

pytestmark = [
    pytest.mark.django_db(databases=["default", "owner"]),
    pytest.mark.usefixtures("scope", "frozen"),
]
AUDITORS = {
    "durham": {"auditor": "operations_manager"},
    "herefordshire": {"lead": "team_manager", "peer": "qa_practitioner"},
    "sefton": {"auditor": "team_manager"},
    "slough": {"auditor": "head_of_service"},
    "west_sussex": {"practitioner": "social_worker", "auditor": "practice_manager"},
}
"""Who fills each part; one of the child's own team where the framework wants them, else somebody from elsewhere."""
OF_THE_TEAM = ("lead", "practitioner")


@pytest.mark.parametrize("name", sorted(AUDITORS))
def test_an_inadequate_and_a_good_audit_lead_to_what_the_framework_makes_of_them(name):
    number_people()
    town = build_town(name, at_the_centre=1, teams_in_a_service=1, children_in_a_team=12)
    month = month_of_audits()
    inadequate, good = [_audit(town, AUDITORS[name], child, month) for child in _looked_after(town)]
    auditor = next(one.assessor for one in inadequate.assessments.all() if one.slot in ("lead", "auditor"))
    if town.framework.flags:
        told = SpokenFirst(not_spoken_reason="The father is back in the house.")
        set_flag(
            audit=inadequate, flag="safeguarding_concern", reason="Not safe.", person=auditor, spoken=told
        )
    do_audit(inadequate, "inadequate", action="See the child alone and agree a safety plan")
    do_audit(good, "good")
    with clock.travel(date(2026, 11, 2)):
        draw_ended_months()
        allocate_waiting()
        for audit in Audit.objects.filter(status="outcome"):
            finalise(audit=audit, why="nothing of fact was wrong")
        check(f"facts_{name}", what_followed())


def _looked_after(town: Town) -> list:
    return [one for one in town.cases if one.status == "looked_after"][:2]


def _audit(town: Town, parts: dict[str, str], child, month) -> Audit:
    who = {slot: _person(town, role, child, own=slot in OF_THE_TEAM) for slot, role in parts.items()}
    graded = town.framework.grading_slots[0].key
    audit = audit_of(town, child, who[graded], cycle=month)
    for slot, person in who.items():
        if slot != graded:
            Assessment.objects.create(audit=audit, slot=slot, assessor=person, due_on=audit.due_on)
    return audit


def _person(town: Town, role: str, child, *, own: bool) -> Person:
    if role == "social_worker":
        return child.worker
    people = town.people[role]
    return next(one for one in people if one.unit is None or (one.unit in (child.team, child.service)) == own)
