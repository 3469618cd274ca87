"""What families said is coded by those who write reports, and heard in them."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.frameworks.base import Choice
from audits.frameworks.selectors import framework_in_force
from feedback.models import CodedWords, Quotation
from feedback.selectors.register import readable
from feedback.selectors.themes import DEFAULT_THEMES, theme_labels
from feedback.services import code_conversation
from qaf.tenants.models import ReadEvent
from reporting.services.freezing import freeze
from tests.factories.people import make_person


def register(**query: str) -> str:
    return reverse("feedback:register", args=["alder"])


def themes_of(contact) -> dict[str, bool]:
    return dict(CodedWords.objects.filter(contact=contact).values_list("theme", "positive"))


@pytest.mark.req("HER-12")
def test_themes_and_words_are_kept_and_can_be_changed(world):
    code_conversation(
        contact=world.mother,
        themes={"listened_to": True, "waiting": False},
        quotation="  She rings back.  ",
        person=world.quinn,
    )
    assert themes_of(world.mother) == {"listened_to": True, "waiting": False}
    assert Quotation.objects.get().text == "She rings back."
    code_conversation(contact=world.mother, themes={"waiting": True, "plan": False}, person=world.quinn)
    assert themes_of(world.mother) == {"waiting": True, "plan": False}
    assert not Quotation.objects.exists()


def test_a_theme_that_the_framework_lacks_is_refused(world):
    with pytest.raises(ValidationError, match="no theme luck"):
        code_conversation(contact=world.mother, themes={"luck": True}, person=world.quinn)
    assert not CodedWords.objects.exists()


def test_only_those_who_may_code_do(world):
    for person in (world.mo, world.wyn, world.hope):
        with pytest.raises(PermissionDenied):
            code_conversation(contact=world.mother, themes={"plan": True}, person=person)


def test_what_an_auditor_heard_is_theirs_until_all_have_submitted(world):
    assert list(readable(world.quinn)) == [world.mother]
    with pytest.raises(PermissionDenied, match="cannot read this conversation yet"):
        code_conversation(contact=world.early, themes={"plan": True}, person=world.quinn)


def test_words_of_a_restricted_record_are_read_by_those_cleared_for_it(world):
    hidden = world.audit(date(2026, 9, 1), "Rowan team", "good", restricted=True)
    secret = world.family(hidden, "parent_or_carer")
    writer = make_person("Head Hawthorn", "head_of_safeguarding_qa_psw")
    plain = make_person("Cody Clover", "qa_reader")
    role = plain.posts.get().role
    role.permissions = ["feedback.code"]
    role.save()
    assert secret in readable(writer)
    assert secret not in readable(plain)


def test_a_framework_may_have_themes_of_its_own(world):
    framework = framework_in_force()
    assert theme_labels(framework) == DEFAULT_THEMES
    own = framework.process.family_feedback.model_copy(update={"themes": (Choice(key="luck", label="Luck"),)})
    changed = framework.model_copy(
        update={"process": framework.process.model_copy(update={"family_feedback": own})}
    )
    assert theme_labels(changed) == {"luck": "Luck"}


# Pages ---------------------------------------------------------------------------------------------------------------


def test_the_register_lists_who_spoke_without_the_words(world, enter):
    text = enter(world.quinn).get(register()).content.decode()
    assert "1 conversation waits" in text
    assert world.done.reference in text
    assert world.running.reference not in text
    assert "She listens" not in text


def test_a_conversation_is_coded_on_its_page_and_the_look_is_logged(world, enter):
    client = enter(world.quinn)
    address = reverse("feedback:code", args=["alder", world.mother.pk])
    assert "She listens, and she rings back." in client.get(address).content.decode()
    assert ReadEvent.objects.filter(person=world.quinn, subject="audit", subject_id=world.done.pk).exists()
    done = client.post(
        address,
        {"praise": ["listened_to"], "change": ["waiting"], "quotation": "She rings back.", "then": "next"},
    )
    assert done.url == register()
    assert themes_of(world.mother) == {"listened_to": True, "waiting": False}
    text = client.get(register()).content.decode()
    assert "Every conversation is coded." in text
    assert "Being listened to" in text


def test_a_theme_cannot_be_praise_and_change_at_once(world, enter):
    answer = enter(world.quinn).post(
        reverse("feedback:code", args=["alder", world.mother.pk]), {"praise": ["plan"], "change": ["plan"]}
    )
    assert answer.status_code == 422
    assert "Choose praise or change for: Having a part in the plan" in answer.content.decode()
    assert not CodedWords.objects.exists()


def test_filters_find_what_is_still_to_code_and_what_carries_a_theme(world, enter):
    second = world.audit(date(2026, 9, 1), "Beech team", "good")
    world.family(second, "child", themes=[("waiting", False)])
    client = enter(world.quinn)
    waiting = client.get(register(), {"coded": "no"}).content.decode()
    assert (world.done.reference in waiting, second.reference in waiting) == (True, False)
    themed = client.get(register(), {"theme": "waiting"}).content.decode()
    assert (world.done.reference in themed, second.reference in themed) == (False, True)
    care = client.get(register(), {"service": world.services["children_in_care"].pk}).content.decode()
    assert (world.done.reference in care, second.reference in care) == (False, True)


def test_nobody_else_opens_the_register(world, enter):
    for person in (world.mo, world.wyn, world.sam):
        client = enter(person)
        assert client.get(register()).status_code == 403
        assert client.get(reverse("feedback:code", args=["alder", world.mother.pk])).status_code == 403
    assert enter(world.quinn).get(reverse("feedback:code", args=["alder", world.early.pk])).status_code == 404


def test_the_register_asks_the_database_as_often_for_four_as_for_one(world, enter):
    client = enter(world.quinn)
    client.get(register())

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(register()).status_code == 200
        return len(asked)

    before = queries()
    for _ in range(3):
        more = world.audit(date(2026, 9, 1), "Beech team", "good")
        world.family(more, "child", themes=[("waiting", False)], quotation="I waited.")
    assert queries() == before


@pytest.mark.req("HER-12", "WSX-58")
def test_the_quarterly_report_tells_what_was_coded(world):
    code_conversation(
        contact=world.mother, themes={"listened_to": True}, quotation="She rings back.", person=world.quinn
    )
    report = freeze(kind="quarterly", label="2026-Q3")
    [section] = [one for one in report.figures["sections"] if one["key"] == "families"]
    blocks = {one.get("key", one["type"]): one for one in section["blocks"]}
    assert blocks["family_themes_chart"]["data"]["groups"] == [
        {"label": "Being listened to", "counts": [1, 0]}
    ]
    assert blocks["family_themes_service"]["rows"] == [["Safeguarding Teams", "Being listened to (1)", "–"]]
    assert blocks["quotes"]["items"] == [["She rings back.", "Parent or carer"]]
