"""Forms that are saved as typed before they can be recorded."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse

from audits.forms.notes import give_back, typed
from audits.models import Assessment, Audit, SectionDraft, TypedWords
from audits.services.assessments import notes_of, save_notes
from audits.services.typed import DraftConflict, keep_typed, typed_of
from qaf.tenants.views.base import CouncilRequest
from qaf.ui import forms


def is_autosave(request: CouncilRequest) -> bool:
    """Whether the page's script sends what is being typed, rather than a person pressing the button."""
    return request.method == "POST" and request.headers.get("X-Requested-With") == "autosave"


def save_typed(
    request: CouncilRequest,
    assessment: Assessment,
    part: str,
    form: forms.Form,
    *,
    after_submission: bool = False,
) -> HttpResponse:
    """Keep what an auditor types; the answers are the contract of ``data-autosave``."""

    def save(fields: dict[str, Any], version: int) -> SectionDraft:
        return save_notes(
            assessment=assessment,
            part=part,
            fields=fields,
            version=version,
            person=request.person,
            after_submission=after_submission,
        )

    return _answer(request, form, save)


def save_own_words(request: CouncilRequest, audit: Audit, part: str, form: forms.Form) -> HttpResponse:
    """Keep what anybody else types about an audit, as ``save_typed``."""

    def save(fields: dict[str, Any], version: int) -> TypedWords:
        return keep_typed(audit=audit, part=part, fields=fields, version=version, person=request.person)

    return _answer(request, form, save)


def begin_with_notes(form: forms.Form, assessment: Assessment, part: str) -> SectionDraft | None:
    """Give back what was typed and not recorded; returns it, for its version and time."""
    draft = notes_of(assessment, part)
    if draft and not form.is_bound:
        give_back(form, draft.fields)
    return draft


def begin_with_own_words(
    request: CouncilRequest, form: forms.Form, audit: Audit, part: str
) -> TypedWords | None:
    """Give back what this person typed and has not recorded, as ``begin_with_notes``."""
    kept = typed_of(audit, part, request.person)
    if kept and not form.is_bound:
        give_back(form, kept.fields)
    return kept


def _answer(
    request: CouncilRequest,
    form: forms.Form,
    save: Callable[[dict[str, Any], int], SectionDraft | TypedWords],
) -> HttpResponse:
    version = request.POST.get("version", "")
    fields = typed(form, request.POST)
    try:
        kept = save(fields, int(version) if version.isdecimal() else 0)
    except DraftConflict as error:
        theirs: dict[str, Any] = {**dict.fromkeys(fields, ""), **error.theirs.fields}
        answer = {"version": error.theirs.version, "theirs": theirs, "saved_by": "Another window"}
        return JsonResponse(answer, status=409)
    return JsonResponse({"version": kept.version, "saved_at": kept.saved_at.isoformat()})
