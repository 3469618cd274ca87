"""What is due here: senior leaders' comments on the cases that were chosen for them."""

from collections.abc import Iterable

from audits.followup.due import DueThing
from audits.frameworks.selectors import framework_if_any
from qaf.lib import calendar
from qaf.tenants.paths import council_path
from reporting.enums import ReportKind
from reporting.periods import parse
from reporting.selectors.leaders import cases_of_late, leaders, paper_of


def due_comments(ids: Iterable[int] | None = None) -> Iterable[DueThing]:
    """Yield the chosen cases on which some of those that the paper is for have not commented."""
    framework = framework_if_any()
    if framework is None:
        return
    paper = paper_of(framework)
    rule = paper.due if paper else None
    if rule is None:
        return
    found = cases_of_late()
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    cases = list(found.select_related("audit").prefetch_related("comments"))
    if not cases:
        return
    people = leaders(framework)
    for case in cases:
        said = {comment.person_id for comment in case.comments.all()}
        waiting = tuple(one for one in people if one.pk not in said)
        ends = parse(ReportKind.QUARTERLY, case.period).ends
        if waiting:
            yield DueThing(
                kind="leader_comment",
                pk=case.pk,
                text="your comment on a case chosen for senior leaders",
                what="a senior leader’s comment on a chosen case",
                href=council_path("reporting:case", case.pk),
                due_on=framework.due_on(rule, month=ends, period_end=ends),
                asked_on=calendar.local_date(case.chosen_at),
                people=waiting,
                framework=framework,
                about=case.audit.reference,
            )
