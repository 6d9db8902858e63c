"""Between domain values and plain JSON shapes, by the values' own type hints, both ways."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

Defaults = Mapping[str, Mapping[str, Any]]
_NO_DEFAULTS: Defaults = {}


class PlainError(ValueError):
    """The plain value is not of the type asked for; the message names the field."""


def to_mapping(value: Any) -> Any:
    """Return a domain value as the plain JSON shape of its message (words, numbers, lists, mappings).

    A duration is its seconds.
    """
    kind: type = type(value)
    convert = _converter(kind)
    return value if convert is None else convert(value)


def iso(moment: datetime) -> str:
    """Return RFC 3339 in UTC with a ``Z``; whole seconds carry no fraction."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@cache
def _converter(kind: type) -> Callable[[Any], Any] | None:
    """Return what makes values of ``kind`` plain; ``None`` where they are so already."""
    if is_dataclass(kind):
        names = tuple(each.name for each in fields(kind))
        return lambda value: {name: to_mapping(getattr(value, name)) for name in names}
    if issubclass(kind, tuple):
        return lambda value: [to_mapping(item) for item in value]
    if issubclass(kind, StrEnum):
        return str
    if issubclass(kind, datetime):
        return iso
    if issubclass(kind, timedelta):
        return timedelta.total_seconds
    return date.isoformat if issubclass(kind, date) else None


def from_plain(kind: Any, value: Any, path: str, defaults: Defaults = _NO_DEFAULTS) -> Any:
    """Make a value of the type ``kind`` out of a plain one; ``defaults`` fill dataclasses by their name.

    Raises ``PlainError`` for a missing or unknown field and for a value of another kind.
    """
    origin = get_origin(kind)
    if kind is Any:
        return value
    if origin in (Union, types.UnionType):
        return _from_union(kind, value, path, defaults)
    if origin is tuple:
        return _from_list(get_args(kind), value, path, defaults)
    if is_dataclass(kind):
        return _from_mapping(kind, value, path, defaults)
    return _from_scalar(kind, value, path)


def _from_union(kind: Any, value: Any, path: str, defaults: Defaults) -> Any:
    options = [option for option in get_args(kind) if option is not types.NoneType]
    if value is None and len(options) < len(get_args(kind)):
        return None
    return from_plain(float if int in options else options[0], value, path, defaults)


def _from_list(kinds: tuple[Any, ...], value: Any, path: str, defaults: Defaults) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise PlainError(f"{path} must be a list")
    each = [kinds[0]] * len(value) if kinds[-1] is Ellipsis else list(kinds)
    if len(each) != len(value):
        raise PlainError(f"{path} must have {len(each)} items")
    pairs = enumerate(zip(each, value, strict=True))
    return tuple(from_plain(kind, item, f"{path}[{at}]", defaults) for at, (kind, item) in pairs)


def _from_mapping(kind: Any, value: Any, path: str, defaults: Defaults) -> Any:
    if not isinstance(value, dict):
        raise PlainError(f"{path} must be a mapping")
    filled = {**defaults.get(kind.__name__, {}), **value}
    hints = _hints(kind)
    unknown = next((name for name in filled if name not in hints), None)
    if unknown is not None:
        raise PlainError(f"{path} has no field {unknown!r}; it has {', '.join(hints)}")
    missing = next((name for name in hints if name not in filled), None)
    if missing is not None:
        raise PlainError(f"{path} needs {missing!r}")
    return kind(**{name: from_plain(hints[name], filled[name], f"{path}.{name}", defaults) for name in hints})


def _from_scalar(kind: Any, value: Any, path: str) -> Any:
    try:
        if issubclass(kind, datetime):
            moment = datetime.fromisoformat(str(value))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if issubclass(kind, date):
            return date.fromisoformat(str(value))
        if issubclass(kind, Enum):
            return kind(value)
        if issubclass(kind, timedelta):
            return timedelta(seconds=value)
    except (ValueError, TypeError, OverflowError) as error:
        raise PlainError(f"{path}: {value!r} is none of its values") from error
    wanted = (int, float) if kind is float else kind
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise PlainError(f"{path}: {value!r} is no {kind.__name__}")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
