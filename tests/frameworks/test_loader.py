import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml
from django.conf import settings

from audits.frameworks import loader
from audits.frameworks.base import Kind, Sourced, walk
from audits.frameworks.enums import CaseStatus
from audits.frameworks.problems import FrameworkError
from audits.frameworks.schema.framework import Framework
from audits.frameworks.schema.moderation import DecisionMode
from audits.frameworks.vocabulary import Condition, Due, Effect, Eligibility, History, Selection, Strategy
from audits.frameworks.vocabulary.strategies import ThemeRandom

NAMES = ["durham", "herefordshire", "sefton", "slough", "west_sussex"]
TEXT = loader.builtin_text("herefordshire")
ROOT = Path(settings.BASE_DIR)


def problems(text, file="mine.yaml"):
    """Everything wrong with a text as (path, message, value, allowed)."""
    with pytest.raises(FrameworkError) as caught:
        loader.load(text, file)
    assert all(problem.file == file for problem in caught.value.problems)
    return [(p.path, p.message, p.value, p.allowed) for p in caught.value.problems]


def changed(*pairs):
    text = TEXT
    for old, new in pairs:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    return text


# The five councils --------------------------------------------------------------------------------------------------


def test_all_five_councils_load():
    assert loader.builtin_names() == tuple(NAMES)
    assert {name: loader.builtin(name).authority.code for name in NAMES} == {name: name for name in NAMES}


def test_this_release_runs_all_five_and_says_in_words_what_a_rule_it_cannot_run_is(monkeypatch):
    assert {name: loader.builtin(name).unimplemented() for name in NAMES} == dict.fromkeys(NAMES, ())
    monkeypatch.setattr(ThemeRandom, "implemented", False)
    waiting = loader.load(
        loader.builtin_text("sefton").replace("version: 2", "version: 3", 1)
    ).unimplemented()
    assert [gap.text for gap in waiting] == ["Sampling: a random draw within the month's theme"]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_that_cannot_run_is_listed_and_nothing_else(name):
    framework = loader.builtin(name)
    gaps = {gap.text for gap in (*framework.unimplemented(), *framework.later())}
    kinds = {node.title: node.implemented for _, node in walk(framework) if isinstance(node, Kind)}
    for title, implemented in kinds.items():
        assert any(text.endswith(f": {title}") for text in gaps) is not implemented, title


@pytest.mark.parametrize("name", NAMES)
def test_every_value_says_where_it_comes_from(name):
    blocks = [node for _, node in walk(loader.builtin(name)) if isinstance(node, Sourced)]
    assert len(blocks) > 100
    for block in blocks:
        provenance = block.provenance()
        assert bool(provenance.source) != bool(provenance.default_reason)


@pytest.mark.parametrize("name", NAMES)
def test_every_service_that_takes_part_has_a_graded_tool_with_something_to_judge_by(name):
    framework = loader.builtin(name)
    assert framework.audited_services
    for service in framework.audited_services:
        tool = framework.tool_for(service.key)
        assert tool.graded
        assert all(domain.prompts for domain in tool.domains)
        assert all(domain.descriptors or domain.criteria or domain.about for domain in tool.domains)


@pytest.mark.parametrize("name", NAMES)
def test_every_status_falls_to_exactly_one_service(name):
    statuses = [status for service in loader.builtin(name).services for status in service.statuses]
    assert sorted(statuses) == sorted(CaseStatus)


@pytest.mark.req("HER-03")
def test_seven_services_take_part_in_herefordshires_audit():
    assert [service.name for service in loader.builtin("herefordshire").audited_services] == [
        "Early Help",
        "MASH",
        "Assessment Teams",
        "Safeguarding Teams",
        "Get Safe Team",
        "Children in Care",
        "Care Leavers Service",
    ]


@pytest.mark.req("HER-04", "HER-05", "HER-06")
def test_herefordshires_six_domains_have_prompts_documents_and_a_descriptor_for_each_grade():
    framework = loader.builtin("herefordshire")
    assert [domain.title for domain in framework.main_tool.domains] == [
        "Voice of the Child",
        "Assessments",
        "Quality of Plans",
        "Management Oversight",
        "Effectiveness of Partnership Working",
        "Embracing Diversity",
    ]
    for domain in framework.main_tool.domains:
        assert domain.graded
        assert len(domain.prompts) >= 5
        assert domain.documents
        for grade in framework.main_grades.grades:
            assert len(domain.descriptor(grade.key)) >= 2
    domains = framework.main_tool.domains
    lines = [line for domain in domains for descriptor in domain.descriptors.values() for line in descriptor]
    assert len(lines) == len(set(lines))


