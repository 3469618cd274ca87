from pathlib import Path

import pytest

from audits.frameworks import loader, sentences
from audits.frameworks.places import places

GOLDEN = Path(__file__).parent / "herefordshire_in_words.txt"
NAMES = loader.builtin_names()


def told(name, key):
    section = sentences.section(loader.builtin(name), key)
    return [sentence.text for sentence in section.all_sentences]


def as_text(section, depth=1):
    lines = [f"{'#' * depth} {section.title}"]
    lines += [f"{sentence.text} [{sentence.provenance.words}]" for sentence in section.sentences]
    for part in section.parts:
        lines += as_text(part, depth + 1)
    return lines


def whole(name):
    framework = loader.builtin(name)
    return "\n".join(line for section in sentences.document(framework) for line in as_text(section)) + "\n"


def test_the_framework_reads_as_it_was_agreed():
    """Change the words on purpose only; then write the new text into the golden file."""
    assert whole("herefordshire") == GOLDEN.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_every_block_of_a_framework_is_said_in_words(name):
    """A rule that no sentence tells could neither be read, confirmed nor changed in the browser."""
    framework = loader.builtin(name)

    def said(section):
        yield from (item.block for item in (*section.sentences, *section.listings))
        for part in section.parts:
            yield from said(part)

    told = {id(block) for section in sentences.document(framework) for block in said(section)}
    assert [place.where for place in places(framework).values() if id(place.block) not in told] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_a_sentence_with_its_source_or_our_default(name):
    document = sentences.document(loader.builtin(name))
    texts = [sentence for section in document for sentence in section.all_sentences]
    assert len(texts) > 100
    for sentence in texts:
        assert sentence.text[0].isupper() or sentence.text[0].isdigit(), sentence.text
        assert sentence.text.endswith((".", "?")), sentence.text
        assert "_" not in sentence.text, sentence.text
        assert "None" not in sentence.text, sentence.text
        assert "  " not in sentence.text, sentence.text
        assert sentence.source
        assert sentence.provenance.words.startswith("Our default: " if sentence.is_default else "Source: ")


def test_a_default_is_marked_where_the_document_is_silent_and_nowhere_else():
    framework = loader.builtin("herefordshire")
    marked = {s.text: s.is_default for s in sentences.section(framework, "moderation").all_sentences}
    assert [text for text, default in marked.items() if not default] == [
        "Overall grades differ: every audit where the overall grade of the lead auditor and peer "
        "auditor differs at all, "
        "looked at as soon as every auditor has submitted.",
        "Grades differ in a domain: every audit where the grade in any domain of the lead auditor and peer auditor "
        "differs at all, looked at as soon as every auditor has submitted.",
        "One moderator decides and their decision binds.",
        "Moderations are handed out from the first day of the fourth week of the audit month (the 22nd to the 28th).",
        "They are decided by the last day of the fourth week of the audit month (the 22nd to the 28th) and go back to "
        "the Quality Assurance team.",
        "Moderation decides: overall, disputed domains and action plan.",
    ]


def test_the_same_question_has_five_different_answers():
    assert [told(name, "sampling")[0] for name in NAMES] == [
        "One case a month is drawn at random for each Team Manager and Operations Manager.",
        "Three open cases are drawn at random in each service that takes part.",
        "Cases are drawn at random among those the month's theme names: one case for each auditor, at least 20 in all.",
        "Each Head of Service audits one case a month from their own service, drawn at random; "
        "where that takes no part in audits, chance draws from any service.",
        "Each Practice Manager audits one case a month from another service than their own, chosen by the post the "
        "framework names.",
    ]
    assert [told(name, "moderation")[0] for name in NAMES] == [
        "Sample for the consistency session: 20% of the audits submitted, at least six audits, and every audit graded "
        "Inadequate and Outstanding, looked at each quarter.",
        "Overall grades differ: every audit where the overall grade of the lead auditor and peer "
        "auditor differs at all, "
        "looked at as soon as every auditor has submitted.",
        "Good or better: every audit where the overall grade is Good or Outstanding, looked at when the auditor "
        "finalises; the Assistant Director for moderation joins the decision.",
        "Audited in the Audit Moderation Meeting: six cases a month, chosen by theme or at random, that "
        "the panel audits "
        "itself, looked at when the month has closed.",
        "One for each moderator and month: one audit a month for each moderator, looked at when cases are allocated.",
    ]


def test_rules_of_every_kind_read_as_plain_english():
    assert told("west_sussex", "consequences")[0] == (
        "Five working days for an inadequate audit with a safeguarding concern: when an auditor submits "
        "and the overall "
        "grade is Inadequate and a safeguarding concern is marked, every action is due within five working days of the "
        "day the audit is submitted and the allocated worker's line manager, the Group Manager and the "
        "Quality Assurance "
        "Team are told at once."
    )
    assert told("sefton", "trends") == [
        "Two inadequate audits running for a practitioner: when the overall grade is Inadequate two times running for "
        "a practitioner (an audit does not count for a worker who had the child for less than six weeks where it "
        "records what else contributed), the service manager of the case looks into what contributed with the "
        "Assistant Director, the allocated worker's line manager and the allocated worker within ten working days of "
        "the day the outcome is final.",
        "A team's share of inadequate audits: when 40% or more of at least four audits in three months "
        "are Inadequate for "
        "a team, the service manager of the case looks into what contributed with the Assistant Director and the team "
        "manager responsible for the case within ten working days of the day the outcome is final.",
    ]
    assert "Moderations are handed out within one day of the start of the next quarter." in told(
        "durham", "moderation"
    )
    assert told("slough", "actions")[-2:] == [
        "Confirmed within seven days of the day the audit is submitted: recorded on the child's file (by the "
        "auditors), raised with the worker (by the allocated worker) and raised with the manager (by the team manager "
        "responsible for the case).",
        "The team manager responsible for the case records that findings were discussed with the allocated worker in "
        "the next supervision.",
    ]
