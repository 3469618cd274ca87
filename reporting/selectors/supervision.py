"""How recently open children's work was supervised, and what whole-caseload checks found."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from audits.cases.models import Case
from audits.followup.models import CaseloadAnswer, CaseloadCheck
from qaf.lib import calendar


@dataclass(frozen=True)
class Supervised:
    """One open child: their service, and when their work was last supervised as the case list knows it."""

    service: int | None
    on: date | None


def supervised() -> list[Supervised]:
    """Return every open child's record, in one query."""
    rows = Case.objects.filter(closed_on=None).values_list("service_id", "last_supervision_on")
    return [Supervised(*row) for row in rows]


def caseload_answers(ends: date) -> Iterator[tuple[str, bool]]:
    """Yield the question and whether it was in place, for every child of each team's newest round, in two queries."""
    rounds = CaseloadCheck.objects.filter(done_at__lte=calendar.end_of_local_day(ends))
    newest: dict[int, tuple[int, dict[str, str]]] = {}
    for team, pk, items in rounds.order_by("period", "pk").values_list("team_id", "pk", "items"):
        newest[team] = (pk, {item["key"]: item.get("label", item["key"]) for item in items})
    words = dict(newest.values())
    rows = CaseloadAnswer.objects.filter(check_round__in=words).order_by("pk")
    for pk, item, in_place in rows.values_list("check_round_id", "item", "in_place"):
        yield words[pk].get(item, item), in_place
