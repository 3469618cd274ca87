"""Forms that are saved as typed before they can be recorded."""

from typing import Any

from django.http import HttpResponse, JsonResponse

from audits.forms.notes import give_back, typed
from audits.models import Assessment, SectionDraft
from audits.services.assessments import DraftConflict, notes_of, save_notes
from qaf.tenants.views.base import CouncilRequest
from qaf.ui import forms


def is_autosave(request: CouncilRequest) -> bool:
    """Whether the page's script sends what is being typed, rather than a person pressing the button."""
    return request.method == "POST" and request.headers.get("X-Requested-With") == "autosave"


def save_typed(request: CouncilRequest, assessment: Assessment, part: str, form: forms.Form) -> HttpResponse:
    """Keep what is typed; the answers are the contract of ``data-autosave``."""
    version = request.POST.get("version", "")
    fields = typed(form, request.POST)
    try:
        draft = save_notes(
            assessment=assessment,
            part=part,
            fields=fields,
            version=int(version) if version.isdecimal() else 0,
            person=request.person,
        )
    except DraftConflict as error:
        theirs: dict[str, Any] = {**dict.fromkeys(fields, ""), **error.theirs.fields}
        answer = {"version": error.theirs.version, "theirs": theirs, "saved_by": "Another window"}
        return JsonResponse(answer, status=409)
    return JsonResponse({"version": draft.version, "saved_at": draft.saved_at.isoformat()})


def begin_with_notes(form: forms.Form, assessment: Assessment, part: str) -> SectionDraft | None:
    """Give back what was typed and not recorded; returns it, for its version and time."""
    draft = notes_of(assessment, part)
    if draft and not form.is_bound:
        give_back(form, draft.fields)
    return draft
