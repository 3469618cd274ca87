"""The receipt of a draw: enough to show how it came about, and to do it again with the same case list (HER-14).

Children stand in it by the database's number, never by anything of their own: a child who is deleted later leaves
nothing behind in a receipt. ``with_local_ids`` puts the local ids of those still held beside them, for reading.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from audits.cases.models import Case
from audits.frameworks.schema.framework import Framework
from audits.models import Theme
from audits.services.drawing import Plan, shares_of
from audits.services.population import Population
from audits.services.sampling import Draw, Rule


def receipt_of_draw(
    drawn: Draw,
    plan: Plan,
    framework: Framework,
    population: Population,
    day: date,
    theme: Theme | None = None,
    expected: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return the receipt as plain data; staff stand in it by the database's number too.

    ``expected`` says how many audits each person was expected to do, where the draw counted by auditor.
    """
    strategy = framework.sampling.strategy
    rule = plan if isinstance(plan, Rule) else Rule(sizes={})
    return {
        "method": drawn.method,
        "drawn_on": day.isoformat(),
        "seed": drawn.seed,
        "population_hash": drawn.population_hash,
        "population": len(population.candidates),
        "outside": population.outside,
        "asked": drawn.asked,
        "theme": _theme(theme),
        "rule": {
            "words": [f"{text[:1].upper()}{text[1:]}." for text in strategy.in_words(framework.names)],
            "sizes": dict(rule.sizes),
            "stratify_by": list(rule.stratify_by),
            "caps": {
                "per_lead": rule.limits.per_lead,
                "per_worker": rule.limits.per_worker,
                "per_family": rule.limits.per_family,
            },
            "audited_within_months": framework.sampling.exclusions.audited_within_months,
        },
        "services": [
            {
                "key": one.service,
                "name": framework.service(one.service).name,
                "population": one.population,
                "excluded": one.excluded,
                "eligible": one.eligible,
                "asked": one.asked,
                "drawn": one.drawn,
                "moved_by_caps": one.moved_by_caps,
                "strata": [
                    {"stratum": stratum, "eligible": eligible, "drawn": count}
                    for stratum, (eligible, count) in one.strata.items()
                ],
            }
            for one in drawn.services
        ],
        "drawn": [
            {
                "case": pick.candidate.case_id,
                "position": pick.position,
                "stratum": pick.stratum,
                "weight": str(pick.weight),
                "moved_by_cap": pick.moved_by_cap,
                "auditor": pick.auditor,
            }
            for pick in drawn.picks
        ],
        "shares": [
            {
                "person": one.person,
                "role": one.role,
                "number": one.number,
                "method": one.method,
                "statuses": list(one.statuses),
                "outcome": one.outcome,
                "problem": one.problem,
            }
            for one in shares_of(drawn)
        ],
        "expected": list(expected),
        "excluded": [
            {"case": one.case_id, "reasons": list(one.excluded), "why": population.why[one.case_id]}
            for one in population.excluded
        ],
    }


def _theme(theme: Theme | None) -> dict[str, Any] | None:
    if theme is None:
        return None
    filters = (
        "statuses", "services", "open_days_at_least", "open_days_at_most", "age_from", "age_to",
        "months_without_supervision", "listed_only",
    )  # fmt: skip
    return {"id": theme.pk, "title": theme.title} | {name: getattr(theme, name) for name in filters}


def with_local_ids(receipt: dict[str, Any]) -> dict[str, Any]:
    """Return a copy in which every child still held stands by local id; the others say that they were deleted."""
    wanted = [row["case"] for part in ("drawn", "excluded") for row in receipt.get(part, ())]
    local_ids = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "local_id"))
    return receipt | {
        part: [row | {"local_id": local_ids.get(row["case"])} for row in receipt.get(part, ())]
        for part in ("drawn", "excluded")
    }
