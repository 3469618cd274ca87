"""Criteria and other short blocks of a tool in the browser: added, changed, moved and taken out one at a time."""

import pytest
from django.core.exceptions import PermissionDenied

from audits.frameworks import loader
from audits.frameworks.base import Sourced, walk
from audits.frameworks.lists import lists_of, questions_of_list
from audits.frameworks.places import raw_at
from audits.frameworks.questions import SKIPPED, Words, questions_of
from audits.frameworks.selectors import current_draft, reading_of
from audits.frameworks.services import drafts
from audits.frameworks.services.lists import add_block, change_block, move_block
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person
from tests.frameworks.test_draft_pages import answers, words

KEPT = {"key", "requirements"}
"""What a form never asks of a short block: what it is called in the file, and which rows it serves."""
BASE = "/a/alder/framework/draft/"
LONG = "tools.collaborative.domains.assessment"
CRITERIA = f"{LONG}.criteria"


@pytest.fixture
def ada(council, published):
    with authority_scope(council):
        return make_person("Ada Alder", "authority_administrator", signs_in=True)


@pytest.fixture
def as_ada(ada, sign_in, council):
    """Ada with a draft of Durham's framework, whose longest domain has 36 criteria."""
    client = sign_in(ada)
    assert client.post(f"{BASE}start/").status_code == 302
    with authority_scope(council, person=ada):
        drafts.write_text(revision=1, text=loader.builtin_text("durham"), person=ada)
    return client


@pytest.fixture
def text_now(council):
    def read():
        with authority_scope(council):
            return current_draft().text

    return read


@pytest.fixture
def domain_now(council):
    def read():
        with authority_scope(council):
            return reading_of(current_draft()).framework.main_tool.domain("assessment")

    return read


def answered(client, path, **changed):
    """Post the form at a path as a browser would, with these answers changed."""
    return client.post(BASE + path, {**answers(client, BASE + path), **changed}, follow=True)


def test_each_of_36_criteria_stands_on_the_page_with_what_can_be_done_about_it(as_ada, domain_now):
    response = as_ada.get(f"{BASE}rule/{LONG}/criteria/", follow=True)
    page = words(response)
    criteria = domain_now().criteria
    assert len(criteria) == 36
    assert all(one.text in page for one in criteria)
    links = response.content.decode()
    counted = [links.count(f"/draft/{name}/{CRITERIA}/") for name in ("item", "move", "take-out", "add")]
    assert counted == [36, 36, 36, 1]


def test_a_criterion_is_added_in_its_place_with_a_key_and_its_source(as_ada, domain_now):
    before = [one.key for one in domain_now().criteria]
    new = {"text": "Fathers are asked first.", "before": before[4], "source_note": "The board"}
    response = answered(as_ada, f"add/{CRITERIA}/", **new)
    assert "Added to the draft" in words(response)
    domain = domain_now()
    assert [one.key for one in domain.criteria] == [*before[:4], "fathers_are_asked_first", *before[4:]]
    assert domain.criteria[4].text == "Fathers are asked first."
    assert domain.provenance("criteria").source == (
        "Confirmed by Ada Alder on Monday 5 October 2026: The board"
    )


def test_a_criterion_is_changed_on_its_own_page_and_every_other_line_stays(as_ada, domain_now, text_now):
    before, old = text_now(), domain_now()
    key = old.criteria[30].key
    response = answered(as_ada, f"item/{CRITERIA}/{key}/", text="Plans name a day.", compliance="yes")
    assert "The draft is changed" in words(response)
    assert response.redirect_chain[-1][0].endswith(f"list/{CRITERIA}/#item-{key}")
    now = domain_now()
    assert (now.criteria[30].text, now.criteria[30].compliance) == ("Plans name a day.", True)
    assert now.criteria[30].requirements == old.criteria[30].requirements
    assert [one for one in now.criteria if one.key != key] == [one for one in old.criteria if one.key != key]
    gone = set(before.splitlines()) - set(text_now().splitlines())
    assert len(gone) == 1
    assert "Nothing was changed" in words(answered(as_ada, f"item/{CRITERIA}/{key}/"))


