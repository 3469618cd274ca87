"""The calendar opens the month, or says in words why it does not."""

from datetime import date

from audits.frameworks import loader
from audits.frameworks.services import publish_framework
from audits.frameworks.vocabulary.strategies import QuotaPerRole
from audits.models import Cycle
from audits.programme.models import Occurrence
from audits.services.by_calendar import open_the_month
from qaf.lib import clock


def test_a_framework_that_this_release_cannot_run_whole_opens_nothing_and_does_not_fail(scope, monkeypatch):
    monkeypatch.setattr(QuotaPerRole, "implemented", False)
    with clock.travel(date(2026, 10, 1)):
        publish_framework(
            text=loader.builtin_text("slough").replace("audits: 2", "audits: 3", 1), file="slough.yaml"
        )
        occurrence = Occurrence(kind="allocation", period="2026-10", planned_on=date(2026, 10, 1))
        occurrence.due_on = date(2026, 10, 1)
        said = open_the_month(occurrence)
    assert said.startswith("Not opened: this release cannot run ")
    assert "rule of the framework" in said
    assert not Cycle.objects.exists()
