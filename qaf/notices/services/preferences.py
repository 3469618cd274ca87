"""When somebody wants e-mail."""

from datetime import time

from qaf.notices.enums import DeliveryStatus
from qaf.notices.models import Notice, Preference
from qaf.notices.selectors import wishes
from qaf.notices.timing import leaves_at
from qaf.tenants.models import Person


def choose(
    *, person: Person, rhythm: str, quiet_from: time, quiet_until: time, quiet_days_off: bool
) -> Preference:
    """Keep what the person chose; what already waits for them leaves by it too, except what is urgent."""
    preference, _ = Preference.objects.update_or_create(
        person=person,
        defaults={
            "rhythm": rhythm,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "quiet_days_off": quiet_days_off,
        },
    )
    waiting = Notice.objects.filter(person=person, delivery=DeliveryStatus.WAITING, urgent=False)
    for notice in waiting:
        notice.not_before = leaves_at(notice.created_at, wishes(preference))
        notice.save(update_fields=["not_before"])
    return preference
