"""The reports that were made and that somebody may read."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KT

from qaf.tenants.models import Person
from qaf.tenants.permissions import may
from reporting.enums import ReportKind
from reporting.models import ReportSnapshot
from reporting.selectors.definitions import MAKE, READ
from reporting.selectors.examples import CHANGE, TITLES


def readable(person: Person) -> QuerySet[ReportSnapshot]:
    """Return the editions that somebody may read, the newest first; ``figures_title`` is the title as it was frozen.

    The same rule as ``definitions.reads``.
    """
    rows = ReportSnapshot.objects.select_related("made_by").defer("figures", "commentary")
    rows = rows.annotate(figures_title=KT("figures__title")).order_by(F("made_at").desc(), "-pk")
    if may(person, MAKE):
        return rows
    mine = Q(made_by=person) | Q(shared_with__contains=[person.pk])
    return rows.filter(mine | ~Q(scope__startswith="person-")) if may(person, READ) else rows.filter(mine)


@dataclass(frozen=True)
class Printed:
    """Words about changes for children that somebody chose for a report, and that report."""

    report: int = 0
    title: str = ""
    items: tuple[tuple[str, str], ...] = ()


def printed_changes() -> Printed:
    """Return what the newest report about the whole council printed of what changed for children: nothing else is."""
    kinds = (ReportKind.QUARTERLY, ReportKind.SNAPSHOT, ReportKind.MONTHLY)
    newest = ReportSnapshot.objects.filter(kind__in=kinds, scope="").order_by("-made_at", "-pk").first()
    if newest is None:
        return Printed()
    found = [
        tuple(item)
        for section in newest.figures["sections"]
        for block in section["blocks"]
        if block["type"] == "quotes" and block["title"] == TITLES[CHANGE]
        for item in block["items"]
    ]
    title = f"{newest.figures['title']}, {newest.figures['period']['title']}"
    return Printed(newest.pk, title, tuple(dict.fromkeys(found)))
