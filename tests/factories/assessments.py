"""One audit with its named cast, from allocation to whatever state a test wants."""

from dataclasses import dataclass
from datetime import date, timedelta

from audits.cases.models import Case
from audits.frameworks import loader
from audits.frameworks.selectors import NoFrameworkError, version_in_force
from audits.frameworks.services import publish_framework
from audits.models import Assessment, Audit
from audits.services.assessments import lock_grades, save_draft, submit_assessment
from audits.services.conversations import hold_conversation
from audits.services.family import record_consent, record_no_contact
from audits.services.references import take_references
from qaf.lib import clock
from qaf.tenants.models import Person, Unit
from tests.factories.people import LONG_AGO, make_person, make_service, make_team

DOMAINS = (
    "voice_of_child",
    "assessments",
    "quality_of_plans",
    "management_oversight",
    "partnership_working",
    "embracing_diversity",
)


@dataclass
class Cast:
    """Lena leads (she manages the worker's team), Petra is peer, Wyn works with the child, Ivor chairs."""

    lena: Person
    petra: Person
    wyn: Person
    ivor: Person
    sam: Person
    quinn: Person
    stranger: Person
    team: Unit
    service: Unit


def make_framework() -> None:
    """Publish the built-in framework that the loop was written for, long ago."""
    try:
        version_in_force()
    except NoFrameworkError:
        publish_framework(text=loader.builtin_text("herefordshire"), effective_from=LONG_AGO)


def make_cast(signs_in: bool = False) -> Cast:
    """The people of one audit and a colleague who has no part in it."""
    make_framework()
    service = make_service("Safeguarding")
    team, other = make_team("Rowan", service), make_team("Hazel", make_service("Children in care"))
    return Cast(
        lena=make_person("Lena Lead", "team_manager", unit=team, signs_in=signs_in),
        petra=make_person("Petra Peer", "qa_practitioner", signs_in=signs_in),
        wyn=make_person("Wyn Worker", "social_worker", unit=team, signs_in=signs_in),
        ivor=make_person("Ivor Chair", "iro", signs_in=signs_in),
        sam=make_person("Sam Service", "service_manager", unit=service, signs_in=signs_in),
        quinn=make_person("Quinn Lead", "qa_lead", signs_in=signs_in),
        stranger=make_person("Stan Stranger", "team_manager", unit=other, signs_in=signs_in),
        team=team,
        service=service,
    )


def make_audit(cast: Cast, *, local_id: str = "0001234", status: str = "child_protection", **case) -> Audit:
    """An audit allocated today to Lena and Petra, due in three weeks."""
    today = clock.today()
    child = Case.objects.create(
        local_id=local_id,
        initials="KT",
        birth_year=2015,
        birth_month=4,
        status=status,
        opened_on=date(2026, 1, 5),
        team=cast.team,
        service=cast.service,
        worker=cast.wyn,
        manager=cast.lena,
        chair=cast.ivor,
        **case,
    )
    due = today + timedelta(weeks=3)
    audit = Audit.objects.create(
        reference=take_references(year=today.year, count=1)[0],
        case=child,
        framework_version=version_in_force(),
        tool="collaborative_case_file",
        origin="random",
        allocated_on=today,
        due_on=due,
        worker=cast.wyn,
        team=cast.team,
        service=cast.service,
        manager=cast.lena,
        chair=cast.ivor,
        case_status=status,
        line=[cast.lena.pk, cast.sam.pk],
    )
    Assessment.objects.create(audit=audit, slot="lead", assessor=cast.lena, due_on=due)
    Assessment.objects.create(audit=audit, slot="peer", assessor=cast.petra, due_on=due)
    return audit


def assessment_of(audit: Audit, slot: str) -> Assessment:
    """The slot's assessment as it stands now."""
    return Assessment.objects.select_related(
        "assessor", "audit__authority", "audit__case", "audit__framework_version"
    ).get(audit=audit, slot=slot)


def fill(assessment: Assessment, grade: str = "good", overall: str = "", mark: str = "") -> None:
    """Write every section; ``mark`` stands in every text so that a leak can be found."""
    words = {
        "strengths": f"Seen alone every ten days. {mark}",
        "development": f"Fathers are missing. {mark}",
        "evidence": f"Visits of May and June. {mark}",
        "development_codes": ["training"],
        "tags": ["fathers_and_partners"],
        "not_applicable_reason": "",
    }
    for key in (*DOMAINS, "overall"):
        given = (overall or grade) if key == "overall" else grade
        save_draft(
            assessment=assessment,
            section=key,
            fields={**words, "grade": given},
            version=0,
            person=assessment.assessor,
        )


def lock(audit: Audit, slot: str, grade: str = "good", overall: str = "", mark: str = "") -> None:
    """Fill and lock one slot."""
    assessment = assessment_of(audit, slot)
    fill(assessment, grade, overall, mark)
    lock_grades(assessment=assessment, person=assessment.assessor)
    audit.refresh_from_db()


def discuss(audit: Audit, person: Person) -> None:
    """Record the discussion between the auditors."""
    hold_conversation(
        audit=audit,
        kind="lead_peer",
        person=person,
        held_on=clock.today(),
        mode="video",
        participants=[one.assessor_id for one in audit.assessments.exclude(status="reassigned")],
        notes="We talked it through.",
    )
    audit.refresh_from_db()


def reveal(audit: Audit, lead: str = "good", peer: str = "good", mark: str = "") -> None:
    """Lock both slots and record their discussion."""
    lock(audit, "lead", lead, mark=mark)
    lock(audit, "peer", peer, mark=mark)
    discuss(audit, assessment_of(audit, "lead").assessor)


def talk_with_worker(audit: Audit, agrees: bool = True, comment: str = "") -> None:
    """Petra's reflective discussion with Wyn."""
    hold_conversation(
        audit=audit,
        kind="worker_discussion",
        person=assessment_of(audit, "peer").assessor,
        held_on=clock.today(),
        mode="in_person",
        minutes=45,
        participants=[audit.worker_id],
        worker_agrees=agrees,
        worker_comment=comment,
    )


def settle_family(audit: Audit) -> None:
    """Wyn records that both refused; Petra gives the reason."""
    peer = assessment_of(audit, "peer").assessor
    for target in ("parent_or_carer", "child"):
        record_consent(audit=audit, target=target, consent="no", asked_on=clock.today(), person=audit.worker)
        record_no_contact(audit=audit, target=target, reason="consent_refused", person=peer)


def submit(audit: Audit, slot: str) -> None:
    """Submit one slot, saying that no action is needed."""
    assessment = assessment_of(audit, slot)
    assessment.no_action_reason = "Nothing to change."
    assessment.save(update_fields=["no_action_reason"])
    submit_assessment(assessment=assessment, person=assessment.assessor)
    audit.refresh_from_db()


def submit_both(audit: Audit, lead: str = "good", peer: str = "good") -> None:
    """The whole way to two submissions."""
    reveal(audit, lead, peer)
    talk_with_worker(audit)
    settle_family(audit)
    submit(audit, "lead")
    submit(audit, "peer")
