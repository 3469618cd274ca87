"""The trail, readable: who changed what, when, from what, to what, why."""

from datetime import date

from django.apps import apps
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from qaf.tenants.models import Person, TenantModel, TrailEvent
from qaf.tenants.registry import EVERY_FIELD, kept_from
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.tables import asked_for

NOT_YET = "not shown to you yet"
NOT_YOURS = "Not shown to you: the record is restricted, or the opinion is given unseen."


def _nothing(kept: tuple[str, ...]) -> bool:
    return EVERY_FIELD[0] in kept


def _names() -> dict[str, str]:
    tracked = [m for m in apps.get_models() if issubclass(m, TenantModel) and m.tracked]
    return {m._meta.db_table: str(m._meta.verbose_name).capitalize() for m in tracked}


@council_view("tenants.read_trail")
def trail(request: CouncilRequest) -> HttpResponse:
    """List changes, newest first, filtered by kind of record, number, person and day."""
    events = TrailEvent.objects.order_by("-id")
    names = _names()
    asked = {key: asked_for(request.GET, key) for key in ("kind", "row", "person", "day")}
    if asked["kind"] in names:
        events = events.filter(table_name=asked["kind"])
    if asked["row"].isdecimal():
        events = events.filter(row_id=int(asked["row"]))
    if asked["person"]:
        people = Person.objects.filter(name__icontains=asked["person"]).values_list("pk", flat=True)[:200]
        events = events.filter(person_id__in=list(people))
    if day := _day(asked["day"]):
        events = events.filter(business_at__date=day)
    page = Paginator(events, 25).get_page(request.GET.get("page"))
    who = dict(
        Person.objects.filter(pk__in={e.person_id for e in page if e.person_id}).values_list("pk", "name")
    )
    kept = _kept_from(request.person, list(page))
    rows = [
        {
            "event": event,
            "kind": names.get(event.table_name, event.table_name),
            "who": who.get(event.person_id or 0, "The system"),
            "changes": _changes(event, fields),
            "why": NOT_YOURS if _nothing(fields) else event.why,
        }
        for event in page
        for fields in [kept.get((event.table_name, event.row_id), ())]
    ]
    context = {
        "page_obj": page,
        "rows": rows,
        "asked": asked,
        "names": sorted(names.items(), key=lambda item: item[1]),
    }
    return render(request, "tenants/trail.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _kept_from(person: Person, events: list[TrailEvent]) -> dict[tuple[str, int], tuple[str, ...]]:
    """What this person may not read yet: the trail is no way round an opinion that is given unseen."""
    rows: dict[str, set[int]] = {}
    for event in events:
        rows.setdefault(event.table_name, set()).add(event.row_id)
    return {
        (table, row): fields
        for table, ids in rows.items()
        for row, fields in kept_from(person, table, ids).items()
    }


def _changes(event: TrailEvent, kept: tuple[str, ...]) -> list[tuple[str, str, str]]:
    if _nothing(kept):
        return []
    before, after = event.before or {}, event.after or {}
    keys = sorted(set(before) | set(after))
    return [
        (
            key.removesuffix("_id").replace("_", " "),
            NOT_YET if key in kept else _words(before.get(key)),
            NOT_YET if key in kept else _words(after.get(key)),
        )
        for key in keys
    ]


def _words(value: object) -> str:
    """A value as people read it: yes and no, nothing for what is not there, lists and fields one after the other."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_words(item) or "nothing" for item in value)
    if isinstance(value, dict):
        return "; ".join(
            f"{str(key).replace('_', ' ')}: {_words(item) or 'nothing'}" for key, item in value.items()
        )
    return str(value)
