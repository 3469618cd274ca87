"""The panel of moderation on the audit page."""

from collections.abc import Iterable

from django.urls import reverse

from audits.enums import AuditStatus
from audits.registry import Panel
from audits.selectors.people import auditors_ever
from audits.selectors.standing import Standing
from moderation.enums import OPEN
from moderation.paths import moderation_href
from moderation.selectors.lists import moderation_of
from qaf.tenants.permissions import may


def moderation_panel(standing: Standing) -> Iterable[Panel]:
    """Return why the audit is moderated and by when, for everybody who sees its grades.

    Those who allocate find the way to the moderation, or to ask for one; an auditor never does.
    """
    if not standing.sees_grades:
        return
    audit, person = standing.audit, standing.person
    found = moderation_of(audit.pk)
    outsider = person.pk not in auditors_ever(audit)
    allocates = outsider and may(person, "moderation.allocate")
    if found is None:
        if allocates and audit.status == AuditStatus.OUTCOME:
            ask_url = reverse("moderation:ask", args=[audit.authority.slug, audit.reference])
            yield Panel("Moderation", "moderation/_panel.html", {"ask_url": ask_url}, order=20)
        return
    opens = allocates or found.moderator_id == person.pk
    context = {
        "moderation": found,
        "reasons": found.reasons.all(),
        "open": found.status in OPEN,
        "href": moderation_href(found) if opens else "",
    }
    yield Panel("Moderation", "moderation/_panel.html", context, order=20)
