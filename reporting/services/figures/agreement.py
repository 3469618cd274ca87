"""How consistent grading is: between the auditors, before and after they talked, and at moderation (HER-42)."""

from collections import Counter
from collections.abc import Mapping

from audits.enums import NOT_APPLICABLE, OVERALL
from moderation.enums import ModerationStatus, ReasonKind
from reporting.selectors.parts import Grades
from reporting.selectors.records import AuditRow, Records
from reporting.services.figures.grades import domains, scale
from reporting.services.figures.model import ChartBlock, Column, Figure, Table

POPULATION = "audits drawn at random that two auditors graded"
LABELS = {kind.value: kind.label for kind in ReasonKind}


def slots(records: Records) -> tuple[str, ...]:
    """Return the slots of auditors whose grades the framework compares: with one there is nothing to compare.

    A worker's own view is set beside the auditor's apart, by ``own_view``: a worker is no second auditor.
    """
    grading = tuple(slot.key for slot in records.framework.grading_slots)
    return tuple(key for key in records.framework.process.compared_slots if key in grading) or grading


def compared(
    records: Records, stage: Mapping[int, Mapping[str, Grades]]
) -> list[tuple[AuditRow, list[Grades]]]:
    """Return the submitted audits with the grades of the slots that the framework compares, where all gave some."""
    wanted = slots(records)
    found = []
    for row in records.submitted:
        given = [stage[row.pk][slot] for slot in wanted if slot in stage.get(row.pk, {})]
        if len(given) == len(wanted) > 1:
            found.append((row, given))
    return found


def agreed_on(records: Records, domain: str, *, unseen: bool = False) -> tuple[int, int]:
    """Return on how many audits the auditors agreed in the domain, of those both graded; not applicable counts."""
    stage = records.parts.provisional if unseen else records.parts.submitted
    pairs = [
        [one[domain] for one in given]
        for _, given in compared(records, stage)
        if all(domain in one for one in given)
    ]
    return sum(len(set(pair)) == 1 for pair in pairs), len(pairs)


def agreed_throughout(records: Records) -> tuple[int, int]:
    """Return on how many audits the auditors agreed on every grade."""
    found = compared(records, records.parts.submitted)
    return sum(all(one == given[0] for one in given) for _, given in found), len(found)


def changed_after_talking(records: Records) -> tuple[int, int]:
    """Return in how many audits an auditor changed a locked grade after the discussion."""
    found = compared(records, records.parts.submitted)
    changed = 0
    for row, _ in found:
        before, after = records.parts.provisional.get(row.pk, {}), records.parts.submitted[row.pk]
        changed += any(
            before.get(slot, {}).get(key) != grade for slot in before for key, grade in after[slot].items()
        )
    return changed, len(found)


def agreement(records: Records) -> tuple[Figure, ...]:
    """Return the figures of agreement between the auditors, where there are several, and with the worker."""
    if len(slots(records)) < 2:
        return (worker_agreement(records),)
    return (
        Figure(
            "agreed_unseen",
            "Same overall grade before talking",
            "Both auditors locked the same overall grade before they saw each other’s.",
            POPULATION,
            *agreed_on(records, OVERALL, unseen=True),
        ),
        Figure(
            "agreed_overall",
            "Same overall grade submitted",
            "Both auditors submitted the same overall grade.",
            POPULATION,
            *agreed_on(records, OVERALL),
        ),
        Figure(
            "agreed_all",
            "Agreed on every grade",
            "Both auditors submitted the same grade overall and in every domain.",
            POPULATION,
            *agreed_throughout(records),
        ),
        Figure(
            "changed_after_talking",
            "A grade changed after talking",
            "At least one auditor changed a locked grade after the discussion, with a reason.",
            POPULATION,
            *changed_after_talking(records),
        ),
        worker_agreement(records),
    )


def own_view(records: Records) -> tuple[Figure, ...]:
    """Return how often a worker's self-assessment came to the auditor's overall grade, where it may hold one."""
    process = records.framework.process
    own = {slot.key for slot in process.slots if slot.grades == "optional"}
    grading = {slot.key for slot in records.framework.grading_slots}
    if not own:
        return ()
    pairs = []
    for row in records.submitted:
        given = records.parts.submitted.get(row.pk, {})
        mine = [grades[OVERALL] for slot, grades in given.items() if slot in own and OVERALL in grades]
        theirs = [grades[OVERALL] for slot, grades in given.items() if slot in grading and OVERALL in grades]
        if mine and theirs:
            pairs.append(mine[0] in theirs)
    return (
        Figure(
            "own_view_same",
            "Self-assessment and audit came to the same overall grade",
            "The worker’s own overall grade is the auditor’s, of the audits in which both gave one.",
            "audits drawn at random with a graded self-assessment",
            sum(pairs),
            len(pairs),
        ),
    )


def worker_agreement(records: Records) -> Figure:
    """Return how often the worker agreed with the overall grade (HER-22)."""
    answers = [one for row in records.submitted for one in records.parts.agreement.get(row.pk, ())]
    return Figure(
        "worker_agrees",
        "The worker agreed",
        "Workers who agreed with the overall grade, of those who said.",
        "reflective discussions held in submitted audits",
        sum(bool(one) for one in answers),
        len(answers),
    )


