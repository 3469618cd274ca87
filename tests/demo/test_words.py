"""The words: our own, varied, about one family at a time."""

import random
import re

import pytest

from qaf.demo.world.grades import DOMAINS
from qaf.demo.world.plan import STATUSES
from qaf.demo.world.words import BANKS, SHAPE, Writer, bank, look_back

GENERAL = ("overall", "talk", "family", "actions")


def writer(number, status="child_in_need", age=8, used=None):
    """Return a seeded writer."""
    return Writer(random.Random(number), status, age, month=5, used=used)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("age", [-1, 1, 8, 15, 20])
def test_every_sentence_of_every_bank_can_be_filled(status, age):
    author = writer(1, status, age)
    for path in sorted(BANKS.glob("*.yaml")):
        if path.stem == "settings":
            continue
        for rule, sentences in bank(path.stem).items():
            for _ in sentences:
                text = author.say(path.stem, rule, domain="management oversight")
                assert "{" not in text, (path.stem, rule, text)
                assert text[0].isupper() or path.stem == "family", (path.stem, rule, text)


def test_no_two_audits_of_a_year_read_the_same():
    used = set()
    audits = []
    for number in range(504):
        author = writer(number, STATUSES[number % 7], number % 17, used)
        grade = list(SHAPE)[number % 4]
        notes = [author.note(domain, grade) for domain in DOMAINS]
        audits.append(tuple(note.strengths + note.development for note in notes))
    assert len(set(audits)) == len(audits)
    fields = [text for audit in audits for text in audit]
    assert len(set(fields)) > 0.95 * len(fields)


@pytest.mark.parametrize("grade", list(SHAPE))
def test_every_note_holds_strengths_development_and_evidence_whatever_the_grade(grade):
    note = writer(5).note("quality_of_plans", grade)
    assert all(len(text) > 20 for text in (note.strengths, note.development, note.evidence))


def test_a_text_never_says_one_sentence_twice_with_other_words_in_it():
    used = set()
    shapes = [pattern(sentence) for sentence in bank("quality_of_plans")["strong"]]
    for number in range(200):
        text = writer(number, used=used).say("quality_of_plans", "strong", 3)
        assert sum(len(shape.findall(text)) for shape in shapes) == 3, text


def test_an_inadequate_domain_says_something_serious_and_still_something_kind():
    author = writer(9)
    note = author.note("management_oversight", "inadequate")
    serious = [pattern(sentence) for sentence in bank("management_oversight")["serious"]]
    assert any(shape.search(note.development) for shape in serious)
    modest = [pattern(sentence) for sentence in bank("management_oversight")["modest"]]
    assert any(shape.search(note.strengths) for shape in modest)


def pattern(sentence):
    """Turn a bank's sentence into a pattern with anything in its slots."""
    return re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(sentence)))


def test_one_audit_is_about_one_family():
    author = writer(3)
    texts = [author.say("assessments", rule) for rule in ("strong", "areas", "serious") for _ in range(12)]
    about_risk = [pattern(s) for rule in bank("assessments").values() for s in rule if "{risk}" in s]
    spoken = [text for text in texts if any(shape.fullmatch(text) for shape in about_risk)]
    assert len(spoken) > 5
    assert all(author.slot("risk") in text for text in spoken)


def test_evidence_looks_back_over_the_six_months_before_the_audit():
    assert look_back(3) == ["September", "October", "November", "December", "January", "February"]
    author = writer(4)
    assert "June" not in " ".join(author.evidence() for _ in range(30))


def test_an_unborn_child_is_never_quoted():
    author = writer(6, "child_protection", -1)
    texts = " ".join(author.note("voice_of_child", "outstanding").strengths for _ in range(20))
    assert "own words" not in texts
