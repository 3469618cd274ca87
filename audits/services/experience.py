"""Recording how many audits somebody had completed before the product came."""

from audits.models import AuditorExperience
from qaf.tenants.models import Person
from qaf.tenants.permissions import require
from qaf.tenants.scope import because


def record_experience(*, of: Person, audits_before: int, person: Person) -> None:
    """Record the number; it decides who counts as new (SEF-77). Raises ``PermissionDenied``."""
    require(person, "audits.open_cycle")
    with because("Audits completed before", person=person):
        AuditorExperience.objects.update_or_create(
            person=of, defaults={"audits_before": audits_before, "recorded_by": person}
        )
