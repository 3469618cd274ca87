"""The draft in the browser: read, changed rule by rule or as a file, compared, published."""

import html
import re
from datetime import date

import pytest

from audits.frameworks import loader
from audits.frameworks.documents import read
from audits.frameworks.forms.rules import RuleForm
from audits.frameworks.models import FrameworkVersion
from audits.frameworks.places import places, raw_at
from audits.frameworks.questions import Words, questions_of
from audits.frameworks.selectors import current_draft, reading_of
from audits.frameworks.services import drafts, publish_framework
from qaf.tenants.models import Role
from qaf.tenants.scope import authority_scope
from tests.factories.people import make_person

BASE = "/a/alder/framework/"
TEXT = loader.builtin_text("herefordshire")


def words(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def ada(council, published):
    with authority_scope(council):
        return make_person("Ada Alder", "authority_administrator", signs_in=True)


@pytest.fixture
def perrin(council, published):
    with authority_scope(council):
        return make_person("Perrin Alder", "head_of_safeguarding_qa_psw", signs_in=True)


@pytest.fixture
def as_ada(ada, sign_in, council):
    client = sign_in(ada)
    assert client.post(f"{BASE}draft/start/").status_code == 302
    return client


@pytest.fixture
def read_draft(council):
    def now():
        with authority_scope(council):
            draft = current_draft()
            return draft and (draft, reading_of(draft).framework)

    return now


def answers(client, address):
    """Everything the form at an address holds, as a browser would send it unchanged."""
    form = client.get(address).context["form"]
    data = {}
    for bound in form:
        value = (
            bound.field.prepare_value(bound.initial)
            if hasattr(bound.field, "prepare_value")
            else bound.initial
        )
        if hasattr(bound.field.widget, "decompress"):
            value = bound.field.widget.decompress(value)
            data |= {f"{bound.html_name}_{place}": part for place, part in enumerate(value)}
        elif value is not None:
            data[bound.html_name] = value
    return data


def test_the_page_of_the_framework_offers_a_draft_to_who_may_write_one(ada, will, sign_in):
    assert "Begin a draft" in words(sign_in(ada).get(BASE))
    assert "Begin a draft" not in words(sign_in(will).get(BASE))


def test_a_section_of_the_draft_offers_change_and_for_our_defaults_confirm(as_ada):
    page = as_ada.get(f"{BASE}draft/section/sampling/").content.decode()
    assert f'href="{BASE}draft/rule/sampling/strategy/"' in page
    assert f'href="{BASE}draft/confirm/sampling/strategy/"' in page
    assert f'href="{BASE}draft/rule/sampling.exclusions/audited_within_months/"' in page
    page = as_ada.get(f"{BASE}draft/section/allocation/").content.decode()
    assert f'href="{BASE}draft/rule/allocation/issued_on/"' in page
    assert f'href="{BASE}draft/confirm/allocation/issued_on/"' not in page


def test_how_many_cases_are_drawn_is_changed_in_a_form(as_ada, read_draft):
    address = f"{BASE}draft/rule/sampling/strategy/"
    assert "Three open cases are drawn at random" in words(as_ada.get(address))
    data = answers(as_ada, address) | {
        "strategy__random_case__per_service": "4",
        "strategy__random_case__sizes__mash": "2",
        "source_note": "The board",
    }
    response = as_ada.post(address, data, follow=True)
    assert "The draft is changed" in words(response)
    _, framework = read_draft()
    strategy = framework.sampling.strategy
    assert (strategy.per_service, strategy.sizes, strategy.caps.per_lead) == (4, {"mash": 2}, 2)
    said = "Confirmed by Ada Alder on Monday 5 October 2026: The board"
    assert framework.sampling.provenance("strategy").source == said


def test_a_due_rule_is_exchanged_for_one_of_another_kind(as_ada, read_draft):
    address = f"{BASE}draft/rule/process.slots.lead/due/"
    data = answers(as_ada, address) | {
        "due": "working_days",
        "due__working_days__event": "allocation",
        "due__working_days__days": "10",
        "source_kind": "document",
        "source_place": "page 9",
    }
    assert as_ada.post(address, data).status_code == 302
    _, framework = read_draft()
    slot = framework.slot("lead")
    assert slot.due.in_words(framework.names) == "within ten working days of the day the case is allocated"
    assert slot.provenance("due").source == "page 9"


def test_prompts_and_descriptors_of_a_domain_are_changed_line_by_line(as_ada, read_draft):
    where = "tools.collaborative_case_file.domains.assessments"
    data = answers(as_ada, f"{BASE}draft/rule/{where}/prompts/") | {"prompts": "One?\n\nTwo: why?\n"}
    assert as_ada.post(f"{BASE}draft/rule/{where}/prompts/", data).status_code == 302
    address = f"{BASE}draft/rule/{where}/descriptors/"
    data = answers(as_ada, address) | {"descriptors__good": "Sound"}
    assert as_ada.post(address, data).status_code == 302
    domain = read_draft()[1].domain("assessments")
    assert domain.prompts == ("One?", "Two: why?")
    assert domain.descriptor("good") == ("Sound",)
    assert (
        domain.descriptors["inadequate"]
        == loader.builtin("herefordshire").domain("assessments").descriptors["inadequate"]
    )


def test_a_coded_answer_keeps_its_key_when_its_words_change(as_ada, read_draft):
    address = f"{BASE}draft/rule/sampling.exclusions/reasons/"
    data = answers(as_ada, address) | {
        "reasons__very_recent": "Open for under six weeks",
        "reasons__sensitive": "",
        "reasons__more": "Moving house\nMoving house",
    }
    assert as_ada.post(address, data).status_code == 302
    reasons = {reason.key: reason.label for reason in read_draft()[1].sampling.exclusions.reasons}
    assert reasons["very_recent"] == "Open for under six weeks"
    assert "sensitive" not in reasons
    assert (reasons["moving_house"], reasons["moving_house_2"]) == ("Moving house", "Moving house")


def test_a_fault_is_said_at_its_question_and_what_was_typed_stays(as_ada, read_draft):
    address = f"{BASE}draft/rule/process.slots.lead/due/"
    data = answers(as_ada, address) | {"due": "working_days", "due__working_days__days": "3"}
    data.pop("due__working_days__event", None)
    response = as_ada.post(address, data)
    assert response.status_code == 200
    form = response.context["form"]
    assert list(form.errors) == ["due__working_days__event"]
    assert 'value="3"' in response.content.decode()
    assert read_draft()[0].revision == 1


def test_a_place_in_the_document_is_asked_for_where_the_rule_is_said_to_come_from_it(as_ada):
    address = f"{BASE}draft/rule/retention/uploads_days/"
    data = answers(as_ada, address) | {"uploads_days": "7", "source_kind": "document"}
    assert "Enter the place in the council's document" in words(as_ada.post(address, data))


def test_a_default_is_confirmed_on_a_page_that_shows_it(as_ada, read_draft):
    address = f"{BASE}draft/confirm/sampling/strategy/"
    page = words(as_ada.get(address))
    assert "Three open cases are drawn at random" in page
    assert "no number is printed" in page
    response = as_ada.post(address, {"revision": 1, "note": "Board, 1 October"}, follow=True)
    assert "Confirmed. The rule is the council’s own now." in words(response)
    assert not read_draft()[1].sampling.provenance("strategy").is_default


def test_a_list_of_rules_or_of_criteria_however_long_leads_to_its_page(as_ada, ada, council):
    response = as_ada.get(f"{BASE}draft/rule/moderation/selectors/", follow=True)
    assert response.request["PATH_INFO"] == f"{BASE}draft/list/moderation.selectors/"
    with authority_scope(council, person=ada):
        drafts.write_text(revision=1, text=loader.builtin_text("durham"), person=ada)
        framework = reading_of(current_draft()).framework
    longest = max(
        (place for place in places(framework).values() if getattr(place.block, "criteria", ())),
        key=lambda place: len(place.block.criteria),
    )
    response = as_ada.get(f"{BASE}draft/rule/{longest.where}/criteria/", follow=True)
    assert response.request["PATH_INFO"] == f"{BASE}draft/list/{longest.where}.criteria/"


def test_the_later_of_two_editors_sees_both_and_keeps_their_own(as_ada, ada, perrin, council, read_draft):
    address = f"{BASE}draft/rule/sampling.exclusions/audited_within_months/"
    data = answers(as_ada, address) | {"audited_within_months": "9"}
    with authority_scope(council, person=perrin):
        drafts.change_rule(
            revision=1,
            where="sampling.exclusions",
            changes={"audited_within_months": 3},
            source="p",
            person=perrin,
        )
    response = as_ada.post(address, data)
    page = words(response)
    assert "Perrin Alder has changed the draft meanwhile." in page
    assert "A case audited within the last three months is left out" in page
    assert 'value="9"' in response.content.decode()
    assert read_draft()[1].sampling.exclusions.audited_within_months == 3
    again = {
        bound.html_name: bound.value() for bound in response.context["form"] if bound.value() is not None
    }
    assert as_ada.post(address, again).status_code == 302
    assert read_draft()[1].sampling.exclusions.audited_within_months == 9


def test_the_file_is_saved_with_its_faults_and_all_are_named(as_ada, read_draft):
    faulty = TEXT.replace("per_service: 3", "per_service: many").replace("by: qa_team\n", "by: nobody\n")
    response = as_ada.post(f"{BASE}draft/text/", {"revision": 1, "text": faulty}, follow=True)
    page = words(response)
    assert "Saved, with 2 faults to put right." in page
    for part in ("process.filing.by", "sampling.strategy.per_service", "(is: many)", "qa_lead"):
        assert part in page
    assert read_draft()[0].text == faulty
    overview = words(as_ada.get(f"{BASE}draft/"))
    assert "2 faults in the file" in overview
    assert "Publish this draft" not in overview
    assert as_ada.get(f"{BASE}draft/publish/").status_code == 302


def test_the_later_of_two_who_write_the_file_keeps_their_text(as_ada, perrin, council):
    with authority_scope(council, person=perrin):
        drafts.write_text(revision=1, text=TEXT + "# theirs\n", person=perrin)
    response = as_ada.post(f"{BASE}draft/text/", {"revision": 1, "text": TEXT + "# mine\n"})
    assert response.context["form"]["text"].value() == TEXT + "# mine\n"
    assert "# theirs" in response.content.decode()
    assert "Perrin Alder has changed the draft meanwhile." in words(response)


def test_a_text_that_is_no_file_at_all_is_named_too(as_ada):
    page = words(as_ada.post(f"{BASE}draft/text/", {"revision": 1, "text": "a: [1"}, follow=True))
    assert "is not readable YAML" in page


def test_the_draft_is_compared_and_published_and_the_versions_too(as_ada, council, will, sign_in):
    address = f"{BASE}draft/rule/retention/uploads_days/"
    as_ada.post(address, answers(as_ada, address) | {"uploads_days": "7"})
    page = words(as_ada.get(f"{BASE}draft/changes/"))
    assert "Was: An uploaded case list is kept only until it has been read." in page
    assert "Is: An uploaded case list is kept for seven days." in page
    data = {"revision": 2, "effective_from_0": "1", "effective_from_1": "11", "effective_from_2": "2026"}
    assert "Enter why does the framework change" not in words(as_ada.get(f"{BASE}draft/publish/"))
    refused = as_ada.post(f"{BASE}draft/publish/", data)
    assert list(refused.context["form"].errors) == ["reason"]
    response = as_ada.post(f"{BASE}draft/publish/", data | {"reason": "To look things up"}, follow=True)
    assert "Version 2 is published, in force from Sunday 1 November 2026." in words(response)
    page = words(sign_in(will).get(f"{BASE}versions/2/changes/"))
    assert "Why: To look things up" in page
    assert "An uploaded case list is kept for seven days." in page
    with authority_scope(council):
        assert FrameworkVersion.objects.get(number=2).effective_from == date(2026, 11, 1)


def test_a_draft_that_somebody_has_published_is_said_to_be_gone(as_ada, council, ada):
    with authority_scope(council, person=ada):
        drafts.discard_draft(revision=1, person=ada)
    for path, data in (
        ("draft/text/", {"revision": 1, "text": "x"}),
        ("draft/rule/retention/uploads_days/", {"revision": 1}),
        ("draft/give-up/", {"revision": 1}),
    ):
        page = words(as_ada.post(BASE + path, data, follow=True))
        assert "The draft is not there any more" in page


PAGES = [
    "draft/", "draft/text/", "draft/download/", "draft/changes/", "draft/publish/", "draft/give-up/",
    "draft/section/sampling/", "draft/rule/retention/", "draft/rule/retention/uploads_days/",
    "draft/confirm/retention/",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_the_draft_is_only_for_who_may_edit(as_ada, will, bob, sign_in, path):
    assert as_ada.get(BASE + path).status_code == 200
    assert sign_in(will).get(BASE + path).status_code == 403
    assert sign_in(bob).get(BASE + path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "draft/rule/nowhere/", "draft/rule/sampling.nothing/", "draft/rule/process.slots.99/",
        "draft/rule/sampling..x/", "draft/confirm/nowhere/", "draft/section/nowhere/", "versions/1/changes/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(as_ada, path):
    assert as_ada.get(BASE + path).status_code == 404


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_form_of_every_framework_saved_unchanged_changes_nothing(name):
    framework = loader.builtin(name)
    raw = read(loader.builtin_text(name), name).values
    vocabulary = Words(framework)
    changed = {}
    for place in places(framework).values():
        asked = questions_of(place.block, raw_at(raw, place.path), vocabulary)
        if not asked:
            continue
        empty = RuleForm(questions=asked)
        data = {"revision": 1, "source_kind": "decision"}
        for key, field in empty.fields.items():
            value = field.prepare_value(empty.initial.get(key))
            if hasattr(field.widget, "decompress"):
                data |= {
                    f"{key}_{number}": part for number, part in enumerate(field.widget.decompress(value))
                }
            elif value is not None:
                data[key] = value
        form = RuleForm(data, questions=asked)
        assert form.is_valid(), (place.where, form.errors)
        if found := form.changes():
            changed[place.where] = found
    assert changed == {}


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_section_of_every_framework_can_be_opened_in_the_draft(council, sign_in, ada, name):
    with authority_scope(council):
        publish_framework(text=loader.builtin_text(name))
    client = sign_in(ada)
    with authority_scope(council):
        # Each framework has its own roles; Ada's post stays hers.
        Role.objects.filter(key="authority_administrator").update(
            permissions=["frameworks.edit", "frameworks.publish"]
        )
    assert client.post(f"{BASE}draft/start/").status_code == 302
    sections = client.get(f"{BASE}draft/").context["sections"]
    assert len(sections) > 12
    for section, _ in sections:
        assert client.get(f"{BASE}draft/section/{section.key}/").status_code == 200
