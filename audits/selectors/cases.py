"""What the case list asks of the audits: which children they hold on to."""

from collections.abc import Iterable
from datetime import datetime

from audits.enums import RUNNING
from audits.models import Audit, CaseExclusion, Cycle, SampledCase


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
