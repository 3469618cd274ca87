"""Reading YAML safely: one document, no aliases that multiply, no key twice, with the line of every value."""

from collections.abc import Hashable
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from audits.frameworks.problems import FrameworkError, Path, Problem, dotted

MAX_BYTES = 2_000_000
MAX_NODES = 100_000
MAX_DEPTH = 40
TOO_MUCH = "holds too much, or is nested too deeply, to be a framework"


class PlainLoader(yaml.CSafeLoader):
    """PyYAML's safe loader on libyaml, ten times as fast, without dates: a framework's dates are read by the schema."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Document:
    """The plain values of a file and the line each stands on."""

    def __init__(self, file: str, values: Any, lines: dict[Path, int]) -> None:
        self.file = file
        self.values = values
        self.lines = lines

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing above it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path)


def read(text: str, file: str) -> Document:
    """Read the text of a framework file. Raises FrameworkError where it is no readable YAML mapping."""
    if len(text.encode()) > MAX_BYTES:
        raise FrameworkError([Problem(file, "", f"is larger than {MAX_BYTES // 1_000_000} MB")])
    loader = PlainLoader(text)
    try:
        _refuse_depths(text, file)
        node = loader.get_single_node()
        if not isinstance(node, MappingNode):
            raise FrameworkError(
                [Problem(file, "", "is not a framework: it must begin with keys such as `authority:`")]
            )
        reader = _Reader(file)
        reader.visit(node, (), 0)
        if reader.problems:
            raise FrameworkError(reader.problems)
        return Document(file, loader.construct_document(node), reader.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise FrameworkError(
            [Problem(file, "", f"is not readable YAML: {error.problem}", line=line)]
        ) from error
    except yaml.YAMLError as error:
        raise FrameworkError([Problem(file, "", "is not readable YAML")]) from error
    finally:
        loader.dispose()


def _refuse_depths(text: str, file: str) -> None:
    """Raise FrameworkError where the text is nested too deeply: libyaml composes by recursion, without a limit."""
    depth = 0
    for event in yaml.parse(text, Loader=PlainLoader):
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise FrameworkError([Problem(file, "", TOO_MUCH)])


class _Reader:
    """Walks the nodes as they will be built, so that aliases count as often as they are used."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._count = 0

    def visit(self, node: Node, path: Path, depth: int) -> None:
        self._count += 1
        if self._count > MAX_NODES or depth > MAX_DEPTH:
            raise FrameworkError([Problem(self.file, "", TOO_MUCH)])
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, MappingNode):
            self._mapping(node, path, depth)
        elif isinstance(node, SequenceNode):
            for index, item in enumerate(node.value):
                self.visit(item, (*path, index), depth + 1)

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> None:
        seen: set[Hashable] = set()
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else str(key_node.start_mark.line)
            if key in seen:
                line = key_node.start_mark.line + 1
                self.problems.append(
                    Problem(self.file, dotted((*path, key)), "stands twice; keep one", line=line)
                )
            seen.add(key)
            self.visit(value_node, (*path, key), depth + 1)
