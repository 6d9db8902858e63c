"""Between domain values and plain JSON shapes, by the values' own type hints, both ways."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

Defaults = Mapping[str, Mapping[str, Any]]
_Reader = Callable[[Any, Defaults], Any]
_NO_DEFAULTS: Defaults = {}


class PlainError(ValueError):
    """The plain value is not of the type asked for; the text names the field."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}{what}")
        self.where = where
        self.what = what


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
    try:
        return _reader(kind)(value, defaults)
    except PlainError as error:
        raise PlainError(f"{path}{error.where}", error.what) from None


@cache
def _reader(kind: Any) -> _Reader:
    if kind is Any:
        return lambda value, _: value
    if get_origin(kind) in (Union, types.UnionType):
        return _union_reader(get_args(kind))
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        return _list_reader(kinds[0]) if kinds[-1] is Ellipsis else _tuple_reader(kinds)
    return _object_reader(kind) if is_dataclass(kind) else _scalar_reader(kind)


def _union_reader(kinds: tuple[Any, ...]) -> _Reader:
    options = [option for option in kinds if option is not types.NoneType]
    inner = _reader(float if int in options else options[0])
    if len(options) == len(kinds):
        return inner
    return lambda value, defaults: None if value is None else inner(value, defaults)


def _list_reader(kind: Any) -> _Reader:
    inner = _reader(kind)

    def read(value: Any, defaults: Defaults) -> Any:
        if not isinstance(value, list):
            raise PlainError("", " must be a list")
        try:
            return tuple([inner(item, defaults) for item in value])
        except PlainError:
            return tuple(_item(inner, at, item, defaults) for at, item in enumerate(value))

    return read


def _tuple_reader(kinds: tuple[Any, ...]) -> _Reader:
    readers = tuple(_reader(kind) for kind in kinds)

    def read(value: Any, defaults: Defaults) -> Any:
        if not isinstance(value, list) or len(value) != len(readers):
            raise PlainError("", f" must be a list of {len(readers)}")
        pairs = enumerate(zip(readers, value, strict=True))
        return tuple(_item(inner, at, item, defaults) for at, (inner, item) in pairs)

    return read


def _item(read: _Reader, at: int | str, value: Any, defaults: Defaults) -> Any:
    try:
        return read(value, defaults)
    except PlainError as error:
        step = f"[{at}]" if isinstance(at, int) else f".{at}"
        raise PlainError(f"{step}{error.where}", error.what) from None


def _object_reader(kind: Any) -> _Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(value: Any, defaults: Defaults) -> Any:
        if not isinstance(value, dict):
            raise PlainError("", " must be a mapping")
        filled = {**defaults[kind.__name__], **value} if kind.__name__ in defaults else value
        if filled.keys() != readers.keys():
            _complain(filled, readers)
        return kind(**{name: _item(inner, name, filled[name], defaults) for name, inner in readers.items()})

    return read


def _complain(filled: Mapping[str, Any], readers: Mapping[str, Any]) -> None:
    unknown = next((name for name in filled if name not in readers), None)
    if unknown is not None:
        raise PlainError("", f" has no field {unknown!r}; it has {', '.join(readers)}")
    missing = next(name for name in readers if name not in filled)
    raise PlainError("", f" needs {missing!r}")


def _scalar_reader(kind: Any) -> _Reader:
    convert = next((each for base, each in _CONVERTED.items() if issubclass(kind, base)), None)
    if issubclass(kind, Enum):
        convert = kind
    wanted = (int, float) if kind is float else kind

    def read(value: Any, _: Defaults) -> Any:
        if convert is None:
            if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
                raise PlainError("", f": {value!r} is no {kind.__name__}")
            return value
        try:
            return convert(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise PlainError("", f": {value!r} is none of its values") from error

    return read


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_CONVERTED: Mapping[type, Callable[[Any], Any]] = {
    datetime: _moment,
    date: lambda value: date.fromisoformat(str(value)),
    timedelta: lambda value: timedelta(seconds=value),
}
