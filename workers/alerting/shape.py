"""What a rule may ask of a message, read off the domain values themselves.

A new field of a claim is known to rules the moment it exists; a misspelt one stops the load.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from google.protobuf import descriptor_pb2, descriptor_pool, wrappers_pb2

_PACKAGE = "claimwire"
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS: Mapping[type, tuple[Any, str]] = {
    str: (_Field.TYPE_STRING, "StringValue"),
    bool: (_Field.TYPE_BOOL, "BoolValue"),
    int: (_Field.TYPE_INT64, "Int64Value"),
    float: (_Field.TYPE_DOUBLE, "DoubleValue"),
}


@dataclass(frozen=True, slots=True)
class FieldType:
    """One field: ``base`` is ``str``, ``bool``, ``int``, ``float`` or a dataclass; dates are ``str`` here."""

    base: type
    repeated: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_scalar(self) -> bool:
        """Whether the field (or each item of it) is one word, number or flag."""
        return not is_dataclass(self.base)


@cache
def field_types(message: type) -> Mapping[str, FieldType]:
    """Return the fields of a dataclass as rules see them, in its order."""
    return {name: _field_type(hint) for name, hint in get_type_hints(message).items()}


@cache
def resolve(message: type, path: str) -> FieldType | None:
    """Return the type at a dotted ``path`` ("source.name") of ``message``, or ``None`` when it has none.

    A path may end in a list but not lead through one.
    """
    current = FieldType(message)
    nullable = False
    for name in path.split("."):
        if current.is_scalar or current.repeated:
            return None
        found = field_types(current.base).get(name)
        if found is None:
            return None
        nullable = nullable or found.nullable
        current = found
    return FieldType(current.base, current.repeated, nullable, current.choices)


def value_at(message: Mapping[str, Any], path: str) -> Any:
    """Return what stands at ``path``; ``None`` where a step on the way is null."""
    current: Any = message
    for name in path.split("."):
        if current is None:
            return None
        current = current[name]
    return current


def descriptors(message: type) -> descriptor_pool.DescriptorPool:
    """Return protobuf descriptors of ``message`` and all it holds: what the type checker checks against."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{message.__name__.lower()}.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    for each in _messages(message, set()):
        _describe(file, each)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return pool


def message_name(message: type) -> str:
    """Return the full protobuf name that ``descriptors`` gives ``message``."""
    return f"{_PACKAGE}.{message.__name__}"


def _field_type(hint: Any) -> FieldType:
    if get_origin(hint) in (Union, types.UnionType):
        options = [option for option in get_args(hint) if option is not types.NoneType]
        inner = _field_type(float if set(options) == {int, float} else options[0])
        nullable = len(options) < len(get_args(hint))
        return FieldType(inner.base, inner.repeated, nullable, inner.choices)
    if get_origin(hint) is tuple:
        item = _field_type(get_args(hint)[0])
        return FieldType(item.base, repeated=True, choices=item.choices)
    if issubclass(hint, StrEnum):
        return FieldType(str, choices=tuple(member.value for member in hint))
    return FieldType(str if issubclass(hint, date) else hint)


def _messages(message: type, seen: set[type]) -> Iterator[type]:
    if message in seen:
        return
    seen.add(message)
    yield message
    for each in field_types(message).values():
        if not each.is_scalar:
            yield from _messages(each.base, seen)


def _describe(file: descriptor_pb2.FileDescriptorProto, message: type) -> None:
    described = file.message_type.add(name=message.__name__)
    for number, (name, each) in enumerate(field_types(message).items(), start=1):
        kind, type_name = _proto_type(each)
        described.field.add(
            name=name,
            number=number,
            type=kind,
            type_name=type_name,
            label=_Field.LABEL_REPEATED if each.repeated else _Field.LABEL_OPTIONAL,
        )


def _proto_type(each: FieldType) -> tuple[Any, str | None]:
    if not each.is_scalar:
        return _Field.TYPE_MESSAGE, f".{message_name(each.base)}"
    kind, wrapper = _SCALARS[each.base]
    return (_Field.TYPE_MESSAGE, f".google.protobuf.{wrapper}") if each.nullable else (kind, None)
