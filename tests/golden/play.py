"""Playing a month: the calendar does its part, the people of each audit do theirs through the services.

Nothing here knows a council: what has to be done is read from the framework of the audit, as the pages do.
"""

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

from django.db import connections

from audits.enums import AssessmentStatus, AuditStatus, GradeStage
from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_of
from audits.models import Assessment, Audit, Cycle
from audits.selectors.checking import checkers, missing_for_check
from audits.selectors.conversations import Talk, conversations_of, people_expected
from audits.selectors.family import asks_family, family_of
from audits.selectors.standing import gives_grades
from audits.services.assessments import lock_grades, state_no_action, submit_assessment
from audits.services.checking import ask_for_check, give_check
from audits.services.conversations import Account, book_conversation, hold_conversation
from audits.services.cycles import prepare_cycle
from audits.services.family import record_consent, record_contact
from audits.services.finalise import confirm_outcome
from audits.services.findings import action_days, propose_audit_action
from audits.services.taking_part import hand_in
from moderation.models import Moderation
from moderation.selectors import field_name, to_decide
from moderation.selectors.modes import panel_of
from moderation.selectors.panels import people_to_ask
from moderation.selectors.questions import Asked, questions_of
from moderation.services import agree_plan, decide, save_draft
from moderation.services.panels import ask_to_join, give_view
from qaf.jobs.tasks import daily
from qaf.lib import clock
from qaf.tenants.models import Authority
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_council
from tests.factories.programme import work
from tests.factories.tools import fill_form
from tests.golden.town import Town, build_town

SMALL: dict[str, Any] = {"at_the_centre": 1, "teams_in_a_service": 1, "published_on": date(2026, 9, 1)}


@contextmanager
def on(council: Authority, day: date, hour: int = 10):
    """Be at work in the council on a day, after the calendar has done what was due until then."""
    with clock.travel(datetime.combine(day, time(hour), tzinfo=clock.LONDON)):
        daily()
        work(council)
        with authority_scope(council):
            yield


def number_people() -> None:
    """Give the people made from now on the numbers they always have: lots between them fall by their number."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('tenants_person', 'id'), 5000000)")


def settle_in(framework: str, *, months: tuple[str, ...], **options: Any) -> tuple[Authority, Town]:
    """Make a council of a framework at the end of September; chance is fixed for its months, the rest is its own."""
    number_people()
    council = make_council("alder", "Alder Council")
    with clock.travel(datetime(2026, 9, 7, 9, tzinfo=clock.LONDON)), authority_scope(council):
        town = build_town(
            framework,
            **{"at_the_centre": 1, "teams_in_a_service": 1, "published_on": date(2026, 9, 1)} | options,
        )
        for period in months:
            prepare_cycle(period=date.fromisoformat(f"{period}-01"), seed=f"golden {period}")
    with on(council, date(2026, 9, 8)):
        return council, town


def month(period: str) -> Cycle:
    """The cycle of a month such as 2026-10."""
    return Cycle.objects.get(period=date.fromisoformat(f"{period}-01"))


def audits_of(cycle: Any) -> list[Audit]:
    """The month's audits that go on, in the order of their references."""
    rows = cycle.audits.exclude(status=AuditStatus.WITHDRAWN)
    return list(
        rows.select_related("authority", "case", "worker", "manager", "framework_version").order_by(
            "reference"
        )
    )


def do_audit(
    audit: Audit,
    grades: Mapping[str, str] | str,
    *,
    domains: Mapping[str, str] | None = None,
    action: str = "",
    self_grade: str = "",
    until: str = "submit",
) -> None:
    """Take an audit from allocation to the submission of every auditor.

    ``grades`` is the overall grade of every slot, or by slot; ``domains`` differ from it. ``action`` is proposed by
    the first auditor, due on the last day the framework offers; none is needed where it is empty. A part that carries
    no grade is handed in first. With ``until="lock"`` it ends where the grades are locked.
    """
    framework = framework_of(audit.framework_version)
    parts = _parts(audit)
    for part in parts:
        if part.assessor and not gives_grades(framework, part.slot):
            _hand_in(part, framework, self_grade)
    judging = [part for part in parts if gives_grades(framework, part.slot)]
    for part in judging:
        overall = grades if isinstance(grades, str) else grades[part.slot]
        changed = {key: {"grade": grade} for key, grade in (domains or {}).items()}
        fill_form(_fresh(part), framework, overall, **changed)
    hear_the_family(audit, framework, judging)
    hold_talks(audit, framework, "lock")
    for part in judging:
        lock_grades(assessment=_fresh(part), person=part.assessor)
    if until == "lock":
        return
    hold_talks(audit, framework, "reveal")
    hold_talks(audit, framework, "submit")
    hold_talks(audit, framework, "finalise")
    for number, part in enumerate(judging):
        _act(_fresh(part), action if number == 0 else "")
        _have_checked(_fresh(part), framework)
        submit_assessment(assessment=_fresh(part), person=part.assessor)
    audit.refresh_from_db()


def confirm(audit: Audit) -> None:
    """The worker says that nothing of fact is wrong: the outcome is final where nothing else is waited for."""
    audit.refresh_from_db()
    confirm_outcome(audit=audit, person=audit.worker)
    audit.refresh_from_db()


