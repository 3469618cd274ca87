"""Marks on an audit, and the urgent concerns that its circumstances call for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from audits.enums import BEFORE_SUBMISSION, AssessmentStatus, AuditStatus
from audits.frameworks.enums import Occurrence
from audits.frameworks.schema import Framework
from audits.frameworks.schema.followup import ConcernTrigger
from audits.frameworks.schema.followup import Flag as FlagRule
from audits.frameworks.selectors import framework_of
from audits.frameworks.vocabulary.conditions import Flag
from audits.frameworks.vocabulary.effects import OpenUrgentConcern
from audits.frameworks.vocabulary.wording import sentence
from audits.models import Assessment, Audit, AuditConcern, AuditFlag
from audits.registry import Panel, is_guest
from audits.selectors.audits import OPEN_ASSESSMENT
from audits.selectors.facts import case_facts, framework_for
from audits.selectors.links import audit_href, concern_href
from audits.selectors.standing import Standing, is_self_assessment
from audits.selectors.told import told_by
from qaf.tenants.models import Person
from qaf.tenants.registry import ToDo

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
    framework = framework_for(audit)
    parts = audit.assessments.filter(assessor=person).exclude(status=AssessmentStatus.REASSIGNED)
    audits_it = any(not is_self_assessment(framework, slot) for slot in parts.values_list("slot", flat=True))
    return audits_it or is_guest(audit, person)


def called_for(audits: Collection[Audit], person: Person) -> dict[int, list[ConcernTrigger]]:
    """Return, by audit, the framework's triggers that hold for the case and that nobody has raised a concern for.

    They hold by what the case list knows or by what this auditor answered on their form. Marks raise theirs as they
    are set. A fixed number of queries however many audits, with case and framework fetched.
    """
    found: dict[int, list[ConcernTrigger]] = {}
    told = told_by(person, audits)
    for audit in audits:
        framework = framework_of(audit.framework_version)
        facts = case_facts(audit, told.get(audit.pk))
        triggers = [
            one
            for one in framework.urgent_concern.triggers
            if not isinstance(one.condition, Flag) and one.condition.holds(facts, framework.names)
        ]
        if triggers:
            found[audit.pk] = triggers
    if found:
        raised = AuditConcern.objects.filter(audit__in=list(found))
        for audit_id, key in raised.values_list("audit_id", "concern__trigger"):
            found[audit_id] = [one for one in found[audit_id] if one.key != key]
    return {pk: triggers for pk, triggers in found.items() if triggers}


def marks_not_set(audits: Collection[Audit], person: Person) -> dict[int, list[FlagRule]]:
    """Return, by audit, the marks that this auditor's answers call for and that do not stand on it.

    A mark that was set and taken back is answered: whoever took it back said why.
    """
    told = {pk: one.marks for pk, one in told_by(person, audits).items() if one.marks}
    if not told:
        return {}
    set_once = set(AuditFlag.objects.filter(audit__in=list(told)).values_list("audit_id", "flag"))
    found = {
        audit.pk: [
            rule
            for rule in framework_of(audit.framework_version).flags
            if rule.key in told.get(audit.pk, ()) and (audit.pk, rule.key) not in set_once
        ]
        for audit in audits
    }
    return {pk: rules for pk, rules in found.items() if rules}


def marks_panel(standing: Standing) -> Iterable[Panel]:
    """Return the marks that the person may see, the way to set them, and the concerns that the case calls for.

    A mark tells what an auditor thinks: others see it with the grades.
    """
    audit, person = standing.audit, standing.person
    rows = flags_of(audit)
    marks = [
        (row.rule.label, row.current)
        for row in rows
        if row.current and (standing.sees_grades or row.current.set_by_id == person.pk)
    ]
    marking = bool(rows) and may_mark(audit, person)
    triggers = called_for([audit], person).get(audit.pk, []) if standing.is_auditor else []
    waiting = marks_not_set([audit], person).get(audit.pk, []) if marking and standing.is_auditor else []
    if not (marks or marking or triggers):
        return
    names = standing.framework.names
    context = {
        "marks": marks,
        "href": audit_href(audit, "flags") if marking else "",
        "words": ", ".join(row.rule.label.lower() for row in rows),
        "called_for": [
            (
                sentence(one.condition.in_words(names)).rstrip("."),
                "raise an urgent concern",
                f"{concern_href(audit)}&trigger={one.key}",
            )
            for one in triggers
        ]
        + [
            (
                f"{one.label}: you answered yes",
                "set the mark and say what you saw",
                audit_href(audit, "flags"),
            )
            for one in waiting
        ],
    }
    yield Panel("Marks", "audits/follow/_marks_panel.html", context, order=15)


def todo_of_concerns(person: Person) -> Iterable[ToDo]:
    """Return the urgent concerns that cases of the person's open audits call for (SEF-106)."""
    own = Assessment.objects.filter(assessor=person, status__in=OPEN_ASSESSMENT)
    waiting = Audit.objects.filter(pk__in=own.values("audit"), status__in=BEFORE_SUBMISSION)
    audits = {audit.pk: audit for audit in waiting.select_related("case", "cycle", "service")}
    for pk, rules in marks_not_set(audits.values(), person).items():
        for rule in rules:
            yield ToDo(
                f"Set the mark “{rule.label}”: {audits[pk].reference}",
                audit_href(audits[pk], "flags"),
                None,
                "You answered yes on the form",
                urgent=True,
            )
    for pk, triggers in called_for(audits.values(), person).items():
        names = framework_of(audits[pk].framework_version).names
        for one in triggers:
            yield ToDo(
                f"Raise an urgent concern: {audits[pk].reference}",
                f"{concern_href(audits[pk])}&trigger={one.key}",
                None,
                sentence(one.condition.in_words(names)),
                urgent=True,
            )
