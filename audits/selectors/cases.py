"""What the case list asks of the audits: which children they hold on to, and what a case's page shows of them."""

from collections.abc import Iterable
from datetime import datetime

from audits.cases.models import Case
from audits.cases.registry import Panel
from audits.enums import RUNNING, ExclusionStatus
from audits.models import Audit, CaseExclusion, Cycle, SampledCase
from qaf.tenants.models import Person
from qaf.tenants.permissions import may


def ever_sampled(case_ids: Iterable[int]) -> set[int]:
    """Return those of the cases that were ever drawn, audited, or asked to be left out: they are kept."""
    ids = list(case_ids)
    models = (SampledCase, Audit, CaseExclusion)
    return {
        pk for model in models for pk in model.objects.filter(case__in=ids).values_list("case_id", flat=True)
    }


def audited_now(case_ids: Iterable[int]) -> set[int]:
    """Return those of the cases whose audit is still under way."""
    running = Audit.objects.filter(case__in=list(case_ids), status__in=RUNNING)
    return set(running.values_list("case_id", flat=True))


def drawn_since(moment: datetime) -> bool:
    """Say whether a month was drawn at or after ``moment``."""
    return Cycle.objects.filter(opened_at__gte=moment).exists()


def case_panels(case: Case, person: Person) -> Iterable[Panel]:
    """Yield the audits of the case for those who see every audit, and where to ask to leave the child out."""
    sees_all, may_ask = may(person, "audits.see_all"), may(person, "audits.ask_exclusion")
    if not sees_all and not may_ask:
        return
    audits = (
        Audit.objects.filter(case=case).select_related("service", "team")
        if sees_all
        else Audit.objects.none()
    )
    requests = CaseExclusion.objects.filter(case=case).exclude(status=ExclusionStatus.REFUSED)
    yield Panel(
        template="audits/cycles/case_panel.html",
        context={
            "audits": list(audits.order_by("-allocated_on", "-pk")),
            "sees_all": sees_all,
            "requests": list(requests.order_by("-period")),
            "case": case,
            "may_ask": may_ask and case.is_open,
        },
        order=20,
    )
