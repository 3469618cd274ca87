"""No message holds a word about a child: a reference and a link, and the reader signs in."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from audits.followup.services import (
    chase,
    open_action,
    open_follow_up,
    propose_action,
    raise_concern,
    stand_down_follow_up,
)
from audits.services.finalise import finalise_due
from audits.services.reminding import remind_auditors
from moderation.models import Moderation
from moderation.services import allocate_waiting, remind_late
from qaf.lib import clock
from qaf.notices.models import Email, Notice
from qaf.notices.services import relay_council
from tests.factories import assessments as made
from tests.factories.moderation import decide_all, make_audit_of_month, make_month, make_seniors
from tests.notices.conftest import london

CANARY = "Zaphira-Quillon"
INITIALS = "ZQX"
ROOMS = ("audits", "moderation", "feedback", "reporting", "qaf")

# Every tell() in the code ---------------------------------------------------------------------------------------------

SYSTEMS_WORDS = {
    "problem": "why nobody could be allocated: names of posts and people, written by QAF",
    "error": "what went wrong with a job: one of QAF's own sentences",
}


def words_of_people() -> set[str]:
    """Names of columns that hold what people wrote about children, or who a child is."""
    labels = ("audits", "followup", "moderation", "feedback", "cases")
    found = {
        field.name
        for label in labels
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.TextField)
    }
    child = {"initials", "birth_year", "birth_month", "gender", "ethnicity", "disability", "family_id"} | {
        "safe_number",
        "safe_time",
    }
    return (found | child) - set(SYSTEMS_WORDS)


def calls_of_tell() -> Iterator[tuple[str, ast.Call]]:
    for room in ROOMS:
        for path in sorted((Path(settings.BASE_DIR) / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tell":
                    yield f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}", node


def leaks(call: ast.Call, forbidden: set[str]) -> list[str]:
    texts = [keyword.value for keyword in call.keywords if keyword.arg in ("subject", "body")]
    return sorted(
        node.attr
        for text in texts
        for node in ast.walk(text)
        if isinstance(node, ast.Attribute) and node.attr in forbidden and ast.unparse(node) != "words.body"
    )


def test_no_message_is_made_from_a_column_that_holds_peoples_words_or_a_childs_detail():
    forbidden = words_of_people()
    assert {"text", "words", "evidence", "told_whom", "comment", "safe_number", "initials"} <= forbidden
    calls = list(calls_of_tell())
    assert len(calls) > 30
    assert {place: found for place, call in calls if (found := leaks(call, forbidden))} == {}


def test_the_guard_sees_a_leak():
    call = ast.parse('tell(people=p, kind="k", key="1", subject=f"{case.initials}", body=concern.text)').body[
        0
    ]
    assert leaks(call.value, words_of_people()) == ["initials", "text"]  # type: ignore[attr-defined]


# A whole audit, with a canary wherever somebody can write -------------------------------------------------------------


@pytest.fixture
def world(scope, frozen):
    cast = made.make_cast()
    make_seniors(cast)
    audit = make_audit_of_month(cast, make_month(cast))
    audit.case.initials, audit.case.family_id = INITIALS, CANARY
    audit.case.save()
    return cast, audit


def live_an_audit(cast, audit) -> None:
    """Concern, action, lateness, dispute, decision, outcome and what follows: each with the canary in its words."""
    raise_concern(case=audit.case, raised_by=cast.petra, text=CANARY, told_whom=CANARY, about=audit.reference)
    action = propose_action(
        case=audit.case,
        text=CANARY,
        intended_change=CANARY,
        owner=cast.wyn,
        owner_role="worker",
        due_on=date(2026, 10, 19),
        latest_on=None,
        proposed_by=cast.lena,
    )
    open_action(action=action)
    late = open_follow_up(
        kind="review",
        title=f"Review of {audit.reference}",
        guidance=CANARY,
        case=audit.case,
        assignee=cast.sam,
        party="service_manager",
        due_on=date(2026, 10, 12),
    )
    for day in (6, 19, 27, 31):
        with clock.travel(london(2026, 10, day, 9)):
            chase()
            remind_auditors()
    stand_down_follow_up(follow_up=late, why=CANARY, person=cast.sam)
    made.reveal(audit, "inadequate", "good", mark=CANARY)
    made.talk_with_worker(audit, agrees=False, comment=CANARY)
    made.settle_family(audit)
    for slot in ("lead", "peer"):
        made.submit(audit, slot)
    with clock.travel(london(2026, 11, 16, 9)):
        allocate_waiting()
        moderation = Moderation.objects.get(audit=audit)
        if moderation.moderator:
            decide_all(moderation, "inadequate")
    with clock.travel(london(2026, 12, 21, 9)):
        remind_late()
        finalise_due()
    with clock.travel(london(2027, 3, 1, 9)):
        chase()


def test_a_whole_audit_sends_no_word_about_the_child(world, scope, mailoutbox):
    cast, audit = world
    live_an_audit(cast, audit)
    with clock.travel(london(2027, 3, 1, 12)):
        while relay_council(scope):
            pass
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert kinds >= {
        "action_due",
        "action_opened",
        "action_overdue",
        "assessment_due",
        "assessment_overdue",
        "audit_final",
        "concern_overdue",
        "consent_due",
        "escalation",
        "follow_up_opened",
        "follow_up_overdue",
        "follow_up_stood_down",
        "grades_submitted",
        "moderation_allocated",
        "outcome_reached",
        "urgent_concern",
    }
    assert len(mailoutbox) >= 5
    texts = [f"{one.subject}\n{one.body}" for one in (*Notice.objects.all(), *Email.objects.all())]
    texts += [str(message.message()) for message in mailoutbox]
    assert [text for text in texts if CANARY in text or INITIALS in text] == []
    assert any(audit.reference in text for text in texts), "they do say which audit"
