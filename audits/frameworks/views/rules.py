"""One rule of the draft: changed in a form, or confirmed as the council's own."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audits.frameworks import sentences
from audits.frameworks.forms.drafts import ConfirmForm
from audits.frameworks.forms.rules import DECISION, RuleForm
from audits.frameworks.lists import lists_of
from audits.frameworks.models import FrameworkDraft
from audits.frameworks.places import Place, place_at, raw_at
from audits.frameworks.problems import FrameworkError, dotted
from audits.frameworks.questions import Question, Words, questions_of
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import current_draft, fingerprint, reading_of, values_of
from audits.frameworks.services import drafts
from audits.frameworks.views.drafts import EDIT, draft_or_404, gone, to_draft
from qaf.tenants.views.base import CouncilRequest, council_view

MANY = 12
"""A block with more questions than this is not asked on one page without a field being named."""


@council_view(EDIT)
def rule(request: CouncilRequest, where: str, part: str = "") -> HttpResponse:
    """Change one rule. Every fault that the change would make is said at its question."""
    found = current_draft()
    if found is None:
        return gone(request)
    framework = reading_of(found).framework
    if framework is None:
        return to_draft(request)
    place = _place_or_404(framework, where)
    if part and f"{where}.{part}" in {listed.where for listed in lists_of(framework)}:
        return redirect("frameworks:list", council=request.authority.slug, where=f"{where}.{part}")
    asked, others = _questions(found, framework, place, part)
    if not asked:
        messages.info(request, "This rule has a shape of its own. Change it in the file.")
        return redirect("frameworks:draft_text", council=request.authority.slug)
    initial = {"revision": found.revision, "seen": fingerprint(found, where), "source_kind": DECISION}
    form = RuleForm(request.POST or None, questions=asked, initial=initial)
    theirs, theirs_now = None, []
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, form, place, framework)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            theirs = conflict.current
            theirs_now = _sentences_of(theirs, where, part)
            # The next save is made knowingly, against what stands there now.
            data = request.POST.copy()
            data["revision"], data["seen"] = str(theirs.revision), fingerprint(theirs, where)
            form = RuleForm(data, questions=asked, initial=initial)
            form.full_clean()
        except FrameworkError as error:
            form.blame(error.problems, dotted(place.path))
    context = {
        "form": form,
        "draft": found,
        "theirs": theirs,
        "theirs_now": theirs_now,
        "now": _sentences(framework, place, part),
        "others": [(item, _href(request, where, item.name)) for item in others],
        **_titles(framework, place, request),
    }
    return render(request, "frameworks/draft/rule.html", context)


@council_view(EDIT)
def confirm(request: CouncilRequest, where: str, part: str = "") -> HttpResponse:
    """The council confirms our default: who, when, and why if they want to say."""
    found = draft_or_404()
    framework = reading_of(found).framework
    if framework is None:
        return to_draft(request)
    place = _place_or_404(framework, where)
    titles = _titles(framework, place, request)
    form = ConfirmForm(request.POST or None, initial={"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            drafts.confirm_rule(where=where, part=part, person=request.person, **data)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            data = {"note": data["note"], "revision": conflict.current.revision}
            form = ConfirmForm(data)
            form.add_error(
                None,
                f"{conflict.current.edited_by.name} has changed the draft meanwhile. Read the rule again.",
            )
        except (ValidationError, FrameworkError) as error:
            text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            form.add_error(None, text)
        except KeyError as error:
            raise Http404 from error
        else:
            messages.success(request, "Confirmed. The rule is the council’s own now.")
            return redirect(titles["back"])
    provenance = place.block.provenance(part or None)
    context = {
        "form": form,
        "draft": found,
        "now": _sentences(framework, place, part),
        "reason": provenance.default_reason,
        "whole": not part,
        **titles,
    }
    return render(request, "frameworks/draft/confirm.html", context)


def _save(request: CouncilRequest, form: RuleForm, place: Place, framework: Framework) -> HttpResponse:
    data = form.cleaned_data
    changes = form.changes()
    back = _titles(framework, place, request)["back"]
    if not changes:
        messages.info(request, "Nothing was changed.")
        return redirect(back)
    drafts.change_rule(
        revision=data["revision"],
        seen=data["seen"],
        where=place.where,
        changes=changes,
        source=form.source_of(request.person),
        person=request.person,
    )
    messages.success(request, "The draft is changed. Nothing is in force before you publish it.")
    return redirect(back)


def _place_or_404(framework: Framework, where: str) -> Place:
    try:
        return place_at(framework, where)
    except KeyError as error:
        raise Http404 from error


def _questions(
    found: FrameworkDraft, framework: Framework, place: Place, part: str
) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """The questions to ask now, and those about the same block that are left for a page of their own."""
    raw = raw_at(values_of(found), place.path)
    every = questions_of(place.block, raw, Words(framework))
    if not part:
        # What has a key of its own is added, changed and moved one at a time, on the page of its list.
        apart = {listed.path[-1] for listed in lists_of(framework) if listed.owner is place.block}
        every = tuple(item for item in every if item.name not in apart)
    asked = tuple(item for item in every if item.name == part) if part else every
    if not part and len(every) > MANY:
        asked = every[:MANY]
    names = {item.name for item in asked}
    return asked, tuple(item for item in every if item.name not in names)


def _sentences(framework: Framework, place: Place, part: str) -> list[str]:
    """How the rule reads now."""
    return [
        text.text
        for section in sentences.document(framework)
        for text in section.all_sentences
        if text.block is place.block and (not part or text.part == part)
    ]


def _sentences_of(found: FrameworkDraft, where: str, part: str) -> list[str]:
    framework = reading_of(found).framework
    try:
        return _sentences(framework, place_at(framework, where), part) if framework else []
    except KeyError:
        return []


def _titles(framework: Framework, place: Place, request: CouncilRequest) -> dict[str, Any]:
    """The section the rule stands in, what the rule is about, and the way back to it."""
    slug = request.authority.slug
    for section in sentences.document(framework):
        for above in _parts(section, ()):
            texts: list[sentences.Sentence | sentences.Listing] = [*above[-1].sentences, *above[-1].listings]
            if any(text.block is place.block for text in texts):
                anchor = "-".join(part.key for part in above[1:])
                back = reverse("frameworks:draft_section", args=[slug, section.key])
                title = " – ".join(part.title for part in above[1:]) or section.title
                return {"title": title, "back": f"{back}#{anchor}" if anchor else back}
    return {"title": place.where, "back": reverse("frameworks:draft", args=[slug])}


def _parts(
    section: sentences.Section, above: tuple[sentences.Section, ...]
) -> Iterator[tuple[sentences.Section, ...]]:
    """The section and everything in it, each with what it stands in."""
    here = (*above, section)
    yield here
    for part in section.parts:
        yield from _parts(part, here)


def _href(request: CouncilRequest, where: str, part: str) -> str:
    return reverse("frameworks:rule", args=[request.authority.slug, where, part])
