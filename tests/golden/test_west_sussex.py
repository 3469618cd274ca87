"""A month of joint audits beside a self-assessment: cases a named post settles, discussions, and a ladder climbed."""

from datetime import date

import pytest

from audits.services.flags import set_flag
from audits.services.lists import confirm_list
from moderation.models import Dispute, Moderation
from moderation.services.disputes import settle_step
from tests.golden.diary import check, diary
from tests.golden.play import audits_of, confirm, do_audit, moderate, month, on, settle_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "purge"])


@pytest.mark.req(
    "WSX-13", "WSX-39", "WSX-40", "WSX-44", "WSX-46", "WSX-67", "WSX-78", "WSX-79", "WSX-97", "WSX-98"
)
def test_a_month_goes_from_the_settled_list_through_both_stages_to_its_actions():
    council, town = settle_in("west_sussex", months=("2026-10", "2026-11"), children_in_a_team=5)
    with on(council, date(2026, 9, 28)):
        confirm_list(cycle=month("2026-10"), person=town.one("principal_manager_sqp"))
    with on(council, date(2026, 10, 1)):
        audits = audits_of(month("2026-10"))
    with on(council, date(2026, 10, 12)):
        worrying, divided, *others = [one for one in audits if one.moderations.exists()]
        auditor = worrying.assessments.get(slot="auditor").assessor
        set_flag(audit=worrying, flag="safeguarding_concern", reason="The father is back.", person=auditor)
        do_audit(worrying, "inadequate", action="See the child alone and agree a safety plan")
        for audit in audits:
            if audit != worrying:
                do_audit(audit, "good")
    with on(council, date(2026, 10, 19)):
        for moderation in Moderation.objects.select_related("audit", "moderator"):
            if moderation.audit in others:
                moderate(moderation)
            elif moderation.audit == worrying:
                moderate(moderation, "inadequate")
            else:
                moderate(moderation, agrees=False)
        for audit in audits:
            if audit not in (worrying, divided):
                confirm(audit)
        _climb(town)
    with on(council, date(2026, 10, 30)):
        check("west_sussex", diary())


def _climb(town) -> None:
    """Nobody gives way in the first meeting; the managers above settle it."""
    dispute = Dispute.objects.get()
    for place, (settled, words) in enumerate(
        ((False, "They met and did not agree."), (True, "The record shows it."))
    ):
        step = dispute.steps.order_by("number")[place]
        asked = town.people["service_lead"][0]
        person = next(one for one in _people(step) if place == 0 or one)
        settle_step(
            dispute=dispute,
            settled=settled,
            words=words,
            person=person or asked,
            grade="requires_improvement" if settled else "",
            met_on=date(2026, 10, 19),
        )
        dispute.refresh_from_db()


def _people(step):
    from qaf.tenants.models import Person

    return list(Person.objects.filter(pk__in=step.asked).order_by("pk"))
