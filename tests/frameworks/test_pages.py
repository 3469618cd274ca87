import re

import pytest

from audits.frameworks import loader, sentences
from audits.frameworks.services import publish_framework
from audits.frameworks.vocabulary.strategies import ThemeRandom
from qaf.tenants.scope import authority_scope

SECTIONS = [section.key for section in sentences.document(loader.builtin("herefordshire"))]


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def test_anybody_of_the_council_reads_its_framework(published, sign_in, will):
    page = words(sign_in(will).get("/a/alder/framework/"))
    assert "Quality Assurance and Learning Framework" in page
    assert "Version 1, in force from Monday 5 October 2026" in page
    assert "cannot open a cycle" not in page


@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_shows_its_rules_with_source_or_our_default(published, sign_in, will, key):
    response = sign_in(will).get(f"/a/alder/framework/{key}/")
    assert response.status_code == 200
    page = words(response)
    section = sentences.section(loader.builtin("herefordshire"), key)
    for sentence in section.all_sentences:
        assert " ".join(sentence.text.split()) in page
    parts = [section, *section.parts, *(inner for part in section.parts for inner in part.parts)]
    groups = [group for part in parts for group in part.groups]
    listings = [listing for part in parts for listing in part.listings if listing.provenance]
    ours = sum(item.provenance.is_default for item in [*groups, *listings])
    assert page.count("Our default") == ours
    assert page.count("Source: ") == len(groups) + len(listings) - ours


def test_a_framework_that_cannot_run_yet_says_so_plainly(council, frozen, sign_in, will, monkeypatch):
    # A release that knows the words of a rule and cannot run it.
    monkeypatch.setattr(ThemeRandom, "implemented", False)
    with authority_scope(council):
        # A text of its own: what the file as it stands can do has been looked up before.
        publish_framework(text=loader.builtin_text("sefton") + "\n# read by a release that lacks a rule\n")
    page = words(sign_in(will).get("/a/alder/framework/"))
    assert "This release cannot open a cycle with this framework yet." in page
    assert "Sampling: a random draw within the month's theme" in page


def test_without_a_framework_the_page_says_what_is_missing(sign_in, will):
    client = sign_in(will)
    assert "No framework is in force yet" in words(client.get("/a/alder/framework/"))
    assert client.get("/a/alder/framework/sampling/").status_code == 404


def test_an_older_version_can_be_read_and_downloaded(council, published, sign_in, will):
    text = loader.builtin_text("herefordshire").replace("per_service: 3", "per_service: 4")
    with authority_scope(council):
        publish_framework(text=text)
    client = sign_in(will)
    assert "Four open cases are drawn" in words(client.get("/a/alder/framework/sampling/"))
    assert "Three open cases are drawn" in words(client.get("/a/alder/framework/sampling/?version=1"))
    response = client.get("/a/alder/framework/versions/1/text/")
    assert response.content.decode() == loader.builtin_text("herefordshire")
    assert response["Content-Disposition"] == 'attachment; filename="alder-framework-1.yaml"'


@pytest.mark.parametrize("path", ["nonsense/", "?version=9", "?version=one", "versions/9/text/"])
def test_what_is_not_there_is_not_found(published, sign_in, will, path):
    assert sign_in(will).get(f"/a/alder/framework/{path}").status_code == 404


def test_a_stranger_from_another_council_finds_nothing(published, sign_in, bob):
    client = sign_in(bob)
    for path in ("", "sampling/", "versions/1/text/"):
        assert client.get(f"/a/alder/framework/{path}").status_code == 404


def test_pages_ask_the_database_no_more_for_more_rules(
    published, sign_in, will, django_assert_max_num_queries
):
    client = sign_in(will)
    client.get("/a/alder/framework/")
    with django_assert_max_num_queries(25):
        client.get("/a/alder/framework/tools/")
