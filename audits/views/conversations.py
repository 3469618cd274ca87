"""Recording a conversation of the audit."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from audits.forms.conversations import ConversationForm
from audits.selectors.conversations import (
    Talk,
    conversation_of,
    is_open,
    may_record,
    people_around,
    people_expected,
)
from audits.selectors.grades import word_for
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.sections import section_of
from audits.selectors.standing import Standing
from audits.services.assessments import forget_notes
from audits.services.conversations import excuse_conversation, hold_conversation
from audits.views.common import audit_page, refused, show
from audits.views.notes import begin_with_notes, is_autosave, save_typed
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest


@audit_page
def conversation(request: CouncilRequest, standing: Standing, kind: str) -> HttpResponse:
    """Record a conversation: that it was held and what came of it, or why it could not be."""
    audit = standing.audit
    try:
        talk = conversation_of(audit, standing.framework, kind)
    except KeyError as error:
        raise Http404("This audit has no such conversation.") from error
    if talk.record and talk.is_between_auditors and any(one.slot in talk.slots for one in standing.own):
        return redirect(audit_href(audit, "grades"))
    if not may_record(talk, standing):
        raise PermissionDenied("Only the auditors who hold this conversation record it, before they submit.")
    if not is_open(talk, audit):
        messages.info(request, "This can be recorded once all auditors have locked their grades.")
        return redirect(_back(standing, talk))
    own = next(one for one in standing.own if one.slot in talk.slots)
    given = section_of(own, standing.framework, "overall").grade if talk.framework.asks_agreement_of else ""
    form = ConversationForm(
        request.POST if request.method == "POST" else None,
        asked=talk.framework,
        people=people_around(audit, talk),
        expected=people_expected(audit, talk),
        record=talk.record,
        grade=word_for(standing.framework, given) if given else "",
    )
    if is_autosave(request):
        return save_typed(request, own, talk.key, form)
    notes = begin_with_notes(form, own, talk.key)
    if request.method == "POST" and form.is_valid() and _record(request, standing, talk, form):
        forget_notes(own, talk.key)
        revealed = talk.is_between_auditors
        shown = "The discussion is recorded. Grades are shown to all auditors now."
        messages.success(request, shown if revealed else "The conversation is recorded.")
        return redirect(audit_href(audit, "grades") if revealed else _back(standing, talk))
    context = {
        "form": form,
        "notes": notes,
        "talk": talk,
        "back_url": _back(standing, talk),
        "grade_missing": bool(talk.framework.asks_agreement_of and not given),
        "overall_url": assessment_href(own, "section", "overall"),
    }
    return show(request, "audits/conversation.html", standing, context, assessment=own)


def _record(request: CouncilRequest, standing: Standing, talk: Talk, form: ConversationForm) -> bool:
    data = form.cleaned_data
    try:
        if form.was_held:
            hold_conversation(
                audit=standing.audit,
                kind=talk.key,
                person=request.person,
                held_on=data["held_on"],
                mode=data["mode"],
                minutes=data["minutes"],
                participants=[int(pk) for pk in data["participants"]],
                notes=data["notes"],
                answers=form.answers(),
                worker_agrees=data.get("worker_agrees"),
                worker_comment=data.get("worker_comment", ""),
            )
        else:
            excuse_conversation(
                audit=standing.audit,
                kind=talk.key,
                person=request.person,
                reason=data["excused_reason"],
                text=data["excused_text"],
            )
    except (ValidationError, TransitionRefused) as error:
        refused(form, error)
        return False
    return True


def _back(standing: Standing, talk: Talk) -> str:
    own = next((one for one in standing.own if one.slot in talk.slots), None)
    return assessment_href(own) if own else audit_href(standing.audit)
