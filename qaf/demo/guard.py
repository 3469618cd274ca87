"""Where the demonstration may run: never on a council's own system."""

from django.conf import settings
from django.core.management.base import CommandError

from qaf.tenants.models import Authority


def refuse_outside_demo(known: set[str]) -> None:
    """Raise ``CommandError`` unless these are demonstration settings and no other council is here."""
    if not getattr(settings, "QAF_DEMO", False):
        raise CommandError(
            "Demonstration data is only made under demonstration, development or test settings (QAF_DEMO)."
        )
    others = Authority.objects.exclude(slug__in=known).values_list("slug", flat=True)
    if others:
        raise CommandError(
            f"This database holds councils that are not the demonstration's: {', '.join(sorted(others))}. "
            "Nothing was changed."
        )
