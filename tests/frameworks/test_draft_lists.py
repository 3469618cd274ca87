"""Whole rules of the draft: added and taken out in the browser."""

import pytest
from django.core.exceptions import PermissionDenied

from audits.frameworks import loader
from audits.frameworks.forms.rules import NewRuleForm
from audits.frameworks.lists import lists_of, questions_of_list
from audits.frameworks.questions import Words
from audits.frameworks.selectors import current_draft, reading_of
from audits.frameworks.services import drafts
from audits.frameworks.services.lists import add_block, take_out_block
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person
from tests.frameworks.test_draft_pages import answers, words

BASE = "/a/alder/framework/draft/"


@pytest.fixture
def ada(council, published):
    with authority_scope(council):
        return make_person("Ada Alder", "authority_administrator", signs_in=True)


@pytest.fixture
def as_ada(ada, sign_in, council):
    client = sign_in(ada)
    assert client.post(f"{BASE}start/").status_code == 302
    return client


@pytest.fixture
def draft_now(council):
    def read():
        with authority_scope(council):
            return reading_of(current_draft()).framework

    return read


def answered(client, path, **changed):
    """Post the form at a path as a browser would, with these answers changed."""
    return client.post(BASE + path, {**answers(client, BASE + path), **changed}, follow=True)


def test_a_reason_for_moderating_is_added_changed_and_taken_out_again(as_ada, draft_now):
    page = words(as_ada.get(f"{BASE}section/moderation/"))
    assert "Add a rule or take one out" in page
    before = [selector.key for selector in draft_now().moderation.selectors]
    new = {
        "label": "One in four",
        "rule": "random_share",
        "rule__random_share__share": "0.25",
        "evaluated": "outcome_recorded",
        "source_note": "The board",
    }
    faulty = answered(as_ada, "add/moderation.selectors/", **(new | {"evaluated": ""}))
    assert list(faulty.context["form"].errors) == ["evaluated"]
    options = dict(faulty.context["form"].fields["evaluated"].choices)
    new["evaluated"] = next(key for key in options if key not in ("", "not_given"))
    response = answered(as_ada, "add/moderation.selectors/", **new)
    assert "Added to the draft" in words(response)
    selector = draft_now().moderation.selectors[-1]
    assert (selector.key, selector.rule.share) == ("one_in_four", 0.25)
    assert selector.source == "Confirmed by Ada Alder on Monday 5 October 2026: The board"
    assert [item.key for item in draft_now().moderation.selectors] == [*before, "one_in_four"]
    answered(as_ada, "rule/moderation.selectors.one_in_four/label/", label="A quarter")
    assert "A quarter" in words(as_ada.get(f"{BASE}list/moderation.selectors/"))
    response = answered(as_ada, "take-out/moderation.selectors/one_in_four/")
    assert "Taken out of the draft: A quarter." in words(response)
    assert [item.key for item in draft_now().moderation.selectors] == before


def test_a_consequence_is_added_with_its_condition_and_its_effect_and_given_another(as_ada, draft_now):
    new = {
        "label": "A worrying overall grade",
        "when": "audit_finalised",
        "conditions__more": "overall_grade",
        "conditions__more__overall_grade__grades": ["requires_improvement"],
        "effects__more": "notify",
        "effects__more__notify__to": ["service_manager"],
    }
    assert "Added to the draft" in words(answered(as_ada, "add/consequences/", **new))
    rule = draft_now().consequences[-1]
    assert rule.key == "a_worrying_overall_grade"
    assert [condition.kind for condition in rule.conditions] == ["overall_grade"]
    assert rule.effects[0].to == ("service_manager",)
    path = f"rule/consequences.{rule.key}/effects/"
    more = {"effects__more": "notify", "effects__more__notify__to": ["head_of_service"]}
    answered(as_ada, path, **more)
    assert [effect.to for effect in draft_now().consequences[-1].effects] == [
        ("service_manager",),
        ("head_of_service",),
    ]
    answered(as_ada, path, effects__0__out="on")
    assert [effect.to for effect in draft_now().consequences[-1].effects] == [("head_of_service",)]
    refused = answered(as_ada, path, effects__0__out="on")
    assert refused.context["form"].errors
    assert len(draft_now().consequences[-1].effects) == 1


