"""From a file to a validated framework, or to everything that is wrong with it at once."""

import copy
import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from audits.frameworks import checks
from audits.frameworks.documents import Document, read
from audits.frameworks.problems import FrameworkError, Path, Problem, dotted, in_words, real_path
from audits.frameworks.schema.framework import Framework

BUILTIN = FilePath(__file__).parent / "builtin"
SCHEMA_URL = "https://json-schema.org/draft/2020-12/schema"


def checksum(text: str) -> str:
    """The checksum that identifies a framework's text, whatever the machine's line endings."""
    return sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def load(text: str, file: str = "framework.yaml") -> Framework:
    """The framework of a text. Raises FrameworkError with every problem at once.

    The same text always gives the same object: a framework is immutable and may be shared.
    """
    return _load(text.replace("\r\n", "\n"), file)


@lru_cache(maxsize=64)
def _load(text: str, file: str) -> Framework:
    document = read(text, file)
    keys = checks.keys_of(document.values)
    holed = document.values
    problems: list[Problem] = []
    try:
        framework = Framework.model_validate(document.values)
    except ValidationError as error:
        problems += _schema_problems(error, document)
        framework, holed = _partial(document.values)
    for found, message, value, allowed in (*checks.references(framework, keys), *checks.sense(framework)):
        path = original_path(holed, found)
        problems.append(Problem(file, dotted(path), message, value, allowed, document.line(path)))
    if problems:
        raise FrameworkError(dict.fromkeys(problems))
    return framework


def values(text: str, file: str = "framework.yaml") -> dict[str, Any]:
    """The plain values of a text, unchecked. Raises FrameworkError where it is no readable YAML mapping."""
    found: dict[str, Any] = read(text, file).values
    return found


def load_file(path: FilePath | str) -> Framework:
    """The framework of a file. Raises FrameworkError; OSError where the file cannot be read."""
    return load(read_text(path), FilePath(path).name)


def read_text(path: FilePath | str) -> str:
    """The text of a file. Raises FrameworkError where it is not UTF-8."""
    try:
        return FilePath(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FrameworkError([Problem(FilePath(path).name, "", "is not a text file in UTF-8")]) from error


def builtin_names() -> tuple[str, ...]:
    """Names of the frameworks that come with the product."""
    return tuple(sorted(path.stem for path in BUILTIN.glob("*.yaml")))


def builtin(name: str) -> Framework:
    """A framework that comes with the product. Raises KeyError, naming those there are."""
    return load(builtin_text(name), f"{name}.yaml")


def builtin_text(name: str) -> str:
    """The text of a framework that comes with the product. Raises KeyError, naming those there are."""
    if name not in builtin_names():
        raise KeyError(f"there is no framework '{name}'; there are {', '.join(builtin_names())}")
    return (BUILTIN / f"{name}.yaml").read_text(encoding="utf-8")


def json_schema() -> str:
    """The JSON Schema of a framework file, for editors."""
    schema = Framework.model_json_schema()
    schema = {"$schema": SCHEMA_URL, **schema, "title": "QAF framework"}
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _schema_problems(error: ValidationError, document: Document) -> list[Problem]:
    details = error.errors(include_url=False)
    locs = [detail["loc"] for detail in details]
    problems = []
    for detail in details:
        loc = detail["loc"]
        if detail["type"] == "too_short" and any(other[: len(loc)] == loc and other != loc for other in locs):
            continue  # short only because its faulty items do not count
        path = real_path(document.values, loc)
        message, value, allowed = in_words(detail, Framework, document.values)
        problems.append(Problem(document.file, dotted(path), message, value, allowed, document.line(path)))
    return problems


def _partial(values: Any) -> "tuple[Framework, Any]":
    """What can be read of a faulty document, so that the other checks still run, and the document with its holes.

    Faulty values are cut out, the smallest piece first, until each section is valid or gone.
    """
    sections: dict[str, Any] = {}
    holed = copy.deepcopy(values)
    for name, info in Framework.model_fields.items():
        if name not in values:
            if not info.is_required():
                sections[name] = info.get_default(call_default_factory=True)
            continue
        adapter: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation())
        while holed[name] is not _HOLE:
            filled = _filled(holed[name])
            try:
                sections[name] = adapter.validate_python(filled)
                break
            except ValidationError as error:
                paths = {real_path(filled, detail["loc"]) for detail in error.errors(include_url=False)}
                for path in sorted(original_path(holed[name], path) for path in paths):
                    _cut(holed, (name, *path))
    return Framework.model_construct(_fields_set=set(sections), **sections), holed


_HOLE = object()


def _filled(value: Any) -> Any:
    """The value without its holes."""
    if isinstance(value, dict):
        return {key: _filled(item) for key, item in value.items() if item is not _HOLE}
    if isinstance(value, list):
        return [_filled(item) for item in value if item is not _HOLE]
    return value


def original_path(holed: Any, path: Path) -> Path:
    """The path in the document as written for a path in the document without its holes."""
    parts: list[str | int] = []
    node = holed
    for part in path:
        if isinstance(node, list) and isinstance(part, int):
            kept = [index for index, item in enumerate(node) if item is not _HOLE]
            part = kept[part] if part < len(kept) else part
        parts.append(part)
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(parts)


def _cut(document: Any, path: Path) -> None:
    """Make a hole at the path; where nothing stands there (something is missing), in place of what lacks it."""
    *parents, last = path
    node = document
    for depth, part in enumerate(parents):
        if node[part] is _HOLE:
            return None
        if not isinstance(node[part], dict | list):
            return _cut(document, tuple(path[: depth + 1]))
        node = node[part]
    standing = last in node if isinstance(node, dict) else isinstance(last, int) and last < len(node)
    if not standing or node[last] is _HOLE:
        return _cut(document, tuple(parents))
    node[last] = _HOLE
    return None
