"""What a section of the audit form asks beside the grade, under which names it is kept, and what is still missing.

Fields of a section's draft: ``grade``, the words, ``x_<key>`` for everything kept in ``Judgement.extra``, ``m_<key>``
for the mark beside a criterion; of a checklist ``a_<key>`` for the answer to a question, ``n_<key>`` for the note
beside it and ``r_<key>`` for why it does not apply. Nothing here computes a grade.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from audits.enums import NOT_APPLICABLE, CriterionMark
from audits.frameworks.schema import Domain, Framework, GradeSet, Tool
from audits.frameworks.schema.tools import ChecklistItem, Criterion, ExtraField

BUILT_IN = {"strengths", "development_areas", "evidence", "immediate_changes", "wider_findings"}
"""Extra fields of a tool that have a place of their own in the assessment."""
WORDS = {"strengths": "strengths", "development": "development_areas", "evidence": "evidence"}
"""The words of a section, with the tool's field that speaks about each."""
EXTRA, MARK = "x_", "m_"
ANSWER, NOTE, REASON = "a_", "n_", "r_"
ANSWERS = "checklist:answers"
"""Where ``Judgement.extra`` keeps a checklist's answers, by question; no tool's field can have this key."""
SOURCES = "sources_considered"
SOURCE = "source_"
WARNING_REASON = "warning_reason"
LOOKED_BACK, LOOK_BACK_REASON = "looked_back", "look_back_reason"
WITHIN, FURTHER = "within", "further"
MARKS_REASON, COMPLIANCE_ACTION = "marks_reason", "compliance_action"

Fields = Mapping[str, Any]


def extra_fields(tool: Tool, scope: str) -> tuple[ExtraField, ...]:
    """Return the tool's further fields of a scope: ``domain`` or ``audit``."""
    return tuple(one for one in tool.fields if one.scope == scope and one.key not in BUILT_IN)


def words_asked(tool: Tool, *, overall: bool) -> tuple[str, ...]:
    """Return the names of the words a section asks for.

    What the tool asks once for the audit is not asked again in every domain. A checklist asks for those it names.
    """
    if tool.is_checklist:
        return tuple(name for name, key in WORDS.items() if tool.further(key))
    if overall:
        return tuple(WORDS)
    return tuple(
        name for name, key in WORDS.items() if (one := tool.further(key)) is None or one.scope != "audit"
    )


def label_of(tool: Tool, name: str, otherwise: str) -> str:
    """Return the council's word for one of the words of a section."""
    one = tool.further(WORDS[name])
    return one.label if one else otherwise


def criteria_of(domain: Domain | None, case_status: str) -> tuple[Criterion, ...]:
    """Return the criteria asked of a child with this status; the others do not apply to it (DUR-170)."""
    return tuple(one for one in domain.criteria if one.asked_of(case_status)) if domain else ()


def source_fields(framework: Framework) -> dict[str, str]:
    """Return the sources to consider before the overall grade, name of the field to label (SEF-61)."""
    process = framework.process
    if not process.sources_considered_recorded:
        return {}
    if not process.sources:
        return {EXTRA + SOURCES: "Sources you looked at"}
    return {EXTRA + SOURCE + one.key: one.label for one in process.sources}


def looks_further_back(tool: Tool) -> bool:
    """Whether the auditor says how far back they looked."""
    return tool.look_back is not None and tool.look_back.extendable_with_reason


def asks_of_the_whole(tool: Tool) -> bool:
    """Whether there is a last section about the audit as a whole; a checklist has one where it asks anything there."""
    if not tool.is_checklist:
        return True
    return bool(extra_fields(tool, "audit") or words_asked(tool, overall=True)) or looks_further_back(tool)


def answered_yes(fields: Fields, key: str | None) -> bool:
    """Whether a flag is answered with yes."""
    return fields.get(f"{EXTRA}{key}") == "yes"


def marks_in(fields: Fields) -> dict[str, str]:
    """Return the marks beside criteria that stand in a section's fields."""
    return {
        key.removeprefix(MARK): str(value) for key, value in fields.items() if key.startswith(MARK) and value
    }


def answers_given(fields: Fields) -> dict[str, dict[str, str]]:
    """Return a checklist's answers as they are kept: by question the answer, the note and why it does not apply."""
    found: dict[str, dict[str, str]] = {}
    for prefix, name in ((ANSWER, "answer"), (NOTE, "note"), (REASON, "reason")):
        for key, value in fields.items():
            if key.startswith(prefix) and value:
                found.setdefault(key.removeprefix(prefix), {})[name] = str(value)
    return found


