"""Learning sessions and talks about figures: planned, recorded, and what people bring to them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from audits.frameworks.enums import Relation
from audits.frameworks.schema import Framework
from audits.frameworks.schema.governance import Forum
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.selectors import holders
from qaf.tenants.views.base import CouncilRequest, council_view
from reporting import periods
from reporting.enums import SessionKind, SessionStatus
from reporting.forms.learning import ImprovementForm, RecordForm, SessionForm
from reporting.models import Improvement, PlanAction, Session
from reporting.periods import Period
from reporting.selectors.definitions import forums_for, members_of
from reporting.selectors.learning import involved_in, session_list
from reporting.services.sessions import add_improvement, plan_session, record_session
from reporting.views.learning import LEARN, PLAN, period_of, refuse


@council_view()
def sessions(request: CouncilRequest) -> HttpResponse:
    """List the sessions: every one for those who plan them, else those that the person is invited to."""
    plans = may(request.person, LEARN)
    page = Paginator(session_list(None if plans else request.person), 25).get_page(request.GET.get("page"))
    framework = framework_in_force()
    context = {"page_obj": page, "plans": _to_plan(framework) if plans else [], "may_plan": plans}
    return render(request, "reporting/sessions.html", context)


def _to_plan(framework: Framework) -> list[dict[str, Any]]:
    """Return what may be planned by the framework: its sessions, about the months just ended and those running."""
    today, found = clock.today(), []
    for kind in SessionKind:
        for forum in forums_for(framework, kind):
            frequency = "quarterly" if forum.frequency == "quarterly" else "monthly"
            months = (periods.last_ended(frequency, today), periods.present(frequency, today))
            found += [
                {"text": f"{forum.label}, {one.title}", "kind": kind, "label": one.label} for one in months
            ]
    return found


def _forum(framework: Framework, kind: str) -> Forum:
    forum = next(forums_for(framework, kind), None) if kind in SessionKind.values else None
    if forum is None:
        raise Http404("The council’s framework has no such session.")
    return forum


@council_view(LEARN)
def new(request: CouncilRequest, kind: str, label: str) -> HttpResponse:
    """Plan a session: everybody who had a part in the audits of the months is ticked."""
    framework, period = framework_in_force(), period_of(label)
    forum = _forum(framework, kind)
    people = _invited(framework, forum, period)
    initial = {"title": f"{forum.label}, {period.title}", "people": [str(one.pk) for one in people]}
    form = SessionForm(request.POST or None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = {int(pk) for pk in data.pop("people")}
        try:
            made = plan_session(
                kind=kind,
                period=period.label,
                people=[one for one in people if one.pk in chosen],
                person=request.person,
                **data,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"The session is planned. {made.people.count()} people are invited.")
            return redirect("reporting:session", request.authority.slug, made.pk)
    context = {"form": form, "forum": forum, "period": period, "nobody": not people}
    return render(request, "reporting/session_new.html", context, status=422 if form.is_bound else 200)


def _invited(framework: Framework, forum: Forum, period: Period) -> list[Person]:
    """Return who can be invited: those of the months' audits that the framework names, its members and roles."""
    # A relation such as the team manager is known from each audit; only other parties are roles of the council.
    roles = {role.key for role in framework.roles} - set(Relation)
    keys = [key for party in forum.invites if party in roles for key in framework.role_keys(party)]
    found = [
        *involved_in(period.starts, period.ends, forum.invites),
        *members_of(framework, forum, clock.today()),
        *(holders(*keys, on=clock.today()) if keys else []),
    ]
    return sorted(dict.fromkeys(found), key=lambda one: one.name)


def _session(request: CouncilRequest, pk: int) -> tuple[Session, bool]:
    """Return a session and whether the person was invited; 403 for anybody else but those who plan."""
    found = get_object_or_404(Session.objects.select_related("planned_by", "recorded_by"), pk=pk)
    invited = found.people.filter(person=request.person).exists()
    if not invited and not may(request.person, LEARN):
        raise PermissionDenied("Only those who were invited, and those who plan it, see this session.")
    return found, invited


@council_view()
def session(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a session with its ideas and feedback; whoever was invited may add theirs."""
    found, _ = _session(request, pk)
    form = ImprovementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_improvement(session=found, person=request.person, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "Thank you: it is recorded.")
            return redirect("reporting:session", request.authority.slug, found.pk)
    actions: dict[int, list[PlanAction]] = {}
    for entry in PlanAction.objects.filter(improvement__session=found).select_related("action__owner"):
        actions.setdefault(entry.improvement_id or 0, []).append(entry)
    ideas: list[tuple[Improvement, list[PlanAction]]] = [
        (one, actions.get(one.pk, [])) for one in found.improvements.select_related("recorded_by")
    ]
    context = {
        "session": found,
        "people": found.people.select_related("person"),
        "ideas": ideas,
        "form": form,
        "may_record": may(request.person, LEARN) and found.held_on <= clock.today(),
        "may_plan": may(request.person, PLAN),
        "held": found.status == SessionStatus.HELD,
    }
    return render(request, "reporting/session.html", context, status=422 if form.errors else 200)


@council_view(LEARN)
def record(request: CouncilRequest, pk: int) -> HttpResponse:
    """Record who came, what was said and what was agreed."""
    found = get_object_or_404(Session, pk=pk)
    initial = {
        "came": [str(one) for one in found.people.filter(came=True).values_list("person_id", flat=True)],
        "notes": found.notes,
        "agreed": found.agreed,
    }
    form = RecordForm(request.POST or None, session=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        came = [int(one) for one in data.pop("came")]
        try:
            record_session(session=found, came=came, person=request.person, **data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "What came of the session is recorded.")
            return redirect("reporting:session", request.authority.slug, found.pk)
    context = {"form": form, "session": found}
    return render(request, "reporting/session_record.html", context, status=422 if form.is_bound else 200)
