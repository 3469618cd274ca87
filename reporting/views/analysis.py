"""Analysis of outcomes: by domain, team, grade and theme, and how far grades can be relied on (DUR-83, DUR-87)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view
from reporting.selectors.definitions import forums_for
from reporting.selectors.records import Records
from reporting.services.figures import activity, agreement, findings, grades, movement, themes
from reporting.views.common import choose


@council_view("reporting.see_council")
def analysis(request: CouncilRequest) -> HttpResponse:
    """Show outcomes by domain, team, grade and theme, and what moderation did to them.

    Single people stand there as counts with the audits concerned, never as a rate, and only for those who make reports.
    """
    choice = choose(request)
    records = choice.records
    several = len(agreement.slots(records)) > 1
    context = {
        "choice": choice,
        "outcomes": [
            grades.domain_chart(records),
            grades.domain_breakdown(records, "service"),
            grades.domain_breakdown(records, "team"),
            grades.breakdown(records, "service"),
            grades.breakdown(records, "team"),
            *([grades.themed_months(records)] if records.month_themes else []),
        ],
        "themes": [
            themes.chart(records, themes.TAGS),
            themes.by_service(records, themes.TAGS),
            themes.by_team(records, themes.TAGS),
            findings.finding_table(records),
        ],
        "figures": [
            *(agreement.agreement(records) if several else ()),
            *movement.movement_figures(records),
            *agreement.own_view(records),
        ],
        "consistency": [
            *([agreement.domain_agreement(records), agreement.by_service(records)] if several else []),
            movement.by_domain(records),
            movement.by_unit(records, "service"),
            movement.by_unit(records, "team"),
        ],
        "activity": activity.activity(records),
        "talks": next(forums_for(choice.framework, "figures"), None)
        if may(request.person, "reporting.learn")
        else None,
        **_people(request, choice.reach.whole, records),
    }
    return render(request, "reporting/analysis.html", context)


def _people(request: CouncilRequest, whole: bool, records: Records) -> dict[str, Any]:
    if not (whole and may(request.person, "reporting.make_reports")):
        return {}
    names = dict(Person.objects.values_list("pk", "name"))
    return {
        "by_person": [
            ("Moderators", movement.by_moderator(records, names)),
            ("Auditors", movement.by_auditor(records, names)),
        ]
    }
