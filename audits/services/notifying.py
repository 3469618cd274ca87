"""Who is told what when a month opens and when its work changes hands. No text names a child."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from audits.frameworks.schema.framework import Framework
from audits.models import Assessment, Audit, CaseExclusion, Cycle
from qaf.notices.services import tell
from qaf.tenants.models import Authority, Person
from qaf.tenants.scope import current_authority_id
from qaf.ui.words import long_date, month

_TEXTS = {
    "allocated_worker": (
        "Your work is part of the audits of {month}",
        "A child’s record that you work with was drawn at random. The auditors work to {due}. You will be asked to talk"
        " the audit through and, first, to ask the family whether they may be contacted.",
    ),
    "team_manager": (
        "Your team’s work is part of the audits of {month}",
        "A record of your team was drawn at random. The auditors work to {due}.",
    ),
    "iro_or_chair": (
        "A child you review is part of the audits of {month}",
        "The record was drawn at random. The auditors work to {due}; you will be told the outcome.",
    ),
}
_AUDITOR = ("You have audits to do for {month}", "You are {slot}. Please submit by {due}.")


def council_path(name: str, *args: object) -> str:
    """Return the path of a page of the open council."""
    slug = Authority.objects.values_list("slug", flat=True).get(pk=current_authority_id())
    return reverse(name, args=[slug, *args])


def people_told(
    framework: Framework, audits: Iterable[Audit], assessments: Iterable[Assessment]
) -> dict[str, set[int]]:
    """Return by party (slot, or relation to the case) whom the framework tells about these audits."""
    told: dict[str, set[int]] = {}
    wanted = set(framework.allocation.tell)
    for assessment in assessments:
        if assessment.slot in wanted and assessment.assessor_id:
            told.setdefault(assessment.slot, set()).add(assessment.assessor_id)
    fields = {"allocated_worker": "worker_id", "team_manager": "manager_id", "iro_or_chair": "chair_id"}
    for audit in audits:
        for relation in wanted & fields.keys():
            if person := getattr(audit, fields[relation]):
                told.setdefault(relation, set()).add(person)
    return told


def audits_issued(
    *,
    cycle: Cycle,
    framework: Framework,
    audits: Sequence[Audit],
    assessments: Sequence[Assessment],
    deputies: Iterable[int] = (),
) -> None:
    """Tell auditors, workers and whoever else the framework names that the month has begun for them (HER-15)."""
    told = people_told(framework, audits, assessments)
    everyone = {pk for people in told.values() for pk in people} | set(deputies)
    people = Person.objects.in_bulk(list(everyone))
    due = long_date(max(audit.due_on for audit in audits))
    # A later replacement is news of its own for those it concerns.
    key = f"{cycle.pk}:{min(audit.reference for audit in audits)}"
    href = council_path("audits:mine")
    labels = {slot.key: slot.label.lower() for slot in framework.process.slots}
    for party, ids in told.items():
        subject, body = _TEXTS.get(party, _AUDITOR)
        words = {"month": month(cycle.period), "due": due, "slot": labels.get(party, "")}
        tell(
            people=[people[pk] for pk in sorted(ids)],
            kind=f"audits.allocated.{party}",
            key=key,
            subject=subject.format(**words),
            body=body.format(**words),
            href=council_path("home") if party in ("team_manager", "iro_or_chair") else href,
        )
    if stand_ins := [people[pk] for pk in sorted(set(deputies))]:
        tell(
            people=stand_ins,
            kind="audits.allocated.deputy",
            key=key,
            subject=f"You stand in for a colleague in the audits of {month(cycle.period)}",
            body=f"A manager is away, and you answer for them meanwhile. Please submit by {due}.",
            href=href,
        )


def assessment_given(*, assessment: Assessment, former: Person | None = None) -> None:
    """Tell the new auditor, and the one whose work has ended."""
    audit = assessment.audit
    if assessment.assessor is not None:
        tell(
            people=[assessment.assessor],
            kind="audits.given",
            key=f"{assessment.pk}:{assessment.assessor_id}",
            subject=f"{audit.reference}: you are asked to audit",
            body=f"You start afresh and on your own. Please submit by {long_date(assessment.due_on)}.",
            href=council_path("audits:mine"),
        )
    if former is not None:
        tell(
            people=[former],
            kind="audits.taken",
            key=f"{assessment.pk}:{former.pk}",
            subject=f"{audit.reference}: given to somebody else",
            body="You have nothing more to do for this audit. What you wrote is kept.",
            href=council_path("home"),
        )


def place_unfilled(*, assessment: Assessment, people: Iterable[Person]) -> None:
    """Tell those who run the month that nobody could be found."""
    tell(
        people=people,
        kind="audits.unfilled",
        key=str(assessment.pk),
        subject=f"{assessment.audit.reference}: an auditor is needed",
        body=assessment.problem,
        href=council_path("audits:give", assessment.pk),
    )


def audit_withdrawn(*, audit: Audit, people: Iterable[Person]) -> None:
    """Tell everyone who was at work on a replaced case."""
    tell(
        people=people,
        kind="audits.withdrawn",
        key=audit.reference,
        subject=f"{audit.reference}: this audit has ended",
        body="The case was replaced by another. You have nothing more to do for it.",
        href=council_path("home"),
    )


def exclusion_asked(*, exclusion: CaseExclusion, people: Iterable[Person]) -> None:
    """Tell those who decide that somebody asks to leave a child out."""
    tell(
        people=people,
        kind="audits.exclusion_asked",
        key=str(exclusion.pk),
        subject=f"Leave a child out of {month(exclusion.period)}?",
        body=f"{exclusion.asked_by.name} asks. Nothing changes until you decide.",
        href=council_path("audits:decide_exclusion", exclusion.pk),
    )


def exclusion_decided(*, exclusion: CaseExclusion) -> None:
    """Tell whoever asked what was decided."""
    tell(
        people=[exclusion.asked_by],
        kind="audits.exclusion_decided",
        key=str(exclusion.pk),
        subject=f"Your request for {month(exclusion.period)}: {exclusion.get_status_display().lower()}",
        href=council_path("audits:exclusions"),
    )
