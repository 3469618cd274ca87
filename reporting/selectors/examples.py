"""Words from audits that a report may print: offered to the QA lead to read first, never printed by themselves.

A free text may tell who a child is, whatever its writer meant; so a person decides, text by text.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from audits.enums import OVERALL, TREND_ORIGINS, WITH_FINAL_GRADE, AssessmentStatus
from audits.followup.enums import ActionStatus
from audits.followup.models import Action
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit, AuditAction, Judgement, WiderFinding

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

    Nothing of a restricted record is offered. Seven queries, however many there are.
    """
    # The audits first: joined to all their words, the database looks at every word of every month.
    rows = Audit.objects.filter(
        cycle__period__range=(starts, ends),
        origin__in=TREND_ORIGINS,
        status__in=WITH_FINAL_GRADE,
        case__restricted=False,
    )
    audits = {
        pk: (reference, service or "no service known")
        for pk, reference, service in rows.values_list("pk", "reference", "service__name")
    }
    # What was ticked is found again however much was written since.
    most = MOST if keys is None else None
    found = [*_judgements(audits, framework, most), *_wider(audits, most), *_changes(audits, most)]
    return found if keys is None else [one for one in found if one.key in set(keys)]


Audits = dict[int, tuple[str, str]]


def _judgements(audits: Audits, framework: Framework, most: int | None) -> Iterator[Example]:
    order = [grade.key for grade in framework.main_grades.best_first]
    half = max(1, len(order) // 2)
    assessments = Assessment.objects.filter(audit__in=audits).exclude(status=AssessmentStatus.REASSIGNED)
    of = dict(assessments.values_list("pk", "audit_id"))
    rows = Judgement.objects.filter(assessment__in=of).exclude(domain=OVERALL)
    for kind, grades, column in (
        (STRENGTH, order[:1], "strengths"),
        (DEVELOPMENT, order[half:], "development"),
    ):
        chosen = rows.filter(grade__in=grades).exclude(**{column: ""}).order_by("-pk")[:most]
        for pk, assessment, domain, text in chosen.values_list("pk", "assessment_id", "domain", column):
            reference, service = audits[of[assessment]]
            yield Example(
                f"{kind}:{pk}", kind, text, reference, f"{framework.names.domain(domain)}, {service}"
            )


def _wider(audits: Audits, most: int | None) -> Iterator[Example]:
    for one in WiderFinding.objects.filter(audit__in=audits).order_by("-pk")[:most]:
        reference, service = audits[one.audit_id]
        text = f"{one.text}\nDecided: {one.plan}" if one.plan else one.text
        yield Example(f"{WIDER}:{one.pk}", WIDER, text, reference, service)


def _changes(audits: Audits, most: int | None) -> Iterator[Example]:
    of = dict(AuditAction.objects.filter(audit__in=audits).values_list("action_id", "audit_id"))
    rows = Action.objects.filter(pk__in=of, status=ActionStatus.SIGNED_OFF).exclude(change_for_child="")
    for one in rows.order_by("-pk")[:most]:
        reference, service = audits[of[one.pk]]
        yield Example(f"{CHANGE}:{one.pk}", CHANGE, one.change_for_child, reference, service)
