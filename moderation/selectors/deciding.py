"""What a moderator has to decide, and what is still missing (HER-39, HER-40)."""

from audits.enums import NOT_APPLICABLE, OVERALL
from audits.followup.enums import ActionStatus
from audits.frameworks.schema import Framework
from audits.models import Audit, AuditAction
from audits.selectors.comparison import Comparison, Row, comparison_of
from audits.selectors.facts import framework_for, tool_of
from moderation.enums import Mode, ReasonKind
from moderation.models import Moderation
from moderation.selectors.panels import grade_of_panel, owes_view, reads_views, still_needed, views_needed
from moderation.selectors.questions import agrees, asks_whether_talked, unanswered
from qaf.tenants.transitions import Problem

DIFFERENCES = (ReasonKind.OVERALL_DIFFERS, ReasonKind.DOMAIN_DIFFERS)


def to_decide(moderation: Moderation, comparison: Comparison | None = None) -> tuple[Row, ...]:
    """Return the rows that the moderator decides: the overall grade, and every disputed domain.

    Where the framework says so, every domain is looked at; where it decides disputed ones, also those of an audit
    that something other than a difference brought here (a random check, a request). A checklist has no grade.
    """
    comparison = comparison or comparison_of(moderation.audit)
    decides = framework_for(moderation.audit).moderation.decides
    kinds = {reason.kind for reason in moderation.reasons.all()}
    whole = "all_domains" in decides or ("disputed_domains" in decides and bool(kinds - set(DIFFERENCES)))
    return tuple(row for row in comparison.graded if whole or row.overall or row.differs)


def keeps(row: Row, grade: str) -> bool:
    """Say whether the grade is the one that every auditor gave a domain, so that it needs no reason (DUR-88).

    The overall grade always has its reason.
    """
    return not row.overall and not row.differs and {cell.grade for cell in row.cells} == {grade}


def grade_choices(audit: Audit, framework: Framework, domain: str) -> list[tuple[str, str]]:
    """Return the grades for a domain, best first; only a domain may be not applicable."""
    grades = framework.grade_set(tool_of(audit, framework).grade_set or "")
    found = [(grade.key, grade.label) for grade in grades.best_first]
    if domain != OVERALL and grades.not_applicable.allowed:
        found.append((NOT_APPLICABLE, "Not applicable"))
    return found


def proposed_actions(audit: Audit) -> list[AuditAction]:
    """Return the audit's actions that are proposed or were left out, in the order proposed."""
    links = audit.action_links.select_related("action__owner", "action__proposed_by", "assessment")
    return list(
        links.filter(action__status__in=(ActionStatus.PROPOSED, ActionStatus.NOT_AGREED)).order_by("id")
    )


def missing(moderation: Moderation, fields: dict, hrefs: dict[str, str]) -> list[Problem]:
    """Return everything that stands in the way of deciding, each with its link.

    ``fields`` are the words typed so far; ``hrefs`` gives the pages ``decide``, ``plan``, ``moderation`` and ``view``.
    """
    decide, plan = hrefs.get("decide", ""), hrefs.get("plan", "")
    problems = _about_talk(fields, decide) if asks_whether_talked(moderation) else []
    problems += unanswered(moderation, fields, decide)
    problems += _about_panel(moderation, hrefs)
    for row in to_decide(moderation) if agrees(fields) else ():
        name = field_name(row.domain)
        if not fields.get(f"grade_{name}"):
            problems.append(Problem(f"Decide the grade: {row.label}", f"{decide}#id_grade_{name}"))
        if (
            not keeps(row, str(fields.get(f"grade_{name}", "")))
            and not str(fields.get(f"reason_{name}", "")).strip()
        ):
            problems.append(
                Problem(f"Give the reason for the grade: {row.label}", f"{decide}#id_reason_{name}")
            )
    if asks_plan(moderation) and not moderation.action_plan_agreed:
        problems.append(Problem("Agree the action plan", plan))
    return problems + _against_panel(moderation, fields, decide)


def _reads(moderation: Moderation) -> bool:
    """Say whether whoever decides may know by now what the panel thinks."""
    return moderation.moderator is not None and reads_views(moderation, moderation.moderator)


def _about_panel(moderation: Moderation, hrefs: dict[str, str]) -> list[Problem]:
    lead = moderation.moderator
    needed = still_needed(moderation) if _reads(moderation) else views_needed(moderation)
    problems = [Problem(text, hrefs.get("moderation", "")) for text in needed]
    if lead is not None and owes_view(moderation, lead):
        problems.append(
            Problem("Give your own view: the others’ are shown afterwards", hrefs.get("view", ""))
        )
    return problems


def _against_panel(moderation: Moderation, fields: dict, decide: str) -> list[Problem]:
    overall = fields.get(f"grade_{field_name(OVERALL)}")
    if moderation.mode != Mode.PANEL or not _reads(moderation):
        return []
    panel = grade_of_panel(moderation)
    if not panel.grade or not overall or overall == panel.grade:
        return []
    label = framework_for(moderation.audit).names.grade(panel.grade)
    return [Problem(f"The panel comes to {label}: {panel.why}", f"{decide}#id_grade_{field_name(OVERALL)}")]


def asks_plan(moderation: Moderation) -> bool:
    """Say whether the moderator also agrees the action plan."""
    return "action_plan" in framework_for(moderation.audit).moderation.decides


def _about_talk(fields: dict, decide: str) -> list[Problem]:
    if fields.get("conversation_needed") not in ("yes", "no"):
        text = "Say whether a conversation with both auditors was needed"
        return [Problem(text, f"{decide}#id_conversation_needed")]
    problems = []
    if fields["conversation_needed"] == "yes":
        if not fields.get("conversation_on"):
            text = "Enter when you talked with both auditors"
            problems.append(Problem(text, f"{decide}#id_conversation_on_0"))
        if not str(fields.get("conversation_outcome", "")).strip():
            problems.append(Problem("Say what the conversation led to", f"{decide}#id_conversation_outcome"))
    return problems


def field_name(domain: str) -> str:
    """Return the name of a domain's fields; the overall grade has an empty key."""
    return domain or "overall"
