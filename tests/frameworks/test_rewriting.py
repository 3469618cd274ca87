"""Changing a value leaves every other character of the file alone."""

from difflib import unified_diff

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.frameworks import loader
from audits.frameworks.rewriting import GONE, Edit, rewrite

TEXT = loader.builtin_text("herefordshire")


def differences(before, after):
    return [
        line
        for line in unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]


def test_a_number_is_changed_where_it_stands():
    changed = rewrite(TEXT, [Edit(("sampling", "strategy", "per_service"), 4)])
    assert differences(TEXT, changed) == ["-    per_service: 3", "+    per_service: 4"]


def test_comments_and_a_value_in_braces_stay_as_written():
    text = "a: {b: 1, c: [x, y]}  # why\n# kept\nd: 2\n"
    assert rewrite(text, [Edit(("a", "c"), ["z"])]) == "a: {b: 1, c: [z]}  # why\n# kept\nd: 2\n"
    assert rewrite(text, [Edit(("a", "e"), "new")]) == "a: {b: 1, c: [x, y], e: new}  # why\n# kept\nd: 2\n"
    assert rewrite(text, [Edit(("a", "b"), GONE)]) == "a: {c: [x, y]}  # why\n# kept\nd: 2\n"
    assert rewrite(text, [Edit(("a", "c"), GONE)]) == "a: {b: 1}  # why\n# kept\nd: 2\n"


def test_a_long_text_is_replaced_without_what_follows():
    text = "a: >-\n  one\n  two\n\n# kept\nb: 1\n"
    assert rewrite(text, [Edit(("a",), "three")]) == "a: three\n\n# kept\nb: 1\n"
    assert rewrite(text, [Edit(("a",), GONE)]) == "\n# kept\nb: 1\n"


def test_a_list_of_lines_stays_a_list_of_lines():
    text = "a:\n  b:\n    - one\n    - two\n  # kept\n  c: 1\n"
    changed = rewrite(text, [Edit(("a", "b"), ["one: two", "three"])])
    assert changed == "a:\n  b:\n    - 'one: two'\n    - three\n  # kept\n  c: 1\n"


def test_a_mapping_that_is_missing_is_made():
    assert rewrite("a:\n  b: 1\nc: 2\n", [Edit(("a", "d", "e"), "x")]) == "a:\n  b: 1\n  d: {e: x}\nc: 2\n"


def test_what_others_share_is_changed_in_one_place_only():
    text = "a: &one {x: 1}\nb: *one\nc: *one\n"
    assert rewrite(text, [Edit(("b", "x"), 2)]) == "a: {x: 1}\nb: {x: 2}\nc: {x: 1}\n"
    assert rewrite(text, [Edit(("a", "x"), 2)]) == "a: {x: 2}\nb: {x: 1}\nc: {x: 1}\n"


def test_a_path_that_leads_nowhere_is_refused():
    with pytest.raises(KeyError):
        rewrite("a: 1\n", [Edit(("b", "c", "d"), 1)])


words = st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=40)
values = st.one_of(
    words,
    st.integers(-9, 99),
    st.booleans(),
    st.lists(words, max_size=3),
    st.dictionaries(words, words, max_size=2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=values)
@pytest.mark.parametrize("path", [("a", 0, "b"), ("a", 0, "c"), ("a", 1), ("d",), ("e", "f"), ("g", "new")])
def test_whatever_is_written_is_read_back_and_nothing_else_changes(path, value):
    text = "a:\n  - b: one\n    c:\n      - x\n      - y\n  - two\nd: {k: v}\ne:\n  f: |\n    long\ng: {}\n"
    expected = loader.values(text)
    node = expected
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    assert loader.values(rewrite(text, [Edit(path, value)])) == expected


def test_an_item_is_added_at_the_end_of_a_list_and_taken_out_of_it():
    text = "a:\n  # first\n  - {k: 1}\n  - k: 2\n    l: [x]  # why\n\n# kept\nb: [1, 2]\nc: []\n"
    added = rewrite(text, [Edit(("a", 2), {"k": 3, "l": ["y"]}, insert=True)])
    assert differences(text, added) == ["+  - k: 3", "+    l: [y]"]
    assert differences(text, rewrite(text, [Edit(("a", 0), GONE)])) == ["-  - {k: 1}"]
    assert differences(text, rewrite(text, [Edit(("a", 1), GONE)])) == ["-  - k: 2", "-    l: [x]  # why"]
    assert (
        rewrite(text, [Edit(("a", 0), GONE), Edit(("a", 0), GONE)])
        == "a: []  # why\n\n# kept\nb: [1, 2]\nc: []\n"
    )
    assert "b: [1]\n" in rewrite(text, [Edit(("b", 1), GONE)])
    assert "b: [2]\n" in rewrite(text, [Edit(("b", 0), GONE)])
    assert "b: [1, 2, 3]\n" in rewrite(text, [Edit(("b", 2), 3, insert=True)])
    assert "b: [0, 1, 2]\n" in rewrite(text, [Edit(("b", 0), 0, insert=True)])
    before = rewrite(text, [Edit(("a", 1), {"k": 3}, insert=True)])
    assert differences(text, before) == ["+  - k: 3"]
    assert loader.values(before)["a"][1] == {"k": 3}
    assert "c: [{k: 1}]\n" in rewrite(text, [Edit(("c", 0), {"k": 1}, insert=True)])
    assert rewrite(text, [Edit(("d", 0), {"k": 1}, insert=True)]).endswith("c: []\nd:\n  - k: 1\n")


def test_any_block_of_any_list_of_a_whole_framework_is_taken_out_without_touching_the_rest():
    for name in loader.builtin_names():
        text = loader.builtin_text(name)
        for path in (("consequences",), ("moderation", "selectors"), ("disputes",), ("process", "slots")):
            values = loader.values(text)
            for part in path:
                values = values.get(part, [])
            for number in range(len(values)):
                changed = rewrite(text, [Edit((*path, number), GONE)])
                added = [line for line in differences(text, changed) if line.startswith("+")]
                assert added in ([], [f"+{'  ' * (len(path) - 1)}{path[-1]}: []"]), (name, path, number)
