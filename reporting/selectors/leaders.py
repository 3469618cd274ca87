"""Who the paper on chosen cases is for, and which of them have not commented yet."""

from django.db.models import QuerySet

from audits.frameworks.schema import Framework
from audits.frameworks.schema.governance import Report
from audits.frameworks.selectors import framework_if_any
from qaf.lib import clock
from qaf.tenants.models import Person
from reporting.enums import ReportKind
from reporting.models import ChosenCase
from reporting.selectors.definitions import definition, recipients


def paper_of(framework: Framework) -> Report | None:
    """Return the framework's paper on chosen cases; ``None`` where the council has none."""
    try:
        return definition(framework, ReportKind.CASE_PAPER).report
    except ValueError:
        return None


def leaders(framework: Framework) -> list[Person]:
    """Return whom the paper is for: the members of the forums that it goes to."""
    if paper_of(framework) is None:
        return []
    return recipients(framework, definition(framework, ReportKind.CASE_PAPER), "", clock.today())


def is_leader(person: Person) -> bool:
    """Say whether the paper on chosen cases is for somebody."""
    framework = framework_if_any()
    return framework is not None and person in leaders(framework)


def uncommented(person: Person) -> list[ChosenCase]:
    """Return the chosen cases of late that somebody has not commented on."""
    rows = cases_of_late().exclude(comments__person=person)
    return list(rows.select_related("audit").order_by("pk"))


def cases_of_late() -> QuerySet[ChosenCase]:
    """Return the cases chosen this year and last: nobody is asked for a word on older ones."""
    return ChosenCase.objects.filter(chosen_at__year__gte=clock.today().year - 1)
