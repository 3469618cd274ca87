"""The log of looks at a child's record."""

from qaf.tenants.models import Person, ReadEvent
from qaf.tenants.scope import current_scope


def record_read(*, person: Person, subject: str, subject_id: int) -> None:
    """Write that ``person`` opened the record ``subject``/``subject_id``."""
    ReadEvent.objects.create(
        person=person, subject=subject, subject_id=subject_id, request_id=current_scope().request_id
    )
