"""The first page of a senior leader: five minutes before a board."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from audits.followup.enums import FollowUpKind
from qaf.lib import calendar, clock
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui import words
from reporting.selectors.former import former_results
from reporting.selectors.kept import printed_changes
from reporting.selectors.reach import openable, practitioners_reach
from reporting.selectors.records import Records
from reporting.services.figures import (
    actions,
    agreement,
    compliance,
    criteria,
    family,
    grades,
    inadequate,
    meaning,
)
from reporting.services.figures.model import Figure
from reporting.views.common import Choice, choose


@council_view("reporting.see_council")
def dashboard(request: CouncilRequest) -> HttpResponse:
    """Show this month's progress, grades and their course, consistency, actions and what followed the lowest grade."""
    choice = choose(request)
    records = choice.records
    month = calendar.month_start(clock.today())
    this_month = records.within(month, calendar.month_end(month))
    narrowed = bool(choice.form.chosen("service") or choice.form.chosen("team"))
    whole = choice.reach.whole and not narrowed
    found = inadequate.chains(records)
    context = {
        "choice": choice,
        "place": choice.form.place or ("The whole council" if choice.reach.whole else "What you answer for"),
        "month_title": words.month(month),
        "month_figures": _month_tiles(this_month, request),
        "overdue": _overdue(records, request),
        "missing": compliance.services_without_audits(this_month) if whole and this_month.random else [],
        "headline": [
            text for text in (grades.headline(records), grades.weakest_and_strongest(records)) if text
        ],
        "not_final": [
            m for m in records.months if not records.is_month_final(m) and records.only(months={m}).random
        ],
        "series": grades.series(records, former_results(choice.framework.main_grades) if whole else None),
        "domains": grades.domain_chart(records),
        "course": grades.domain_trend(records),
        "by_service": grades.service_chart(records) if whole else None,
        "by_team": grades.breakdown(records, "team"),
        "agreement": (*agreement.agreement(records), *agreement.moderation(records)[:1]),
        "actions": actions.action_figures(records),
        "meaning": meaning.meaning(records),
        "changes": printed_changes(),
        "voices": family.quotes(records).items[-3:],
        "inadequate": inadequate.inadequate_figures(records),
        "chains": _chains(records, found, request),
        "worst": inadequate.worst(records)[1],
        "links": _links(request, choice),
        "query": request.GET.urlencode(),
    }
    return render(request, "reporting/dashboard.html", context)


def _month_tiles(records: Records, request: CouncilRequest) -> list[dict[str, Any]]:
    """Return this month's programme as tiles, with the list behind those that have one."""
    audits = reverse("reporting:audits", args=[request.authority.slug])
    states = {"allocated": "", "final": "final"}
    tiles = []
    for figure in compliance.compliance(records):
        if figure.key in ("allocated", "submitted", "on_time", "moderated", "final", "filed"):
            query = request.GET.copy()
            query["period"], query["state"] = "m1", states.get(figure.key, "")
            listed = figure.key in states and figure.value
            tiles.append(tile(figure, href=f"{audits}?{query.urlencode()}" if listed else ""))
    return tiles


def _overdue(records: Records, request: CouncilRequest) -> list[dict[str, Any]]:
    """Return what should be done by now, of every month chosen: audits, actions, follow-up of the lowest grade."""
    slug = request.authority.slug
    query = request.GET.copy()
    query["state"] = "overdue"
    audits = next(one for one in compliance.compliance(records) if one.key == "overdue")
    late_actions = next(one for one in actions.action_figures(records) if one.key == "actions_overdue")
    followed = next(one for one in inadequate.inadequate_figures(records) if one.key == "inadequate_overdue")
    tiles = [
        tile(
            audits, f"{reverse('reporting:audits', args=[slug])}?{query.urlencode()}" if audits.value else ""
        ),
        {**tile(late_actions), "value": f"{late_actions.value:,}", "note": f"of {late_actions.n:,} agreed"},
        {**tile(followed), "label": f"Follow-up of {inadequate.worst(records)[1]} audits overdue"},
    ]
    if late_actions.value:
        tiles[1]["href"] = reverse("followup:actions", args=[slug])
    return tiles


def tile(figure: Figure, href: str = "") -> dict[str, Any]:
    """Return a figure as the kit's tile."""
    return {
        "label": figure.label,
        "value": figure.short,
        "note": figure.note,
        "tone": figure.tone,
        "href": href,
    }


def _chains(records: Records, found: list[inadequate.Chain], request: CouncilRequest) -> list[dict[str, Any]]:
    """Return what followed each lowest grade, with a link for those who may open the audit."""
    may_open = openable(request.person, [one.audit.pk for one in found])
    changes = dict(inadequate.CHANGES)
    steps = inadequate.steps_of(records, found)
    again = FollowUpKind.RE_AUDIT in steps
    return [
        {
            "reference": one.audit.reference,
            "href": audit_path(request, one.audit.reference) if one.audit.pk in may_open else "",
            "service": records.service_name(one.audit),
            "month": one.audit.month,
            "steps": [(inadequate.STEPS[kind][1], one.said(kind, records.as_of)) for kind in steps],
            "change": changes.get(inadequate.overall_change(one), "Not known yet") if again else "",
        }
        for one in found
    ]


def audit_path(request: CouncilRequest, reference: str) -> str:
    """Return the path of an audit's page."""
    return reverse("audits:audit", args=[request.authority.slug, reference])


def _links(request: CouncilRequest, choice: Choice) -> list[dict[str, str]]:
    slug, query = request.authority.slug, request.GET.urlencode()
    suffix = f"?{query}" if query else ""
    links = [
        {
            "text": "The audits behind these figures",
            "href": reverse("reporting:audits", args=[slug]) + suffix,
        },
        {"text": "One issue across audits", "href": reverse("reporting:issues", args=[slug]) + suffix},
        {"text": "Analysis of outcomes", "href": reverse("reporting:analysis", args=[slug]) + suffix},
    ]
    if any(criteria.has_criteria(tool) for tool in choice.framework.tools):
        links.append(
            {
                "text": "How statements were marked",
                "href": reverse("reporting:criteria", args=[slug]) + suffix,
            }
        )
    if not practitioners_reach(request.person, choice.framework).is_empty:
        links.append(
            {"text": "Practitioners’ audits", "href": reverse("reporting:practitioners", args=[slug])}
        )
    if may(request.person, "reporting.read_reports", "reporting.make_reports"):
        links.append({"text": "Reports", "href": reverse("reporting:reports", args=[slug])})
    return links


__all__ = ["audit_path", "dashboard", "tile"]
