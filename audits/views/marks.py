"""Marks on an audit, patterns over several, and the tracker of audits with the position on their actions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from audits.followup.selectors.rights import first_with
from audits.followup.views.common import tabs
from audits.forms.marks import FlagForm, TakeBackForm
from audits.frameworks.selectors import framework_in_force
from audits.models import FoundPattern
from audits.selectors.action_position import sees_positions, visible_audits_with_actions
from audits.selectors.flags import flags_of, may_mark
from audits.selectors.links import audit_href
from audits.selectors.patterns import may_read_pattern, pattern_for
from audits.selectors.standing import Standing
from audits.services.flags import set_flag, take_back_flag
from audits.views.common import audit_page, refused, show
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.tables import ordering

PER_PAGE = 25
SORTS = {"due": "next_due", "audit": "reference", "team": "team__name", "late": "late_actions"}


@audit_page
def flags(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Set a mark on the audit, or take one back; each with its reason."""
    audit = standing.audit
    if not may_mark(audit, request.person):
        raise PermissionDenied("The audit’s auditors and its moderator set marks, until it is closed.")
    asked = request.POST.get("flag", "") if request.method == "POST" else ""
    framework = framework_in_force()
    talks_first = bool(framework.urgent_concern.conversation_first_with)
    rows = []
    for row in flags_of(audit):
        data = request.POST if asked == row.rule.key else None
        form: FlagForm | TakeBackForm
        if row.current:
            form = TakeBackForm(data, prefix=row.rule.key)
        else:
            people = first_with(audit.case, framework) if row.raises_concern and talks_first else None
            form = FlagForm(data, prefix=row.rule.key, first_with=people)
        if data is not None and form.is_valid():
            try:
                if row.current:
                    reason = form.cleaned_data["reason"]
                    take_back_flag(mark=row.current, reason=reason, person=request.person)
                    messages.success(request, "The mark is taken back.")
                elif isinstance(form, FlagForm):
                    set_flag(
                        audit=audit,
                        flag=row.rule.key,
                        reason=form.cleaned_data["reason"],
                        spoken=form.spoken(),
                        person=request.person,
                    )
                    messages.success(request, "The mark is set.")
                return redirect(audit_href(audit, "flags"))
            except ValidationError as error:
                refused(form, error)
        rows.append((row, form))
    bound = next((form for _, form in rows if form.is_bound), None)
    return show(request, "audits/follow/flags.html", standing, {"rows": rows, "form": bound})


@council_view()
def pattern(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a pattern to those who were told of it: whose work it is about, and the audits it rests on."""
    found = get_object_or_404(FoundPattern.objects.select_related("follow_up"), pk=pk)
    if not may_read_pattern(found, request.person):
        raise PermissionDenied("Only those who were told of this pattern read of it.")
    rules = [(one.key, one.label) for one in framework_in_force().trends]
    context = {"pattern": pattern_for(found, request.person, rules)}
    return render(request, "audits/follow/pattern.html", context)


@council_view()
def positions(request: CouncilRequest) -> HttpResponse:
    """Show audits with the position on their actions (WSX-15, SEF-123); those under way unless all are asked for."""
    if not sees_positions(request.person):
        raise PermissionDenied("Managers and those who follow actions see the position on them.")
    found = visible_audits_with_actions(request.person)
    which = request.GET.get("which", "")
    if which == "reported":
        found = found.filter(is_reported=True)
    if which != "all":
        found = found.filter(action_links__action__status__in=("open", "done"))
    rows = found.order_by(*ordering(request.GET, allowed=SORTS, default="due"), "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    here = reverse("audits:positions", args=[request.authority.slug])
    choices = (("", "Under way"), ("reported", "Reported upwards"), ("all", "All"))
    context = {
        "page_obj": page,
        "listed": [(audit, audit_href(audit)) for audit in page],
        "tabs": tabs(request, "positions"),
        "choices": [
            {"text": text, "href": f"{here}?which={key}" if key else here, "active": key == which}
            for key, text in choices
        ],
    }
    return render(request, "audits/follow/positions.html", context)
