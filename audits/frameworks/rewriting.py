"""Changing single values in the text of a framework, so that comments, order and layout of all else stay as written.

Every change is checked: the text that comes out holds exactly the values asked for and no other difference. Where the
layout does not allow that (a value shared through an alias), the shared values are written out first; as the last
resort the whole is written anew and its comments are lost.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.tokens import AliasToken, AnchorToken

from audits.frameworks.documents import PlainLoader, read
from audits.frameworks.problems import FrameworkError, Path

_ALIAS = re.compile(r"\s*:\s+\*[\w-]+")
_COMMENTED = re.compile(r"(\n[ \t]*#[^\n]*|\n[ \t]*)+\Z")
"""Lines of comment that a value begins with."""
_WIDE = 1_000_000


class Gone:
    """Stands for a value that is taken out."""


GONE = Gone()


@dataclass(frozen=True)
class Edit:
    """Put `value` at `path`, or take out what stands there (`GONE`). A missing last mapping or list on the way is made.

    With `insert` the value becomes a further item of a list, before the one at `path` or, after the last, at the end.
    """

    path: Path
    value: Any
    insert: bool = False


class _CannotEditError(Exception):
    """The layout does not allow the change on the spot."""


def rewrite(text: str, edits: Iterable[Edit], file: str = "framework.yaml") -> str:
    """The text with every edit made, in order. Raises FrameworkError for a text that is no YAML, KeyError for a path
    whose upper part leads nowhere.
    """
    for edit in edits:
        text = _one(text, edit, file)
    return text


def _one(text: str, edit: Edit, file: str) -> str:
    wanted = _changed(_plain(read(text, file).values), edit)
    for attempt in (text, None):
        start = attempt if attempt is not None else _unfolded(text)
        try:
            found = _in_place(start, edit)
            if read(found, file).values == wanted:
                return found
        except (_CannotEditError, FrameworkError):
            continue
    return str(yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True, width=110))


def _plain(value: Any) -> Any:
    """A copy in which nothing is shared."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _changed(values: Any, edit: Edit) -> Any:
    *above, last = edit.path
    node = values
    for place, part in enumerate(above):
        if isinstance(node, dict) and part not in node and place == len(above) - 1:
            node[part] = [] if edit.insert else {}
        node = node[part]
    if edit.value is GONE:
        del node[last]
    elif edit.insert:
        node.insert(last, _plain(edit.value))
    else:
        node[last] = _plain(edit.value)
    return values


# On the spot ---------------------------------------------------------------------------------------------------------


def _in_place(text: str, edit: Edit) -> str:
    node = _compose(text)
    *above, last = edit.path
    for place, part in enumerate(above):
        try:
            node = _child(text, node, part)
        except KeyError:
            if place == len(above) - 1 and edit.value is not GONE:
                inner = [edit.value] if edit.insert else {last: edit.value}
                return _add(text, node, str(part), inner)
            raise
    if edit.value is GONE:
        return _take_out(text, node, last)
    if edit.insert:
        return _insert(text, node, last, edit.value)
    try:
        child = _child(text, node, last)
    except KeyError:
        return _add(text, node, str(last), edit.value)
    return _replace(text, child, edit.value)


def _compose(text: str) -> Node:
    loader = PlainLoader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    assert node is not None  # noqa: S101  (read() has refused an empty document)
    return node


def _child(text: str, node: Node, part: str | int) -> Node:
    if isinstance(node, SequenceNode) and isinstance(part, int):
        child = node.value[part]
        if not node.start_mark.index <= child.start_mark.index < node.end_mark.index:
            raise _CannotEditError
        return child
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                if _ALIAS.match(text, key.end_mark.index):
                    raise _CannotEditError
                return value
    raise KeyError(part)


def _end(text: str, node: Node) -> int:
    """The index after the node's last character; PyYAML's own mark runs on over blank lines and comments."""
    if isinstance(node, ScalarNode):
        end = node.end_mark.index
        return len(text[:end].rstrip()) if node.style in ("|", ">") else end
    if _is_flow(node) or not node.value:
        return node.end_mark.index
    if isinstance(node, MappingNode):
        key, value = node.value[-1]
        alias = _ALIAS.match(text, key.end_mark.index)
        return alias.end() if alias else _end(text, value)
    return _end(text, node.value[-1])


def _is_flow(node: Node) -> bool:
    """Whether a collection stands in brackets."""
    return isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style)


def _replace(text: str, node: Node, value: Any) -> str:
    start, end = node.start_mark.index, _end(text, node)
    if not isinstance(node, ScalarNode) and not _is_flow(node) and isinstance(value, dict | list) and value:
        new = _block(value, node.start_mark.column)
    elif not isinstance(node, ScalarNode) and not _is_flow(node):
        # A flow value stands on its key's own line: the blank before it goes back to there.
        kept = _COMMENTED.sub("", text[:start].rstrip())
        return f"{kept} {_flow(value)}{text[end:]}"
    else:
        new = _flow(value)
    return text[:start] + (" " if start == end else "") + new + text[end:]


