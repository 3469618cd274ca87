"""One audit by the form of any built-in framework, and a way to fill the form completely."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.cases.models import Case
from audits.frameworks import loader
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of, version_in_force
from audits.frameworks.services import keep_in_step, publish_framework
from audits.models import Assessment, Audit
from audits.selectors.asked import COMPLIANCE_ACTION, EXTRA, MARK, extra_fields, source_fields
from audits.selectors.sections import Section, sections_of, tool_of
from audits.services.assessments import lock_grades, save_draft
from audits.services.references import take_references
from qaf.lib import clock
from qaf.tenants.models import Person, Unit
from tests.factories.people import LONG_AGO, make_person, make_service, make_team


@dataclass
class Sheet:
    """An audit with Ada, who audits, Wyn, whose work it is, Mo, who manages Wyn, and Qi, who has no part in it."""

    framework: Framework
    audit: Audit
    ada: Person
    wyn: Person
    mo: Person
    team: Unit

    @property
    def assessment(self) -> Assessment:
        """Ada's assessment as it stands now."""
        return Assessment.objects.select_related(
            "assessor", "audit__authority", "audit__case", "audit__framework_version", "audit__service"
        ).get(audit=self.audit, assessor=self.ada)


def make_sheet(
    council: str,
    *,
    role: str,
    text: str = "",
    slot: str = "auditor",
    status: str = "looked_after",
    chair: str = "",
    signs_in: bool = False,
    service: str = "",
) -> Sheet:
    """Publish a built-in framework (or ``text``) and give Ada, who holds ``role``, an audit of Wyn's work.

    ``chair`` is the role of the chair, if one is involved.
    """
    publish_framework(text=text or loader.builtin_text(council), effective_from=LONG_AGO)
    version = version_in_force()
    framework = framework_of(version)
    key = service or framework.audited_services[0].key
    unit = Unit.objects.filter(kind="service", key=key).first() or make_service(key)
    team = make_team("Rowan", unit)
    ada = make_person("Ada Auditor", role, signs_in=signs_in)
    wyn = make_person("Wyn Worker", unit=team, signs_in=signs_in)
    mo = make_person("Mo Manager", unit=team, signs_in=signs_in)
    led_by = make_person("Ira Chair", chair, signs_in=signs_in) if chair else None
    keep_in_step()
    return Sheet(
        framework,
        make_audit_of(framework, version, ada, wyn, mo, led_by, team, slot, status),
        ada,
        wyn,
        mo,
        team,
    )


def make_audit_of(
    framework: Framework,
    version: Any,
    ada: Person,
    wyn: Person,
    mo: Person,
    chair: Person | None,
    team: Unit,
    slot: str,
    status: str,
    local_id: str = "0001234",
) -> Audit:
    """One audit of Wyn's work, allocated to Ada today."""
    today = clock.today()
    case = Case.objects.create(
        local_id=local_id,
        initials="KT",
        birth_year=2015,
        birth_month=4,
        status=status,
        opened_on=date(2026, 1, 5),
        team=team,
        service=team.parent,
        worker=wyn,
        manager=mo,
        chair=chair,
    )
    service = team.parent
    assert service is not None
    audit = Audit.objects.create(
        reference=take_references(year=today.year, count=1)[0],
        case=case,
        framework_version=version,
        tool=framework.tool_for(service.key).key,
        origin="random",
        allocated_on=today,
        due_on=date(2026, 10, 30),
        worker=wyn,
        worker_since=date(2026, 3, 2),
        team=team,
        service=service,
        manager=mo,
        chair=chair,
        case_status=status,
        line=[mo.pk],
    )
    Assessment.objects.create(audit=audit, slot=slot, assessor=ada, due_on=audit.due_on)
    return audit


def complete(
    assessment: Assessment, framework: Framework, section: Section, grade: str = "good"
) -> dict[str, Any]:
    """Everything that a section may need before its grade can be locked."""
    tool = tool_of(framework, assessment)
    fields: dict[str, Any] = {
        "grade": grade,
        "strengths": "Seen alone every ten days.",
        "development": "Fathers are missing.",
        "evidence": "Visits of May and June.",
    }
    if section.is_overall:
        fields |= dict.fromkeys(source_fields(framework), "Looked at.")
    for one in extra_fields(tool, "audit" if section.is_overall else "domain"):
        answers = {"text": "Written.", "flag": "no", "date": "2026-09-01"}
        if one.type in ("choice", "choices"):
            first = one.choices[0].key
            fields[EXTRA + one.key] = first if one.type == "choice" else [first]
        elif one.type == "documents":
            fields[EXTRA + one.key] = list(section.domain.documents[:1]) if section.domain else []
        else:
            fields[EXTRA + one.key] = answers[one.type]
    for criterion in section.criteria:
        if criterion.compliance:
            fields[MARK + criterion.key] = "met"
            fields[EXTRA + COMPLIANCE_ACTION] = ""
    return {key: value for key, value in fields.items() if value}


def fill_form(
    assessment: Assessment, framework: Framework, grade: str = "good", /, **changed: dict[str, Any]
) -> None:
    """Write every section that applies; ``changed`` replaces fields of a section, by its key."""
    for section in sections_of(assessment, framework):
        if not section.applies and section.key not in changed:
            continue
        fields = complete(assessment, framework, section, grade) | changed.get(section.key, {})
        save_draft(
            assessment=assessment,
            section=section.key,
            fields={key: value for key, value in fields.items() if value},
            version=section.version,
            person=assessment.assessor,
        )


def lock_form(
    assessment: Assessment, framework: Framework, grade: str = "good", /, **changed: dict[str, Any]
) -> None:
    """Fill the form and lock it."""
    fill_form(assessment, framework, grade, **changed)
    lock_grades(assessment=assessment, person=assessment.assessor)
