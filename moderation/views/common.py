"""What every page of one moderation starts from."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audits.selectors.comparison import Comparison, comparison_of
from audits.selectors.grades import side_by_side
from audits.selectors.links import audit_href, concern_href
from audits.selectors.people import auditors_ever
from audits.selectors.standing import standing_of
from moderation.enums import ModerationStatus
from moderation.models import Moderation
from moderation.paths import moderation_href
from moderation.selectors import moderation_list
from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from qaf.tenants.services import record_read
from qaf.tenants.transitions import StatusHasChanged
from qaf.tenants.views.base import CouncilRequest, council_view

P = ParamSpec("P")


def moderation_page(
    view: Callable[Concatenate[CouncilRequest, Moderation, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Make a view of one moderation: its moderator's and those' who allocate; never an auditor's of the case."""

    @council_view()
    @wraps(view)
    def inner(request: CouncilRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        moderation = moderation_list().filter(audit__reference=reference).order_by("-round").first()
        if moderation is None:
            raise Http404("This audit is not moderated.")
        _let_in(request, moderation)
        try:
            return view(request, moderation, *args, **kwargs)
        except StatusHasChanged as changed:
            messages.warning(request, str(changed))
            return redirect(moderation_href(moderation))

    return inner


def _let_in(request: CouncilRequest, moderation: Moderation) -> None:
    person = request.person
    if person.pk in auditors_ever(moderation.audit):
        raise PermissionDenied("You audited this case, so its moderation is not yours to see.")
    sits = moderation.members.filter(person=person).exists()
    if moderation.moderator_id != person.pk and not sits and not may(person, "moderation.allocate"):
        raise PermissionDenied("Only those who moderate it and the quality assurance lead open a moderation.")
    if moderation.status == ModerationStatus.NAMED and not may(person, "moderation.allocate"):
        raise PermissionDenied(
            "The auditor has not submitted this audit yet: it opens to you when they have."
        )
    standing_of(person, moderation.audit)
    if request.method == "GET":
        record_read(person=person, subject="audit", subject_id=moderation.audit_id)


def records_beside(moderation: Moderation, person: Person) -> Comparison:
    """Return what the auditors gave, with the worker's own look at the work beside it where there is one."""
    beside, submitted = side_by_side(standing_of(person, moderation.audit)), comparison_of(moderation.audit)
    return beside if beside and set(submitted.columns) <= set(beside.columns) else submitted


def own_moderation(
    view: Callable[Concatenate[CouncilRequest, Moderation, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Make a view that only the moderator opens, and only until it is decided."""

    @moderation_page
    @wraps(view)
    def inner(
        request: CouncilRequest, moderation: Moderation, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if moderation.moderator_id != request.person.pk:
            raise PermissionDenied("Only its moderator decides a moderation.")
        return view(request, moderation, *args, **kwargs)

    return inner


def show(
    request: HttpRequest, template: str, moderation: Moderation, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page of the moderation with what all of them have."""
    common = {
        "moderation": moderation,
        "audit": moderation.audit,
        "audit_url": audit_href(moderation.audit),
        "moderation_url": moderation_href(moderation),
        "concern_url": concern_href(moderation.audit),
    }
    return render(request, template, {**common, **context}, status=status)
