"""From the answers of a form to plain values of a framework file."""

from collections.abc import Iterator, Mapping
from typing import Any

from audits.frameworks.questions import Question, Variant

SEP = "__"
"""Stands between the parts of a form field's name: `strategy__per_service`."""


OUT, MORE = "out", "more"
"""The ends of the names of two fields: the box that takes an item out of a list, the choice of a further one."""
NOT_GIVEN = "not_given"
"""The choice that leaves an optional value out."""


def given(value: Any) -> Any:
    """The value, with None for everything empty."""
    return value if value not in ([], {}, "") else None


def answer_of(question: Question, name: str, data: Mapping[str, Any]) -> Any:
    """The plain value that the answers give, as it would stand in the file; None where nothing is given."""
    match question.shape:
        case "block":
            return _block_answer(question, name, data)
        case "items":
            return given(_items_answer(question, name, data))
        case "table":
            return given(dict(_table_answer(question, name, data)))
        case "labels":
            return given(_labels_answer(question, name, data))
    return given(_single_answer(question, data.get(name)))


def _items_answer(question: Question, name: str, data: Mapping[str, Any]) -> list[Any]:
    kept = (item for item in question.items if not data.get(SEP.join((name, item.name, OUT))))
    found = [
        _as_short_as(question.value[int(item.name)], answer_of(item, f"{name}{SEP}{item.name}", data))
        for item in kept
    ]
    more = f"{name}{SEP}{MORE}"
    wanted = (variant for variant in question.variants if data.get(more) == kind_word(variant))
    for item in wanted:
        added = _parts_answer(item, f"{more}{SEP}{kind_word(item)}", {}, data)
        if item.keyed:
            words = next((str(value) for value in added.values() if isinstance(value, str)), question.name)
            used = {str(one.get("key", "")) for one in found if isinstance(one, Mapping)}
            added = {"key": key_from(words, used)} | added
        found.append(added)
    return found


def _as_short_as(before: Any, answer: Any) -> Any:
    """What stood in the file as its first field alone stays so where nothing else is answered."""
    if isinstance(before, Mapping) or not isinstance(answer, dict) or len(answer) != 1:
        return answer
    return next(iter(answer.values()))


def kind_word(variant: Variant) -> str:
    """What stands in the form for a kind of further item; an item of no kind is only wanted or not."""
    return variant.kind or "yes"


def _single_answer(question: Question, answer: Any) -> Any:
    match question.shape:
        case "lines":
            return [line.strip() for line in (answer or "").splitlines() if line.strip()]
        case "numbers":
            return [
                int(part) if part.strip().isdecimal() else part.strip()
                for part in (answer or "").split(",")
                if part.strip()
            ]
        case "choices":
            # What stays keeps its place: the order of a list may mean something to its readers.
            chosen, before = set(answer or ()), list(question.value or ())
            kept = [item for item in before if item in chosen]
            return kept + [key for key, _ in question.options if key in chosen and key not in before]
        case "date":
            return answer.isoformat() if answer else None
        case "choice" if answer == NOT_GIVEN:
            return None
        case "number" if answer is not None and float(answer).is_integer():
            return int(answer)
        case "text":
            return " ".join((answer or "").split())
    return answer


def _block_answer(question: Question, name: str, data: Mapping[str, Any]) -> Any:
    several = len(question.variants) > 1
    kind = data.get(name) if several else None
    for variant in question.variants:
        if several and variant.kind != kind:
            continue
        before = question.value if isinstance(question.value, Mapping) else {}
        same = str(before.get("kind", "")) == variant.kind
        inside = f"{name}{SEP}{variant.kind}" if several else name
        return _parts_answer(variant, inside, before if same else {}, data) or None
    return None


def _parts_answer(
    variant: Variant, inside: str, before: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": variant.kind} if variant.kind else {}
    # What a form does not ask stays as it is, in its place.
    asked = {part.name: part for part in variant.parts}
    for key in [*before, *asked]:
        if key == "kind" or key in found:
            continue
        if key not in asked:
            found[key] = before[key]
            continue
        value = answer_of(asked[key], f"{inside}{SEP}{key}", data)
        if value is not None and (key in before or value != given(asked[key].value)):
            found[key] = value
    return found


def _table_answer(question: Question, name: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    before = question.value or {}
    keys = [*before, *(key for key, _ in question.rows if key not in before)]
    for key in keys:
        answer = data.get(f"{name}{SEP}{key}")
        if question.cell == "lines":
            answer = [line.strip() for line in (answer or "").splitlines() if line.strip()] or None
        if answer is not None:
            yield key, answer


def _labels_answer(question: Question, name: str, data: Mapping[str, Any]) -> list[dict[str, str]]:
    kept = ((item, (data.get(f"{name}{SEP}{item['key']}") or "").strip()) for item in question.value or [])
    found = [{**item, "label": label} for item, label in kept if label]
    used = {item["key"] for item in question.value or []}
    for line in (data.get(f"{name}{SEP}more") or "").splitlines():
        if label := line.strip():
            key = key_from(label, used)
            used.add(key)
            found.append({"key": key, "label": label})
    return found


def key_from(label: str, used: set[str]) -> str:
    """A key of its own for a new answer, made from its words."""
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in label.lower())
    key = "_".join(words.split())[:50].strip("_") or "answer"
    key = key if key[0].isalpha() else f"answer_{key}"
    number = 2
    found = key
    while found in used or found == "more":
        found, number = f"{key}_{number}", number + 1
    return found