def test_steps_of_escalation_are_added_and_taken_out(as_ada, draft_now):
    before = len(draft_now().escalation.steps)
    answered(
        as_ada,
        "rule/escalation/steps/",
        steps__more="yes",
        steps__more__yes__trigger="action_overdue",
        steps__more__yes__days="40",
        steps__more__yes__to="head_of_service",
    )
    assert draft_now().escalation.steps[-1].days == 40
    answered(as_ada, "rule/escalation/steps/", steps__0__out="on")
    assert len(draft_now().escalation.steps) == before


def test_a_step_of_a_dispute_is_added_before_the_one_that_settles_it(council, ada, as_ada, draft_now):
    with authority_scope(council, person=ada):
        drafts.write_text(revision=1, text=loader.builtin_text("durham"), person=ada)
    new = {"name": "A third opinion", "decided_by": ["strategic_manager"]}
    refused = answered(as_ada, "add/disputes.grade.steps/", **new)
    assert "no end" in str(refused.context["form"].errors)
    assert 'value="A third opinion"' in refused.content.decode()
    assert "Added" in words(answered(as_ada, "add/disputes.grade.steps/", before="2", **new))
    names = [step.name for step in draft_now().disputes[0].steps]
    assert names[2] == "A third opinion"
    assert len(names) == 4


def test_what_others_still_name_is_not_taken_out(as_ada, draft_now):
    response = answered(as_ada, "take-out/roles/service_manager/")
    text = words(response)
    assert "names a role" in text
    assert "(is: service_manager)" in text
    assert any(role.key == "service_manager" for role in draft_now().roles)


def test_the_later_of_two_who_add_keeps_what_they_typed(as_ada, council, ada, draft_now):
    data = answers(as_ada, f"{BASE}add/not_used/")
    with authority_scope(council, person=ada):
        drafts.write_text(revision=1, text=current_draft().text + "# theirs\n", person=ada)
    data["mechanism"] = "tea trolley"
    response = as_ada.post(f"{BASE}add/not_used/", data)
    assert "has changed the draft meanwhile" in words(response)
    again = {
        bound.html_name: bound.value() for bound in response.context["form"] if bound.value() is not None
    }
    assert as_ada.post(f"{BASE}add/not_used/", again).status_code == 302
    assert draft_now().not_used[-1].mechanism == "tea trolley"


def test_what_the_framework_may_do_without_is_taken_out_and_put_back(council, ada, as_ada, draft_now):
    tool = draft_now().tools[0].key
    where = f"tools.{tool}.look_back"
    assert answered(as_ada, f"take-out/{where}/0/").status_code == 200
    assert draft_now().tools[0].look_back is None
    answered(as_ada, f"add/{where}/", months="9", extendable_with_reason="yes")
    assert draft_now().tools[0].look_back.months == 9
    assert as_ada.get(f"{BASE}add/{where}/").status_code == 404


@pytest.mark.parametrize("path", ["lists/", "list/disputes/", "add/disputes/", "take-out/disputes/0/"])
def test_lists_are_only_for_who_may_edit(as_ada, will, sign_in, path):
    client = sign_in(will)
    assert client.get(BASE + path).status_code == 403


@pytest.mark.parametrize(
    "path", ["list/nowhere/", "add/sampling/", "list/sampling/", "take-out/disputes/99/"]
)
def test_a_list_that_is_none_is_not_found(as_ada, path):
    assert as_ada.get(BASE + path).status_code == 404


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_list_of_rules_of_every_framework_can_be_added_to(name):
    framework = loader.builtin(name)
    vocabulary = Words(framework)
    asked = {found.where: questions_of_list(found, vocabulary) for found in lists_of(framework)}
    rules = (
        "consequences",
        "trends",
        "disputes",
        "moderation.selectors",
        "urgent_concern.triggers",
        "roles",
        "services",
    )
    assert [where for where in rules if not asked[where]] == []
    for questions in filter(None, asked.values()):
        NewRuleForm(questions=questions, others=())


def test_one_who_may_not_edit_neither_adds_nor_takes_out(council, will, as_ada):
    with authority_scope(council, person=will), pytest.raises(PermissionDenied):
        add_block(revision=1, where="not_used", values={"mechanism": "x"}, source="p", person=will)
    with authority_scope(council, person=will), pytest.raises(PermissionDenied):
        take_out_block(revision=1, where="disputes", item="0", person=will)
