"""A month of quotas: cases chosen or drawn, the meeting that looks at them, and a week to raise what was found."""

from datetime import date

import pytest

from audits.cases.models import Case
from audits.models import CaseChoice
from audits.services.choosing import choose_case
from audits.services.lists import cases_for
from moderation.models import Meeting, Moderation
from moderation.services.meetings import invite, record_meeting
from tests.golden.diary import check, diary
from tests.golden.play import audits_of, do_audit, moderate, month, on, settle_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])


@pytest.mark.req(
    "SLO-74", "SLO-76", "SLO-81", "SLO-83", "SLO-108", "SLO-110", "SLO-147", "SLO-148", "SLO-162"
)
def test_each_has_their_quota_and_the_meeting_concludes_on_standards():
    council, town = settle_in("slough", months=("2026-10", "2026-11"), children_in_a_team=9)
    with on(council, date(2026, 10, 1)):
        for choice in CaseChoice.objects.select_related("cycle__framework_version", "auditor").order_by("pk"):
            case = Case.objects.get(pk=cases_for(choice)[0].case_id)
            choose_case(
                choice=choice, case=case, reason="A need arose", words="Moved twice.", person=choice.auditor
            )
    with on(council, date(2026, 10, 12)):
        audits = audits_of(month("2026-10"))
        for number, audit in enumerate(audits):
            do_audit(
                audit,
                "inadequate" if number == 0 else "good",
                action="Write the chronology" if number == 0 else "",
            )
    with on(council, date(2026, 10, 21)):
        for moderation in Moderation.objects.filter(status="allocated").select_related("audit", "moderator"):
            moderate(moderation)
    with on(council, date(2026, 11, 2)):
        meeting = Meeting.objects.get(period="2026-10")
        invite(meeting=meeting, people=town.people["practice_manager"], person=meeting.chair)
        record_meeting(
            meeting=meeting,
            held_on=date(2026, 11, 2),
            attendance={one.person_id: "attended" for one in meeting.people.all()},
            views={},
            notes="Chronologies are late.",
            person=meeting.chair,
        )
        for moderation in Moderation.objects.filter(status="allocated").select_related("audit", "moderator"):
            moderate(moderation)
    with on(council, date(2026, 11, 9)):
        check("slough", diary())
