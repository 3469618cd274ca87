"""A themed month: pairs, conversations first, a panel for everything good, and scrutiny instead of consequences."""

from datetime import date

import pytest

from audits.models import Audit
from audits.services.disagreements import disagree_with_grade
from audits.services.experience import record_experience
from audits.services.themes import ThemeContent, plan_theme
from moderation.models import Moderation
from tests.golden.diary import check, diary
from tests.golden.play import audits_of, confirm, do_audit, moderate, month, on, settle_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])
THEME = ThemeContent(
    title="Children who move",
    question="Do moves help or hurt the child?",
    reason="performance",
    triggered_by="More moves this summer than last.",
    statuses=("looked_after", "child_protection", "child_in_need"),
    guidance="Look at the reasons given for each move.",
)


@pytest.mark.req("SEF-40", "SEF-48", "SEF-49", "SEF-96", "SEF-98", "SEF-102", "SEF-132", "SEF-137")
def test_a_themed_month_is_listed_before_it_begins_and_its_good_audits_go_to_the_panel():
    council, town = settle_in("sefton", months=("2026-10", "2026-11"), children_in_a_team=14)
    with on(council, date(2026, 9, 14)):
        for old_hand in town.people["service_manager"][:2]:
            record_experience(of=old_hand, audits_before=9, person=town.one("qa_manager"))
        plan_theme(month=date(2026, 10, 1), content=THEME, person=town.one("qa_manager"))
    with on(council, date(2026, 9, 24)):
        assert month("2026-10").status == "open"
    with on(council, date(2026, 10, 13)):
        audits = audits_of(month("2026-10"))
        cared_for = next(one for one in audits if one.case_status == "looked_after")
        others = [one for one in audits if one != cared_for]
        do_audit(
            cared_for, "inadequate", domains={"safeguarding_unit": "inadequate"}, action="Hold the review now"
        )
        good, disputed, *rest = others
        do_audit(good, "good")
        do_audit(disputed, "requires_improvement")
        disagree_with_grade(audit=disputed, reason="The June visits were missed.", person=disputed.worker)
        for audit in rest:
            do_audit(audit, "requires_improvement")
    with on(council, date(2026, 11, 2)):
        for moderation in Moderation.objects.filter(status="allocated").select_related("audit", "moderator"):
            moderate(moderation)
        for audit in Audit.objects.filter(status="outcome").order_by("reference"):
            confirm(audit)
    with on(council, date(2026, 11, 12)):
        check("sefton", diary())
