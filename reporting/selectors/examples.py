"""Words from audits that a report may print: offered to the QA lead to read first, never printed by themselves.

A free text may tell who a child is, whatever its writer meant; so a person decides, text by text.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from audits.enums import OVERALL, TREND_ORIGINS, WITH_FINAL_GRADE, AssessmentStatus
from audits.followup.enums import ActionStatus
from audits.followup.models import Action
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit, AuditAction, Contribution, Judgement, WiderFinding

STRENGTH, DEVELOPMENT, WIDER, CHANGE = "strength", "development", "wider", "change"
IMPACT, PRACTICE, VIEW = "impact", "practice", "view"
TITLES = {
    STRENGTH: "Strengths seen",
    DEVELOPMENT: "Areas to develop",
    WIDER: "Findings that reach beyond one child",
    CHANGE: "What changed for children",
    IMPACT: "What auditors say it has meant for children",
    PRACTICE: "Good practice",
    VIEW: "What workers say of their own work",
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

    Nothing of a restricted record is offered. Nine queries, however many there are.
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
    found = [
        *_judgements(audits, framework, most),
        *_of_the_whole(audits, framework, most),
        *_views(audits, framework, most),
        *_wider(audits, most),
        *_changes(audits, most),
    ]
    return found if keys is None else [one for one in found if one.key in set(keys)]


Audits = dict[int, tuple[str, str]]


def _judgements(audits: Audits, framework: Framework, most: int | None) -> Iterator[Example]:
    order = [grade.key for grade in framework.main_grades.best_first]
    half = max(1, len(order) // 2)
    of = _assessments(audits)
    for kind, grades, column, key in (
        (STRENGTH, order[:1], "strengths", "strengths"),
        (DEVELOPMENT, order[half:], "development", "development_areas"),
    ):
        rows = Judgement.objects.filter(assessment__in=of).exclude(**{column: ""})
        # What an audit writes once stands with the whole of it, whatever its grade.
        once = _asked_once(framework, key)
        rows = rows.filter(domain=OVERALL) if once else rows.filter(grade__in=grades).exclude(domain=OVERALL)
        for pk, assessment, domain, text in rows.order_by("-pk")[:most].values_list(
            "pk", "assessment_id", "domain", column
        ):
            reference, service = audits[of[assessment]]
            about = f"{framework.names.domain(domain)}, {service}" if domain else service
            yield Example(f"{kind}:{pk}", kind, text, reference, about)


def _assessments(audits: Audits) -> dict[int, int]:
    rows = Assessment.objects.filter(audit__in=audits).exclude(status=AssessmentStatus.REASSIGNED)
    return dict(rows.values_list("pk", "audit_id"))


def _asked_once(framework: Framework, key: str) -> bool:
    one = framework.main_tool.further(key)
    return one is not None and one.scope == "audit"


def _of_the_whole(audits: Audits, framework: Framework, most: int | None) -> Iterator[Example]:
    """Words that the tool asks for once about what the work meant for the child, and about good practice."""
    asked = {
        field.key: (kind, field.label)
        for tool in framework.tools
        for kind, fields in ((IMPACT, tool.all_of("impact")), (PRACTICE, tool.all_of("good_practice")))
        for field in fields
        if field.type == "text"
    }
    if not asked:
        return
    of, given = _assessments(audits), Counter[str]()
    rows = Judgement.objects.filter(assessment__in=of, domain=OVERALL, extra__has_any_keys=list(asked))
    for pk, assessment, extra in rows.order_by("-pk").values_list("pk", "assessment_id", "extra"):
        reference, service = audits[of[assessment]]
        for key, (kind, label) in asked.items():
            text = str(extra.get(key) or "").strip()
            if not text or (most is not None and given[key] >= most):
                continue
            given[key] += 1
            yield Example(f"{kind}:{pk}:{key}", kind, text, reference, f"{label}, {service}")


def _views(audits: Audits, framework: Framework, most: int | None) -> Iterator[Example]:
    """The own view of those whom the framework asks for it beside the auditor's (SLO-18)."""
    asked = [one.key for one in framework.process.conversations if one.view_of]
    rows = Contribution.objects.filter(audit__in=audits, kind__in=asked).exclude(view="").order_by("-pk")
    for pk, audit, text in rows[:most].values_list("pk", "audit_id", "view") if asked else ():
        reference, service = audits[audit]
        yield Example(f"{VIEW}:{pk}", VIEW, text, reference, service)


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