def test_durhams_hundred_and_two_statements_stand_beside_its_domains():
    criteria = [item for domain in loader.builtin("durham").main_tool.domains for item in domain.criteria]
    assert len(criteria) == 102
    assert len({row for item in criteria for row in item.requirements}) == 102


def test_west_sussex_has_three_described_levels_and_sefton_a_domain_that_applies_only_sometimes():
    described = {
        domain.key: set(domain.descriptors) for domain in loader.builtin("west_sussex").main_tool.domains
    }
    # Its document has a narrative and no table for this one.
    assert described.pop("management_oversight") == set()
    assert len(described) == 5
    assert all(found == {"good", "requires_improvement", "inadequate"} for found in described.values())
    sefton = {domain.key: bool(domain.applies) for domain in loader.builtin("sefton").main_tool.domains}
    assert len(sefton) == 8
    assert [key for key, conditional in sefton.items() if conditional] == ["safeguarding_unit"]


# Everything wrong, at once ------------------------------------------------------------------------------------------


def test_one_broken_file_names_every_fault_with_path_value_and_what_is_allowed():
    decided = "due: {kind: working_days, event: dispute_raised, days: 10}"
    text = changed(
        ("process:\n  frequency: monthly", "process:\n  frequency: sometimes"),
        ("rule: {kind: random_share, share: 0}", "rule: {kind: coin_toss}"),
        ("decision: {kind: single_decider}", "decision: {kind: single_decider, dice: 2}"),
        ("escalates_to: head_of_service\n  guidance", "escalates_to: the_mayor\n  guidance"),
        ("{kind: after, event: action_agreed, weeks: 6}", "{kind: after, event: action_agreed, months: 4}"),
        (f"{decided}, final: true,", f"{decided},"),
        ("never_sampled_months: 12", "never_sampled_months: twelve"),
    )  # fmt: skip
    assert problems(text) == [
        (
            "process.frequency", "is not one of the values allowed", "sometimes",
            "live, weekly, fortnightly, four_weekly, monthly, six_weekly, two_monthly, quarterly, "
            "twice_a_year, annual, "
            "once, per_event, per_schedule, ad_hoc, external, continuous",
        ),
        (
            "moderation.selectors.2.rule", "is not a kind of rule this product knows", "coin_toss",
            "when, random_share, quota_per_moderator, quota_per_role, share_of_month, session_sample, panel_audits, "
            "line_review",
        ),
        ("moderation.decision.dice", "is not known here", "2", "kind"),
        (
            "disputes.1.steps.1", "the ladder has no end: its last step does not settle the matter",
            "Dispute resolution process", "`final: true`",
        ),
        (
            "actions.default_due", "lies after the latest date allowed",
            "within four months of the day the action is agreed",
            "at the latest within three months of the day the audit is completed",
        ),
        (
            "urgent_concern.escalates_to", "names a role or relation or slot this framework does not have", "the_mayor",
            ", ".join([*keys("roles"), *RELATIONS, "lead", "peer"]),
        ),
        ("retention.never_sampled_months", "must be a whole number", "twelve", ""),
    ]  # fmt: skip


def keys(section):
    return [item["key"] for item in yaml.safe_load(TEXT)[section]]


RELATIONS = [
    "allocated_worker", "team_manager", "line_manager", "service_manager", "iro_or_chair", "family", "case_managers",
    "auditors", "moderator",
]  # fmt: skip
RELATIONS = [key for key in RELATIONS if key not in ("team_manager", "service_manager")]  # also roles here


