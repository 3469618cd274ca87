"""The seniors around an audit: who moderates, oversees and audits again; and a month to moderate in."""

from dataclasses import dataclass
from datetime import date

from audits.models import Audit, Cycle
from moderation.models import Moderation
from moderation.selectors import field_name, to_decide
from moderation.services import agree_plan, decide, save_draft
from qaf.tenants.models import Person
from qaf.tenants.services import give_post
from tests.factories.assessments import Cast, make_audit, make_cast
from tests.factories.people import LONG_AGO, make_person


@dataclass
class Seniors:
    """Hetty heads the worker's service, Hal another; Mona manages quality assurance, Dev and Pam lead."""

    hetty: Person
    hal: Person
    mona: Person
    dev: Person
    pam: Person


def make_seniors(cast: Cast, signs_in: bool = False) -> Seniors:
    """The people above the audit."""
    hetty = make_person("Hetty Head", "head_of_service", unit=cast.service, signs_in=signs_in)
    hal = make_person("Hal Head", "head_of_service", unit=cast.stranger.unit.parent, signs_in=signs_in)
    return Seniors(
        hetty=hetty,
        hal=hal,
        mona=make_person("Mona Manager", "qa_service_manager", signs_in=signs_in),
        dev=make_person("Dev Director", "service_director", signs_in=signs_in),
        pam=make_person("Pam Principal", "head_of_safeguarding_qa_psw", signs_in=signs_in),
    )


def make_month(cast: Cast, period: date = date(2026, 10, 1), seed: str = "seed") -> Cycle:
    """A month that was opened, without audits yet."""
    from audits.frameworks.selectors import version_in_force

    return Cycle.objects.create(
        period=period, status="open", framework_version=version_in_force(), seed=seed, allocated_on=period
    )


def make_audit_of_month(cast: Cast, cycle: Cycle, **fields) -> Audit:
    """An audit that belongs to a month."""
    audit = make_audit(cast, **fields)
    audit.cycle = cycle
    audit.save(update_fields=["cycle"])
    return audit


def type_decision(
    moderation: Moderation,
    grades: dict[str, str],
    *,
    version: int = 0,
    why: str = "Both records read.",
    **more,
) -> None:
    """Type a whole decision: grades by domain (empty key: overall), each with the same reason."""
    fields = {"conversation_needed": "no"}
    for row in to_decide(moderation):
        if row.domain in grades:
            fields[f"grade_{field_name(row.domain)}"] = grades[row.domain]
            fields[f"reason_{field_name(row.domain)}"] = why
    save_draft(moderation=moderation, fields={**fields, **more}, version=version, person=moderation.moderator)


def decide_all(moderation: Moderation, grade: str) -> None:
    """Decide every disputed grade alike, agree the plan and submit."""
    type_decision(moderation, {row.domain: grade for row in to_decide(moderation)})
    agree_plan(moderation=moderation, agreed=True, person=moderation.moderator)
    decide(moderation=moderation, person=moderation.moderator)
    moderation.refresh_from_db()
    moderation.audit.refresh_from_db()


def also_post(person: Person, role: str, unit=None) -> None:
    """Give one more post."""
    give_post(person=person, role=role, unit=unit, starts_on=LONG_AGO)


__all__ = [
    "Seniors",
    "also_post",
    "decide_all",
    "make_audit_of_month",
    "make_cast",
    "make_month",
    "make_seniors",
    "type_decision",
]
