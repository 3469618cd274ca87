"""Numbers for audits: a council's own, without gaps, never given twice."""

from django.db.models import F

from audits.models import ReferenceCounter
from qaf.tenants.models import Authority
from qaf.tenants.scope import current_authority_id


def take_references(*, year: int, count: int) -> list[str]:
    """Return the next ``count`` references of ``year``, such as ``HER-2026-0012``.

    The counter's row stays locked until the transaction ends, so nothing is skipped or shared.
    """
    if count < 1:
        return []
    ReferenceCounter.objects.get_or_create(year=year)
    ReferenceCounter.objects.filter(year=year).update(last=F("last") + count)
    last = ReferenceCounter.objects.get(year=year).last
    prefix = Authority.objects.get(pk=current_authority_id()).reference_prefix
    return [f"{prefix}-{year}-{number:04d}" for number in range(last - count + 1, last + 1)]