def _add(text: str, node: Node, key: str, value: Any) -> str:
    if not isinstance(node, MappingNode):
        raise _CannotEditError
    pair = f"{key}: {_flow(value)}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value) and not node.flow_style:
        column = node.start_mark.column + 2
        pair = f"{key}:\n{' ' * column}{_block(value, column)}"
    if node.flow_style:
        close = node.end_mark.index - 1
        body = text[:close].rstrip()
        return f"{body}{', ' if node.value else ''}{pair}{text[close:]}"
    end = text.find("\n", _end(text, node))
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{' ' * node.start_mark.column}{pair}{text[end:]}"


def _insert(text: str, node: Node, place: str | int, value: Any) -> str:
    """The list with one more item."""
    if not isinstance(node, SequenceNode) or not isinstance(place, int):
        raise _CannotEditError
    if place < len(node.value):
        start = node.value[place].start_mark.index
        if node.flow_style:
            return f"{text[:start]}{_flow(value)}, {text[start:]}"
        line = text.rfind("\n", 0, start) + 1
        column = node.start_mark.column
        return f"{text[:line]}{' ' * column}{_item(value, column)}\n{text[line:]}"
    if node.flow_style:
        close = node.end_mark.index - 1
        return f"{text[:close].rstrip()}{', ' if node.value else ''}{_flow(value)}{text[close:]}"
    end = text.find("\n", _end(text, node))
    end = len(text) if end < 0 else end
    column = node.start_mark.column
    return f"{text[:end]}\n{' ' * column}{_item(value, column)}{text[end:]}"


def _item(value: Any, column: int) -> str:
    """An item of a list of lines; the fields of a block below each other."""
    return "- " + (_block(value, column + 2) if isinstance(value, dict) and value else _flow(value))


def _take_out_item(text: str, node: SequenceNode, place: int) -> str:
    if len(node.value) == 1:
        return _replace(text, node, [])
    start, end = node.value[place].start_mark.index, _end(text, node.value[place])
    if node.flow_style:
        if place + 1 < len(node.value):
            return text[:start] + text[node.value[place + 1].start_mark.index :]
        return text[: _end(text, node.value[place - 1])] + text[end:]
    line, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return text[:line] + ("" if stop < 0 else text[stop + 1 :])


def _take_out(text: str, node: Node, part: str | int) -> str:
    if isinstance(node, SequenceNode) and isinstance(part, int):
        return _take_out_item(text, node, part)
    if not isinstance(node, MappingNode):
        raise _CannotEditError
    names = [key.value for key, _ in node.value]
    place = names.index(str(part))
    key, value = node.value[place]
    alias = _ALIAS.match(text, key.end_mark.index)
    start, end = key.start_mark.index, alias.end() if alias else _end(text, value)
    follows = node.value[place + 1][0].start_mark.index if place + 1 < len(names) else None
    line = text.rfind("\n", 0, start) + 1
    if node.flow_style or text[line:start].strip():
        if follows is not None:
            return text[:start] + text[follows:]
        if not place:
            raise _CannotEditError
        body = text[:start].rstrip()
        return body.removesuffix(",") + text[end:]
    stop = text.find("\n", end)
    return text[:line] + ("" if stop < 0 else text[stop + 1 :])


def _flow(value: Any) -> str:
    written = yaml.safe_dump(
        [value], default_flow_style=True, width=_WIDE, allow_unicode=True, sort_keys=False, default_style=None
    ).strip()[1:-1]
    if "\n" in written:
        written = yaml.safe_dump(
            [value],
            default_flow_style=True,
            width=_WIDE,
            allow_unicode=True,
            sort_keys=False,
            default_style='"',
        ).strip()[1:-1]
    return str(written)


def _block(value: dict[str, Any] | list[Any], column: int) -> str:
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    rows = [f"{key}: {_flow(item)}" if key is not None else _item(item, column) for key, item in items]
    return ("\n" + " " * column).join(rows)


def _unfolded(text: str) -> str:
    """The text with every alias written out in full."""
    anchors: dict[str, Any] = {}
    loader = PlainLoader(text)
    root = loader.get_single_node()
    tokens = list(yaml.scan(text, Loader=PlainLoader))
    by_start = {node.start_mark.index: node for node in _nodes(root, set())}
    for token in tokens:
        if isinstance(token, AnchorToken):
            node = by_start[token.start_mark.index]
            anchors[token.value] = loader.construct_object(node, deep=True)
    loader.dispose()
    for token in reversed(tokens):
        start, end = token.start_mark.index, token.end_mark.index
        if isinstance(token, AliasToken):
            text = text[:start] + _flow(_plain(anchors[token.value])) + text[end:]
        elif isinstance(token, AnchorToken):
            text = text[:start] + text[end:].removeprefix(" ")
    return text


def _nodes(node: Node | None, seen: set[int]) -> Iterable[Node]:
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    yield node
    children = (
        [child for pair in node.value for child in pair] if isinstance(node, MappingNode) else node.value
    )
    for child in children if isinstance(node, MappingNode | SequenceNode) else ():
        yield from _nodes(child, seen)
