"""From outcome to final: the worker checks the facts, or the days run out."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.models import Audit, RecordedGrade
from audits.selectors.standing import standing_of
from audits.services.finalise import (
    answer_correction,
    ask_correction,
    confirm_outcome,
    finalise,
    finalise_due,
    last_day_for_corrections,
)
from qaf.lib import clock
from qaf.notices.models import Notice
from qaf.tenants.registry import todo_for
from qaf.tenants.transitions import StatusHasChanged, TransitionRefused
from tests.factories.assessments import DOMAINS, make_audit, make_cast, submit_both
from tests.factories.moderation import make_seniors

pytestmark = pytest.mark.usefixtures("frozen", "scope")


@pytest.fixture
def cast(scope, frozen):
    return make_cast()


@pytest.fixture
def audit(cast) -> Audit:
    make_seniors(cast)
    audit = make_audit(cast)
    submit_both(audit)
    return audit


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__name", flat=True))


def test_the_worker_learns_of_the_outcome_at_the_same_moment_as_their_managers(cast, audit):
    notices = Notice.objects.filter(kind="outcome_reached")
    assert {notice.person.name for notice in notices} == {"Wyn Worker", "Lena Lead", "Sam Service"}
    assert len({notice.created_at for notice in notices}) == 1
    assert standing_of(cast.wyn, audit).sees_grades
    assert standing_of(cast.sam, audit).sees_grades


def test_while_a_moderator_decides_the_worker_sees_submitted_grades_like_their_managers(cast):
    make_seniors(cast)
    audit = make_audit(cast)
    submit_both(audit, "good", "inadequate")
    assert audit.status == "in_moderation"
    assert told("grades_submitted") == {"Wyn Worker", "Lena Lead", "Sam Service"}
    assert standing_of(cast.wyn, audit).sees_grades


def test_the_outcome_is_final_when_the_worker_confirms_the_facts(cast, audit):
    confirm_outcome(audit=audit, person=cast.wyn)
    audit.refresh_from_db()
    assert (audit.status, audit.final_at) == ("final", clock.now())
    final = RecordedGrade.objects.filter(audit=audit, stage="final")
    assert {row.domain: row.grade for row in final} == dict.fromkeys((*DOMAINS, ""), "good")


def test_nobody_else_confirms_for_the_worker(cast, audit):
    with pytest.raises(PermissionDenied):
        confirm_outcome(audit=audit, person=cast.lena)
    audit.refresh_from_db()
    assert audit.status == "outcome"


def test_without_a_word_it_is_final_after_five_working_days_and_only_once(audit):
    assert last_day_for_corrections(audit) == date(2026, 10, 12)
    with clock.travel(datetime(2026, 10, 12, 23, 30, tzinfo=clock.LONDON)):
        assert finalise_due() == 0
    with clock.travel(datetime(2026, 10, 13, 0, 30, tzinfo=clock.LONDON)):
        assert finalise_due() == 1
        assert finalise_due() == 0
    audit.refresh_from_db()
    assert audit.status == "final"
    assert RecordedGrade.objects.filter(audit=audit, stage="final").count() == 7


def test_an_unanswered_correction_holds_the_outcome_whatever_the_day(cast, audit):
    correction = ask_correction(
        audit=audit, where="assessments", text="The visit was on 4 May.", person=cast.wyn
    )
    assert told("correction_asked") == {"Lena Lead", "Petra Peer", "Quinn Lead"}
    with clock.travel(date(2026, 12, 1)):
        assert finalise_due() == 0
        with pytest.raises(TransitionRefused, match="has not been answered"):
            finalise(audit=audit, why="because")
        assert not RecordedGrade.objects.filter(stage="final").exists()
        answer_correction(correction=correction, accepted=True, answer="Put right.", person=cast.petra)
        assert finalise_due() == 1
    correction.refresh_from_db()
    assert (correction.status, correction.answered_by) == ("accepted", cast.petra)
    assert told("correction_answered") == {"Wyn Worker"}


def test_only_the_worker_asks_and_neither_they_nor_a_stranger_answers(cast, audit):
    with pytest.raises(PermissionDenied):
        ask_correction(audit=audit, where="", text="No.", person=cast.lena)
    correction = ask_correction(audit=audit, where="", text="My post is senior worker.", person=cast.wyn)
    for person in (cast.wyn, cast.stranger, cast.sam):
        with pytest.raises(PermissionDenied):
            answer_correction(correction=correction, accepted=False, answer="No.", person=person)
    answer_correction(correction=correction, accepted=False, answer="It was not so then.", person=cast.quinn)
    with pytest.raises((TransitionRefused, StatusHasChanged)):
        answer_correction(correction=correction, accepted=True, answer="Yes.", person=cast.lena)
    correction.refresh_from_db()
    assert correction.status == "declined"


def test_a_correction_needs_words_and_comes_too_late_once_final(cast, audit):
    with pytest.raises(ValidationError):
        ask_correction(audit=audit, where="", text="  ", person=cast.wyn)
    confirm_outcome(audit=audit, person=cast.wyn)
    audit.refresh_from_db()
    with pytest.raises(TransitionRefused, match="final"):
        ask_correction(audit=audit, where="", text="Late.", person=cast.wyn)


def test_the_to_do_lists_ask_the_worker_to_check_and_the_auditors_to_answer(cast, audit):
    def texts(person):
        return {item.text for item in todo_for(person)}

    assert "Check the facts of an audit of your work" in texts(cast.wyn)
    ask_correction(audit=audit, where="", text="A date.", person=cast.wyn)
    assert "Check the facts of an audit of your work" not in texts(cast.wyn)
    for person in (cast.lena, cast.petra, cast.quinn):
        assert "Answer a correction" in texts(person)
    assert "Answer a correction" not in texts(cast.sam)
