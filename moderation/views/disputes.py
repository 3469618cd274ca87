"""Pages of disagreement: what one may raise, the ladder it climbs, settling a step."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audits.cases.models import Case
from audits.frameworks.schema.moderation import Dispute as Rule
from audits.frameworks.selectors import framework_of, version_in_force
from audits.selectors.disagreements import may_disagree
from audits.selectors.facts import framework_for
from audits.selectors.links import audit_href
from audits.selectors.standing import Standing
from audits.services.disagreements import disagree_with_grade
from audits.views.common import audit_page, refused
from audits.views.common import show as show_audit
from moderation.forms.together import DisagreeForm, RaiseForm, SettleForm, TakeBackForm
from moderation.models import Dispute
from moderation.paths import dispute_href
from moderation.selectors import grade_choices
from moderation.selectors.disputes import (
    current_step,
    dispute_list,
    disputes_for,
    may_see_dispute,
    may_settle,
    rule_of,
    rules_about_practice,
    rules_to_raise,
    step_rule,
)
from moderation.services.disputes import raise_dispute, settle_step, take_back
from qaf.lib import clock
from qaf.tenants.services import record_read
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from qaf.tenants.views.base import CouncilRequest, council_view

PER_PAGE = 25


@audit_page
def disagree(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Say that one does not agree with the overall grade, where moderation decides it."""
    if not may_disagree(standing.audit, request.person):
        raise PermissionDenied("You cannot bring this grade to moderation, or have done so already.")
    form = DisagreeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            disagree_with_grade(
                audit=standing.audit, reason=form.cleaned_data["reason"], person=request.person
            )
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "Your disagreement is recorded. Moderation decides the grade.")
            return redirect(audit_href(standing.audit))
    return show_audit(request, "moderation/disagree.html", standing, {"form": form})


@audit_page
def raise_about_audit(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """Begin a ladder of the framework about this audit."""
    audit, rules = standing.audit, rules_to_raise(standing.audit, request.person)
    if not rules:
        raise PermissionDenied("The framework does not let you raise anything about this audit now.")
    form = _raise_form(request, rules, framework_for(audit))
    if request.method == "POST" and form.is_valid():
        try:
            dispute = raise_dispute(audit=audit, person=request.person, **_entered(form))
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "It is raised, and those who settle it have been told.")
            return redirect(dispute_href(dispute))
    return show_audit(request, "moderation/raise.html", standing, {"form": form, "rules": rules})


@council_view()
def raise_about_child(request: CouncilRequest, case_id: int) -> HttpResponse:
    """Begin a ladder about practice with a child, audited or not."""
    case = Case.objects.select_related("team", "service", "worker", "manager", "chair")
    child = case.filter(pk=case_id).first()
    if child is None:
        raise Http404("There is no such child’s record.")
    rules = rules_about_practice(child, request.person)
    if not rules:
        raise PermissionDenied("The framework does not let you raise anything about practice here.")
    form = _raise_form(request, rules, framework_of(version_in_force()))
    if request.method == "POST" and form.is_valid():
        try:
            dispute = raise_dispute(case=child, person=request.person, **_entered(form))
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "It is recorded, and those concerned have been told.")
            return redirect(dispute_href(dispute))
    back = reverse("cases:case", args=[child.authority.slug, child.pk])
    context = {"form": form, "rules": rules, "audit_url": back, "back_text": "The child’s record"}
    return render(request, "moderation/raise.html", context)


def _raise_form(request: CouncilRequest, rules: list[Rule], framework: Any) -> RaiseForm:
    parties = {
        party: _own_words(party, framework)
        for rule in rules
        for step in rule.steps
        for party in step.decided_by
    }
    return RaiseForm(request.POST if request.method == "POST" else None, rules=rules, parties=parties)


def _entered(form: RaiseForm) -> dict[str, Any]:
    return dict(form.words())


def _own_words(party: str, framework: Any) -> str:
    """A line manager is the reader's own."""
    words = "your line manager" if party == "line_manager" else framework.names.party(party)
    return f"{words[:1].upper()}{words[1:]}"


@council_view()
def disputes(request: CouncilRequest) -> HttpResponse:
    """List what the person raised, settled or is asked to settle; everything for those who allocate moderations."""
    page = Paginator(disputes_for(request.person), PER_PAGE).get_page(request.GET.get("page"))
    listed = [(one, rule_of(one), dispute_href(one), current_step(one)) for one in page]
    context = {"listed": listed, "page_obj": page, "today": clock.today()}
    return render(request, "moderation/disputes.html", context)


@council_view()
def dispute(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show the ladder with every step, and let those asked settle the present one."""
    found = dispute_list().filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such disagreement.")
    if not may_see_dispute(found, request.person):
        raise PermissionDenied("Only those who raised it, those who settle it and the lead open this.")
    subject = ("audit", found.audit_id) if found.audit_id else ("case", found.case_id)
    if request.method == "GET":
        record_read(person=request.person, subject=subject[0], subject_id=subject[1])
    step = current_step(found)
    form = _settle_form(request, found) if step and may_settle(found, request.person) else None
    mine = found.raised_by_id == request.person.pk and step is not None
    back_form = TakeBackForm(request.POST if request.POST.get("form") == "back" else None) if mine else None
    answer = _settle(request, found, form, back_form) if request.method == "POST" else None
    if answer is not None:
        return answer
    return render(request, "moderation/dispute.html", _context(found, form, back_form))


def _context(found: Dispute, form: SettleForm | None, back_form: TakeBackForm | None) -> dict[str, Any]:
    framework = framework_of(found.framework_version)
    rule, step = rule_of(found), current_step(found)
    names = framework.names
    return {
        "dispute": found,
        "rule": rule,
        "party": names.party(found.party),
        "step": step,
        "last": bool(step and step_rule(found, step).final),
        "steps": [(one, [names.party(party) for party in one.parties]) for one in found.steps.all()],
        "to_come": rule.steps[len(found.steps.all()) :] if step else (),
        "grade_before": names.grade(found.grade_before) if found.grade_before else "",
        "grade_after": names.grade(found.grade_after) if found.grade_after else "",
        "form": form,
        "back_form": back_form,
        "audit_url": audit_href(found.audit) if found.audit else "",
    }


def _settle_form(request: CouncilRequest, found: Dispute) -> SettleForm:
    rule, step = rule_of(found), current_step(found)
    grades: list[tuple[str, str]] = []
    if rule.about == "grade" and found.audit:
        grades = grade_choices(found.audit, framework_for(found.audit), "")
    posted = request.method == "POST" and request.POST.get("form") != "back"
    final = bool(step and step_rule(found, step).final)
    return SettleForm(request.POST if posted else None, grades=grades, final=final)


def _settle(
    request: CouncilRequest, found: Dispute, form: SettleForm | None, back_form: TakeBackForm | None
) -> HttpResponse | None:
    """Do what was asked; ``None`` where the page is shown again with its errors."""
    used = back_form if request.POST.get("form") == "back" else form
    if used is None:
        raise PermissionDenied("This step does not ask you.")
    if not used.is_valid():
        return None
    try:
        if isinstance(used, TakeBackForm):
            take_back(dispute=found, why=used.cleaned_data["why"], person=request.person)
        else:
            settle_step(dispute=found, person=request.person, **used.entered())
    except (ValidationError, TransitionRefused) as error:
        refused(used, error)
        return None
    except StatusHasChanged as changed:
        messages.warning(request, str(changed))
    else:
        messages.success(request, "It is recorded, and those concerned have been told.")
    return redirect(dispute_href(found))