MODERATORS = (
    "moderators: {kind: pool, roles: [service_director, head_of_service, head_of_safeguarding_qa_psw, "
)
UNWORKABLE = [
    (
        "owner: head_of_safeguarding_qa_psw", "owner: nobody",
        "authority.owner", "names a role this framework does not have",
    ),
    (
        "conversation: moderation_discussion", "conversation: tea",
        "moderation.conversation", "names a conversation this framework does not have",
    ),
    (
        "between: [lead, peer], scope: overall", "between: [lead, pear], scope: overall",
        "moderation.selectors.0.rule.conditions.0.between.1", "names a slot this framework does not have",
    ),
    (
        "grade_set: four_grades", "grade_set: five_grades",
        "tools.0.grade_set", "names a grade set this framework does not have",
    ),
    (
        "{kind: consecutive_below, grade: good", "{kind: consecutive_below, grade: fine",
        "trends.0.condition.grade", "names a grade this framework does not have",
    ),
    (
        "{kind: week_of_month, week: 4, edge: end}", "{kind: week_of_month, week: 3, edge: end}",
        "moderation.due", "lies before moderation is allocated",
    ),
    (
        MODERATORS + "qa_service_manager]", "moderators: {kind: pool, roles: [multi_agency_lead]",
        "moderation.moderators.roles", "nobody could moderate: every role is outside the council",
    ),
    (
        MODERATORS, "moderators: {kind: pool, roles: [social_worker, ",
        "moderation.moderators.roles.0", "is asked to moderate and may not",
    ),
    (
        "roles: [qa_practitioner, service_manager, iro, cp_chair]", "roles: [qa_practitioner, complaints_team]",
        "process.slots.1.eligible.roles.1", "is asked to audit and may not",
    ),
    (
        "  compared_slots: [lead, peer]", "  compared_slots: [lead]",
        "process.compared_slots", "needs two or more slots that give grades",
    ),
    (
        "members: [qa_lead, qa_practitioner]", "members: [qa_lead, qa_team]",
        "roles.5.members", "makes the role a member of itself",
    ),
    (
        "{key: grade_descriptors, title:", "{key: practice_standards, title:",
        "documents.1.key", "stands twice in this list",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "message"), UNWORKABLE, ids=[case[2] for case in UNWORKABLE])
def test_what_is_well_written_and_could_not_work_is_refused(old, new, path, message):
    assert (path, message) in [found[:2] for found in problems(changed((old, new)))]


def test_a_ladder_that_ends_twice_is_refused():
    text = changed(
        ("event: dispute_raised, days: 5}, source", "event: dispute_raised, days: 5}, final: true, source")
    )
    assert [found[:2] for found in problems(text)] == [
        ("disputes.1.steps.0", "settles the matter although more steps follow")
    ]


def test_an_only_moderator_who_always_audits_is_refused():
    text = changed(
        (MODERATORS + "qa_service_manager]", "moderators: {kind: pool, roles: [head_of_service]"),
        ("roles: [qa_practitioner, service_manager, iro, cp_chair]", "roles: [head_of_service]"),
        (
            "capabilities: [moderate, oversee, answer_concerns,",
            "capabilities: [audit, moderate, oversee, answer_concerns,",
        ),
    )
    message = "nobody could moderate: the only role also audits, and auditors are kept out"
    assert [found[:3] for found in problems(text)] == [("moderation.moderators", message, "head_of_service")]


def test_a_role_that_nothing_reaches_is_refused():
    role = '  - {key: tea_maker, label: Tea maker, level: team, source: "L1"}\n\nservices:'
    found = problems(changed(("\nservices:", role)))
    assert found == [
        (
            f"roles.{len(keys('roles'))}", "is never reached: no rule names it and it may do nothing", "tea_maker",
            "capabilities for it, a rule that names it, or `planned: true`",
        )
    ]  # fmt: skip


def test_a_faulty_role_is_still_a_role_so_that_one_fault_does_not_bring_twenty():
    assert problems(
        changed(("label: Head of Service, level: service,", "label: Head of Service, level: castle,"))
    ) == [
        (
            "roles.8.level",
            "is not one of the values allowed",
            "castle",
            "case, team, service, authority, external",
        )
    ]


def test_faults_keep_their_places_when_an_earlier_item_of_the_list_is_faulty_too():
    text = changed(
        ("between: [lead, peer], scope: overall", "between: [lead, peer], scope: everything"),
        ("between: [lead, peer], scope: any_domain", "between: [lead, pear], scope: any_domain"),
    )
    assert [found[0] for found in problems(text)] == [
        "moderation.selectors.0.rule.conditions.0.scope",
        "moderation.selectors.1.rule.conditions.0.between.1",
    ]


def test_a_value_without_source_or_reason_is_refused():
    found = problems(
        changed(('title: Practice Standards, source: "L226-228",', "title: Practice Standards,"))
    )
    message = "needs `source` or, where the council's document is silent, `default_reason`"
    assert found == [("documents.0", message, "", "")]


def test_a_default_must_name_a_field_that_is_there():
    old = 'defaults: {visible: "The levels are named'
    found = problems(changed((old, old.replace("visible", "colour"))))
    assert found == [("tracking", "`defaults` names fields this block does not have: colour", "", "")]


