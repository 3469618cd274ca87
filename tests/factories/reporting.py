"""A council's finished audits, written straight into the tables, so that a test knows every figure beforehand."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from audits.cases.models import Case
from audits.followup.models import Action, FollowUp, UrgentConcern
from audits.frameworks import loader
from audits.frameworks.selectors import version_in_force
from audits.frameworks.services import publish_framework
from audits.models import (
    Assessment,
    Audit,
    AuditAction,
    AuditConcern,
    AuditFollowUp,
    CaseExclusion,
    Conversation,
    Cycle,
    FamilyContact,
    GradeOfRecord,
    Judgement,
    RecordedGrade,
    SampledCase,
    WiderFinding,
)
from feedback.models import CodedWords, Quotation
from moderation.models import Moderation, ModerationReason
from qaf.lib import clock
from qaf.tenants.models import Person, Unit
from tests.factories.people import LONG_AGO, make_person, make_team

DOMAINS = (
    "voice_of_child",
    "assessments",
    "quality_of_plans",
    "management_oversight",
    "partnership_working",
    "embracing_diversity",
)


def at(day: date, hour: int = 10) -> datetime:
    """A moment of a day in England."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.LONDON)


@dataclass
class World:
    """Two services with audits, three teams, and those who read reports; Mo manages Rowan team."""

    services: dict[str, Unit]
    teams: dict[str, Unit]
    quinn: Person
    hope: Person
    sam: Person
    mo: Person
    lee: Person
    wyn: Person
    numbers: count = field(default_factory=lambda: count(1))

    def cycle(self, month: date, **more) -> Cycle:
        """The month's cycle, opened once."""
        defaults = {
            "framework_version": version_in_force(),
            "seed": "seed",
            "status": "open",
            "allocated_on": month,
            "due_on": month + timedelta(days=21),
            "receipt": {"excluded": [{"case": 1, "reasons": ["audited"]}]},
        }
        return Cycle.objects.get_or_create(period=month, defaults={**defaults, **more})[0]

    def audit(
        self,
        month: date,
        team: str,
        overall: str | None = "good",
        *,
        peer: str | None = None,
        locked: tuple[str, str] | None = None,
        domains: dict[str, str] | None = None,
        status: str = "closed",
        origin: str = "random",
        submitted: bool = True,
        days: int = 18,
        worker: Person | None = None,
        tags: tuple[str, ...] = (),
        codes: tuple[str, ...] = (),
        re_audit_of: Audit | None = None,
        restricted: bool = False,
        good_practice: bool = False,
    ) -> Audit:
        """One audit of the month's cohort: the lead's grade, the peer's (the same unless given), the final one.

        ``overall`` is the final grade and the lead's; a peer who differs means a moderation decided for ``overall``.
        ``domains`` overrides single domains, for all three. ``days`` is when the last auditor submitted.
        """
        number = next(self.numbers)
        unit = self.teams[team]
        day = month
        cycle = self.cycle(month) if origin in ("random", "replacement") else None
        case = Case.objects.create(
            local_id=f"{number:07d}",
            status="child_in_need",
            team=unit,
            service=unit.parent,
            worker=worker or self.wyn,
            restricted=restricted,
        )
        if cycle:
            SampledCase.objects.create(cycle=cycle, case=case, stratum="all", weight=1, position=number)
        given_at = at(day + timedelta(days=days))
        audit = Audit.objects.create(
            reference=f"{case.authority.reference_prefix}-{month.year}-{number:04d}",
            cycle=cycle,
            case=case,
            framework_version=version_in_force(),
            tool="collaborative_case_file",
            origin=origin,
            status=status,
            re_audit_of=re_audit_of,
            allocated_on=day,
            due_on=day + timedelta(days=21),
            submitted_at=given_at if submitted else None,
            outcome_at=given_at if submitted else None,
            final_at=given_at if status in ("final", "closed") else None,
            good_practice=good_practice,
            worker=worker or self.wyn,
            team=unit,
            service=unit.parent,
            manager=self.mo if team == "Rowan team" else None,
            case_status="child_in_need",
            line=[self.mo.pk] if team == "Rowan team" else [],
        )
        if overall is not None:
            self._grade(audit, overall, peer or overall, locked, domains or {}, tags, codes, given_at)
        return audit

    def _grade(self, audit, overall, peer, locked, domains, tags, codes, given_at) -> None:
        submitted = audit.submitted_at is not None
        for place, (slot, grade) in enumerate((("lead", overall), ("peer", peer))):
            assessment = Assessment.objects.create(
                audit=audit,
                slot=slot,
                assessor=self.quinn if slot == "peer" else self.mo if audit.manager_id else self.lee,
                status="submitted" if submitted else "locked",
                due_on=audit.due_on,
                submitted_at=audit.submitted_at,
            )
            grades = {key: domains.get(key, grade) for key in DOMAINS} | {"": grade}
            first = {"": locked[place]} if locked else {}
            for domain, one in grades.items():
                Judgement.objects.create(
                    assessment=assessment,
                    domain=domain,
                    grade=one,
                    strengths="Seen alone." if domain else "",
                    development="Fathers are missing." if domain else "",
                    development_codes=list(codes) if domain == "assessments" else [],
                    tags=list(tags) if domain == "assessments" else [],
                )
                # As the product keeps them: a grade changed after the reveal is provisional a second time.
                before = first.get(domain, one)
                stages = [("provisional", before), *([("provisional", one)] if before != one else [])]
                for stage, value in [*stages, ("submitted", one)] if submitted else stages[:1]:
                    RecordedGrade.objects.create(
                        audit=audit,
                        assessment=assessment,
                        domain=domain,
                        stage=stage,
                        grade=value,
                        given_at=given_at,
                    )
        if not submitted:
            return
        if peer != overall:
            self.moderation(audit, given_at)
        if audit.status in ("outcome", "final", "closed"):
            source = "moderated" if peer != overall else "agreed"
            for domain in (*DOMAINS, ""):
                GradeOfRecord.objects.create(
                    audit=audit,
                    domain=domain,
                    grade=domains.get(domain, overall),
                    source=source,
                    decided_at=given_at,
                )

    def moderation(self, audit: Audit, day: datetime, status: str = "decided") -> Moderation:
        """The audit's moderation, because the overall grades differ."""
        made = Moderation.objects.create(
            audit=audit,
            status=status,
            moderator=self.hope,
            opened_at=day,
            available_on=day.date(),
            due_on=day.date(),
            decided_at=day if status == "decided" else None,
        )
        ModerationReason.objects.create(moderation=made, kind="overall_differs", text="They differ.")
        return made

    def action(
        self, audit: Audit, due_on: date, status: str = "open", change: str = "", done_on: date | None = None
    ):
        """An action of the audit."""
        action = Action.objects.create(
            case=audit.case,
            text="Speak with the father.",
            owner=self.wyn,
            due_on=due_on,
            status=status,
            proposed_at=at(audit.allocated_on),
            done_at=at(done_on) if done_on else None,
            change_for_child=change,
        )
        AuditAction.objects.create(audit=audit, action=action)
        return action

    def follow_up(
        self, audit: Audit, kind: str, status: str = "done", due_on: date | None = None, **more
    ) -> FollowUp:
        """A follow-up of the audit."""
        made = FollowUp.objects.create(
            case=audit.case,
            kind=kind,
            title=kind,
            opened_at=at(audit.allocated_on),
            due_on=due_on or audit.due_on,
            status=status,
            done_at=at(audit.due_on) if status == "done" else None,
            **more,
        )
        AuditFollowUp.objects.create(audit=audit, follow_up=made, rule=f"{kind}-{made.pk}")
        return made

    def family(
        self, audit: Audit, target: str, *, reason: str = "", themes=(), quotation: str = ""
    ) -> FamilyContact:
        """A family member spoken to, or the reason why not; themes are (key, in praise)."""
        contact = FamilyContact.objects.create(
            audit=audit,
            target=target,
            who="" if reason else "mother",
            spoken_on=None if reason else audit.allocated_on,
            words="" if reason else "She listens, and she rings back.",
            no_contact_reason=reason,
            recorded_by=self.quinn,
            recorded_at=at(audit.allocated_on),
        )
        for theme, positive in themes:
            CodedWords.objects.create(
                contact=contact,
                theme=theme,
                positive=positive,
                coded_by=self.quinn,
                coded_at=at(audit.due_on),
            )
        if quotation:
            Quotation.objects.create(
                contact=contact, text=quotation, chosen_by=self.quinn, chosen_at=at(audit.due_on)
            )
        return contact

    def talk(self, audit: Audit, agrees: bool) -> None:
        """The reflective discussion, with the worker's answer."""
        Conversation.objects.create(
            audit=audit,
            kind="worker_discussion",
            status="held",
            held_on=audit.allocated_on,
            worker_agrees=agrees,
            recorded_by=self.quinn,
            recorded_at=at(audit.allocated_on),
        )

    def wider(self, audit: Audit, text: str) -> WiderFinding:
        """A finding that reaches beyond one child."""
        return WiderFinding.objects.create(
            audit=audit, text=text, raised_by=self.quinn, raised_at=at(audit.allocated_on)
        )

    def concern(self, audit: Audit) -> None:
        """An urgent concern raised from the audit."""
        concern = UrgentConcern.objects.create(
            case=audit.case,
            raised_by=self.quinn,
            raised_at=at(audit.allocated_on),
            text="Not seen.",
            due_at=at(audit.allocated_on + timedelta(days=1)),
        )
        AuditConcern.objects.create(audit=audit, concern=concern)

    def exclusion(self, audit: Audit, month: date, status: str = "approved") -> None:
        """A request to leave the audit's child out of a month."""
        CaseExclusion.objects.create(
            case=audit.case,
            period=month,
            reason="In crisis.",
            asked_by=self.mo,
            asked_at=at(month),
            status=status,
        )


def make_world(*, signs_in: bool = False) -> World:
    """Publish the framework and enter the people; needs an open scope."""
    publish_framework(text=loader.builtin_text("herefordshire"), effective_from=LONG_AGO)
    services = {unit.key: unit for unit in Unit.objects.filter(kind="service")}
    teams = {
        "Rowan team": make_team("Rowan team", services["safeguarding"]),
        "Maple team": make_team("Maple team", services["safeguarding"]),
        "Beech team": make_team("Beech team", services["children_in_care"]),
    }
    return World(
        services=services,
        teams=teams,
        quinn=make_person("Quinn Quill", "qa_lead", signs_in=signs_in),
        hope=make_person("Hope Holloway", "head_of_service", signs_in=signs_in),
        sam=make_person("Sam Sorrel", "service_manager", unit=services["safeguarding"], signs_in=signs_in),
        mo=make_person("Mo Marsh", "team_manager", unit=teams["Rowan team"], signs_in=signs_in),
        lee=make_person("Lee Larch", "team_manager", unit=teams["Maple team"], signs_in=signs_in),
        wyn=make_person("Wyn Willow", "social_worker", unit=teams["Rowan team"], signs_in=signs_in),
    )
