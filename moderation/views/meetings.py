"""Pages of meetings: the list with who came over the months, one meeting, and its parts."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from audits.programme.dates import period_in_words
from audits.views.common import refused
from moderation.enums import MeetingStatus
from moderation.forms.together import FeedbackForm, InviteForm, RecordForm, ThemeForm
from moderation.models import Meeting
from moderation.paths import meeting_href, moderation_href
from moderation.selectors.lists import closed_to
from moderation.selectors.meetings import (
    attendance_of,
    audits_to_choose,
    cases_of,
    concludes_on_standards,
    feedback_targets,
    framework_of_meeting,
    how_many,
    may_lead,
    may_read_feedback,
    may_see,
    meeting_list,
    people_to_invite,
)
from moderation.services.meetings import choose_by_theme, invite, issue_feedback, record_meeting
from qaf.tenants.permissions import may
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

P = ParamSpec("P")
SHOWN = 12
"""Meetings whose attendance stands side by side: a year of months."""


def _meeting_or_404(pk: int) -> Meeting:
    meeting = meeting_list().filter(pk=pk).first()
    if meeting is None:
        raise Http404("There is no such meeting.")
    return meeting


def meeting_page(
    view: Callable[Concatenate[CouncilRequest, Meeting, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Make a view of one meeting: for its people, its chair and those who allocate moderations."""

    @council_view()
    @wraps(view)
    def inner(request: CouncilRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        meeting = _meeting_or_404(pk)
        if not may_see(meeting, request.person):
            raise PermissionDenied("Only those invited to this meeting open it.")
        try:
            return view(request, meeting, *args, **kwargs)
        except StatusHasChanged as changed:
            messages.warning(request, str(changed))
            return redirect(meeting_href(meeting))

    return inner


def _require_lead(request: CouncilRequest, meeting: Meeting) -> None:
    if not may_lead(meeting, request.person):
        raise PermissionDenied("Only its chair, or whoever allocates moderations, does this.")


def _show(request: CouncilRequest, template: str, meeting: Meeting, context: dict[str, Any]) -> HttpResponse:
    common = {
        "meeting": meeting,
        "period": period_in_words(meeting.period),
        "meeting_url": meeting_href(meeting) if may_see(meeting, request.person) else "",
        "standards": concludes_on_standards(meeting),
        "leads": may_lead(meeting, request.person),
    }
    return render(request, template, {**common, **context})


@council_view("moderation.allocate", "moderation.moderate")
def meetings(request: CouncilRequest) -> HttpResponse:
    """List the meetings, with who came to each over the last twelve."""
    found = meeting_list()
    if not may(request.person, "moderation.allocate"):
        found = found.filter(people__person=request.person).distinct()
    shown = list(found[:SHOWN])
    context = {
        "listed": [
            (
                one,
                meeting_href(one),
                period_in_words(one.period),
                [p for p in one.people.all() if p.attendance == "attended"],
            )
            for one in shown
        ],
        "columns": [period_in_words(one.period) for one in shown],
        "attendance": attendance_of(shown) if shown else [],
    }
    return render(request, "moderation/meetings.html", context)


@meeting_page
def meeting(request: CouncilRequest, found: Meeting) -> HttpResponse:
    """Show the meeting: its people, its audits and how each was chosen, what it found."""
    framework = framework_of_meeting(found)
    planned, cases = found.status == MeetingStatus.PLANNED, cases_of(found)
    closed = closed_to(request.person, cases)
    context = {
        "people": [(one, framework.names.role(one.role)) for one in found.people.all()],
        "cases": [
            (
                one,
                "" if one.pk in closed else moderation_href(one),
                closed.get(one.pk, ""),
                "; ".join(reason.text for reason in one.reasons.all()),
                [framework.names.grade(d.grade) for d in one.decisions.all() if not d.domain],
            )
            for one in cases
        ],
        "planned": planned,
        "invite_url": meeting_href(found, "invite") if planned and people_to_invite(found) else "",
        "theme_url": meeting_href(found, "theme") if planned and how_many(found) else "",
        "record_url": meeting_href(found, "record") if planned else "",
        "feedback_url": meeting_href(found, "feedback") if feedback_targets(found) and not planned else "",
    }
    return _show(request, "moderation/meeting.html", found, context)


@meeting_page
def invite_people(request: CouncilRequest, found: Meeting) -> HttpResponse:
    """Invite people whom the chair selects."""
    _require_lead(request, found)
    form = InviteForm(request.POST if request.method == "POST" else None, people=people_to_invite(found))
    if request.method == "POST" and form.is_valid():
        try:
            count = invite(meeting=found, people=form.chosen, person=request.person)
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, f"{count} invited and told.")
            return redirect(meeting_href(found))
    return _show(
        request,
        "moderation/meeting_form.html",
        found,
        {"form": form, "heading": "Invite to the meeting", "button": "Invite"},
    )