def answers_as_fields(answers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return kept answers by the names of the form's boxes."""
    names = {"answer": ANSWER, "note": NOTE, "reason": REASON}
    return {names[name] + key: value for key, given in answers.items() for name, value in given.items()}


# What is missing -----------------------------------------------------------------------------------------------------


def missing_in_domain(
    fields: Fields, domain: Domain, tool: Tool, grades: GradeSet, case_status: str = ""
) -> tuple[str, ...]:
    """Say in sentences what a domain needs before its grade can be locked (HER-04, HER-07)."""
    grade = fields.get("grade")
    if grade == NOT_APPLICABLE:
        silent = grades.not_applicable.reason_required and not fields.get("not_applicable_reason")
        return ("Say why it does not apply",) if silent else ()
    found = ["Give a grade"] if domain.graded and not grade else []
    asked = words_asked(tool, overall=False)
    wanted = tuple(name for name in asked if not tool.needs_one_of or WORDS[name] in tool.needs_one_of)
    if not any(fields.get(name) for name in wanted):
        found.append(_write_one_of(wanted))
    found += _required_words(fields, tool, "domain")
    found += _unanswered(fields, tool, "domain")
    return (*found, *_missing_marks(fields, domain, case_status))


def missing_overall(
    fields: Fields,
    tool: Tool,
    grades: GradeSet,
    warned: str | None,
    *,
    framework: Framework | None = None,
    written: Fields | None = None,
) -> tuple[str, ...]:
    """Say in sentences what the overall judgement needs before it can be locked.

    ``written`` holds the words that stand anywhere in the audit: what it needs once may stand in a domain.
    """
    if tool.is_checklist:
        return _missing_of_the_whole(fields, tool, written or fields)
    found = []
    if framework:
        found += [
            f"Say what you learnt from “{label}”, or why it could not be considered"
            for name, label in source_fields(framework).items()
            if not fields.get(name)
        ]
    if not fields.get("grade"):
        found.append("Give the overall grade")
    if not any(fields.get(name) for name in WORDS):
        found.append("Write what the grade rests on")
    if warned and grades.overall.reason_required_on_warning and not fields.get(EXTRA + WARNING_REASON):
        found.append("Say why the overall grade lies so far from the domains")
    return (*found, *_missing_of_the_whole(fields, tool, written or fields))


def _missing_of_the_whole(fields: Fields, tool: Tool, written: Fields) -> tuple[str, ...]:
    found = []
    if fields.get(EXTRA + LOOKED_BACK) == FURTHER and not fields.get(EXTRA + LOOK_BACK_REASON):
        found.append("Say why you looked further back")
    found += _required_words(written, tool, "audit")
    return (*found, *_unanswered(fields, tool, "audit"))


def missing_answers(fields: Fields, tool: Tool) -> tuple[tuple[str, str], ...]:
    """Say in sentences which questions of a checklist are not answered, each with the box in which it is answered."""
    found = []
    for one in tool.items:
        given = fields.get(ANSWER + one.key)
        if not given:
            found.append((f"Answer “{_question(one)}”", ANSWER + one.key))
        elif given == NOT_APPLICABLE and not one.in_words and not fields.get(REASON + one.key):
            found.append((f"Say why “{_question(one)}” does not apply", REASON + one.key))
    return tuple(found)


def _question(one: ChecklistItem) -> str:
    return one.question.rstrip(".")


def _write_one_of(asked: tuple[str, ...]) -> str:
    names = {"strengths": "a strength", "development": "an area to develop", "evidence": "the evidence"}
    told = [names[name] for name in asked]
    return f"Write {', '.join(told[:-1])} or {told[-1]}" if len(told) > 1 else f"Write {told[0]}"


def _required_words(fields: Fields, tool: Tool, scope: str) -> Iterator[str]:
    for name, key in WORDS.items():
        one = tool.further(key)
        if one and one.scope == scope and one.required and not fields.get(name):
            yield f"Write at least one entry under “{one.label}”"


def _unanswered(fields: Fields, tool: Tool, scope: str) -> Iterator[str]:
    for one in extra_fields(tool, scope):
        needed = one.required or (one.needed_when and answered_yes(fields, one.needed_when))
        if needed and not fields.get(EXTRA + one.key):
            yield f"Answer “{one.label}”"


def _missing_marks(fields: Fields, domain: Domain, case_status: str) -> Iterator[str]:
    asked = criteria_of(domain, case_status)
    marks = {one.key: fields.get(MARK + one.key) for one in asked}
    unmarked = [one.text for one in asked if one.compliance and not marks[one.key]]
    yield from (f"Mark “{text.rstrip('.')}”" for text in unmarked)
    if CriterionMark.NOT_APPLICABLE in marks.values() and not fields.get(EXTRA + MARKS_REASON):
        yield "Say why some statements do not apply"
    failed = any(one.compliance and marks[one.key] in CriterionMark.short_of() for one in asked)
    if failed and not fields.get(EXTRA + COMPLIANCE_ACTION):
        yield "Say what is done about what does not comply"
