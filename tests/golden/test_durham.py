"""A quarter of audits held with the practitioner, and the session that looks at how consistently they were graded."""

from datetime import date

import pytest

from moderation.models import Meeting
from moderation.services.meetings import issue_feedback, record_meeting
from tests.golden.diary import check, diary
from tests.golden.play import audits_of, confirm, do_audit, moderate, month, on, settle_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])


@pytest.mark.req("DUR-76", "DUR-77", "DUR-80", "DUR-86", "DUR-88", "DUR-89", "DUR-90")
def test_a_quarter_is_audited_with_the_practitioners_and_talked_over_by_those_who_lead():
    council, _ = settle_in(
        "durham", months=("2026-10", "2026-11", "2026-12", "2027-01"), children_in_a_team=9
    )
    with on(council, date(2026, 10, 1)):
        audits = audits_of(month("2026-10"))
    with on(council, date(2026, 10, 12)):
        inadequate, generous, *others = audits
        do_audit(inadequate, "inadequate", action="See the child alone and agree a safety plan")
        do_audit(generous, "outstanding")
        for audit in others:
            do_audit(audit, "good")
        for audit in audits:
            confirm(audit)
    for day in (date(2026, 11, 9), date(2026, 12, 8)):
        with on(council, day):
            for audit in audits_of(month(f"{day:%Y-%m}")):
                do_audit(audit, "good")
                confirm(audit)
    with on(council, date(2027, 1, 4)):
        session = Meeting.objects.get()
        for looked_at in session.cases.select_related("audit", "moderator"):
            moderate(looked_at, "good" if looked_at.audit == generous else "")
        came = {one.person_id: "attended" for one in session.people.all()}
        record_meeting(
            meeting=session,
            held_on=date(2027, 1, 4),
            attendance=came,
            views={},
            notes="Outstanding was given where good was met.",
            person=session.chair,
        )
        issue_feedback(meeting=session, text="Read the meanings of the grades first.", person=session.chair)
        check("durham", diary())
