"""Booking and recording a conversation of the audit, and what somebody who took part says of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from audits.forms.conversations import BookingForm, ConversationForm, OwnWordsForm
from audits.models import Assessment
from audits.selectors.conversations import (
    Talk,
    contribution_of,
    conversation_of,
    is_open,
    may_give_view,
    may_record,
    people_around,
    people_expected,
    to_write,
)
from audits.selectors.grades import word_for
from audits.selectors.links import assessment_href, audit_href
from audits.selectors.missing import missing_before_conversation
from audits.selectors.sections import section_of
from audits.selectors.standing import Standing
from audits.services.assessments import forget_notes
from audits.services.conversations import (
    book_conversation,
    excuse_conversation,
    hold_conversation,
    write_contribution,
)
from audits.views.common import audit_page, refused, show
from audits.views.notes import begin_with_notes, is_autosave, save_typed
from qaf.tenants.models import Person
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest


@audit_page
def conversation(request: CouncilRequest, standing: Standing, kind: str) -> HttpResponse:
    """Record a conversation: that it was held and what came of it, or why it could not be."""
    audit, talk = standing.audit, _talk(standing, kind)
    if talk.record and talk.is_between_auditors and any(one.slot in talk.slots for one in standing.own):
        return redirect(audit_href(audit, "grades"))
    if not may_record(talk, standing):
        raise PermissionDenied("Only the auditors who hold this conversation record it, before they submit.")
    if not is_open(talk, audit):
        messages.info(request, "This can be recorded once all auditors have locked their grades.")
        return redirect(_back(standing, talk))
    own = next(one for one in standing.own if one.slot in talk.slots)
    given = _grade_asked_about(standing, talk, own)
    form = _form(request, standing, talk, given)
    late = talk.framework.precedes == "finalise"
    if is_autosave(request):
        return save_typed(request, own, talk.key, form, after_submission=late)
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
        "problems": missing_before_conversation(audit, standing.framework, talk),
        "book_url": audit_href(audit, "book", talk.key) if not talk.is_between_auditors else "",
        "grade_missing": given == "",
        "overall_url": assessment_href(own, "section", "overall"),
    }
    return show(request, "audits/conversation.html", standing, context, assessment=own)


def _form(request: CouncilRequest, standing: Standing, talk: Talk, given: str | None) -> ConversationForm:
    audit, framework = standing.audit, standing.framework
    expected = people_expected(audit, talk, framework)
    return ConversationForm(
        request.POST if request.method == "POST" else None,
        asked=talk.framework,
        people=people_around(audit, talk, framework),
        expected=expected,
        record=talk.record,
        grade=word_for(framework, given) if given else "",
        domains={one.key: one.title for one in framework.tool(audit.tool).domains},
        contributions=talk.contributions,
        viewer=_viewer(standing, talk, expected),
        asks_booking=talk.framework.booked == "required" and talk.appointment is None,
    )


def _grade_asked_about(standing: Standing, talk: Talk, own: Assessment) -> str | None:
    """Return the overall grade that is talked about, empty while there is none; ``None`` where none is."""
    asked = talk.framework
    if not asked.asks_agreement_of or asked.agreement_about != "overall_grade":
        return None
    return section_of(own, standing.framework, "overall").grade


def _viewer(standing: Standing, talk: Talk, expected: list[Person]) -> Person | None:
    return next((one for one in expected if may_give_view(talk, standing.audit, one)), None)


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
                account=form.account(),
            )
        else:
            excuse_conversation(
                audit=standing.audit,
                kind=talk.key,
                person=request.person,
                reason=data.get("excused_reason", ""),
                text=data["excused_text"],
            )
    except (ValidationError, TransitionRefused) as error:
        refused(form, error)
        return False
    return True


@audit_page
def book(request: CouncilRequest, standing: Standing, kind: str) -> HttpResponse:
    """Agree a day for a conversation, and invite those who take part."""
    audit, talk = standing.audit, _talk(standing, kind)
    if not may_record(talk, standing) or talk.is_between_auditors:
        raise PermissionDenied("Only the auditors who hold this conversation book it.")
    if talk.record:
        messages.info(request, "This conversation is recorded already.")
        return redirect(_back(standing, talk))
    booked = talk.appointment
    initial = (
        {
            "booked_for": booked.booked_for,
            "time": booked.booked_time,
            "mode": booked.mode,
            "place": booked.place,
        }
        if booked
        else {"mode": talk.framework.mode or ""}
    )
    form = BookingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            book_conversation(audit=audit, kind=talk.key, person=request.person, **form.cleaned_data)
        except (ValidationError, TransitionRefused) as error:
            refused(form, error)
        else:
            messages.success(request, "The day is recorded, and everybody who takes part is invited.")
            return redirect(_back(standing, talk))
    invited = [
        one.name for one in people_expected(audit, talk, standing.framework) if one.pk != request.person.pk
    ]
    context = {"form": form, "talk": talk, "invited": invited, "back_url": _back(standing, talk)}
    return show(request, "audits/book.html", standing, context)


@audit_page
def own_words(request: CouncilRequest, standing: Standing, kind: str) -> HttpResponse:
    """Let somebody who took part say what they think and what they take from it, in their own words."""
    audit = standing.audit
    talk = next((one for one in to_write(audit, standing.framework, request.person) if one.key == kind), None)
    if talk is None:
        raise PermissionDenied("Those who took part in this conversation write what they take from it.")
    written = contribution_of(talk, request.person)
    form = OwnWordsForm(
        request.POST if request.method == "POST" else None,
        asks_view=may_give_view(talk, audit, request.person),
        asks_learning=talk.framework.learning_of_each,
        written=written,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            write_contribution(
                audit=audit,
                kind=kind,
                person=request.person,
                view=data.get("view", ""),
                learning=data.get("learning", ""),
            )
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, "Thank you. Your words stand beside the audit.")
            return redirect(audit_href(audit))
    context = {
        "form": form,
        "talk": talk,
        "by_other": written.written_by.name if written and written.written_by_id != request.person.pk else "",
    }
    return show(request, "audits/own_words.html", standing, context)


def _talk(standing: Standing, kind: str) -> Talk:
    try:
        return conversation_of(standing.audit, standing.framework, kind)
    except KeyError as error:
        raise Http404("This audit has no such conversation.") from error


def _back(standing: Standing, talk: Talk) -> str:
    own = next((one for one in standing.own if one.slot in talk.slots), None)
    return assessment_href(own) if own and own.submitted_at is None else audit_href(standing.audit)