def test_a_criterion_is_moved_and_taken_out(as_ada, domain_now):
    before = [one.key for one in domain_now().criteria]
    source = domain_now().provenance("criteria")
    answered(as_ada, f"move/{CRITERIA}/{before[0]}/", before=before[3])
    moved = [one.key for one in domain_now().criteria]
    assert moved == [before[1], before[2], before[0], *before[3:]]
    answered(as_ada, f"move/{CRITERIA}/{before[0]}/", before="")
    assert [one.key for one in domain_now().criteria] == [*before[1:], before[0]]
    answered(as_ada, f"move/{CRITERIA}/{before[0]}/", before=before[1])
    assert [one.key for one in domain_now().criteria] == before
    assert domain_now().provenance("criteria") == source
    response = answered(as_ada, f"take-out/{CRITERIA}/{before[0]}/")
    assert "Taken out of the draft" in words(response)
    assert [one.key for one in domain_now().criteria] == before[1:]


def test_a_rule_is_moved_too_and_a_change_that_makes_no_sense_is_said_at_its_question(as_ada, council):
    with authority_scope(council):
        framework = reading_of(current_draft()).framework
    keys = [one.key for one in framework.main_tool.domains]
    answered(as_ada, f"move/tools.collaborative.domains/{keys[-1]}/", before=keys[0])
    with authority_scope(council):
        framework = reading_of(current_draft()).framework
    assert [one.key for one in framework.main_tool.domains] == [keys[-1], *keys[:-1]]
    key = framework.main_tool.domain("assessment").criteria[0].key
    refused = answered(as_ada, f"item/{CRITERIA}/{key}/", text="")
    assert list(refused.context["form"].errors) == ["text"]


def test_the_later_of_two_who_change_a_criterion_keeps_what_they_typed(as_ada, council, ada, domain_now):
    key = domain_now().criteria[0].key
    data = answers(as_ada, f"{BASE}item/{CRITERIA}/{key}/") | {"text": "Mine."}
    with authority_scope(council, person=ada):
        change_block(
            revision=2, where=CRITERIA, item=key, changes={"text": "Theirs."}, source="p. 1", person=ada
        )
    page = as_ada.post(f"{BASE}item/{CRITERIA}/{key}/", data)
    assert "has changed the draft meanwhile" in words(page)
    assert domain_now().criteria[0].text == "Theirs."
    again = page.context["form"].data
    as_ada.post(f"{BASE}item/{CRITERIA}/{key}/", again)
    assert domain_now().criteria[0].text == "Mine."


def test_questions_of_a_checklist_and_grades_of_a_new_set_get_keys_of_their_own(as_ada, council):
    new = {
        "name": "Look at visits",
        "version": "1",
        "planned": "yes",
        "items__more": "yes",
        "items__more__yes__question": "Was the child seen alone?",
    }
    assert "Added to the draft" in words(answered(as_ada, "add/tools/", **new))
    answered(as_ada, "add/tools.look_at_visits.items/", question="Who was asked?", in_words="yes")
    with authority_scope(council):
        tool = reading_of(current_draft()).framework.tool("look_at_visits")
    assert [(one.key, one.in_words) for one in tool.items] == [
        ("was_the_child_seen_alone", False),
        ("who_was_asked", True),
    ]


def test_only_who_may_edit_changes_adds_or_moves(as_ada, council):
    with authority_scope(council):
        other = make_person("Pat Practitioner", "practitioner")
        same = {"revision": 2, "where": CRITERIA, "person": other}
        with pytest.raises(PermissionDenied):
            change_block(**same, item="a1", changes={"text": "No."}, source="p")
        with pytest.raises(PermissionDenied):
            move_block(**same, item="a1", before="")
        with pytest.raises(PermissionDenied):
            add_block(**same, values={"text": "No."}, source="p")


@pytest.mark.parametrize("name", ["durham", "slough", "herefordshire", "west_sussex", "sefton"])
def test_nothing_of_a_tool_needs_the_file(name):
    """Every value of every block of every tool has a question, or a page for its list; and one more can be added."""
    framework, raw = loader.builtin(name), loader.values(loader.builtin_text(name), name)
    asked_in = Words(framework)
    lists = {found.where: found for found in lists_of(framework) if found.path[0] == "tools"}
    paths = {found.path for found in lists.values()}
    silent = [
        ".".join(map(str, (*path, field)))
        for path, block in walk(framework)
        if path[:1] == ("tools",) and (isinstance(block, Sourced) or path[:-1] in paths)
        for field in type(block).model_fields
        if field not in (SKIPPED if isinstance(block, Sourced) else KEPT)
        and (*path, field) not in paths
        and field not in {one.name for one in questions_of(block, raw_at(raw, path), asked_in)}
    ]
    assert silent == []
    assert [where for where, found in lists.items() if questions_of_list(found, asked_in) is None] == []
