"""Reminding auditors of what they have not submitted, on the framework's days (HER-24, HER-25)."""

from collections.abc import Iterable
from datetime import date, timedelta

from audits.enums import BEFORE_SUBMISSION
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment
from audits.selectors.audits import OPEN_ASSESSMENT
from audits.selectors.links import assessment_href
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.ui.words import due_text, long_date


def remind_auditors() -> None:
    """Remind everybody whose day has come.

    A missed run reminds late and once; a second run of the day reminds nobody.
    """
    today = clock.today()
    open_ones = Assessment.objects.filter(
        status__in=OPEN_ASSESSMENT, audit__status__in=BEFORE_SUBMISSION, assessor__isnull=False
    ).select_related("assessor", "audit__authority", "audit__framework_version")
    for one in open_ones:
        framework = framework_of(one.audit.framework_version)
        passed = [day for day in _days(one, framework) if day <= today]
        if passed:
            _remind(one, max(passed))


def _days(assessment: Assessment, framework: Framework) -> Iterable[date]:
    """Yield the days on which this auditor is reminded; none before they were asked."""
    rule = framework.allocation.reminders
    for before in rule.days_before:
        if (day := assessment.due_on - timedelta(days=before)) > assessment.audit.allocated_on:
            yield day
    for after in rule.days_after:
        yield assessment.due_on + timedelta(days=after)


def _remind(assessment: Assessment, day: date) -> None:
    audit, due_on = assessment.audit, assessment.due_on
    late = due_on < clock.today()
    tell(
        people=[assessment.assessor] if assessment.assessor else [],
        kind="audits.reminder",
        key=f"{assessment.pk}:{day.isoformat()}",
        subject=f"{audit.reference}: your audit is {due_text(due_on)}",
        body=f"It {'was' if late else 'is'} due on {long_date(due_on)}. What is left to do is on its page.",
        href=assessment_href(assessment),
    )
