"""Views that can be sent: sorting, pages and filters stand in the address."""

from django.http import QueryDict

from qaf.ui import forms
from qaf.ui.filters import chips
from qaf.ui.tables import ordering, page_link, sort_link, without

ALLOWED = {"ref": "reference", "due": ("due_on", "-pk")}


def test_only_allowed_columns_sort_and_minus_turns_each_of_their_fields():
    assert ordering(QueryDict("sort=due"), allowed=ALLOWED, default="ref") == ["due_on", "-pk"]
    assert ordering(QueryDict("sort=-due"), allowed=ALLOWED, default="ref") == ["-due_on", "pk"]
    assert ordering(QueryDict("sort=password"), allowed=ALLOWED, default="-ref") == ["-reference"]
    assert ordering(QueryDict(""), allowed=ALLOWED, default="ref") == ["reference"]


def test_a_heading_turns_its_own_column_keeps_the_filters_and_goes_to_the_first_page():
    query = QueryDict("team=rowan&sort=ref&page=4")
    assert sort_link(query, "ref").href == "?team=rowan&sort=-ref"
    assert sort_link(query, "ref").state == "ascending"
    assert sort_link(query, "due").href == "?team=rowan&sort=due"
    assert sort_link(query, "due").state == "none"
    assert page_link(query, 5) == "?team=rowan&sort=ref&page=5"


def test_taking_one_filter_away_leaves_the_others():
    query = QueryDict("team=a&team=b&late=on&page=2")
    assert without(query, "team", "a") == "?team=b&late=on"
    assert without(query, "late", "on") == "?team=a&team=b"


def test_chosen_filters_are_chips_in_words():
    class Filters(forms.Form):
        team = forms.MultipleChoiceField(choices=[("a", "Alder"), ("b", "Birch")], required=False)
        late = forms.BooleanField(label="Late", required=False)
        service = forms.ChoiceField(choices=[("", "Any"), ("cin", "Child in need")], required=False)

    query = QueryDict("team=a&team=b&late=on")
    found = [(chip.field, chip.text, chip.href) for chip in chips(Filters(query), query)]
    assert found == [
        ("Team", "Alder", "?team=b&late=on"),
        ("Team", "Birch", "?team=a&late=on"),
        ("Late", "yes", "?team=a&team=b"),
    ]
    assert chips(Filters(QueryDict("team=nobody")), QueryDict("team=nobody")) == []
