"""What is stored says why, how sensitive it is and how long it is kept."""

import inspect
import re

import pytest

from qaf.tenants.documents import own_models

KEPT = re.compile(r"\b(Kept|Deleted|Purged)\b")


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_a_model_says_its_purpose_its_sensitivity_and_how_long_it_is_kept(model):
    text = inspect.getdoc(model) or ""
    assert not text.startswith(f"{model.__name__}("), "Django wrote this docstring: write one"
    purpose, _, rest = text.partition("Sensitivity:")
    assert len(purpose.split()) > 3
    assert rest, "say how sensitive it is: “Sensitivity: …”"
    assert KEPT.search(rest), "say how long it is kept: “Kept …”, “Deleted …” or “Purged …”"


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_a_field_that_holds_anything_says_what(model):
    """A JSON field has no columns to read its meaning from, so it says it in words."""
    silent = [
        field.name
        for field in model._meta.local_fields
        if field.get_internal_type() == "JSONField" and not field.help_text
    ]
    assert silent == []
