"""Finished audits of a council with one auditor, straight in the tables, and the people who learn from them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from audits.cases.models import Case
from audits.frameworks import loader
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_in_force, version_in_force
from audits.frameworks.services import publish_framework
from audits.models import Assessment, Audit, Cycle, GradeOfRecord, Judgement, RecordedGrade, Theme
from moderation.models import Decision, Moderation
from qaf.lib import clock
from qaf.tenants.models import Person, Unit
from tests.factories.people import LONG_AGO, make_person, make_team

UNITS = {"service": "service", "team": "team", "case": "team"}


def at(day: date, hour: int = 10) -> datetime:
    """A moment of a day in England."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.LONDON)


@dataclass
class OneAuditor:
    """A council of any built-in framework whose audits have one grading auditor: two services with a team each."""

    framework: Framework
    services: list[Unit]
    teams: list[Unit]
    people: dict[str, Person] = field(default_factory=dict)
    numbers: count = field(default_factory=lambda: count(1))

    def person(self, name: str, role: str, place: int = 0, *, signs_in: bool = False) -> Person:
        """Somebody with a role of the framework, at the service or team that its level asks for."""
        level = UNITS.get(self.framework.role(role).level.value)
        unit = {"service": self.services, "team": self.teams, None: [None, None]}[level][place]
        self.people[name] = make_person(name, role, unit=unit, signs_in=signs_in)
        return self.people[name]

    def cycle(self, month: date, theme: Theme | None = None) -> Cycle:
        """The month's cycle, opened once."""
        defaults = {
            "framework_version": version_in_force(),
            "seed": "seed",
            "status": "open",
            "allocated_on": month,
            "due_on": month + timedelta(days=21),
            "receipt": {},
            "theme": theme,
        }
        return Cycle.objects.get_or_create(period=month, defaults=defaults)[0]

    def audit(
        self,
        month: date,
        final: str | None = "good",
        *,
        given: str = "",
        place: int = 0,
        auditor: Person | None = None,
        worker: Person | None = None,
        moderator: Person | None = None,
        decided: tuple[str, ...] = ("",),
        answers: dict[str, str] | None = None,
        tags: tuple[str, ...] = (),
        strengths: str = "",
        development: str = "",
        restricted: bool = False,
        theme: Theme | None = None,
        **more,
    ) -> Audit:
        """An audit of the month: the auditor's grade ``given``, the final one; ``None`` while it is being written.

        A ``moderator`` decided the final grades of the domains ``decided`` (empty key: overall). ``answers`` are
        what the tool asks once of the audit.
        """
        number, day = next(self.numbers), month + timedelta(days=14)
        case = Case.objects.create(
            local_id=f"{number:07d}",
            status="child_in_need",
            team=self.teams[place],
            service=self.services[place],
            worker=worker,
            restricted=restricted,
        )
        tool = self.framework.tool_for(self.services[place].key)
        audit = Audit.objects.create(
            **{
                "reference": f"{case.authority.reference_prefix}-{month.year}-{number:04d}",
                "cycle": self.cycle(month, theme),
                "case": case,
                "framework_version": version_in_force(),
                "tool": tool.key,
                "origin": "theme" if theme else "random",
                "status": "final" if final else "in_progress",
                "allocated_on": month,
                "due_on": month + timedelta(days=21),
                "submitted_at": at(day) if final else None,
                "outcome_at": at(day) if final else None,
                "final_at": at(day + timedelta(days=2)) if final else None,
                "worker": worker,
                "team": self.teams[place],
                "service": self.services[place],
                "case_status": "child_in_need",
                **more,
            }
        )
        assessment = Assessment.objects.create(
            audit=audit,
            slot=self.framework.grading_slots[0].key,
            assessor=auditor,
            status="submitted" if final else "in_progress",
            due_on=audit.due_on,
            submitted_at=audit.submitted_at,
        )
        if final:
            self._grade(audit, assessment, tool, final, given or final, (tags, strengths, development))
        if moderator:
            moderation = Moderation.objects.create(
                audit=audit,
                status="decided",
                moderator=moderator,
                opened_at=at(day),
                available_on=day,
                due_on=day,
                decided_at=at(day),
            )
            for domain in decided:
                Decision.objects.create(moderation=moderation, domain=domain, grade=final, reason="Read.")
        if answers:
            Judgement.objects.filter(assessment=assessment, domain="").update(extra=answers)
        return audit

    def _grade(self, audit, assessment, tool, final, given, said) -> None:
        tags, strengths, development = said
        graded = [domain.key for domain in tool.domains if domain.graded]
        for place, domain in enumerate([*graded, ""]):
            Judgement.objects.create(
                assessment=assessment,
                domain=domain,
                grade=given,
                tags=list(tags) if place == 0 else [],
                strengths=strengths if place == 0 else "",
                development=development if place == 0 else "",
            )
            common = {"audit": audit, "domain": domain}
            RecordedGrade.objects.create(
                **common, assessment=assessment, stage="submitted", grade=given, given_at=audit.submitted_at
            )
            GradeOfRecord.objects.create(
                **common,
                grade=final,
                source="single" if final == given else "moderated",
                decided_at=audit.submitted_at,
            )


def one_auditor(name: str, *, text: str = "") -> OneAuditor:
    """Publish a built-in framework (or ``text``) in the open scope; enter two of its services with a team each."""
    publish_framework(text=text or loader.builtin_text(name), effective_from=LONG_AGO)
    framework = framework_in_force()
    units = {unit.key: unit for unit in Unit.objects.filter(kind="service")}
    services = [units[service.key] for service in framework.audited_services[:2]]
    teams = [
        make_team(team, service) for team, service in zip(("Rowan team", "Beech team"), services, strict=True)
    ]
    return OneAuditor(framework, services, teams)
