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
