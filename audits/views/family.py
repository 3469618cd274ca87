"""The family: whether they agreed to be contacted, and what they said."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from audits.enums import Worry
from audits.forms.family import WORDING, ConsentForm, ContactForm, PreferenceForm
from audits.models import Assessment, FamilyContact
from audits.selectors.family import (
    CONSENT_FIELDS,
    Relative,
    asks_family,
    family_is_open,
    family_of,
    no_contact_reasons,
    questions_of,
    relative_of,
)
from audits.selectors.links import assessment_href, audit_href, concern_href
from audits.selectors.standing import Standing
from audits.services.assessments import forget_notes
from audits.services.family import (
    ASKED_OTHERWISE,
    record_consent,
    record_contact,
    record_no_contact,
    record_preference,
    remove_contact,
)
from audits.services.typed import forget_typed
from audits.views.common import audit_page, refused, show
from audits.views.notes import (
    begin_with_notes,
    begin_with_own_words,
    is_autosave,
    save_own_words,
    save_typed,
)
from qaf.tenants.views.base import CouncilRequest

WHO_ONLY = (
    "The family’s answers are seen by the allocated worker, their manager and the auditor who rings them."
)


@audit_page
def family(request: CouncilRequest, standing: Standing) -> HttpResponse:
    """List whom the framework wants heard, with consent and contact."""
    feedback = standing.framework.process.family_feedback
    if feedback is None:
        raise Http404("The family is not asked within this audit.")
    if not standing.sees_safety:
        raise PermissionDenied(WHO_ONLY)
    relatives = [
        {
            "relative": one,
            "consent_url": audit_href(
                standing.audit, "family_consent" if one.consent_required else "family_preference", one.key
            ),
            "contact_url": audit_href(standing.audit, "family_contact", one.key),
            "safety": _safety_rows(one),
        }
        for one in family_of(standing.audit, standing.framework)
    ]
    caller = _caller(standing)
    context = {
        "relatives": relatives,
        "is_caller": caller is not None,
        "asks_consent": feedback.consent.required,
        "back_url": assessment_href(caller) if caller else audit_href(standing.audit),
    }
    return show(request, "audits/family/family.html", standing, context)


@audit_page
def consent(request: CouncilRequest, standing: Standing, target: str) -> HttpResponse:
    """Record what one of the family answered, and what makes a call safe."""
    if not standing.may_record_consent:
        raise PermissionDenied("Only the allocated worker or their manager records the family’s answer.")
    relative = _relative(standing, target)
    if relative.spoken_to:
        messages.info(
            request, "The auditor has already spoken to them, so the answer can no longer be changed."
        )
        return redirect(audit_href(standing.audit, "family"))
    form = ConsentForm(
        request.POST if request.method == "POST" else None, relative=relative, framework=standing.framework
    )
    part = f"consent:{relative.key}"
    if is_autosave(request):
        return save_own_words(request, standing.audit, part, form)
    notes = begin_with_own_words(request, form, standing.audit, part)
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(
                audit=standing.audit,
                target=relative.key,
                consent=form.cleaned_data["consent"],
                asked_on=form.cleaned_data["asked_on"],
                not_asked_reason=form.cleaned_data["not_asked_reason"],
                safety=form.safety(),
                other=form.other(),
                person=request.person,
            )
        except ValidationError as error:
            refused(form, error)
        else:
            forget_typed(standing.audit, part, request.person)
            messages.success(request, f"{relative.label}: the answer is recorded.")
            return redirect(audit_href(standing.audit, "family"))
    family_url = audit_href(standing.audit, "family")
    context = {"form": form, "notes": notes, "relative": relative, "family_url": family_url}
    return show(request, "audits/family/consent.html", standing, context)


@audit_page
def preference(request: CouncilRequest, standing: Standing, target: str) -> HttpResponse:
    """Record how one of the family prefers to be reached, where no consent is asked for beforehand."""
    if not (standing.may_record_consent or _caller(standing)):
        raise PermissionDenied(WHO_ONLY)
    relative = _relative(standing, target)
    if relative.consent_required:
        return redirect(audit_href(standing.audit, "family_consent", target))
    form = PreferenceForm(
        request.POST if request.method == "POST" else None, relative=relative, framework=standing.framework
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_preference(
                audit=standing.audit,
                target=relative.key,
                safety=form.safety(),
                other=form.other(),
                person=request.person,
            )
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, f"{relative.label}: recorded.")
            return redirect(audit_href(standing.audit, "family"))
    context = {"form": form, "relative": relative, "family_url": audit_href(standing.audit, "family")}
    return show(request, "audits/family/preference.html", standing, context)


@audit_page
def contact(request: CouncilRequest, standing: Standing, target: str) -> HttpResponse:
    """Record who was spoken to and what they said, or the one reason why nobody was."""
    caller = _caller(standing)
    if caller is None:
        raise PermissionDenied("Only the auditor who speaks to the family records this.")
    relative = _relative(standing, target)
    if not family_is_open(standing.audit, standing.framework, bool(caller.submitted_at)):
        return redirect(assessment_href(caller))
    edited = _edited(request, relative)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        relative=relative,
        framework=standing.framework,
        contact=edited,
    )
    if is_autosave(request):
        return save_typed(request, caller, relative.key, form, after_submission=True)
    notes = begin_with_notes(form, caller, relative.key) if edited is None else None
    if request.method == "POST" and form.is_valid() and _record(request, standing, relative, form):
        forget_notes(caller, relative.key)
        if form.was_spoken and form.concern().when == Worry.AT_ONCE:
            messages.warning(request, "Raise their concern now: it does not wait for the audit.")
            return redirect(concern_href(standing.audit))
        messages.success(request, f"{relative.label}: recorded.")
        if form.was_spoken and relative.target.each:
            return redirect(audit_href(standing.audit, "family_contact", relative.key))
        return redirect(assessment_href(caller))
    context = {
        "form": form,
        "notes": notes,
        "relative": relative,
        "entries": _entries(standing, relative),
        "edited": edited,
        "safety": _safety_rows(relative),
        "reason": _reason(standing, relative),
        "adding": "add" in request.GET
        or edited is not None
        or not relative.spoken_to
        or request.method == "POST",
    }
    return show(request, "audits/family/contact.html", standing, context, assessment=caller)


def _entries(standing: Standing, relative: Relative) -> list[tuple[FamilyContact, list[tuple[str, str]]]]:
    """Return each talk with what was asked and answered."""
    questions = questions_of(standing.framework)
    return [
        (
            one,
            [
                *((text, one.answers.get(str(number), "")) for number, text in enumerate(questions, 1)),
                ("Asked in other words, or beside these", one.answers.get(ASKED_OTHERWISE, "")),
                ("Help with language or communication", one.help_used),
                ("Their concern", one.worry_text),
            ],
        )
        for one in relative.spoken_to
    ]


@require_POST
@audit_page
def remove(request: CouncilRequest, standing: Standing, target: str, pk: int) -> HttpResponse:
    """Take back an entry made in error."""
    if _caller(standing) is None:
        raise PermissionDenied("Only the auditor who speaks to the family records this.")
    entry = FamilyContact.objects.filter(audit=standing.audit, target=target, pk=pk).first()
    if entry:
        entry.audit = standing.audit
        remove_contact(contact=entry, person=request.person)
    messages.success(request, "The entry is removed.")
    return redirect(audit_href(standing.audit, "family_contact", target))


def _record(request: CouncilRequest, standing: Standing, relative: Relative, form: ContactForm) -> bool:
    data = form.cleaned_data
    try:
        if form.was_spoken:
            record_contact(
                audit=standing.audit,
                target=relative.key,
                who=data["who"],
                spoken_on=data["spoken_on"],
                mode=data["mode"],
                answers=form.answers(),
                words=data["words"],
                help_used=data["help_used"],
                concern=form.concern(),
                person=request.person,
            )
        else:
            record_no_contact(
                audit=standing.audit,
                target=relative.key,
                reason=data["no_contact_reason"],
                text=data["no_contact_text"],
                person=request.person,
            )
    except ValidationError as error:
        refused(form, error)
        return False
    return True


def _caller(standing: Standing) -> Assessment | None:
    return next((one for one in standing.own if asks_family(one, standing.framework)), None)


def _relative(standing: Standing, target: str) -> Relative:
    try:
        return relative_of(standing.audit, standing.framework, target)
    except KeyError as error:
        raise Http404("This audit does not ask for that family member.") from error


def _edited(request: CouncilRequest, relative: Relative) -> FamilyContact | None:
    wanted = request.GET.get("edit", "")
    chosen = next((one for one in relative.contacts if str(one.pk) == wanted), None)
    return chosen or relative.reason


def _reason(standing: Standing, relative: Relative) -> str:
    reasons = no_contact_reasons(standing.framework)
    return reasons.get(relative.reason.no_contact_reason, "") if relative.reason else ""


def _safety_rows(relative: Relative) -> list[dict[str, str]]:
    """Return what makes a call safe as rows of a summary list; nothing where there may be no call."""
    record = relative.consent
    if record is None or not relative.may_be_contacted:
        return []
    columns = [column for group in CONSENT_FIELDS.values() for column in group]
    rows = [{"key": WORDING[column][0], "value": getattr(record, column)} for column in columns]
    rows += [
        {"key": key.replace("_", " ").capitalize(), "value": value} for key, value in record.other.items()
    ]
    return [row for row in rows if row["value"]]
