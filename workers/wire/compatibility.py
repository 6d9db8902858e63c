"""What in a schema or a topic would break those who rely on the released one.

Compacted topics keep old records, and readers keep old code; so a change must let every old record be read
(nothing narrower, nothing newly required) and, in what claimwire itself writes, must go on giving readers
every field with the types they know. New optional fields and new enum values are allowed: readers ignore
fields they do not know and treat an unknown value as none of theirs.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workers.wire.topics import TopicSpec

Documents = Mapping[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "format", "const")
_CONDITIONS = ("if", "then", "else", "not", "allOf", "oneOf")


def breaking_schema_changes(
    released: Documents, current: Documents, stem: str, *, is_written: bool
) -> list[str]:
    """Return one line for every breaking change of the schema ``stem``; none when nothing breaks.

    ``released`` and ``current`` hold schema documents by stem, because schemas refer to each other.
    ``is_written`` says that claimwire writes these messages, so that readers are owed every field.
    """
    if stem not in current:
        return [f"{stem}: the schema is gone"]
    old, new = _Resolver(released), _Resolver(current)
    comparison = _Comparison(old.resolve, new.resolve, is_written)
    changes = comparison.node(_At(stem, released[stem]), _At(stem, current[stem]), "")
    return [f"{stem}: {change}" for change in changes]


def breaking_topic_changes(released: Mapping[str, TopicSpec], current: Mapping[str, TopicSpec]) -> list[str]:
    """Return one line for every topic that is gone or that keeps its promises no more."""
    changes = []
    for name, old in released.items():
        new = current.get(name)
        if new is None:
            changes.append(f"{name}: the topic is gone or renamed")
            continue
        for what in ("schema", "key", "partitions", "cleanup"):
            before, after = getattr(old, what), getattr(new, what)
            if before != after:
                changes.append(f"{name}: {what} changed from {before} to {after}")
        if old.retention_ms and (new.retention_ms or old.retention_ms) < old.retention_ms:
            changes.append(f"{name}: records are kept for a shorter time")
        if new.max_message_bytes < old.max_message_bytes:
            changes.append(f"{name}: records may no longer be as large")
    return changes


class _At:
    """A schema node, and the file it stands in, which its references start from."""

    def __init__(self, stem: str, node: Any) -> None:
        self.stem = stem
        self.node = {} if node is True else node


class _Resolver:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def resolve(self, at: _At) -> _At:
        """Follow ``$ref`` until the node stands there itself."""
        while isinstance(at.node, dict) and "$ref" in at.node:
            file, _, pointer = at.node["$ref"].partition("#")
            stem = file.removesuffix(".schema.json") or at.stem
            node = self._documents[stem]
            for step in pointer.split("/")[1:]:
                node = node[step]
            at = _At(stem, node)
        return at


class _Comparison:
    def __init__(self, old: Callable[[_At], _At], new: Callable[[_At], _At], is_written: bool) -> None:
        self._old, self._new, self._is_written = old, new, is_written

    def node(self, old: _At, new: _At, path: str) -> Iterator[str]:
        old, new = self._old(old), self._new(new)
        here = path or "/"
        if new.node is False:
            yield f"{here}: nothing is accepted any more"
            return
        yield from self._types(old.node, new.node, here)
        yield from self._enum(old.node, new.node, here)
        yield from self._bounds(old.node, new.node, here)
        yield from self._fields(old, new, path)
        if "items" in old.node or "items" in new.node:
            yield from self.node(
                _At(old.stem, old.node.get("items", True)),
                _At(new.stem, new.node.get("items", True)),
                f"{path}/*",
            )
        yield from self._branches(old, new, here)

    def _types(self, old: Any, new: Any, here: str) -> Iterator[str]:
        before, after = _types_of(old), _types_of(new)
        if after and (lost := (before or {"any"}) - _widened(after)):
            yield f"{here}: type {' or '.join(sorted(lost))} is no longer accepted"
        if self._is_written and before and (gained := (after or {"any"}) - _widened(before)):
            yield f"{here}: may now be {' or '.join(sorted(gained))}, which readers do not expect"

    def _enum(self, old: Any, new: Any, here: str) -> Iterator[str]:
        if "enum" not in new:
            return
        if "enum" not in old:
            yield f"{here}: only some values are accepted now"
            return
        for value in old["enum"]:
            if value not in new["enum"]:
                yield f"{here}: the value {value!r} is no longer accepted"

    def _bounds(self, old: Any, new: Any, here: str) -> Iterator[str]:
        for word in _LOWER:
            if word in new and (word not in old or new[word] > old[word]):
                yield f"{here}: {word} is raised to {new[word]}"
        for word in _UPPER:
            if word in new and (word not in old or new[word] < old[word]):
                yield f"{here}: {word} is lowered to {new[word]}"
        for word in _EXACT:
            if word in new and new[word] != old.get(word):
                yield f"{here}: {word} is now {new[word]!r}"
        for word in _CONDITIONS:
            if new.get(word) != old.get(word):
                yield f"{here}: {word} changed; what is accepted must be judged by a person"

    def _fields(self, old: _At, new: _At, path: str) -> Iterator[str]:
        before, after = old.node.get("properties", {}), new.node.get("properties", {})
        was_required = set(old.node.get("required", ()))
        is_required = set(new.node.get("required", ()))
        for name, child in before.items():
            if name not in after:
                yield f"{path}/{name}: the field is gone"
            else:
                yield from self.node(_At(old.stem, child), _At(new.stem, after[name]), f"{path}/{name}")
        for name in sorted(is_required - was_required):
            yield f"{path}/{name}: is required now"
        if self._is_written:
            for name in sorted((was_required - is_required) & after.keys()):
                yield f"{path}/{name}: may be missing now"
        if _is_closed(new.node) and not _is_closed(old.node):
            yield f"{path or '/'}: unknown fields are refused now"
        elif not _is_closed(new.node) and not _is_closed(old.node):
            before_other = _At(old.stem, old.node.get("additionalProperties", True))
            after_other = _At(new.stem, new.node.get("additionalProperties", True))
            if before_other.node or after_other.node:
                yield from self.node(before_other, after_other, f"{path}/*")

    def _branches(self, old: _At, new: _At, here: str) -> Iterator[str]:
        before, after = old.node.get("anyOf", []), new.node.get("anyOf", [])
        if len(before) != len(after):
            yield f"{here}: has {len(after)} forms where it had {len(before)}"
            return
        for left, right in zip(before, after, strict=True):
            yield from self.node(_At(old.stem, left), _At(new.stem, right), here)


def _types_of(node: Any) -> set[str]:
    given = node.get("type", [])
    return {given} if isinstance(given, str) else set(given)


def _widened(types: set[str]) -> set[str]:
    return types | {"integer"} if "number" in types else types


def _is_closed(node: Any) -> bool:
    return node.get("additionalProperties") is False
