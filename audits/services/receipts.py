"""The receipt of a draw: enough to show how it came about, and to do it again with the same case list (HER-14).

Children stand in it by the database's number, never by anything of their own: a child who is deleted later leaves
nothing behind in a receipt. ``with_local_ids`` puts the local ids of those still held beside them, for reading.
"""

from datetime import date
from typing import Any

from audits.cases.models import Case
from audits.frameworks.schema.framework import Framework
from audits.services.population import Population
from audits.services.sampling import METHOD, Draw, Rule


def receipt_of_draw(
    drawn: Draw, rule: Rule, framework: Framework, population: Population, day: date
) -> dict[str, Any]:
    """Return the receipt as plain data."""
    strategy = framework.sampling.strategy
    return {
        "method": METHOD,
        "drawn_on": day.isoformat(),
        "seed": drawn.seed,
        "population_hash": drawn.population_hash,
        "population": len(population.candidates),
        "outside": population.outside,
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
            }
            for pick in drawn.picks
        ],
        "excluded": [
            {"case": one.case_id, "reasons": list(one.excluded), "why": population.why[one.case_id]}
            for one in population.excluded
        ],
    }


def with_local_ids(receipt: dict[str, Any]) -> dict[str, Any]:
    """Return a copy in which every child still held stands by local id; the others say that they were deleted."""
    wanted = [row["case"] for part in ("drawn", "excluded") for row in receipt.get(part, ())]
    local_ids = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "local_id"))
    return receipt | {
        part: [row | {"local_id": local_ids.get(row["case"])} for row in receipt.get(part, ())]
        for part in ("drawn", "excluded")
    }