@meeting_page
def theme(request: CouncilRequest, found: Meeting) -> HttpResponse:
    """Choose the meeting's audits by theme."""
    _require_lead(request, found)
    choices = audits_to_choose(found)
    form = ThemeForm(request.POST if request.method == "POST" else None, choices=choices, theme=found.theme)
    if request.method == "POST" and form.is_valid():
        audits = [form.by_key[key] for key in form.cleaned_data["audits"]]
        try:
            choose_by_theme(
                meeting=found, theme=form.cleaned_data["theme"], audits=audits, person=request.person
            )
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "The audits are brought to the meeting.")
            return redirect(meeting_href(found))
    context = {
        "form": form,
        "heading": "Choose audits by theme",
        "button": "Bring them to the meeting",
        "help": f"The meeting takes {how_many(found)} audits. What you do not choose by theme before the month has "
        "ended, chance draws. Audits appear here once their auditors have submitted.",
    }
    return _show(request, "moderation/meeting_form.html", found, context)


@meeting_page
def record(request: CouncilRequest, found: Meeting) -> HttpResponse:
    """Record that the meeting was held: who came, what each said, what it found."""
    _require_lead(request, found)
    framework = framework_of_meeting(found)
    roles = {one.pk: framework.names.role(one.role) for one in found.people.all()}
    data = request.POST if request.method == "POST" else None
    form = RecordForm(data, meeting=found, roles=roles, asks_views=concludes_on_standards(found))
    if request.method == "POST" and form.is_valid():
        try:
            record_meeting(meeting=found, person=request.person, **form.words())
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, "The meeting is recorded.")
            return redirect(meeting_href(found))
    context = {"form": form, "heading": "Record the meeting", "button": "Record the meeting"}
    return _show(request, "moderation/meeting_form.html", found, context)


@council_view()
def feedback(request: CouncilRequest, pk: int) -> HttpResponse:
    """Issue the session's feedback, and show it to those it went to and to whom else (DUR-89, DUR-90)."""
    found = _meeting_or_404(pk)
    framework, targets = framework_of_meeting(found), feedback_targets(found)
    if not targets:
        raise Http404("This meeting gives no feedback.")
    if not may_read_feedback(found, request.person):
        raise PermissionDenied("Only those of the meeting, and whoever its feedback went to, read it.")
    labels = {forum.key: forum.label for forum in framework.forums}
    issued = list(found.receipts.all())
    leads = may_lead(found, request.person) and not issued and found.status == MeetingStatus.HELD
    form = FeedbackForm(request.POST if request.method == "POST" else None) if leads else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            issue_feedback(meeting=found, text=form.cleaned_data["text"], person=request.person)
        except StatusHasChanged as changed:
            messages.warning(request, str(changed))
            return redirect(meeting_href(found, "feedback"))
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "The feedback is issued.")
            return redirect(meeting_href(found, "feedback"))
    context = {
        "form": form,
        "targets": [labels.get(one.forum, one.forum) for one in targets],
        "receipts": [(one, labels.get(one.forum, one.forum)) for one in issued],
    }
    return _show(request, "moderation/feedback.html", found, context)
