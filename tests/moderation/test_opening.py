"""When a moderation is opened, in which week, and who gets it."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.models import Audit
from moderation.models import Moderation
from moderation.selectors import candidates_for
from moderation.services import allocate_by_hand, allocate_waiting, ask_for_moderation, remind_late
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.services import record_absence
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from tests.factories.assessments import assessment_of, make_cast, submit_both
from tests.factories.moderation import also_post, decide_all, make_audit_of_month, make_month, make_seniors

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def cast(scope, frozen):
    return make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


@pytest.fixture
def cycle(cast):
    return make_month(cast)


def disputed(cast, cycle, local_id: str = "0001234", **case) -> Audit:
    audit = make_audit_of_month(cast, cycle, local_id=local_id, **case)
    submit_both(audit, "good", "requires_improvement")
    return audit


def days(moderation: Moderation) -> tuple[date, date, bool]:
    return moderation.available_on, moderation.due_on, moderation.carried_over


@pytest.mark.req("HER-37", "HER-41")
def test_moderators_receive_audits_in_the_fourth_week_and_decide_by_its_end(cast, seniors, cycle):
    moderation = Moderation.objects.get(audit=disputed(cast, cycle))
    assert days(moderation) == (date(2026, 10, 22), date(2026, 10, 28), False)
    assert (moderation.status, moderation.moderator) == ("waiting", None)
    with clock.travel(date(2026, 10, 21)):
        assert allocate_waiting() == 0
    with clock.travel(date(2026, 10, 22)):
        assert allocate_waiting() == 1
        assert allocate_waiting() == 0
    moderation.refresh_from_db()
    assert moderation.status == "allocated"
    assert moderation.moderator.name in {"Hal Head", "Mona Manager", "Dev Director", "Pam Principal"}


@pytest.mark.req("HER-37")
@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        (date(2026, 10, 26), (date(2026, 10, 26), date(2026, 10, 28), False)),
        (date(2026, 10, 28), (date(2026, 11, 22), date(2026, 11, 27), True)),
        (date(2026, 11, 3), (date(2026, 11, 22), date(2026, 11, 27), True)),
    ],
    ids=["within its week", "on its last day", "a month late"],
)
def test_what_comes_late_goes_to_the_next_months_week_and_says_so(cast, seniors, cycle, submitted, expected):
    with clock.travel(submitted):
        moderation = Moderation.objects.get(audit=disputed(cast, cycle))
    assert days(moderation) == expected


@pytest.mark.req("HER-36")
def test_neither_an_auditor_nor_anybody_in_the_cases_line_moderates(cast, seniors, cycle):
    audit = disputed(cast, cycle)
    also_post(cast.petra, "qa_service_manager")
    also_post(cast.lena, "service_director")
    kept_out = {one.person.name: one.kept_out for one in candidates_for(audit) if not one.may}
    assert set(kept_out) == {"Petra Peer", "Lena Lead", "Hetty Head"}
    assert "audited" in " ".join(kept_out["Petra Peer"])
    assert "line of management" in " ".join(kept_out["Hetty Head"])
    assert {one.person.name for one in candidates_for(audit) if one.may} == {
        "Hal Head",
        "Mona Manager",
        "Dev Director",
        "Pam Principal",
    }


@pytest.mark.req("HER-36")
def test_an_auditor_who_was_taken_off_the_audit_does_not_moderate_it_either(cast, seniors, cycle):
    audit = disputed(cast, cycle)
    peer = assessment_of(audit, "peer")
    peer.pk, peer.assessor, peer.status = None, seniors.mona, "reassigned"
    peer.save(force_insert=True)
    assert "Mona Manager" not in {one.person.name for one in candidates_for(audit) if one.may}


def test_loads_are_spread_and_whoever_is_away_gets_none(cast, seniors, cycle):
    record_absence(person=seniors.dev, starts_on=date(2026, 10, 20), ends_on=date(2026, 10, 30))
    for number in range(6):
        disputed(cast, cycle, local_id=f"000{number}")
    with clock.travel(date(2026, 10, 22)):
        assert allocate_waiting() == 6
    loads = [
        Moderation.objects.filter(moderator=one).count() for one in (seniors.hal, seniors.mona, seniors.pam)
    ]
    assert loads == [2, 2, 2]
    assert not Moderation.objects.filter(moderator=seniors.dev).exists()


def test_the_moderator_is_told_once_and_finds_it_in_their_list(cast, seniors, cycle):
    disputed(cast, cycle)
    with clock.travel(date(2026, 10, 22)):
        allocate_waiting()
        moderation = Moderation.objects.get()
        (notice,) = Notice.objects.filter(kind="moderation_allocated")
        assert notice.person == moderation.moderator
        assert "Wednesday 28 October 2026" in notice.body
        items = [(i.text, i.due_on) for i in todo_for(moderation.moderator)]
    assert ("Moderate an audit", date(2026, 10, 28)) in items


@pytest.mark.req("HER-37")
def test_where_nobody_can_moderate_the_cause_is_named_and_the_lead_asked(cast, cycle):
    disputed(cast, cycle)
    with clock.travel(date(2026, 10, 22)):
        assert allocate_waiting() == 0
        assert Moderation.objects.get().problem == "Nobody holds a post whose holders moderate."
        seniors = make_seniors(cast)
        for person in (seniors.hal, seniors.mona, seniors.pam):
            record_absence(person=person, starts_on=date(2026, 10, 20), ends_on=date(2026, 10, 30))
        also_post(seniors.dev, "service_manager", cast.service)
        assert allocate_waiting() == 0
        problem = Moderation.objects.get().problem
        assert "Hal Head: is away" in problem
        assert "Dev Director: is kept out" in problem
        assert "Find a moderator" in {item.text for item in todo_for(cast.quinn)}


def test_a_restricted_record_goes_only_to_somebody_cleared(cast, seniors, cycle):
    seniors.pam.cleared_for_restricted = True
    seniors.pam.save()
    for person in (cast.lena, cast.petra):
        person.cleared_for_restricted = True
        person.save()
    audit = disputed(cast, cycle, restricted=True)
    assert [one.person.name for one in candidates_for(audit) if one.may] == ["Pam Principal"]


def test_the_lead_allocates_by_hand_also_before_the_week_but_never_to_somebody_kept_out(cast, seniors, cycle):
    moderation = Moderation.objects.get(audit=disputed(cast, cycle))
    with pytest.raises(PermissionDenied):
        allocate_by_hand(moderation=moderation, moderator=seniors.mona, person=seniors.mona)
    with pytest.raises(ValidationError, match="line of management"):
        allocate_by_hand(moderation=moderation, moderator=seniors.hetty, person=cast.quinn)
    with pytest.raises(ValidationError, match="holds no post"):
        allocate_by_hand(moderation=moderation, moderator=cast.stranger, person=cast.quinn)
    allocate_by_hand(moderation=moderation, moderator=seniors.mona, person=cast.quinn)
    moderation.refresh_from_db()
    assert (moderation.status, moderation.moderator) == ("allocated", seniors.mona)


@pytest.mark.req("HER-41")
def test_late_decisions_are_told_once_and_then_once_a_week(cast, seniors, cycle):
    moderation = Moderation.objects.get(audit=disputed(cast, cycle))
    allocate_by_hand(moderation=moderation, moderator=seniors.mona, person=cast.quinn)

    def count() -> int:
        return Notice.objects.filter(kind="moderation_overdue").count()

    with clock.travel(date(2026, 10, 28)):
        remind_late()
    assert count() == 0
    with clock.travel(date(2026, 10, 29)):
        remind_late()
        remind_late()
    assert set(Notice.objects.filter(kind="moderation_overdue").values_list("person__name", flat=True)) == {
        "Mona Manager",
        "Quinn Lead",
    }
    assert count() == 2
    with clock.travel(datetime(2026, 11, 4, 12, tzinfo=clock.LONDON)):
        remind_late()
    assert count() == 4


def test_an_agreed_outcome_is_moderated_when_asked_and_never_twice(cast, seniors, cycle):
    audit = make_audit_of_month(cast, cycle)
    submit_both(audit, "good", "good")
    with pytest.raises(PermissionDenied):
        ask_for_moderation(audit=audit, reason="I wonder.", person=cast.lena)
    moderation = ask_for_moderation(audit=audit, reason="The plan reads thinner.", person=cast.quinn)
    audit.refresh_from_db()
    assert audit.status == "in_moderation"
    assert [(r.kind, r.text) for r in moderation.reasons.all()] == [
        ("asked", "Quinn Lead: The plan reads thinner.")
    ]
    allocate_by_hand(moderation=moderation, moderator=seniors.mona, person=cast.quinn)
    decide_all(moderation, "requires_improvement")
    audit.refresh_from_db()
    assert audit.status == "outcome"
    assert set(audit.grades.values_list("grade", "source")) == {("requires_improvement", "moderated")}
    with pytest.raises((TransitionRefused, StatusHasChanged)):
        ask_for_moderation(audit=audit, reason="Once more.", person=cast.quinn)