def domain_agreement(records: Records) -> ChartBlock:
    """Return how often the auditors agreed in each domain."""
    shares = {
        title: agreed_on(records, key) for key, title in {OVERALL: "Overall", **domains(records)}.items()
    }
    from qaf.ui import words

    return ChartBlock(
        key="agreement_by_domain",
        kind="bars",
        title="Auditors who submitted the same grade",
        definition="Audits in which both auditors submitted the same grade, of those both judged; in per cent.",
        population=POPULATION,
        data={
            "bars": [
                {
                    "label": title,
                    "value": 100 * part / whole if whole else 0,
                    "text": words.percent_n(part, whole),
                }
                for title, (part, whole) in shares.items()
            ],
            "unit": "Agreed",
            "first_column": "Domain",
            "maximum": 100,
        },
    )


def moderation(records: Records) -> tuple[Figure, ...]:
    """Return how many audits were moderated and what moderation did to the overall grade."""
    decided = _decided(records)
    moves = Counter(_move(records, row, grades) for row, grades in decided)
    population = "audits drawn at random that a moderator decided"
    needed = [row for row in records.submitted if _needs(records, row)]
    return (
        Figure(
            "moderation_needed",
            "Went to moderation",
            "Submitted audits that had to be moderated.",
            "audits drawn at random that were submitted",
            len(needed),
            len(records.submitted),
        ),
        *(
            Figure(f"moderation_{key}", label, definition, population, moves[key], len(decided))
            for key, label, definition in (
                (
                    "kept",
                    "Both auditors’ grade kept",
                    "The moderator’s overall grade is the one that both had submitted.",
                ),
                (
                    "higher",
                    "Decided for the higher grade",
                    "The auditors differed; the higher overall grade was decided.",
                ),
                (
                    "lower",
                    "Decided for the lower grade",
                    "The auditors differed; the lower overall grade was decided.",
                ),
                ("other", "Another grade decided", "The moderator’s overall grade is neither auditor’s."),
            )
        ),
    )


def _needs(records: Records, row: AuditRow) -> bool:
    found = records.parts.moderations.get(row.pk)
    return found is not None and found.status != ModerationStatus.WITHDRAWN


def _decided(records: Records) -> list[tuple[AuditRow, list[str]]]:
    found = []
    for row, given in compared(records, records.parts.submitted):
        moderation = records.parts.moderations.get(row.pk)
        if (
            moderation
            and moderation.status == ModerationStatus.DECIDED
            and OVERALL in records.parts.of_record.get(row.pk, {})
        ):
            found.append((row, [one.get(OVERALL, NOT_APPLICABLE) for one in given]))
    return found


def _move(records: Records, row: AuditRow, submitted: list[str]) -> str:
    decided = records.parts.of_record[row.pk][OVERALL]
    if len(set(submitted)) == 1:
        return "kept" if decided == submitted[0] else "other"
    if decided not in submitted:
        return "other"
    ranks = scale(records).ranks
    best = max(submitted, key=lambda grade: ranks.get(grade, 0))
    return "higher" if decided == best else "lower"


def reasons(records: Records) -> Table:
    """Return why audits went to moderation; one audit may have several reasons."""
    audits: Counter[tuple[str, str]] = Counter()
    for row in records.submitted:
        if _needs(records, row):
            audits.update(set(records.parts.moderations[row.pk].reasons))
    titles = domains(records)
    rows = sorted(
        ((_reason(kind, domain, titles), count) for (kind, domain), count in audits.items()), key=_most_first
    )
    return Table(
        key="moderation_reasons",
        title="Why audits went to moderation",
        definition="Audits with each reason; one audit may have several.",
        population="audits drawn at random that went to moderation",
        columns=(Column("Reason", "text"), Column("Audits")),
        rows=tuple(rows),
        empty="No audit went to moderation.",
    )


def _reason(kind: str, domain: str, titles: Mapping[str, str]) -> str:
    label = LABELS.get(kind, kind.replace("_", " ").capitalize())
    return f"{label}: {titles.get(domain, domain)}" if domain else label


def _most_first(row: tuple[str, int]) -> tuple[int, str]:
    return -row[1], row[0]


def by_service(records: Records) -> Table:
    """Return agreement and moderation for each service (HER-42)."""
    rows = []
    for name, own in records.by_service():
        needed = sum(_needs(own, row) for row in own.submitted)
        rows.append((name, agreed_on(own, OVERALL), agreed_throughout(own), (needed, len(own.submitted))))
    return Table(
        key="agreement_service",
        title="Consistency of grading by service",
        definition="Same overall grade submitted; every grade the same; went to moderation.",
        population=POPULATION,
        columns=(
            Column("Service", "text"),
            Column("Same overall grade", "share"),
            Column("Every grade the same", "share"),
            Column("Went to moderation", "share"),
        ),
        rows=tuple(rows),
    )
