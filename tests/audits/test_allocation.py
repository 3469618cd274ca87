"""Who audits what, as pure rules."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.frameworks import loader
from audits.frameworks.enums import Relation
from audits.frameworks.vocabulary import CaseFacts, Exclude, FromCase, Pool
from audits.services.allocation import Auditor, CaseToAllocate, SlotRule, acting, allocate, share_out

FEWER = settings(deadline=None, max_examples=80)
LEAD = SlotRule("lead", "Lead auditor", FromCase(kind="from_case", relation=Relation.TEAM_MANAGER))
POOL = Pool(
    kind="pool",
    roles=("qa_practitioner", "service_manager"),
    exclude=(Exclude.CASE_LINE, Exclude.CASE_IRO_OR_CHAIR, Exclude.EARLIER_AUDITORS),
)
PEER = SlotRule("peer", "Peer auditor", POOL)
MORGAN, SASHA, QUINN, PAT, WREN, DALE = 1, 2, 3, 4, 5, 6


def cast(**changes: dict) -> list[Auditor]:
    """Morgan manages the team, Sasha the service, Quinn and Pat are the pool, Wren works, Dale deputises."""
    people = {
        "morgan": Auditor(MORGAN, "Morgan", frozenset({"team_manager"})),
        "sasha": Auditor(SASHA, "Sasha", frozenset({"service_manager"})),
        "quinn": Auditor(QUINN, "Quinn", frozenset({"qa_practitioner"})),
        "pat": Auditor(PAT, "Pat", frozenset({"qa_practitioner"})),
        "wren": Auditor(WREN, "Wren", frozenset({"social_worker"})),
        "dale": Auditor(DALE, "Dale", frozenset({"team_manager"})),
    }
    for name, fields in changes.items():
        old = people[name]
        people[name] = Auditor(
            **({f: getattr(old, f) for f in ("id", "name", "roles", "cleared", "away", "deputy")} | fields)
        )
    return list(people.values())


def case(local_id: str = "00001", **fields) -> CaseToAllocate:
    facts = {"worker": WREN, "team_manager": MORGAN, "line": frozenset({MORGAN, SASHA})} | fields.pop(
        "facts", {}
    )
    return CaseToAllocate(local_id, CaseFacts(**facts), **fields)


def only(places):
    (by_slot,) = places.values()
    return {slot: place.person or place.problem for slot, place in by_slot.items()}


@pytest.mark.req("HER-17", "HER-18")
def test_the_teams_manager_leads_and_the_peer_comes_from_the_pool_outside_the_line():
    places = only(allocate([case()], [LEAD, PEER], cast(), seed="s"))
    assert places["lead"] == MORGAN
    assert places["peer"] in (QUINN, PAT)


@pytest.mark.req("HER-17")
def test_a_deputy_leads_while_the_manager_is_away_along_a_chain_of_deputies():
    people = cast(morgan={"away": True, "deputy": SASHA}, sasha={"away": True, "deputy": DALE})
    place = allocate([case()], [LEAD], people, seed="s")["00001"]["lead"]
    assert (place.person, place.stands_in_for) == (DALE, MORGAN)


def test_a_circle_of_deputies_leads_to_nobody():
    people = {
        one.id: one
        for one in cast(morgan={"away": True, "deputy": DALE}, dale={"away": True, "deputy": MORGAN})
    }
    assert acting(MORGAN, people) is None


@pytest.mark.parametrize(
    ("people", "child", "problem"),
    [
        (cast(morgan={"away": True}), case(), "Morgan is away and nobody deputises."),
        (
            cast(),
            case(facts={"team_manager": None}, unnamed="The team Rowan has no manager."),
            "The team Rowan has no manager.",
        ),
        (
            cast(),
            case(facts={"team_manager": None}),
            "The case does not say who is the team manager responsible for the case.",
        ),
        (
            cast(),
            case(facts={"team_manager": 99}),
            "The manager whom the case names does not work here any more.",
        ),
        (
            cast(),
            case(restricted=True),
            "The record is restricted and Morgan is not cleared for restricted records.",
        ),
        (cast(), case(knows_family=frozenset({MORGAN})), "Morgan knows the family."),
        (cast(), case(facts={"worker": MORGAN}), "Morgan is the child's own worker."),
    ],
)
def test_a_lead_who_cannot_be_found_is_a_problem_with_its_cause(people, child, problem):
    assert only(allocate([child], [LEAD], people, seed="s")) == {"lead": problem}


@pytest.mark.req("HER-18")
@pytest.mark.parametrize(
    ("people", "child", "problem"),
    [
        (
            [one for one in cast() if one.id not in (QUINN, PAT)],
            case(),
            "The one person who could be peer auditor may not audit this case. "
            "Kept out: anyone in the line of management of the case (1).",
        ),
        (
            [one for one in cast() if one.id not in (QUINN, PAT, SASHA)],
            case(),
            "Nobody holds a post that may be peer auditor.",
        ),
        (
            cast(quinn={"away": True}),
            case(facts={"iro_or_chair": frozenset({PAT})}),
            "None of the 3 people who could be peer auditor may audit this case. Kept out: "
            "anyone in the line of management of the case (1); "
            "the child's own independent reviewing officer or conference chair (1); those who are away (1).",
        ),
        (
            cast(),
            case(restricted=True, knows_family=frozenset({PAT})),
            "None of the 3 people who could be peer auditor may audit this case. Kept out: "
            "anyone in the line of management of the case (1); those not cleared for restricted records (1); "
            "those who know the family (1).",
        ),
    ],
)
def test_a_peer_who_cannot_be_found_is_a_problem_with_every_cause_counted(people, child, problem):
    assert only(allocate([child], [PEER], people, seed="s")) == {"peer": problem}


def test_a_restricted_record_goes_only_to_those_who_are_cleared():
    people = cast(morgan={"cleared": True}, pat={"cleared": True})
    assert only(allocate([case(restricted=True)], [LEAD, PEER], people, seed="s")) == {
        "lead": MORGAN,
        "peer": PAT,
    }


def test_nobody_audits_the_same_case_twice():
    people = cast(morgan={"away": True, "deputy": QUINN})
    assert only(allocate([case()], [LEAD, PEER], people, seed="s")) == {"lead": QUINN, "peer": PAT}


def test_an_earlier_auditor_is_not_asked_again():
    places = only(allocate([case(facts={"auditors": frozenset({QUINN})})], [PEER], cast(), seed="s"))
    assert places == {"peer": PAT}


@pytest.mark.req("HER-18")
def test_the_load_is_spread_within_one_and_counts_what_people_have_already():
    cases = [case(f"{number:05d}") for number in range(7)]
    places = allocate(cases, [PEER], cast(), seed="s", loads={QUINN: 3})
    given_out = Counter(by_slot["peer"].person for by_slot in places.values())
    assert given_out == {QUINN: 2, PAT: 5}


def test_the_input_order_makes_no_difference():
    cases = [
        case(f"{number:05d}", facts={"iro_or_chair": frozenset({QUINN if number % 3 else PAT})})
        for number in range(12)
    ]
    people = cast()
    assert allocate(cases, [LEAD, PEER], people, seed="s") == allocate(
        cases[::-1], [LEAD, PEER], people[::-1], seed="s"
    )


options = st.dictionaries(
    st.text("0123456789", min_size=4, max_size=4),
    st.lists(st.integers(1, 7), min_size=1, max_size=5, unique=True),
    max_size=25,
)
loads = st.dictionaries(st.integers(1, 7), st.integers(0, 4))


@FEWER
@given(options, loads)
def test_everybody_placed_may_have_the_case_and_no_chain_of_swaps_evens_the_loads_further(choices, before):
    given_out = share_out(choices, before)
    assert set(given_out) == set(choices)
    assert all(person in choices[local_id] for local_id, person in given_out.items())
    load = Counter(before)
    load.update(given_out.values())
    for start in set(given_out.values()):
        reached, queue = {start}, [start]
        while queue:
            giver = queue.pop()
            for local_id in [one for one, person in given_out.items() if person == giver]:
                for taker in set(choices[local_id]) - reached:
                    reached.add(taker)
                    queue.append(taker)
        assert min(load[person] for person in reached) >= load[start] - 1


@FEWER
@given(st.integers(1, 40), st.integers(1, 8))
def test_where_everybody_may_have_everything_the_loads_differ_by_at_most_one(cases, people):
    given_out = share_out({f"{n:03d}": list(range(people)) for n in range(cases)}, {})
    load = Counter(dict.fromkeys(range(people), 0))
    load.update(given_out.values())
    assert max(load.values()) - min(load.values()) <= 1


def test_the_built_in_frameworks_pool_keeps_out_line_chair_and_earlier_auditors():
    slot = loader.builtin("herefordshire").slot("peer")
    assert isinstance(slot.eligible, Pool)
    assert set(slot.eligible.exclude) == {
        Exclude.CASE_LINE,
        Exclude.CASE_IRO_OR_CHAIR,
        Exclude.EARLIER_AUDITORS,
    }
