"""The copy of one audit that goes on the child's record: what belongs there, and what does not unless chosen (HER-27).

The record is the child's. How a worker performed and where colleagues differed stay out of it unless the council
chooses otherwise; a family's safety information, wider organisational findings and provisional grades never go in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.enums import OVERALL, WITH_FINAL_GRADE, ConversationStatus
from audits.followup.enums import ActionStatus
from audits.frameworks.schema import Framework
from audits.models import Audit, Contribution, FamilyContact
from audits.selectors.comparison import Comparison, comparison_of
from audits.selectors.family import Relative, family_of
from audits.selectors.outcome import Outcome, outcome_of

SECTIONS: Mapping[str, str] = {
    "outcome": "Grades",
    "findings": "What was found",
    "family": "What the family said",
    "immediate_changes": "Changed at once for the child",
    "actions": "Actions",
    "conversations": "Conversations held",
    "individual_grades": "Each auditor’s grades",
    "worker_performance": "The worker’s agreement and comments",
    "disputes": "Where the auditors differed, and the moderator’s reasons",
}
"""Every section by key, in the order of the copy. The council chooses among them."""

ONLY_IF_CHOSEN = frozenset({"conversations", "individual_grades", "worker_performance", "disputes"})


@dataclass(frozen=True)
class Finding:
    """What the auditors wrote of one domain, with the grade that counts."""

    title: str
    grade: str
    ungraded: bool = False
    """Whether there is no grade, so that everything answered is part of what was found."""
    written: tuple[tuple[str, Any], ...] = ()
    """Auditor's part and their words."""


@dataclass(frozen=True)
class FileCopy:
    """One audit as it goes on the child's record; a section that is not chosen holds nothing."""

    audit: Audit
    framework: Framework
    sections: tuple[str, ...]
    outcome: Outcome
    auditors: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    family: tuple[tuple[Relative, list[tuple[Any, list[tuple[str, str]]]]], ...] = ()
    """Each kind of relative, with those spoken to and their answers."""
    changes: tuple[Any, ...] = ()
    actions: tuple[Any, ...] = ()
    conversations: tuple[dict[str, Any], ...] = ()
    views: tuple[Contribution, ...] = ()
    """The own view of those whom the framework asks for it (SLO-18)."""
    comparison: Comparison | None = None

    def has(self, section: str) -> bool:
        """Whether the section is part of this copy."""
        return section in self.sections

    @property
    def shown(self) -> dict[str, bool]:
        """The same for a template."""
        return {key: key in self.sections for key in SECTIONS}


def is_ready(audit: Audit) -> bool:
    """Whether there is a final outcome to place on the record."""
    return audit.status in WITH_FINAL_GRADE


def sections_for(chosen: Sequence[str], framework: Framework) -> tuple[str, ...]:
    """Return the council's sections in order; by default those that tell of the child."""
    if chosen:
        return tuple(key for key in SECTIONS if key in chosen)
    omitted = ONLY_IF_CHOSEN.union(framework.process.filing.omit_sections)
    return tuple(key for key in SECTIONS if key not in omitted)


def file_copy_of(audit: Audit, framework: Framework) -> FileCopy:
    """Return the copy of a final audit, with the sections that its council chose."""
    sections = sections_for(audit.authority.file_copy_sections, framework)
    comparison, outcome = comparison_of(audit), outcome_of(audit)

    def given(section: str, value: Any) -> Any:
        return value() if section in sections else ()

    return FileCopy(
        audit=audit,
        framework=framework,
        sections=sections,
        outcome=outcome,
        auditors=_auditors(audit, framework),
        findings=given("findings", lambda: _findings(comparison, outcome)),
        family=given("family", lambda: _family(audit, framework)),
        changes=given("immediate_changes", lambda: tuple(audit.immediate_changes.all())),
        actions=given("actions", lambda: _actions(audit)),
        conversations=_conversations(audit, framework, sections),
        views=_views(audit, framework),
        comparison=comparison if {"individual_grades", "disputes"} & set(sections) else None,
    )


def _views(audit: Audit, framework: Framework) -> tuple[Contribution, ...]:
    asked = [one.key for one in framework.process.conversations if one.view_of]
    written = audit.contributions.filter(kind__in=asked).exclude(view="")
    return tuple(written.select_related("person")) if asked else ()


def _auditors(audit: Audit, framework: Framework) -> tuple[tuple[str, str], ...]:
    rows = audit.assessments.exclude(status="reassigned").select_related("assessor").order_by("id")
    return tuple((framework.names.slot(row.slot), row.assessor.name) for row in rows if row.assessor)


def _findings(comparison: Comparison, outcome: Outcome) -> tuple[Finding, ...]:
    grades = {row.domain: row.grade_label for row in outcome.rows}
    found = []
    for row in comparison.rows:
        pairs = zip(comparison.columns, row.cells, strict=True)
        written = tuple(
            (column, cell)
            for column, cell in pairs
            if cell.strengths
            or cell.development
            or cell.evidence
            or cell.items
            or (row.ungraded and cell.answers)
        )
        if written or row.domain != OVERALL:
            found.append(Finding(row.label, grades.get(row.domain, ""), row.ungraded, written))
    return tuple(found)


def answers_in_words(contact: FamilyContact, framework: Framework) -> list[tuple[str, str]]:
    """Return the framework's questions with what a family member answered, in order."""
    feedback = framework.process.family_feedback
    asked = feedback.questions if feedback else ()
    pairs = ((question, contact.answers.get(str(number), "")) for number, question in enumerate(asked, 1))
    otherwise = ("Asked in other words, or beside these", contact.answers.get("other", ""))
    return [(question, answer) for question, answer in (*pairs, otherwise) if answer]


def _family(audit: Audit, framework: Framework) -> tuple[Any, ...]:
    if framework.process.family_feedback is None:
        return ()
    return tuple(
        (one, [(contact, answers_in_words(contact, framework)) for contact in one.spoken_to])
        for one in family_of(audit, framework)
    )


def _actions(audit: Audit) -> tuple[Any, ...]:
    links = audit.action_links.exclude(action__status__in=(ActionStatus.PROPOSED, ActionStatus.NOT_AGREED))
    return tuple(
        link.action for link in links.select_related("action__owner").order_by("action__due_on", "id")
    )


def _conversations(audit: Audit, framework: Framework, sections: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """Return the conversations; what was said with the worker only where their performance is a section."""
    about_worker = {one.key for one in framework.process.conversations if one.asks_agreement_of}
    found = []
    for one in audit.conversations.filter(status=ConversationStatus.HELD):
        performance = one.kind in about_worker
        if (performance and "worker_performance" in sections) or (
            not performance and "conversations" in sections
        ):
            found.append(
                {"title": framework.names.conversation(one.kind), "record": one, "worker": performance}
            )
        elif performance and "conversations" in sections:
            found.append({"title": framework.names.conversation(one.kind), "record": one, "only_date": True})
    return tuple(found)
