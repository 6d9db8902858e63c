"""Annotation templates: ``{{ path or path or "words" }}`` and nothing else: nothing can be reached."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_RENDERED = 2_000
_SLOT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_WORDS = re.compile(r"\"([^\"{}]*)\"|'([^'{}]*)'")
_OR = re.compile(r"\s+or\s+(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)")


class TemplateError(ValueError):
    """The template cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands between ``{{`` and ``}}``: the first path that is not empty, else ``words``."""

    paths: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Template:
    """Literal text and slots in turn."""

    source: str
    parts: tuple[str | Slot, ...]


def parse_template(source: str, known: Callable[[str], bool]) -> Template:
    """Read a template whose every path is ``known``; raises ``TemplateError`` otherwise."""
    parts: list[str | Slot] = []
    end = 0
    for found in _SLOT.finditer(source):
        parts += [source[end : found.start()], _slot(found.group(1).strip(), known)]
        end = found.end()
    parts.append(source[end:])
    for part in parts:
        if isinstance(part, str) and ("{{" in part or "}}" in part):
            raise TemplateError("'{{' and '}}' must come in pairs")
    return Template(source, tuple(part for part in parts if part))


def render(template: Template, values: Mapping[str, Any], lookup: Callable[[str], Any]) -> str:
    """Fill the slots from ``values`` (whole paths), else from ``lookup``; at most 2,000 characters."""
    pieces = [
        part if isinstance(part, str) else _filled(part, lambda path: values.get(path) or lookup(path))
        for part in template.parts
    ]
    text = "".join(pieces)
    return text if len(text) <= MAX_RENDERED else text[: MAX_RENDERED - 1] + "…"


def _slot(inner: str, known: Callable[[str], bool]) -> Slot:
    *first, last = _OR.split(inner)
    words = _WORDS.fullmatch(last)
    paths = tuple(first) if words else (*first, last)
    for path in paths:
        if not _PATH.fullmatch(path):
            raise TemplateError(f"{{{{ {inner} }}}} is not a path, nor paths joined by 'or'")
        if not known(path):
            raise TemplateError(f"there is no {path!r} to show")
    if not paths:
        raise TemplateError(f"{{{{ {inner} }}}} names no path")
    return Slot(paths, (words.group(1) or words.group(2) or "") if words else "")


def _filled(slot: Slot, value_of: Callable[[str], Any]) -> str:
    for path in slot.paths:
        text = _text(value_of(path))
        if text:
            return text
    return slot.words


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return _text(value.get("text"))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
