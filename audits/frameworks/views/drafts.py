"""The draft of the next framework as a whole: begun, read, compared, written as a file, published, given up."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audits.frameworks import sentences
from audits.frameworks.forms.drafts import PublishForm, RevisionForm, TextForm
from audits.frameworks.lists import lists_of
from audits.frameworks.models import FrameworkDraft
from audits.frameworks.places import places
from audits.frameworks.problems import FrameworkError
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import current_draft, framework_of, framework_versions, reading_of
from audits.frameworks.sentences.changes import ChangedSection, compare
from audits.frameworks.services import drafts
from audits.frameworks.views.rows import part_of
from qaf.lib import clock
from qaf.tenants.permissions import may
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.words import long_date, plural

EDIT, PUBLISH = "frameworks.edit", "frameworks.publish"


def draft_or_404() -> FrameworkDraft:
    """The council's draft."""
    draft = current_draft()
    if draft is None:
        raise Http404("Nobody has begun a draft.")
    return draft


def gone(request: CouncilRequest) -> HttpResponse:
    """Somebody has published the draft or given it up: say so, and lead to the framework."""
    messages.warning(request, "The draft is not there any more: somebody has published it or given it up.")
    return redirect("frameworks:document", council=request.authority.slug)


def to_draft(request: CouncilRequest) -> HttpResponse:
    """Lead to the draft's own page."""
    return redirect("frameworks:draft", council=request.authority.slug)


