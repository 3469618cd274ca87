"""Why an audit must be moderated, as its last auditor submits: by the framework's selectors, in their order."""

from hashlib import sha256

from audits.enums import OVERALL, Origin
from audits.events import ModerationReasonFound
from audits.frameworks.schema import Framework
from audits.frameworks.schema.moderation import Selector
from audits.frameworks.vocabulary import AuditFacts, OneAudit, RandomShare, Reason
from audits.frameworks.vocabulary.conditions import GradeDifference, OverallDisputed
from audits.frameworks.vocabulary.selection import LineReview
from audits.models import Audit
from audits.registry import moderators_of
from audits.selectors.comparison import Comparison, comparison_of
from audits.selectors.disagreements import disagreements_of, rule_of_moderation
from audits.selectors.facts import audit_facts, grading_assessments
from qaf.lib import clock
from qaf.tenants.selectors import holders

AS_SUBMITTED = ("all_submitted", "finalisation")
"""A framework's words for the moment at which the last auditor hands in a finished audit."""
DISAGREEMENT = "disagreement"


def moderation_reasons(*, audit: Audit, framework: Framework) -> tuple[ModerationReasonFound, ...]:
    """Return every reason why the audit must be moderated, by the framework's selectors, in their order.

    Auditors who differ although no selector says so are a reason too: there would be no grade to agree on. So is
    somebody's disagreement with the grade, where the framework lets moderation decide it (SEF-102). A re-audit has
    one auditor and nothing to compare.
    """
    if audit.origin == Origin.RE_AUDIT:
        return ()
    found: list[ModerationReasonFound] = []
    for selector in framework.moderation.selectors:
        if selector.evaluated in AS_SUBMITTED:
            found += _as_submitted(audit, framework, selector, first=not found)
        elif selector.evaluated == "at_allocation":
            found += [
                ModerationReasonFound(selector.key, "rule", OVERALL, f"{selector.label}: {person.name}")
                for person in moderators_of(audit)
            ]
    if not any(reason.kind == DISAGREEMENT for reason in found) and rule_of_moderation(audit):
        found += disagreement_reasons(audit)
    return tuple(found or _unexplained(comparison_of(audit)))


def _as_submitted(
    audit: Audit, framework: Framework, selector: Selector, *, first: bool
) -> list[ModerationReasonFound]:
    rule, names = selector.rule, framework.names
    if isinstance(rule, OneAudit):
        verdict = rule.selects(_facts(audit, framework), names)
        return [
            ModerationReasonFound(selector.key, _kind(rule, reason), reason.domain or OVERALL, reason.text)
            for reason in (verdict.reasons if verdict else ())
        ]
    if isinstance(rule, LineReview):
        if not _audited_by(audit, framework, rule.of) or not rule.draws(audit.reference, seed=_seed(audit)):
            return []
        text = f"Audited by a {names.role(rule.of)}, reviewed by the {names.role(rule.reviewer)} of the team"
        return [ModerationReasonFound(selector.key, "rule", OVERALL, text)]
    if isinstance(rule, RandomShare) and first and drawn_for_check(audit, rule):
        text = f"Drawn at random: {rule.in_words(names)}"
        return [ModerationReasonFound(selector.key, "random_sample", OVERALL, text)]
    return []


def _facts(audit: Audit, framework: Framework) -> AuditFacts:
    """The audit as a rule sees it before there is an outcome: the only auditor's grades are the ones to look at."""
    slots = [one.slot for one in grading_assessments(audit, framework)]
    return audit_facts(audit, framework=framework, submitter=slots[0] if len(slots) == 1 else None)


def _audited_by(audit: Audit, framework: Framework, role: str) -> bool:
    people = {person.pk for person in holders(*framework.role_keys(role), on=clock.today())}
    return any(one.assessor_id in people for one in grading_assessments(audit, framework))


def _kind(rule: OneAudit, reason: Reason) -> str:
    conditions = getattr(rule, "conditions", ())
    if any(isinstance(condition, GradeDifference) for condition in conditions):
        return "domain_differs" if reason.domain else "overall_differs"
    if any(isinstance(condition, OverallDisputed) for condition in conditions):
        return DISAGREEMENT
    return "rule"


def disagreement_reasons(audit: Audit) -> list[ModerationReasonFound]:
    """Return one reason for each person who disagrees with the overall grade."""
    return [
        ModerationReasonFound(
            DISAGREEMENT, DISAGREEMENT, OVERALL, f"{one.person.name} disagrees: {one.reason}"
        )
        for one in disagreements_of(audit)
    ]


def _unexplained(comparison: Comparison) -> list[ModerationReasonFound]:
    found = []
    for row in comparison.disputed:
        pairs = zip(comparison.columns, row.cells, strict=True)
        text = f"{row.label}: {', '.join(f'{column} {cell.label}' for column, cell in pairs)}"
        kind = "overall_differs" if row.overall else "domain_differs"
        found.append(ModerationReasonFound("grades_differ", kind, row.domain, text))
    return found


def drawn_for_check(audit: Audit, rule: RandomShare) -> bool:
    """Say whether an agreed audit falls into the random check: the same answer on any machine, at any time.

    The seed is the month's own, so nobody can know beforehand and everybody can check afterwards.
    """
    number = int(sha256(f"check|{_seed(audit)}|{audit.reference}".encode()).hexdigest(), 16)
    return number < rule.share * 2**256


def _seed(audit: Audit) -> str:
    return audit.cycle.seed if audit.cycle else ""
