import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.frameworks import loader
from audits.frameworks.vocabulary import CaseFacts, PersonFacts, RandomShare

HEREFORDSHIRE = loader.builtin("herefordshire")
WORKER, MANAGER, SERVICE_MANAGER, IRO, OTHER_IRO, QA, HEAD = range(1, 8)
CASE = CaseFacts(
    worker=WORKER,
    team_manager=MANAGER,
    line=frozenset({WORKER, MANAGER, SERVICE_MANAGER}),
    iro_or_chair=frozenset({IRO}),
    auditors=frozenset(),
)


def person(number, *roles):
    return PersonFacts(number, HEREFORDSHIRE.with_groups(roles))


def reasons(slot, who):
    return [reason.text for reason in HEREFORDSHIRE.slot(slot).eligible.admits(who, CASE).reasons]


@pytest.mark.req("HER-17")
def test_only_the_cases_own_team_manager_is_its_lead_auditor():
    lead = HEREFORDSHIRE.slot("lead").eligible
    assert lead.admits(person(MANAGER, "team_manager"), CASE)
    assert not lead.admits(person(99, "team_manager"), CASE)
    assert not lead.admits(person(99, "team_manager"), CaseFacts(team_manager=None))


@pytest.mark.req("HER-18")
def test_a_peer_comes_from_the_pool_and_never_from_the_cases_line_nor_as_its_own_reviewing_officer():
    assert reasons("peer", person(OTHER_IRO, "iro")) == []
    assert reasons("peer", person(QA, "qa_practitioner")) == []
    assert reasons("peer", person(IRO, "iro")) == [
        "is kept out as the child's own independent reviewing officer or conference chair"
    ]
    assert reasons("peer", person(SERVICE_MANAGER, "service_manager")) == [
        "is kept out as anyone in the line of management of the case"
    ]
    assert reasons("peer", person(WORKER, "social_worker")) == [
        "holds none of the roles asked for",
        "is kept out as anyone in the line of management of the case",
    ]


@pytest.mark.req("HER-36")
def test_a_moderator_is_neither_auditor_nor_in_the_line():
    pool = HEREFORDSHIRE.moderation.moderators
    audited = CaseFacts(line=frozenset({HEAD}), auditors=frozenset({QA}))
    assert pool.admits(person(50, "head_of_service"), audited)
    assert not pool.admits(person(HEAD, "head_of_service"), audited)
    assert not pool.admits(person(QA, "qa_service_manager"), audited)
    assert not pool.admits(person(51, "team_manager"), audited)


def test_somebody_of_a_group_may_what_the_group_may():
    assert HEREFORDSHIRE.with_groups(["qa_lead"]) == {"qa_lead", "qa_team"}
    assert HEREFORDSHIRE.role_keys("senior_manager") == {
        "senior_manager", "head_of_service", "service_director", "head_of_safeguarding_qa_psw",
    }  # fmt: skip
    assert "place_on_record" in HEREFORDSHIRE.capabilities("qa_lead")
    assert "run_cycle" not in HEREFORDSHIRE.capabilities("qa_practitioner")


@given(
    st.sets(st.text(st.characters(codec="ascii", categories=["Lu", "Nd"]), min_size=1), max_size=40),
    st.integers(0, 100),
    st.randoms(),
)
def test_a_random_share_is_the_same_in_any_order_and_of_the_size_it_says(references, percent, random):
    rule = RandomShare(kind="random_share", share=percent / 100)
    shuffled = list(references)
    random.shuffle(shuffled)
    chosen = rule.select(sorted(references), seed="2026-10")
    assert chosen == rule.select(shuffled, seed="2026-10")
    assert set(chosen) <= references
    assert len(chosen) >= len(references) * percent / 100 > len(chosen) - 1 or not references


def test_another_seed_draws_another_share():
    rule = RandomShare(kind="random_share", share=0.2)
    references = [f"A-{n}" for n in range(50)]
    assert set(rule.select(references, seed="one")) != set(rule.select(references, seed="two"))
