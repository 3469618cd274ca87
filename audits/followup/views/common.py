"""What the pages of what follows share."""

from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.urls import reverse

from audits.cases.models import Case
from audits.followup.registry import Origin, origins_of, tabs_for
from audits.followup.selectors import visible_concerns
from audits.followup.selectors.caseload import offers_rounds
from audits.followup.selectors.lists import written_summaries
from qaf.tenants.permissions import may
from qaf.tenants.services import record_read
from qaf.tenants.transitions import TransitionRefused
from qaf.tenants.views.base import CouncilRequest
from qaf.ui.shell import Link

PER_PAGE = 25


def tabs(request: CouncilRequest, active: str) -> list[Link]:
    """Return the pages of the section that the person may open."""
    slug = request.authority.slug
    pages = [("actions", "Actions"), ("follow_ups", "Reviews and other follow-up")]
    if written_summaries().exists():
        pages.append(("summaries", "What went well"))
    if offers_rounds():
        pages.append(("caseload", "Caseload checks"))
    if may(request.person, "followup.see_concerns") or visible_concerns(request.person).exists():
        pages.append(("concerns", "Urgent concerns"))
    links = [Link(text, reverse(f"followup:{name}", args=[slug]), name == active) for name, text in pages]
    others = tabs_for(request.person)
    return links + [Link(text, reverse(name, args=[slug]), key == active) for key, text, name in others]


def page_of(
    request: CouncilRequest, rows: QuerySet, kind: str
) -> tuple[Page, list[tuple[Model, Origin | None]]]:
    """Return one page of rows and each row with where it came from."""
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    origins = origins_of(kind, [row.pk for row in page])
    return page, [(row, origins.get(row.pk)) for row in page]


def origin_of(kind: str, pk: int) -> Origin | None:
    """Return where one thing came from."""
    return origins_of(kind, [pk]).get(pk)


def log_read(request: CouncilRequest, case: Case | None) -> None:
    """Log that the person read about a child."""
    if case is not None and request.method == "GET":
        record_read(person=request.person, subject="case", subject_id=case.pk)


def refused(form: BaseForm, error: ValidationError | TransitionRefused) -> None:
    """Put a rule's refusal into the form: by field where it has the field, else above it."""
    if isinstance(error, TransitionRefused):
        form.add_error(None, [problem.text for problem in error.problems])
        return
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, texts in by_field.items():
        form.add_error(field if field in form.fields else None, texts)
