"""One block of a list: changed where it has no page as a rule, and put in another place among the others."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audits.frameworks.forms.drafts import MoveForm
from audits.frameworks.forms.rules import DECISION, RuleForm
from audits.frameworks.lists import BlockList, number_of
from audits.frameworks.places import raw_at
from audits.frameworks.problems import FrameworkError, dotted
from audits.frameworks.questions import Words, questions_of
from audits.frameworks.selectors import current_draft, reading_of, values_of
from audits.frameworks.services import drafts
from audits.frameworks.services.lists import change_block, move_block
from audits.frameworks.views.drafts import EDIT, gone, to_draft
from audits.frameworks.views.lists import items_of, list_or_404
from qaf.tenants.views.base import CouncilRequest, council_view


@council_view(EDIT)
def change(request: CouncilRequest, where: str, item: str) -> HttpResponse:
    """Change one block, such as a criterion. Every fault that the change would make is said at its question."""
    draft = current_draft()
    if draft is None:
        return gone(request)
    framework = reading_of(draft).framework
    if framework is None:
        return to_draft(request)
    found = list_or_404(framework, where)
    number = _number_or_404(found, item)
    if not found.loose:
        return redirect("frameworks:rule", council=request.authority.slug, where=found.address_of(number))
    path = found.path_of(number)
    questions = questions_of(found.blocks[number], raw_at(values_of(draft), path), Words(framework))
    initial = {"revision": draft.revision, "source_kind": DECISION}
    form = RuleForm(request.POST or None, questions=questions, initial=initial)
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, form, where, item)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            theirs = conflict.current
            # The next save is made knowingly, against what stands there now.
            data = request.POST.copy()
            data["revision"] = str(theirs.revision)
            form = RuleForm(data, questions=questions, initial=initial)
            form.full_clean()
        except FrameworkError as error:
            form.blame(error.problems, dotted(path))
    shown = items_of(framework, found)[number]
    context = {"form": form, "found": found, "item": shown, "theirs": theirs}
    return render(request, "frameworks/draft/item.html", context)


def _save(request: CouncilRequest, form: RuleForm, where: str, item: str) -> HttpResponse:
    if changes := form.changes():
        change_block(
            revision=form.cleaned_data["revision"],
            where=where,
            item=item,
            changes=changes,
            source=form.source_of(request.person),
            person=request.person,
        )
        messages.success(request, "The draft is changed. Nothing is in force before you publish it.")
    else:
        messages.info(request, "Nothing was changed.")
    return redirect(_back(request, where, item))


@council_view(EDIT)
def move(request: CouncilRequest, where: str, item: str) -> HttpResponse:
    """Put a rule or a block in another place of its list."""
    draft = current_draft()
    if draft is None:
        return gone(request)
    framework = reading_of(draft).framework
    if framework is None:
        return to_draft(request)
    found = list_or_404(framework, where)
    number = _number_or_404(found, item)
    listed = items_of(framework, found)
    others = [(one.key, one.name) for place, one in enumerate(listed) if place != number]
    following = listed[number + 1].key if number + 1 < len(listed) else ""
    initial = {"revision": draft.revision, "before": following}
    form = MoveForm(request.POST or None, others=others, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            move_block(where=where, item=item, person=request.person, **data)
        except drafts.DraftHasChangedError as conflict:
            if conflict.current is None:
                return gone(request)
            form = MoveForm({**data, "revision": conflict.current.revision}, others=others)
            by = conflict.current.edited_by.name
            form.add_error(None, f"{by} has changed the draft meanwhile. Read it again.")
        except FrameworkError as error:
            form.blame(error.problems)
        else:
            messages.success(request, f"Moved in the draft: {listed[number].name}.")
            return redirect(_back(request, where, item if has_own_key(found) else ""))
    context = {"form": form, "found": found, "item": listed[number]}
    return render(request, "frameworks/draft/move.html", context)


def has_own_key(found: BlockList) -> bool:
    """Whether a block keeps its address wherever it stands."""
    return "key" in found.model.model_fields


def _back(request: CouncilRequest, where: str, item: str) -> str:
    href = reverse("frameworks:list", args=[request.authority.slug, where])
    return f"{href}#item-{item}" if item else href


def _number_or_404(found: BlockList, item: str) -> int:
    try:
        return number_of(found, item)
    except KeyError as error:
        raise Http404 from error
