"""Coding what families said: the themes heard, and the few words that reports may print (HER-12)."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from audits.frameworks.selectors import framework_of
from audits.models import FamilyContact
from feedback.models import CodedWords, Quotation
from feedback.selectors.register import readable
from feedback.selectors.themes import theme_labels
from qaf.lib import clock
from qaf.tenants.models import Person
from qaf.tenants.permissions import require

LONGEST = Quotation._meta.get_field("text").max_length or 400


@transaction.atomic
def code_conversation(
    *, contact: FamilyContact, themes: Mapping[str, bool], quotation: str = "", person: Person
) -> None:
    """Say which themes were heard (true: in praise) and which words may be printed; replaces what was said before.

    Raises ``PermissionDenied``, or ``ValidationError`` for a theme that the framework does not have, and for a
    quotation that is too long.
    """
    require(person, "feedback.code")
    if not readable(person).filter(pk=contact.pk).exists():
        raise PermissionDenied("You cannot read this conversation yet.")
    known = theme_labels(framework_of(contact.audit.framework_version))
    if unknown := sorted(set(themes) - set(known)):
        raise ValidationError({"themes": f"The framework has no theme {', '.join(unknown)}"})
    quotation = quotation.strip()
    if len(quotation) > LONGEST:
        raise ValidationError({"quotation": f"The words must be {LONGEST} characters or fewer"})
    now = clock.now()
    CodedWords.objects.filter(contact=contact).exclude(theme__in=themes).delete()
    heard = {one.theme: one for one in CodedWords.objects.filter(contact=contact)}
    for theme, positive in themes.items():
        if theme not in heard or heard[theme].positive != positive:
            CodedWords.objects.update_or_create(
                contact=contact,
                theme=theme,
                defaults={"positive": positive, "coded_by": person, "coded_at": now},
            )
    if quotation:
        Quotation.objects.update_or_create(
            contact=contact, defaults={"text": quotation, "chosen_by": person, "chosen_at": now}
        )
    else:
        Quotation.objects.filter(contact=contact).delete()
