"""Whole rules of the draft: what it has of each kind, one more, one fewer."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audits.frameworks import sentences
from audits.frameworks.forms.drafts import TakeOutForm
from audits.frameworks.forms.rules import DECISION, NewRuleForm
from audits.frameworks.lists import (
    BlockList,
    list_at,
    lists_of,
    name_of,
    number_of,
    questions_of_list,
)
from audits.frameworks.problems import FrameworkError, dotted
from audits.frameworks.questions import Words
from audits.frameworks.schema.framework import Framework
from audits.frameworks.selectors import current_draft, reading_of
from audits.frameworks.services import drafts
from audits.frameworks.services.lists import add_block, take_out_block
from audits.frameworks.views.drafts import EDIT, draft_or_404, gone, to_draft
from qaf.tenants.views.base import CouncilRequest, council_view


@dataclass(frozen=True)
class Item:
    """A rule of a list: its name, its sentences, its address and its key or number."""

    name: str
    texts: tuple[str, ...]
    where: str
    key: str
    loose: bool = False
    """Whether it is changed on a page of its own, for it is no rule with a source."""


@council_view(EDIT)
def lists(request: CouncilRequest) -> HttpResponse:
    """Everything that the framework may have more or fewer of."""
    framework = reading_of(draft_or_404()).framework
    if framework is None:
        return to_draft(request)
    context = {"found": [(item, len(item.blocks)) for item in lists_of(framework)]}
    return render(request, "frameworks/draft/lists.html", context)


@council_view(EDIT)
def one_list(request: CouncilRequest, where: str) -> HttpResponse:
    """The rules of one list, each with what can be done about it."""
    framework = reading_of(draft_or_404()).framework
    if framework is None:
        return to_draft(request)
    found = list_or_404(framework, where)
    inner = [item for item in lists_of(framework) if item.where.startswith(f"{where}.")]
    context = {
        "found": found,
        "items": items_of(framework, found),
        "inner": [(item, len(item.blocks)) for item in inner],
        "addable": not found.is_full and questions_of_list(found, Words(framework)) is not None,
    }
    return render(request, "frameworks/draft/list.html", context)


@council_view(EDIT)
def add(request: CouncilRequest, where: str) -> HttpResponse:
    """One rule more. Every fault it would make is said at its question."""
    draft = current_draft()
    if draft is None:
        return gone(request)
    framework = reading_of(draft).framework
    if framework is None:
        return to_draft(request)
    found = list_or_404(framework, where)
    questions = questions_of_list(found, Words(framework))
    if found.is_full or questions is None:
        raise Http404("Nothing can be added here.")
    others = [(item.key, item.name) for item in items_of(framework, found)]
    kwargs: dict[str, Any] = {"questions": questions, "others": others}
    kwargs["initial"] = {"revision": draft.revision, "source_kind": DECISION}
    form = NewRuleForm(request.POST or None, **kwargs)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, form, where)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            theirs = conflict.current
            data = request.POST.copy()
            data["revision"] = str(theirs.revision)
            form = NewRuleForm(data, **kwargs)
            form.full_clean()
        except FrameworkError as error:
            form.blame(error.problems, _new_path(found, form.cleaned_data.get("before")))
        else:
            messages.success(request, "Added to the draft. Nothing is in force before you publish it.")
            return redirect("frameworks:list", council=request.authority.slug, where=where)
    context = {"form": form, "draft": draft, "found": found, "theirs": theirs}
    return render(request, "frameworks/draft/add.html", context)


@council_view(EDIT)
def take_out(request: CouncilRequest, where: str, item: str) -> HttpResponse:
    """Ask, then take a rule out; say what still needs it."""
    draft = draft_or_404()
    framework = reading_of(draft).framework
    if framework is None:
        return to_draft(request)
    found = list_or_404(framework, where)
    shown = next((rule for rule in items_of(framework, found) if rule.key == item), None)
    if shown is None:
        raise Http404
    form = TakeOutForm(request.POST or None, initial={"revision": draft.revision})
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            take_out_block(revision=revision, where=where, item=item, person=request.person)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            form = TakeOutForm({"revision": conflict.current.revision})
            form.add_error(
                None, f"{conflict.current.edited_by.name} has changed the draft meanwhile. Read it again."
            )
        except FrameworkError as error:
            form.blame(error.problems)
        else:
            messages.success(request, f"Taken out of the draft: {shown.name}.")
            return redirect("frameworks:list", council=request.authority.slug, where=where)
    back = reverse("frameworks:list", args=[request.authority.slug, where])
    context = {"form": form, "draft": draft, "found": found, "item": shown, "back": back}
    return render(request, "frameworks/draft/take_out.html", context)


def _add(request: CouncilRequest, form: NewRuleForm, where: str) -> None:
    data = form.cleaned_data
    add_block(
        revision=data["revision"],
        where=where,
        values=form.changes(),
        source=form.source_of(request.person),
        before=data.get("before") or "",
        person=request.person,
    )


def list_or_404(framework: Framework, where: str) -> BlockList:
    try:
        return list_at(framework, where)
    except KeyError as error:
        raise Http404 from error


def items_of(framework: Framework, found: BlockList) -> list[Item]:
    """The rules with the sentences that are read from them."""
    texts: dict[int, list[str]] = {}
    for section in sentences.document(framework):
        for text in section.all_sentences:
            if text.block is not None:
                texts.setdefault(id(text.block), []).append(text.text)
    return [
        Item(
            name=name_of(block) or next(iter(texts.get(id(block), [])), f"{found.title} {number + 1}"),
            texts=tuple(texts.get(id(block), ())),
            where=found.address_of(number),
            key=str(getattr(block, "key", number)),
            loose=found.loose,
        )
        for number, block in enumerate(found.blocks)
    ]


def _new_path(found: BlockList, before: str | None) -> str:
    """Where the new rule would stand in the file."""
    if found.single:
        return dotted(found.path)
    return dotted((*found.path, number_of(found, before) if before else len(found.blocks)))
