"""YAML that keeps the line of every key and forgives nothing: no unknown, doubled or mistyped key."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml

MAX_CHARACTERS = 20_000_000
MAX_DEPTH = 24
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_T = TypeVar("_T")
_STR, _INT, _BOOL, _NULL, _FLOAT = (
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "bool", "null", "float")
)
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a rules file, and where; ``key`` is the path: ``groups[0].rules[2].match``."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.message}"


class BadYamlError(ValueError):
    """Carries one ``Problem`` from where it is found to where problems are gathered."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the file, and how to speak of it."""

    file: str
    key: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """Counted from 1."""
        return int(self.node.start_mark.line) + 1

    def error(self, message: str) -> BadYamlError:
        """Make the exception that says ``message`` of this place."""
        return BadYamlError(Problem(self.file, self.line, self.key, message))

    def text(self) -> str:
        """Return a non-empty word or text."""
        value = self._scalar(_STR, "text (put a number or a word like 'no' in quotation marks)")
        if not value.strip():
            raise self.error("is empty")
        return value

    def whole_number(self) -> int:
        """Return a whole number."""
        return int(self._scalar(_INT, "a whole number"))

    def items(self) -> tuple["Place", ...]:
        """Return the places of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("must be a list")
        return tuple(Place(self.file, f"{self.key}[{at}]", node) for at, node in enumerate(self.node.value))

    def keys(self) -> "Keys":
        """Return the keys of a mapping, to be taken one by one."""
        return Keys(self)

    def plain(self) -> Any:
        """Return the value as plain lists, mappings, texts, numbers, flags and null; a date stays text."""
        if isinstance(self.node, yaml.SequenceNode):
            return [item.plain() for item in self.items()]
        if isinstance(self.node, yaml.MappingNode):
            return {key: place.plain() for key, place in Keys(self).found.items()}
        readers: dict[str, Callable[[str], Any]] = {_INT: int, _FLOAT: float, _BOOL: _flag, _NULL: _none}
        try:
            return readers.get(self.node.tag, str)(self.node.value)
        except ValueError as error:
            raise self.error(f"{self.node.value!r} is no plain number") from error

    def _scalar(self, tag: str, wanted: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != tag:
            raise self.error(f"must be {wanted}")
        return str(self.node.value)


class Keys:
    """A mapping's keys; whoever reads takes the ones he knows and then calls ``finish``."""

    def __init__(self, place: Place) -> None:
        if not isinstance(place.node, yaml.MappingNode):
            raise place.error("must be a mapping of keys to values")
        self.place = place
        self.found: dict[str, Place] = {}
        for key, value in place.node.value:
            name = str(key.value)
            here = Place(place.file, f"{place.key}.{name}".lstrip("."), key)
            if not isinstance(key, yaml.ScalarNode):  # "on" is a flag to YAML 1.1, so tags say nothing here
                raise here.error("a key must be a word")
            if name in self.found:
                raise here.error("stands here twice")
            self.found[name] = Place(place.file, here.key, value)
        self._left = dict(self.found)

    def take(self, name: str, read: Callable[[Place], _T], default: Any = _NOTHING) -> _T:
        """Read the value of ``name``; without a default the key must be there."""
        place = self._left.pop(name, None)
        if place is not None:
            return read(place)
        if default is _NOTHING:
            raise self.place.error(f"needs the key {name!r}")
        value: _T = default
        return value

    def finish(self, known: str) -> None:
        """Raise for the first key that nobody took; ``known`` lists the right ones for the message."""
        for name, place in self._left.items():
            raise Place(place.file, place.key, place.node).error(f"unknown key {name!r}; known are {known}")


def parse_yaml(text: str, file: str) -> Place:
    """Read ``text``; raises ``BadYamlError`` for bad syntax, anchors and aliases, great size or depth.

    Bytes that were not UTF-8 come as lone surrogates (``errors="surrogateescape"``) and are refused.
    """
    if len(text) > MAX_CHARACTERS:
        raise BadYamlError(Problem(file, 1, "(file)", f"is longer than {MAX_CHARACTERS} characters"))
    if (odd := _SURROGATE.search(text)) is not None:
        raise BadYamlError(Problem(file, text.count("\n", 0, odd.start()) + 1, "(file)", "is not UTF-8"))
    try:
        _refuse_depth_and_aliases(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        message = error.problem or "is not YAML"
        raise BadYamlError(Problem(file, (mark.line if mark else 0) + 1, "(file)", message)) from error
    except yaml.YAMLError as error:
        message = str(error).split("\n", maxsplit=1)[0]
        raise BadYamlError(Problem(file, 1, "(file)", message)) from error
    if node is None:
        raise BadYamlError(Problem(file, 1, "(file)", "is empty"))
    return Place(file, "", node)


def _refuse_depth_and_aliases(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BadYamlError(Problem(file, line, "(file)", "anchors and aliases are not for rules files"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise BadYamlError(Problem(file, line, "(file)", f"is nested deeper than {MAX_DEPTH}"))


def _flag(value: str) -> bool:
    return value.lower() in ("true", "yes", "on")


def _none(_: str) -> None:
    return None
