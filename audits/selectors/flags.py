"""Marks on an audit, and the urgent concerns that its circumstances call for."""

from collections.abc import Iterable
from dataclasses import dataclass

from audits.enums import AssessmentStatus, AuditStatus
from audits.frameworks.enums import Occurrence
from audits.frameworks.schema import Framework
from audits.frameworks.schema.followup import ConcernTrigger
from audits.frameworks.schema.followup import Flag as FlagRule
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary.conditions import Flag
from audits.frameworks.vocabulary.effects import OpenUrgentConcern
from audits.models import Audit, AuditConcern, AuditFlag
from audits.registry import is_guest
from audits.selectors.facts import case_facts, framework_for
from qaf.tenants.models import Person

ENDED = (AuditStatus.CLOSED, AuditStatus.WITHDRAWN)


@dataclass(frozen=True)
class FlagRow:
    """One mark that the framework knows: set now, or not, and every time it was set before."""

    rule: FlagRule
    current: AuditFlag | None
    earlier: tuple[AuditFlag, ...]
    raises_concern: bool


def flags_of(audit: Audit) -> list[FlagRow]:
    """Return the framework's marks with how they stand on this audit."""
    framework = framework_for(audit)
    given = list(audit.flags.select_related("set_by", "taken_back_by"))
    return [
        FlagRow(
            rule,
            next((one for one in given if one.flag == rule.key and one.taken_back_at is None), None),
            tuple(one for one in given if one.flag == rule.key and one.taken_back_at),
            raises_concern(framework, rule.key),
        )
        for rule in framework.flags
    ]


def raises_concern(framework: Framework, flag: str) -> bool:
    """Say whether setting the mark raises an urgent concern."""
    return any(
        any(isinstance(effect, OpenUrgentConcern) for effect in rule.effects)
        and any(isinstance(one, Flag) and one.flag == flag for one in rule.conditions)
        for rule in framework.consequences_of(Occurrence.CONCERN_FLAGGED)
    )


def may_mark(audit: Audit, person: Person) -> bool:
    """Say whether the person sets marks: one of its auditors, or who moderates it, until the loop is closed."""
    if audit.status in ENDED:
        return False
    audits_it = audit.assessments.filter(assessor=person).exclude(status=AssessmentStatus.REASSIGNED)
    return audits_it.exists() or is_guest(audit, person)


def called_for(audits: Iterable[Audit]) -> dict[int, list[ConcernTrigger]]:
    """Return, by audit, the framework's triggers that hold for the case and that nobody has raised a concern for.

    Marks raise theirs as they are set. One query however many audits, with case and framework fetched.
    """
    found: dict[int, list[ConcernTrigger]] = {}
    for audit in audits:
        framework = framework_of(audit.framework_version)
        triggers = [
            one
            for one in framework.urgent_concern.triggers
            if not isinstance(one.condition, Flag) and one.condition.holds(case_facts(audit), framework.names)
        ]
        if triggers:
            found[audit.pk] = triggers
    if found:
        raised = AuditConcern.objects.filter(audit__in=list(found))
        for audit_id, key in raised.values_list("audit_id", "concern__trigger"):
            found[audit_id] = [one for one in found[audit_id] if one.key != key]
    return {pk: triggers for pk, triggers in found.items() if triggers}
