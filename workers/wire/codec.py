"""Bytes to JSON objects and back; bad bytes are answered with ``Reject``, never with an exception."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from workers.domain.outcome import Reject, RejectReason

MAX_DEPTH = 32
MAX_DETAIL_BYTES = 1024
REPLACEMENT = "\ufffd"

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_BOM = "\ufeff"


class _RefusedError(ValueError):
    """JSON that Python would read but that means different things to different readers."""


def decode_object(value: bytes, *, max_bytes: int) -> dict[str, Any] | Reject:
    """Return the JSON object in ``value``.

    Refused: more than ``max_bytes``, bytes that are not UTF-8, NaN and infinite numbers, a key given twice in
    one object (readers disagree which counts), nesting deeper than ``MAX_DEPTH``, and what is no object.
    A lone surrogate escape (half an emoji) becomes U+FFFD: one code point for one, so offsets stay.
    """
    if len(value) > max_bytes:
        return Reject(RejectReason.TOO_LARGE, f"{len(value)} bytes; at most {max_bytes} are read")
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{value[error.start]:02x} at offset {error.start}"
        return Reject(RejectReason.NOT_UTF8, f"{byte} is not UTF-8")
    try:
        parsed = _DECODER.decode(text.removeprefix(_BOM))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        return Reject(RejectReason.NOT_JSON, f"{error.msg} at {where}")
    except _RefusedError as error:
        return Reject(RejectReason.NOT_JSON, clip_utf8(str(error)))
    except RecursionError:
        return _too_deep()
    except ValueError:  # int() refuses thousands of digits
        return Reject(RejectReason.NOT_JSON, "a number has too many digits")
    if not isinstance(parsed, dict):
        return Reject(RejectReason.SCHEMA, f"/: a JSON object is needed, not {_json_type(parsed)}")
    if _deeper_than(parsed, MAX_DEPTH):
        return _too_deep()
    return _scrubbed(parsed) if _SURROGATE_ESCAPE.search(text) else parsed


def encode_object(fields: Mapping[str, Any]) -> bytes:
    """Return compact UTF-8 JSON with the keys in the order given: the same fields give the same bytes.

    A lone surrogate, which UTF-8 cannot carry, is written as U+FFFD. Raises ``ValueError`` for NaN.
    """
    text = _ENCODER.encode(fields)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return without_surrogates(text).encode("utf-8")


def without_surrogates(text: str) -> str:
    """Return ``text`` with each lone surrogate replaced by U+FFFD; the length does not change."""
    return _LONE_SURROGATE.sub(REPLACEMENT, text)


def clip_utf8(text: str, max_bytes: int = MAX_DETAIL_BYTES) -> str:
    """Return the longest beginning of ``text`` that fits ``max_bytes`` of UTF-8, no character cut."""
    encoded = without_surrogates(text).encode("utf-8")
    return encoded[:max_bytes].decode("utf-8", "ignore")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"the key {twice[:64]!r} is given twice in one object")
    return fields


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _RefusedError("a number is too large")
    return number


def _no_constant(name: str) -> float:
    raise _RefusedError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_float=_finite, parse_constant=_no_constant
)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False)


def _too_deep() -> Reject:
    return Reject(RejectReason.NOT_JSON, f"nested deeper than {MAX_DEPTH} levels")


def _json_type(value: object) -> str:
    names = {list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def _deeper_than(value: dict[str, Any], limit: int) -> bool:
    level: list[Any] = [value]
    for _ in range(limit):
        inner = (child for node in level for child in (node.values() if type(node) is dict else node))
        level = [child for child in inner if type(child) is dict or type(child) is list]
        if not level:
            return False
    return True


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {without_surrogates(name): _scrubbed(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_scrubbed(child) for child in value]
    return value
