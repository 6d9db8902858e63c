"""Printing for people and for pipes; nothing that comes out of an article can steer a terminal."""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console

_STEERS = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Terminal(Console):
    """A console that prints what it is given, no markup, and lets a closed pipe end the command quietly."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def on_broken_pipe(self) -> None:
        """Let ``claimwire`` itself decide; rich would leave with 1."""
        raise BrokenPipeError


def inert(text: str) -> str:
    r"""Return ``text`` on one line; a control or a switch of direction is shown as ``\x1b`` or ``\u202e``."""
    return _CONTROL.sub(_shown, " ".join(text.split()))


def inert_lines(text: str) -> str:
    """Return ``text`` as ``inert`` does, line by line."""
    return "\n".join(inert(line) for line in text.splitlines())


def print_json(fields: Mapping[str, Any]) -> None:
    """Print one JSON object on one line, at once; what could steer a terminal is escaped, as JSON allows."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write(_STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
    sys.stdout.flush()


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