@council_view(EDIT)
@require_POST
def start(request: CouncilRequest) -> HttpResponse:
    """Begin a draft, or go on with the one there is."""
    try:
        drafts.start_draft(person=request.person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("frameworks:document", council=request.authority.slug)
    return to_draft(request)


@council_view(EDIT)
def draft(request: CouncilRequest) -> HttpResponse:
    """Where the draft stands: what it changes, what is wrong with it, what can be done."""
    found = draft_or_404()
    reading = reading_of(found)
    context: dict[str, Any] = _context(request, found, reading.framework) | {"problems": reading.problems}
    if reading.framework:
        changed = _changes(found, reading.framework)
        by_key = {section.key: len(section.changes) for section in changed}
        sections = sentences.document(reading.framework)
        context |= {
            "sections": [(section, by_key.get(section.key, 0)) for section in sections],
            "figures": _figures(sections, by_key, reading.framework),
        }
    return render(request, "frameworks/draft/draft.html", context)


@council_view(EDIT)
def section(request: CouncilRequest, key: str) -> HttpResponse:
    """One section of the draft, each rule with "Change" and, for our defaults, "Confirm"."""
    found = draft_or_404()
    framework = reading_of(found).framework
    if framework is None:
        return to_draft(request)
    whole = next((item for item in sentences.document(framework) if item.key == key), None)
    if whole is None:
        raise Http404
    context = _context(request, found, framework, key)
    part = part_of(whole, request.authority.slug, places(framework))
    lists = [(item, len(item.blocks)) for item in lists_of(framework) if item.section == key]
    return render(request, "frameworks/draft/section.html", context | {"part": part, "found": lists})


@council_view(EDIT)
def text(request: CouncilRequest) -> HttpResponse:
    """The draft as a file: everything can be written here; saved with its faults, all of which are named."""
    found = current_draft()
    if found is None:
        return gone(request)
    form = TextForm(request.POST or None, initial={"text": found.text, "revision": found.revision})
    theirs = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found = drafts.write_text(revision=data["revision"], text=data["text"], person=request.person)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            theirs = conflict.current
            form = TextForm(initial={"text": data["text"], "revision": theirs.revision})
        else:
            problems = reading_of(found).problems
            if not problems:
                messages.success(request, "Saved. The file has no faults.")
                return to_draft(request)
            form = TextForm(initial={"text": found.text, "revision": found.revision})
            messages.warning(request, f"Saved, with {plural(len(problems), 'fault')} to put right.")
            return redirect("frameworks:draft_text", council=request.authority.slug)
    problems = () if theirs else reading_of(found).problems
    context = {"form": form, "draft": found, "problems": problems, "theirs": theirs}
    return render(request, "frameworks/draft/text.html", context)


def to_document(request: CouncilRequest) -> HttpResponse:
    """Lead to the framework in force."""
    return redirect("frameworks:document", council=request.authority.slug)


@council_view(EDIT)
def download(request: CouncilRequest) -> HttpResponse:
    """The draft's text, to keep or to edit elsewhere."""
    response = HttpResponse(draft_or_404().text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.authority.slug}-framework-draft.yaml"'
    return response


@council_view(EDIT)
def changes(request: CouncilRequest) -> HttpResponse:
    """The draft against the version it is based on, sentence by sentence."""
    found = draft_or_404()
    framework = reading_of(found).framework
    if framework is None:
        return to_draft(request)
    context = _context(request, found, framework) | {"changed": _changes(found, framework)}
    return render(request, "frameworks/draft/changes.html", context)


@council_view()
def version_changes(request: CouncilRequest, number: int) -> HttpResponse:
    """What a version changed against the one before it."""
    version = get_object_or_404(framework_versions(), number=number)
    before = framework_versions().filter(number__lt=number).first()
    if before is None:
        raise Http404("Nothing was there before the first version.")
    changed = compare(framework_of(before), framework_of(version))
    context = {"version": version, "before": before, "changed": changed}
    return render(request, "frameworks/version_changes.html", context)


@council_view(PUBLISH)
def publish(request: CouncilRequest) -> HttpResponse:
    """From when and why; a running month keeps the version it began with."""
    found = draft_or_404()
    framework = reading_of(found).framework
    if framework is None:
        return to_draft(request)
    initial = {"revision": found.revision, "effective_from": clock.today()}
    form = PublishForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            version = drafts.publish_draft(person=request.person, **data)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            form.add_error(None, f"{_who(conflict.current)} Look at the changes again before you publish.")
        except ValidationError as error:
            form.add_error(None, error)
        except FrameworkError:
            return to_draft(request)
        else:
            day = long_date(version.effective_from)
            messages.success(request, f"Version {version.number} is published, in force from {day}.")
            return to_document(request)
    context = _context(request, found, framework) | {"form": form, "changed": _changes(found, framework)}
    context["unimplemented"] = framework.unimplemented()
    return render(request, "frameworks/draft/publish.html", context)


@council_view(EDIT)
@require_POST
def follow(request: CouncilRequest) -> HttpResponse:
    """Take the newest version as the one that the draft follows."""
    return _by_revision(request, drafts.follow_newest, "The draft now follows the newest version.")


@council_view(EDIT)
def discard(request: CouncilRequest) -> HttpResponse:
    """Ask, then give the draft up."""
    if request.method != "POST":
        found = draft_or_404()
        return render(request, "frameworks/draft/discard.html", {"draft": found})
    return _by_revision(
        request, drafts.discard_draft, "The draft is given up. The published framework stands."
    )


def _by_revision(request: CouncilRequest, act: Any, done: str) -> HttpResponse:
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return to_draft(request)
    try:
        act(revision=form.cleaned_data["revision"], person=request.person)
    except drafts.DraftHasChangedError as conflict:
        if conflict.current is None:
            return gone(request)
        messages.warning(request, _who(conflict.current))
        return to_draft(request)
    messages.success(request, done)
    return to_draft(request) if current_draft() else to_document(request)


def _who(current: FrameworkDraft) -> str:
    return f"{current.edited_by.name} has changed the draft meanwhile."


def _changes(found: FrameworkDraft, framework: Framework) -> tuple[ChangedSection, ...]:
    return compare(framework_of(found.based_on), framework)


def _figures(
    sections: tuple[sentences.Section, ...], by_key: dict[str, int], framework: Framework
) -> list[dict[str, Any]]:
    defaults = sum(section.defaults for section in sections)
    return [
        {"label": "Rules that differ from the published version", "value": sum(by_key.values())},
        {"label": "Our defaults, until the council confirms them", "value": defaults},
        {"label": "Parts that this release cannot run", "value": len(framework.unimplemented())},
    ]


def _context(
    request: CouncilRequest, found: FrameworkDraft, framework: Framework | None, key: str = ""
) -> dict[str, Any]:
    slug = request.authority.slug
    sections = sentences.document(framework) if framework else ()
    items = [{"text": "The draft", "href": reverse("frameworks:draft", args=[slug]), "active": not key}]
    items += [
        {
            "text": item.title,
            "href": reverse("frameworks:draft_section", args=[slug, item.key]),
            "active": item.key == key,
        }
        for item in sections
    ]
    newest = framework_versions().first()
    return {
        "draft": found,
        "subnav_items": items,
        "newest": newest if newest and newest.pk != found.based_on_id else None,
        "may_publish": may(request.person, PUBLISH),
    }