def test_a_problem_names_the_line_it_stands_on():
    text = changed(("never_sampled_months: 12", "never_sampled_months: twelve"))
    line = text[: text.index("never_sampled_months")].count("\n") + 1
    with pytest.raises(FrameworkError) as caught:
        loader.load(text, "mine.yaml")
    assert [problem.line for problem in caught.value.problems] == [line]
    assert str(caught.value).startswith(f"mine.yaml, line {line}: retention.never_sampled_months: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a framework"),
        ("- a\n- b\n", "is not a framework"),
        ("a: [1, 2\nb: 3\n", "is not readable YAML"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "stands twice"),
        ("a: !!python/object/apply:os.system ['true']\n", "is not readable YAML"),
        ("a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
         "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n", "holds too much"),
        ("a: " + "[" * 60 + "]" * 60, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("a: &a [*a]\n", "nested too deeply"),
        ("a: " + "x" * 2_000_001, "is larger than 2 MB"),
        ("a: 1\n---\nb: 2\n", "is not readable YAML"),
    ],
)  # fmt: skip
def test_what_is_no_framework_at_all_is_refused_in_words(text, message):
    with pytest.raises(FrameworkError, match=message):
        loader.load(text, "mine.yaml")


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_bytes("authority: café".encode("cp1252"))
    with pytest.raises(FrameworkError, match="UTF-8"):
        loader.load_file(file)


# The same text, the same framework ----------------------------------------------------------------------------------


def test_a_framework_is_shared_and_cannot_be_changed():
    framework = loader.load(TEXT)
    assert loader.load(TEXT) is framework
    assert loader.load(TEXT.replace("\n", "\r\n")) is framework
    with pytest.raises(ValueError, match="frozen"):
        framework.sampling.owner = "somebody"
    assert loader.checksum(TEXT) == loader.checksum(TEXT.replace("\n", "\r\n")) != loader.checksum(TEXT + "#")


def test_the_published_json_schema_is_the_one_the_loader_uses():
    schema = (ROOT / "docs" / "framework.schema.json").read_text()
    assert schema == loader.json_schema(), (
        "write it again: manage.py framework schema > docs/framework.schema.json"
    )
    assert json.loads(schema)["properties"].keys() == Framework.model_fields.keys()


# Purity -------------------------------------------------------------------------------------------------------------

PURE = ["base", "checks", "documents", "enums", "loader", "problems", "schema", "sentences", "vocabulary"]


def test_reading_and_judging_a_framework_needs_no_django_and_no_database():
    modules = ", ".join(f"audits.frameworks.{name}" for name in PURE)
    program = (
        "import sys, types; qaf = types.ModuleType('qaf'); qaf.__path__ = ['qaf']; sys.modules['qaf'] = qaf; "
        f"import {modules}; from audits.frameworks import loader, sentences; "
        "sentences.document(loader.builtin('sefton')); "
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg2', 'celery', 'redis')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_no_councils_name_stands_in_code():
    names = {word for name in NAMES for word in (name, name.replace("_", " "), name.replace("_", "-"))}
    found = []
    for folder in ("qaf", "audits", "moderation", "feedback", "reporting"):
        for file in (ROOT / folder).rglob("*.py"):
            if "demo" not in file.parts:
                text = file.read_text().lower()
                found += [f"{file.relative_to(ROOT)}: {name}" for name in names if name in text]
    assert found == []


def test_the_guide_lists_every_kind_of_rule_and_whether_this_release_runs_it():
    guide = (ROOT / "docs" / "guide" / "frameworks.md").read_text()
    rows = [
        row.split("|")[1:4] for row in guide.splitlines() if row.startswith("| ") and "`vocabulary/" in row
    ]
    rows += [row.split("|")[1:4] for row in guide.splitlines() if "(`schema/moderation.py`)" in row]
    listed = {kind: True for row in rows for kind in re.findall(r"`(\w+)`", row[1])}
    listed |= {kind: False for row in rows for kind in re.findall(r"`(\w+)`", row[2])}
    unions = (Due, Condition, History, Eligibility, Strategy, Selection, DecisionMode, Effect)
    members = [member for union in unions for member in get_args(get_args(union)[0])]
    assert listed == {
        get_args(member.model_fields["kind"].annotation)[0]: member.implemented for member in members
    }


def test_a_standards_address_is_a_web_address_and_nothing_that_a_browser_would_run():
    data = yaml.safe_load(TEXT)
    data["documents"][0]["address"] = "javascript:alert(1)"
    ((path, _, value, _),) = problems(yaml.safe_dump(data, sort_keys=False))
    assert path.endswith("address")
    assert "javascript" in str(value)
    data["documents"][0]["address"] = "https://intranet.example.org/standards"
    assert loader.load(yaml.safe_dump(data, sort_keys=False), "mine.yaml").documents[0].address
