"""The texts of audits in which strengths and barriers are heard, and what was heard in them so far."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from audits.enums import TREND_ORIGINS, WITH_FINAL_GRADE, AssessmentStatus
from audits.frameworks.schema import Framework
from audits.models import Assessment, Audit, Judgement, WiderFinding
from reporting.models import CodedFinding
from reporting.selectors.examples import DEVELOPMENT, STRENGTH, TITLES, WIDER

COLUMNS = {STRENGTH: "strengths", DEVELOPMENT: "development"}


@dataclass(frozen=True)
class Finding:
    """One text of a final audit, and what was heard in it."""

    audit: int
    reference: str
    column: str
    pk: int
    text: str
    about: str
    coded: CodedFinding | None = None

    @property
    def key(self) -> str:
        """The text's name for ever."""
        return f"{self.column}:{self.pk}"

    @property
    def kind(self) -> str:
        """Where the auditor wrote it, in words."""
        return TITLES[self.column]


def findings(starts: date, ends: date, framework: Framework) -> list[Finding]:
    """Return every text of the final audits of these months, without restricted records, in five queries."""
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
    coded = {one.text_key: one for one in CodedFinding.objects.filter(audit__in=audits)}
    found = list(_texts(audits, framework))
    found.sort(key=lambda one: (one.reference, one.column, one.pk))
    return [
        Finding(one.audit, one.reference, one.column, one.pk, one.text, one.about, coded.get(one.key))
        for one in found
    ]


def _texts(audits: dict[int, tuple[str, str]], framework: Framework) -> Iterator[Finding]:
    assessments = Assessment.objects.filter(audit__in=audits).exclude(status=AssessmentStatus.REASSIGNED)
    of = dict(assessments.values_list("pk", "audit_id"))
    rows = Judgement.objects.filter(assessment__in=of)
    for pk, assessment, domain, *texts in rows.values_list(
        "pk", "assessment_id", "domain", *COLUMNS.values()
    ):
        reference, service = audits[of[assessment]]
        about = f"{framework.names.domain(domain) if domain else 'Overall'}, {service}"
        for column, text in zip(COLUMNS, texts, strict=True):
            if text:
                yield Finding(of[assessment], reference, column, pk, text, about)
    for one in WiderFinding.objects.filter(audit__in=audits):
        reference, service = audits[one.audit_id]
        yield Finding(one.audit_id, reference, WIDER, one.pk, one.text, service)


def finding(column: str, pk: int, framework: Framework) -> tuple[Finding, Audit]:
    """Return one text with its audit; 404 for what is none, is not final yet or belongs to a restricted record."""
    if column == WIDER:
        wider = WiderFinding.objects.select_related("audit__case", "audit__service").filter(pk=pk).first()
        text, audit, about = (wider.text, wider.audit, "") if wider else ("", None, "")
    elif column in COLUMNS:
        rows = Judgement.objects.select_related("assessment__audit__case", "assessment__audit__service")
        judged = rows.filter(pk=pk).first()
        text = getattr(judged, COLUMNS[column]) if judged else ""
        audit = judged.assessment.audit if judged else None
        about = framework.names.domain(judged.domain) if judged and judged.domain else "Overall"
    else:
        text, audit, about = "", None, ""
    if audit is None or not text or audit.status not in WITH_FINAL_GRADE or audit.case.restricted:
        raise Http404("There is no such finding.")
    key = f"{column}:{pk}"
    coded = CodedFinding.objects.filter(audit=audit, text_key=key).first()
    return Finding(audit.pk, audit.reference, column, pk, text, about, coded), audit
