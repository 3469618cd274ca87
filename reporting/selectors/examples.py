"""Words from audits that a report may print: offered to the QA lead to read first, never printed by themselves.

A free text may tell who a child is, whatever its writer meant; so a person decides, text by text.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from audits.enums import OVERALL, TREND_ORIGINS, WITH_FINAL_GRADE, AssessmentStatus
from audits.followup.enums import ActionStatus
from audits.frameworks.schema import Framework
from audits.models import AuditAction, Judgement, WiderFinding

STRENGTH, DEVELOPMENT, WIDER, CHANGE = "strength", "development", "wider", "change"
TITLES = {
    STRENGTH: "Strengths seen",
    DEVELOPMENT: "Areas to develop",
    WIDER: "Findings that reach beyond one child",
    CHANGE: "What changed for children",
}
MOST = 12


@dataclass(frozen=True)
class Example:
    """One text, with the audit it comes from (for the QA lead) and words for whoever reads the report."""

    key: str
    kind: str
    text: str
    reference: str
    about: str


def examples(
    starts: date, ends: date, framework: Framework, keys: Collection[str] | None = None
) -> list[Example]:
    """Return texts of the final random audits of the cohorts, at most ``MOST`` of each kind; or those of ``keys``.

    Four queries, however many there are.
    """
    found = [*_judgements(starts, ends, framework), *_wider(starts, ends), *_changes(starts, ends)]
    return found if keys is None else [one for one in found if one.key in set(keys)]


def _audits(prefix: str, starts: date, ends: date) -> dict[str, object]:
    return {
        f"{prefix}cycle__period__range": (starts, ends),
        f"{prefix}origin__in": TREND_ORIGINS,
        f"{prefix}status__in": WITH_FINAL_GRADE,
        f"{prefix}case__restricted": False,
    }


def _judgements(starts: date, ends: date, framework: Framework) -> Iterator[Example]:
    order = [grade.key for grade in framework.main_grades.best_first]
    half = max(1, len(order) // 2)
    rows = (
        Judgement.objects.filter(**_audits("assessment__audit__", starts, ends))
        .exclude(domain=OVERALL)
        .exclude(assessment__status=AssessmentStatus.REASSIGNED)
        .select_related("assessment__audit__service")
    )
    for kind, grades, column in (
        (STRENGTH, order[:1], "strengths"),
        (DEVELOPMENT, order[half:], "development"),
    ):
        for one in rows.filter(grade__in=grades).exclude(**{column: ""}).order_by("-pk")[:MOST]:
            audit = one.assessment.audit
            about = f"{framework.names.domain(one.domain)}, {audit.service or 'no service known'}"
            yield Example(f"{kind}:{one.pk}", kind, getattr(one, column), audit.reference, about)


def _wider(starts: date, ends: date) -> Iterator[Example]:
    rows = WiderFinding.objects.filter(**_audits("audit__", starts, ends)).select_related("audit__service")
    for one in rows.order_by("-pk")[:MOST]:
        text = f"{one.text}\nDecided: {one.plan}" if one.plan else one.text
        yield Example(
            f"{WIDER}:{one.pk}",
            WIDER,
            text,
            one.audit.reference,
            str(one.audit.service or "No service known"),
        )


def _changes(starts: date, ends: date) -> Iterator[Example]:
    rows = (
        AuditAction.objects.filter(**_audits("audit__", starts, ends), action__status=ActionStatus.SIGNED_OFF)
        .exclude(action__change_for_child="")
        .select_related("audit__service", "action")
    )
    for one in rows.order_by("-pk")[:MOST]:
        about = str(one.audit.service or "No service known")
        yield Example(
            f"{CHANGE}:{one.action_id}", CHANGE, one.action.change_for_child, one.audit.reference, about
        )
