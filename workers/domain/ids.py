"""Ids made from content: the same content always has the same id, on every machine and run."""

import hashlib

_SEPARATOR = "\x1f"
_ID_LENGTH = 32


def content_id(kind: str, *parts: str | int) -> str:
    """Return 32 hex digits (128 bits of SHA-256) over ``kind`` and ``parts``.

    Parts are joined by the ASCII unit separator, which is stripped from the parts themselves, so that
    ``("ab", "c")`` and ``("a", "bc")`` differ.
    """
    joined = _SEPARATOR.join([kind, *(str(part).replace(_SEPARATOR, " ") for part in parts)])
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]


def text_sha256(text: str) -> str:
    """Return the SHA-256 hex digest of the UTF-8 form of ``text``."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