def moderate(moderation: Moderation, grade: str = "", *, agrees: bool = True) -> None:
    """Decide a moderation as its mode asks: every grade as it stands, or ``grade`` for the overall.

    A panel's members all give this grade first. With ``agrees=False`` moderator and auditor do not come together.
    """
    moderation.refresh_from_db()
    lead, rows = moderation.moderator, to_decide(moderation)
    given = moderation.audit.recorded_grades.filter(stage=GradeStage.SUBMITTED).order_by("id")
    standing = dict(given.values_list("domain", "grade"))
    wanted = {row.domain: standing.get(row.domain, grade) for row in rows} | ({"": grade} if grade else {})
    _fill_panel(moderation)
    for member in moderation.members.filter(said_at=None).select_related("person"):
        give_view(
            moderation=moderation,
            grade=wanted.get("", ""),
            view="Well evidenced.",
            standards_met="yes",
            person=member.person,
        )
    fields: dict[str, Any] = {"conversation_needed": "no"}
    for row in rows:
        name = field_name(row.domain)
        fields |= {f"grade_{name}": wanted[row.domain], f"reason_{name}": "Both read the record."}
    fields |= {one.name: _answer(one) for one in questions_of(moderation)}
    if "agreement" in fields:
        fields["agreement"] = "agreed" if agrees else "not_agreed"
    save_draft(moderation=moderation, fields=fields, version=0, person=lead)
    if "action_plan" in framework_of(moderation.audit.framework_version).moderation.decides:
        agree_plan(moderation=moderation, agreed=True, person=lead)
    decide(moderation=moderation, person=lead)
    moderation.refresh_from_db()


def _fill_panel(moderation: Moderation) -> None:
    """Ask whoever may join a panel of too few until there are enough."""
    rules = panel_of(framework_of(moderation.audit.framework_version))
    while moderation.mode == "panel" and rules and moderation.members.count() < rules.quorum:
        member = people_to_ask(moderation)[0][0]
        ask_to_join(moderation=moderation, member=member, reason="Too few.", person=moderation.moderator)


def _answer(asked: Asked) -> Any:
    if asked.control == "people":
        return [value for value, _ in asked.choices]
    if asked.control == "choice":
        return asked.choices[0][0]
    return {"date": clock.today().isoformat(), "minutes": "45", "text": "Visits made the child feel safe."}[
        asked.control
    ]


def _parts(audit: Audit) -> list[Assessment]:
    rows = audit.assessments.exclude(status=AssessmentStatus.REASSIGNED).select_related("assessor")
    return list(rows.order_by("id"))


def _fresh(part: Assessment) -> Assessment:
    related = ("assessor", "audit__authority", "audit__case", "audit__framework_version", "audit__service")
    return Assessment.objects.select_related(*related).get(pk=part.pk)


def _hand_in(part: Assessment, framework: Framework, grade: str) -> None:
    fill_form(_fresh(part), framework, grade or "good")
    hand_in(assessment=_fresh(part), person=part.assessor)


def hear_the_family(audit: Audit, framework: Framework, judging: list[Assessment]) -> None:
    caller = next((part for part in judging if asks_family(part, framework)), None)
    if caller is None:
        return
    for relative in family_of(audit, framework):
        if relative.consent_required:
            record_consent(
                audit=audit,
                target=relative.key,
                consent="yes",
                asked_on=clock.today(),
                safety={"safe_number": "0117 496 0123"},
                person=audit.worker,
            )
        record_contact(
            audit=audit,
            target=relative.key,
            who="mother" if relative.target.each else relative.label.lower(),
            spoken_on=clock.today(),
            mode="telephone",
            words="They listened and came when they said they would.",
            person=caller.assessor,
        )


def hold_talks(audit: Audit, framework: Framework, step: str) -> None:
    audit.refresh_from_db()
    for talk in conversations_of(audit, framework):
        if talk.framework.precedes == step and talk.is_required and not talk.record:
            hold(audit, framework, talk)
    audit.refresh_from_db()


def hold(audit: Audit, framework: Framework, talk: Talk, *, agrees: bool = True) -> None:
    """Hold a conversation as the framework asks for it."""
    asked, people = talk.framework, people_expected(audit, talk, framework)
    holder = next(part.assessor for part in _parts(audit) if part.slot == asked.holder)
    if asked.booked == "required" and not talk.appointment:
        book_conversation(audit=audit, kind=talk.key, booked_for=clock.today(), person=holder)
    hold_conversation(
        audit=audit,
        kind=talk.key,
        person=holder,
        held_on=clock.today(),
        mode=asked.mode or "in_person",
        minutes=asked.minutes_at_least or asked.minutes_at_most or 45,
        participants=[one.pk for one in people],
        notes="We went through it together.",
        answers={one.key: "Yes: the visits changed how safe the child feels." for one in asked.questions},
        worker_agrees=agrees if asked.asks_agreement_of else None,
        worker_comment="" if agrees else "The visits of June are missing.",
        account=Account(
            strengths="Trust with the mother",
            areas="The father is not heard",
            view="It was fair." if asked.view_of else "",
            learning={one.pk: "Ask the father first." for one in people} if asked.learning_of_each else {},
        ),
    )


def _have_checked(part: Assessment, framework: Framework) -> None:
    """Ask for the look that a new auditor needs before they finalise, and have it given."""
    if missing_for_check(part, framework):
        check = ask_for_check(assessment=part, question="Is the grade borne out?", person=part.assessor)
        give_check(check=check, feedback="Yes; say what changed.", person=checkers(part, framework)[0])


def _act(part: Assessment, action: str) -> None:
    audit = part.audit
    if action and audit.worker:
        propose_audit_action(
            assessment=part,
            text=action,
            intended_change="Both parents keep the child safe",
            owner=audit.worker,
            due_on=action_days(audit).proposed,
            person=part.assessor,
            category=next((one.key for one in framework_of(audit.framework_version).actions.categories), ""),
        )
    elif not audit.action_links.exists():
        state_no_action(assessment=part, reason="Nothing to change.", person=part.assessor)
