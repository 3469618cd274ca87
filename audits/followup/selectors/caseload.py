"""Rounds over whole caseloads: which children, what was answered, who does it, and the totals."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from audits.cases.models import Case
from audits.followup.models import CaseloadAnswer, CaseloadCheck
from audits.followup.selectors.rights import answering_for
from audits.frameworks.schema.followup import CaseloadCheck as CaseloadRules
from audits.frameworks.selectors import framework_if_any
from qaf.lib import clock
from qaf.tenants.models import Person, Unit
from qaf.tenants.permissions import may
from qaf.tenants.selectors import line_of


@dataclass(frozen=True)
class ChildRow:
    """One child of a round, and what was answered for each question: yes, no, or not yet."""

    case: Case
    answers: tuple[tuple[str, str, bool | None], ...]
    """Key, words and answer of each question."""


def children_of(team: Unit, rules: CaseloadRules) -> QuerySet[Case]:
    """Return every open child of the team that the rules ask about."""
    cases = Case.objects.filter(team=team, closed_on=None)
    return cases.filter(status__in=rules.statuses) if rules.statuses else cases


def rows_of(check_round: CaseloadCheck, rules: CaseloadRules | None) -> list[ChildRow]:
    """Return the children of a round with their answers: all open ones while it runs, then those it was about."""
    if rules is None and check_round.done_at is None:
        return []
    given: dict[int, dict[str, bool]] = defaultdict(dict)
    for case_id, item, in_place in check_round.answers.values_list("case_id", "item", "in_place"):
        given[case_id][item] = in_place
    cases = (
        Case.objects.filter(pk__in=list(given))
        if check_round.done_at or rules is None
        else children_of(check_round.team, rules)
    )
    return [
        ChildRow(
            case,
            tuple(
                (item["key"], item["label"], given[case.pk].get(item["key"])) for item in check_round.items
            ),
        )
        for case in cases.select_related("worker").order_by("local_id")
    ]


def round_list() -> QuerySet[CaseloadCheck]:
    """Return every round with its team and people, and how many answers say yes and no."""
    return CaseloadCheck.objects.select_related("team__parent", "asked_of", "done_by").annotate(
        missed=Exists(CaseloadCheck.objects.filter(team=OuterRef("team"), period__gt=OuterRef("period"))),
        in_place=Count("answers", filter=Q(answers__in_place=True)),
        gaps=Count("answers", filter=Q(answers__in_place=False)),
    )


def running_rounds() -> QuerySet[CaseloadCheck]:
    """Return the rounds that somebody still has to answer: the next round of a team takes the place of a missed one."""
    newer = CaseloadCheck.objects.filter(team=OuterRef("team"), period__gt=OuterRef("period"))
    return CaseloadCheck.objects.filter(~Exists(newer), done_at=None)


def visible_rounds(person: Person) -> QuerySet[CaseloadCheck]:
    """Return the rounds that the person does, manages or follows."""
    rounds = round_list()
    if may(person, "followup.see_all"):
        return rounds
    day = clock.today()
    posts = person.posts.filter(Q(ends_on=None) | Q(ends_on__gte=day), role__in_line=True, starts_on__lte=day)
    if posts.filter(unit=None, role__whole_council=True).exists():
        return rounds
    units = posts.values("unit")
    own = Q(asked_of__in=answering_for(person))
    return rounds.filter(own | Q(team__in=units) | Q(team__parent__in=units))


def may_do_round(check_round: CaseloadCheck, person: Person) -> bool:
    """Say whether the person answers the round: whoever was asked or their deputy, else a manager of the team."""
    if check_round.asked_of_id:
        return check_round.asked_of_id in answering_for(person)
    return person.pk in line_of(check_round.team, on=clock.today())


def may_see_round(check_round: CaseloadCheck, person: Person) -> bool:
    """Say whether the person may read the round."""
    if may_do_round(check_round, person) or may(person, "followup.see_all"):
        return True
    return person.pk in line_of(check_round.team, on=clock.today())


def offers_rounds() -> bool:
    """Say whether the council has rounds over caseloads, by its framework or from before."""
    framework = framework_if_any()
    if framework is not None and framework.caseload_check is not None:
        return True
    return CaseloadCheck.objects.exists()


@dataclass(frozen=True)
class ItemTotal:
    """How many children had one thing in place, of those asked about in finished rounds."""

    key: str
    label: str
    in_place: int
    asked: int


def caseload_totals(*, since: date, until: date, teams: Iterable[int] | None = None) -> list[ItemTotal]:
    """Return the totals of each question over the finished rounds of the periods that begin in these days.

    ``teams`` narrows them to some teams. For reports and scorecards.
    """
    rounds = CaseloadCheck.objects.filter(period__range=(since, until), done_at__isnull=False)
    if teams is not None:
        rounds = rounds.filter(team__in=list(teams))
    labels: dict[str, str] = {}
    for items in rounds.values_list("items", flat=True):
        labels |= {item["key"]: item["label"] for item in items}
    counts = {
        row["item"]: row
        for row in CaseloadAnswer.objects.filter(check_round__in=rounds)
        .values("item")
        .annotate(asked=Count("pk"), good=Count("pk", filter=Q(in_place=True)))
    }
    return [
        ItemTotal(key, label, counts[key]["good"], counts[key]["asked"])
        for key, label in labels.items()
        if key in counts
    ]
