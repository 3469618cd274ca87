"""The next framework while it is being written."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audits.frameworks import loader, sentences
from audits.frameworks.models import FrameworkDraft, FrameworkVersion
from audits.frameworks.places import place_at, places
from audits.frameworks.problems import FrameworkError
from audits.frameworks.selectors import (
    current_draft,
    fingerprint,
    framework_in_force,
    framework_of,
    reading_of,
)
from audits.frameworks.sentences.changes import compare
from audits.frameworks.services import drafts, publish_framework
from audits.models import Cycle
from qaf.tenants.models import TrailEvent
from qaf.tenants.scope import authority_scope
from tests.factories.audits import opened_cycle, small_council
from tests.factories.people import make_person

TEXT = loader.builtin_text("herefordshire")


@pytest.fixture
def ada(scope, frozen):
    """Ada administers Alder, which works to a published framework."""
    publish_framework(text=TEXT, effective_from=date(2026, 9, 1))
    return make_person("Ada Alder", "authority_administrator")


@pytest.fixture
def psw(ada):
    """Perrin owns the framework."""
    return make_person("Perrin Alder", "head_of_safeguarding_qa_psw")


@pytest.fixture
def draft(ada):
    return drafts.start_draft(person=ada)


def framework_of_draft():
    return reading_of(current_draft()).framework


def change(draft, person, where, source="page 4", **changes):
    seen = fingerprint(draft, where)
    return drafts.change_rule(
        revision=draft.revision, where=where, changes=changes, source=source, person=person, seen=seen
    )


def test_a_draft_begins_as_the_newest_version_and_there_is_one(ada, psw):
    first = drafts.start_draft(person=ada)
    assert (first.text, first.based_on.number, first.revision) == (TEXT, 1, 1)
    assert drafts.start_draft(person=psw) == first


def test_only_who_edits_the_framework_begins_a_draft(ada):
    with pytest.raises(PermissionDenied):
        drafts.start_draft(person=make_person("Will Alder", "social_worker"))


def test_a_draft_needs_a_framework_to_begin_from(scope, frozen):
    from tests.factories.people import make_role

    make_role("editor", "frameworks.edit")
    with pytest.raises(ValidationError, match="no framework yet"):
        drafts.start_draft(person=make_person("Ed Alder", "editor"))


def test_a_changed_rule_says_where_it_comes_from_and_leaves_the_rest_as_written(draft, ada):
    change(draft, ada, "sampling.exclusions", audited_within_months=9)
    sampling = framework_of_draft().sampling
    assert sampling.exclusions.audited_within_months == 9
    assert sampling.exclusions.provenance("audited_within_months").source == "page 4"
    assert sampling.exclusions.provenance("approved_by").is_default
    changed = [line for line in current_draft().text.splitlines() if line not in TEXT.splitlines()]
    assert changed == ["    audited_within_months: 9", "    confirmed: {audited_within_months: page 4}"]
    assert framework_in_force().sampling.exclusions.audited_within_months == 6


def test_a_changed_default_of_one_field_leaves_the_other_defaults_standing(draft, ada):
    change(draft, ada, "allocation", load_within=2)
    allocation = framework_of_draft().allocation
    assert allocation.load_within == 2
    assert allocation.provenance("load_within").source == "page 4"
    assert allocation.provenance("balance").is_default
    assert allocation.provenance("issued_on").source == "L246-247"


def test_an_optional_value_is_taken_out(draft, ada):
    change(draft, ada, "tools.collaborative_case_file", minutes=None)
    assert framework_of_draft().tool("collaborative_case_file").minutes is None


def test_a_change_that_makes_the_framework_faulty_is_refused_with_every_fault(draft, ada):
    with pytest.raises(FrameworkError) as raised:
        change(draft, ada, "actions", default_due={"kind": "after", "event": "audit_completed", "months": 6})
    assert [problem.path for problem in raised.value.problems] == ["actions.default_due"]
    assert current_draft().text == TEXT


def test_our_default_is_confirmed_with_who_and_when(draft, ada):
    drafts.confirm_rule(revision=1, where="retention", part="", note="Agreed by the board", person=ada)
    drafts.confirm_rule(revision=2, where="sampling", part="strategy", note="", person=ada)
    framework = framework_of_draft()
    said = "Confirmed by Ada Alder on Monday 5 October 2026"
    assert framework.retention.provenance("audits_months").source == f"{said}: Agreed by the board"
    assert framework.sampling.provenance("strategy").source == said
    assert framework.sampling.provenance("owner").is_default
    kinds = {
        (section.key, one.kind)
        for section in compare(loader.load(TEXT), framework)
        for one in section.changes
    }
    assert kinds == {("retention", "source"), ("sampling", "source")}


def test_what_is_the_councils_own_cannot_be_confirmed_again(draft, ada):
    with pytest.raises(ValidationError, match="own already"):
        drafts.confirm_rule(revision=1, where="allocation", part="issued_on", note="", person=ada)


def test_a_default_shared_by_several_domains_is_confirmed_for_one_only(draft, ada):
    where = "tools.collaborative_case_file.domains.assessments"
    drafts.confirm_rule(revision=1, where=where, part="prompts", note="", person=ada)
    tool = framework_of_draft().tool("collaborative_case_file")
    ours = [domain.key for domain in tool.domains if domain.provenance("prompts").is_default]
    assert len(ours) == len(tool.domains) - 1
    assert "assessments" not in ours


# Two editors --------------------------------------------------------------------------------------------------------


def test_of_two_who_change_the_same_rule_the_later_is_told_and_nothing_is_overwritten(draft, ada, psw):
    change(draft, ada, "sampling.exclusions", audited_within_months=9)
    with pytest.raises(drafts.DraftHasChangedError) as raised:
        change(draft, psw, "sampling.exclusions", audited_within_months=3)
    assert raised.value.current.edited_by == ada
    assert framework_of_draft().sampling.exclusions.audited_within_months == 9


def test_two_who_change_different_rules_do_not_stand_in_each_others_way(draft, ada, psw):
    change(draft, ada, "sampling.exclusions", audited_within_months=9)
    change(draft, psw, "retention", uploads_days=7)
    framework = framework_of_draft()
    assert (framework.sampling.exclusions.audited_within_months, framework.retention.uploads_days) == (9, 7)


def test_the_whole_text_written_from_an_older_state_is_refused(draft, ada, psw):
    drafts.write_text(revision=1, text="by: ada", person=ada)
    with pytest.raises(drafts.DraftHasChangedError):
        drafts.write_text(revision=1, text="by: perrin", person=psw)
    assert current_draft().text == "by: ada"


def test_a_draft_given_up_meanwhile_is_said_to_be_gone(draft, ada, psw):
    drafts.discard_draft(revision=1, person=psw)
    with pytest.raises(drafts.DraftHasChangedError) as raised:
        drafts.write_text(revision=1, text="late", person=ada)
    assert raised.value.current is None
    assert not FrameworkDraft.objects.exists()


def test_a_faulty_text_is_kept_and_every_fault_named(draft, ada):
    faulty = TEXT.replace("per_service: 3", "per_service: many").replace("by: qa_team\n", "by: nobody\n")
    drafts.write_text(revision=1, text=faulty, person=ada)
    reading = reading_of(current_draft())
    assert reading.framework is None
    assert [problem.path for problem in reading.problems] == [
        "process.filing.by",
        "sampling.strategy.per_service",
    ]
    with pytest.raises(FrameworkError):
        drafts.publish_draft(revision=2, effective_from=date(2026, 11, 1), reason="No", person=ada)


# Publishing ---------------------------------------------------------------------------------------------------------


def test_a_published_draft_is_the_next_version_from_its_day_with_its_reason_and_is_gone(draft, ada):
    change(draft, ada, "sampling.exclusions", audited_within_months=9)
    version = drafts.publish_draft(
        revision=2, effective_from=date(2026, 11, 1), reason="Fewer families asked twice", person=ada
    )
    assert (version.number, version.effective_from, version.reason, version.published_by) == (
        2, date(2026, 11, 1), "Fewer families asked twice", ada,
    )  # fmt: skip
    assert not FrameworkDraft.objects.exists()
    assert framework_in_force().sampling.exclusions.audited_within_months == 6
    assert framework_in_force(date(2026, 11, 1)).sampling.exclusions.audited_within_months == 9
    event = TrailEvent.objects.filter(table_name="frameworks_frameworkversion").latest("id")
    assert event.why == "Fewer families asked twice"


@pytest.mark.req("HER-14")
def test_a_month_that_is_open_and_its_audits_keep_the_version_they_began_with(scope, frozen):
    council = small_council(published_on=date(2026, 9, 1))
    ada = make_person("Ada Alder", "authority_administrator")
    cycle = opened_cycle(council)
    draft = drafts.start_draft(person=ada)
    change(draft, ada, "sampling", strategy={"kind": "random_case", "per_service": 9})
    version = drafts.publish_draft(revision=2, effective_from=date(2026, 10, 5), reason="More", person=ada)
    assert framework_in_force().sampling.strategy.per_service == 9
    cycle = Cycle.objects.get(pk=cycle.pk)
    versions = {cycle.framework_version, *(audit.framework_version for audit in cycle.audits.all())}
    assert [one.number for one in versions] == [1]
    assert framework_of(cycle.framework_version).sampling.strategy.per_service == 3
    following = opened_cycle(council, period=date(2026, 11, 1))
    assert following.framework_version == version


@pytest.mark.parametrize(
    ("day", "reason", "field"),
    [(date(2026, 10, 4), "Why not", "effective_from"), (date(2026, 10, 5), "  ", "reason")],
)
def test_publishing_needs_a_day_to_come_and_a_reason(draft, ada, day, reason, field):
    change(draft, ada, "retention", uploads_days=7)
    with pytest.raises(ValidationError) as raised:
        drafts.publish_draft(revision=2, effective_from=day, reason=reason, person=ada)
    assert list(raised.value.message_dict) == [field]
    assert FrameworkVersion.objects.count() == 1


def test_a_draft_that_changes_nothing_is_not_published(draft, ada):
    with pytest.raises(ValidationError, match="same as the published"):
        drafts.publish_draft(revision=1, effective_from=date(2026, 11, 1), reason="None", person=ada)


def test_nobody_locks_everybody_out_of_the_framework(draft, ada):
    text = TEXT.replace(", edit_framework", "")
    drafts.write_text(revision=1, text=text, person=ada)
    with pytest.raises(ValidationError, match="nobody could ever change it again"):
        drafts.publish_draft(revision=2, effective_from=date(2026, 11, 1), reason="Oops", person=ada)


def test_a_version_published_meanwhile_is_taken_in_before_the_draft_is_published(draft, ada):
    change(draft, ada, "retention", uploads_days=7)
    newer = publish_framework(text=TEXT.replace("per_service: 3", "per_service: 4"))
    with pytest.raises(ValidationError, match="Version 2 was published after"):
        drafts.publish_draft(revision=2, effective_from=date(2026, 11, 1), reason="Mine", person=ada)
    assert drafts.follow_newest(revision=2, person=ada).based_on == newer
    version = drafts.publish_draft(revision=3, effective_from=date(2026, 11, 1), reason="Mine", person=ada)
    assert version.number == 3


def test_another_councils_draft_is_not_there(council, other_council, frozen):
    with authority_scope(council):
        publish_framework(text=TEXT)
        drafts.start_draft(person=make_person("Ada Alder", "authority_administrator"))
    with authority_scope(other_council):
        assert current_draft() is None
    with authority_scope(council):
        assert current_draft() is not None


# Comparing ----------------------------------------------------------------------------------------------------------


def test_two_versions_are_compared_sentence_by_sentence():
    before = loader.load(TEXT)
    removed = next(line for line in TEXT.splitlines() if "trigger: action_overdue, days: 28" in line)
    after = loader.load(
        TEXT.replace("per_service: 3", "per_service: 4")
        .replace(removed + "\n", "")
        .replace("label: Supervision}", "label: Supervision}\n      - {key: drift, label: Drift and delay}")
    )
    found = {
        section.key: [
            (one.kind, one.before and one.before.text, one.after and one.after.text)
            for one in section.changes
        ]
        for section in compare(before, after)
    }
    assert found == {
        "tools": [("added", None, "Drift and delay")],
        "sampling": [
            (
                "changed",
                "Three open cases are drawn at random in each service that takes part.",
                "Four open cases are drawn at random in each service that takes part.",
            )
        ],
        "escalation": [("removed", "When an action is 28 days late, the Head of Service is told.", None)],
    }


@pytest.mark.parametrize("name", loader.builtin_names())
def test_a_framework_does_not_differ_from_itself_and_every_block_has_an_address(name):
    framework = loader.builtin(name)
    assert compare(framework, loader.load(loader.builtin_text(name) + "\n")) == ()
    found = places(framework)
    assert len({place.where for place in found.values()}) == len(found)
    assert all(place_at(framework, place.where).block is place.block for place in found.values())


@pytest.mark.parametrize("name", loader.builtin_names())
def test_every_sentence_knows_the_block_it_is_read_from(name):
    framework = loader.builtin(name)
    known = places(framework)
    texts = [text for section in sentences.document(framework) for text in section.all_sentences]
    assert [text.text for text in texts if id(text.block) not in known] == []
