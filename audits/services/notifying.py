"""Who is told what when a month opens and when its work changes hands. No text names a child."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from audits.enums import Origin
from audits.frameworks.enums import Relation
from audits.models import (
    Assessment,
    Audit,
    CaseChoice,
    CaseExclusion,
    Cycle,
    ExtraCase,
    PerformanceQuestion,
)
from audits.selectors.people import people_who_may
from qaf.lib import clock
from qaf.notices.services import tell
from qaf.tenants.models import Person
from qaf.tenants.paths import council_path
from qaf.ui.words import long_date, month, plural

if TYPE_CHECKING:
    from audits.services.issuing import Batch

_TEXTS = {
    "allocated_worker": (
        "Your work is part of the audits of {month}",
        "A child’s record that you work with {how}. {when}{worker_asked}",
    ),
    "team_manager": (
        "Your team’s work is part of the audits of {month}",
        "A record of your team {how}. {when}",
    ),
    "service_manager": (
        "Your service’s work is part of the audits of {month}",
        "A record of your service {how}. {when}",
    ),
    "iro_or_chair": (
        "A child you review is part of the audits of {month}",
        "The record {how}. {when} You will be told the outcome.",
    ),
}
_AUDITOR = ("You have audits to do for {month}", "You are {slot}. {begin}Please submit by {due}.{guidance}")
_OTHERS = ("Records of your part of the service are audited for {month}", "A record {how}. {when}")
_HOW = {
    Origin.RANDOM: "was drawn at random",
    Origin.THEME: "was drawn at random among those that the month’s theme looks at",
    Origin.REPLACEMENT: "was drawn at random in place of another",
    Origin.PROGRAMME: "was drawn at random for a themed programme",
    Origin.NAMED_POST: "was chosen by the post that settles the list",
    Origin.AUDITOR_CHOICE: "was chosen by the auditor, who gave a reason",
    Origin.NOMINATED: "was put forward as an example of good practice",
    Origin.AD_HOC: "is audited at short notice, with a reason",
}
_FIELDS = {"allocated_worker": "worker_id", "team_manager": "manager_id", "iro_or_chair": "chair_id"}


def people_told(
    batch: "Batch", audits: Iterable[Audit], assessments: Iterable[Assessment]
) -> dict[str, set[int]]:
    """Return by party (slot, relation to the case, or role) whom the framework tells about these audits.

    Auditors are always told: theirs is the work.
    """
    told: dict[str, set[int]] = {}
    for assessment in assessments:
        if assessment.assessor_id:
            told.setdefault(assessment.slot, set()).add(assessment.assessor_id)
    slots = {slot.key for slot in batch.framework.process.slots}
    # In the framework's order: a set's would differ from one process to the next.
    parties = [party for party in dict.fromkeys(batch.framework.allocation.tell) if party not in slots]
    for audit in audits:
        for party in parties:
            if people := _behind(party, audit, batch):
                told.setdefault(party, set()).update(people)
    return told


def _behind(party: str, audit: Audit, batch: "Batch") -> set[int]:
    if party in _FIELDS:
        person = getattr(audit, _FIELDS[party])
        return {person} if person else set()
    roster = batch.roster
    if party == Relation.SERVICE_MANAGER:
        return {pk for pk in roster.line_by_unit.get(audit.service_id, frozenset()) if audit.service_id}
    if party == Relation.LINE_MANAGER:
        return {audit.manager_id} if audit.manager_id else set()
    if party == Relation.CASE_MANAGERS:
        return set(audit.line) - {audit.worker_id or 0}
    for unit in (audit.team_id, audit.service_id, None):
        found = {pk for (pk, role), units in roster.units_by_role.items() if role == party and unit in units}
        if found:
            return found
    return set()


def audits_issued(
    *,
    batch: "Batch",
    audits: Sequence[Audit],
    assessments: Sequence[Assessment],
    deputies: Iterable[int] = (),
) -> None:
    """Tell auditors, workers and whoever else the framework names that audits begin for them, and when."""
    told = people_told(batch, audits, assessments)
    everyone = {pk for people in told.values() for pk in people} | set(deputies)
    people = Person.objects.in_bulk(list(everyone))
    # A later replacement is news of its own for those it concerns.
    key = f"{batch.cycle.pk if batch.cycle else 'beside'}:{min(audit.reference for audit in audits)}"
    words = _words(batch, audits)
    labels = {slot.key: slot.label.lower() for slot in batch.framework.process.slots}
    for party, ids in told.items():
        subject, body = _TEXTS.get(party, _AUDITOR if party in labels else _OTHERS)
        own = words | {"slot": labels.get(party, "")}
        tell(
            people=[people[pk] for pk in sorted(ids)],
            kind=f"audits.allocated.{party}",
            key=key,
            subject=subject.format(**own),
            body=body.format(**own),
            href=council_path("audits:mine" if party in labels or party == "allocated_worker" else "home"),
        )
    if stand_ins := [people[pk] for pk in sorted(set(deputies))]:
        tell(
            people=stand_ins,
            kind="audits.allocated.deputy",
            key=key,
            subject=f"You stand in for a colleague in the audits of {words['month']}",
            body=f"A manager is away, and you answer for them meanwhile. Please submit by {words['due']}.",
            href=council_path("audits:mine"),
        )


def _words(batch: "Batch", audits: Sequence[Audit]) -> dict[str, str]:
    due = long_date(max(audit.due_on for audit in audits))
    later = batch.allocated_on > clock.today()
    begins = f"The audits begin on {long_date(batch.allocated_on)}. " if later else ""
    origins = {audit.origin for audit in audits}
    theme = (batch.programme or batch.cycle).theme if batch.programme or batch.cycle else None  # type: ignore[union-attr]
    family = batch.framework.process.family_feedback
    asked = family is not None and family.consent.required
    return {
        "month": month(batch.cycle.period if batch.cycle else batch.allocated_on),
        "due": due,
        "begin": begins,
        "when": f"{begins}The auditors work to {due}.",
        "how": _HOW.get(Origin(origins.pop()), "is audited") if len(origins) == 1 else "is audited",
        "worker_asked": (
            " You will be asked to talk the audit through and, first, to ask the family whether they may be contacted."
            if asked
            else " You will be asked to talk the audit through."
        ),
        "guidance": f" The theme is “{theme.title}”; its guidance stands beside the audit." if theme else "",
    }


def choices_asked(*, cycle: Cycle, choices: Sequence[CaseChoice]) -> None:
    """Ask the holders of a quota to choose their case."""
    people = Person.objects.in_bulk([one.auditor_id for one in choices])
    for one in choices:
        tell(
            people=[people[one.auditor_id]],
            kind="audits.choose",
            key=str(one.pk),
            subject=f"Choose a case to audit for {month(cycle.period)}",
            body=(
                f"Choose by {long_date(one.choose_by)} and say why. "
                "After that chance draws a case in the same part of the service."
            ),
            href=council_path("audits:choose", one.pk),
        )


def list_proposed(*, cycle: Cycle, count: int, people: Iterable[Person]) -> None:
    """Tell the post that settles the month's list that chance has proposed one."""
    tell(
        people=people,
        kind="audits.list_proposed",
        key=str(cycle.pk),
        subject=f"Confirm the list of cases for {month(cycle.period)}",
        body=f"Chance proposes {plural(count, 'case')}. Confirm them, or exchange one with a reason.",
        href=council_path("audits:month_list", cycle.period),
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


def question_asked(*, question: PerformanceQuestion) -> None:
    """Tell those who plan themes that a question on performance waits for them."""
    tell(
        people=[one for one in people_who_may("audits.plan_themes") if one.pk != question.asked_by_id],
        kind="audits.question_asked",
        key=str(question.pk),
        subject="A question was raised on performance",
        body=f"Raised at {question.raised_at}. It asks for {question.get_wants_display().lower()}"
        f" by {long_date(question.answer_by)}.",
        href=council_path("audits:performance_question", question.pk),
    )


def question_answered(*, question: PerformanceQuestion) -> None:
    """Tell whoever asked what the answer is."""
    tell(
        people=[question.asked_by],
        kind="audits.question_answered",
        key=str(question.pk),
        subject="Your question on performance is answered",
        body="Open it to read the answer, and what the audits found where there were any.",
        href=council_path("audits:performance_question", question.pk),
    )


def extra_asked(*, extra: ExtraCase) -> None:
    """Tell those who run months that a case was put forward."""
    tell(
        people=[one for one in people_who_may("audits.open_cycle") if one.pk != extra.asked_by_id],
        kind="audits.extra_asked",
        key=str(extra.pk),
        subject="A case was put forward for audit",
        body=f"{extra.get_origin_display()}, by {extra.asked_by.name}. Nothing happens until you answer.",
        href=council_path("audits:extra", extra.pk),
    )


def extra_answered(*, extra: ExtraCase) -> None:
    """Tell whoever put a case forward what became of it."""
    taken = extra.audit is not None
    tell(
        people=[extra.asked_by],
        kind="audits.extra_answered",
        key=str(extra.pk),
        subject="The case that you put forward is audited" if taken else "The case that you put forward",
        body=f"{extra.audit.reference} is allocated."
        if extra.audit
        else "It is not taken up. Open it to read why.",
        href=council_path("audits:extra", extra.pk),
    )


def shortfall(*, cycle: Cycle, lines: Sequence[str], people: Iterable[Person]) -> None:
    """Tell those who run months who has not done the month's audits (SLO-111)."""
    tell(
        people=people,
        kind="audits.shortfall",
        key=f"{cycle.period:%Y-%m}",
        subject=f"{month(cycle.period)} ended with audits not done",
        body=" ".join(lines),
        href=council_path("audits:month_quota", cycle.period),
    )


def month_begins(*, cycle: Cycle, people: Iterable[Person]) -> None:
    """Tell auditors who had notice before that their audits begin today."""
    tell(
        people=people,
        kind="audits.begins",
        key=f"{cycle.period:%Y-%m}",
        subject=f"The audits of {month(cycle.period)} begin today",
        body=f"Please submit by {long_date(cycle.due_on)}." if cycle.due_on else "",
        href=council_path("audits:mine"),
    )
