"""A month of two independent auditors: agreement, a difference moderated, and what an inadequate audit sets off."""

from datetime import date

import pytest

from moderation.models import Moderation
from tests.golden.diary import check, diary
from tests.golden.play import audits_of, confirm, do_audit, moderate, month, on, settle_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])


@pytest.mark.req("HER-02", "HER-15", "HER-34", "HER-37", "HER-43", "HER-45", "HER-46")
def test_a_month_of_two_auditors_runs_from_the_first_to_its_consequences():
    council, _ = settle_in("herefordshire", months=("2026-10", "2026-11"), children_in_a_team=2)
    with on(council, date(2026, 10, 1)):
        audits = audits_of(month("2026-10"))
    with on(council, date(2026, 10, 14)):
        inadequate, divided, *agreed = audits
        do_audit(inadequate, "inadequate", action="See the child alone and agree a safety plan")
        do_audit(divided, {"lead": "good", "peer": "requires_improvement"})
        for audit in agreed:
            do_audit(audit, "good")
        for audit in (inadequate, *agreed):
            confirm(audit)
    with on(council, date(2026, 10, 22)):
        moderate(Moderation.objects.select_related("audit", "moderator").get(), "requires_improvement")
        confirm(divided)
    with on(council, date(2026, 10, 30)):
        check("herefordshire", diary())
