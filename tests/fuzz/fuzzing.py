"""How long fuzzing goes on, and how good input is spoilt.

``make fuzz`` is the long form: ``CLAIMWIRE_FUZZ_EXAMPLES`` inputs a test, new ones every time. Without it a
test takes few inputs, and the same ones every time.
"""

import json
import os
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from workers.wire.contract import examples, read_example

VARIABLE = "CLAIMWIRE_FUZZ_EXAMPLES"
COUNTS_VARIABLE = "CLAIMWIRE_FUZZ_COUNTS"
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, -(2**64), 10**400, 0.5, -0.0, 1e308, 5e-324,
    "", " ", "\x00", "\ufeff", "\ud800", "\u202e", "💥", "a" * 5_000, "0" * 64, "null", "1970-01-01",
    "0000-00-00", "9999-12-31T23:59:59.999999-23:59", "2024-02-30", "text/html", "withdrawn", "<b>",
    "{{ x }}",
    [], {}, [[]], [None], {"": None}, [{}], {"text": "x", "start": 9, "end": 3},
)  # fmt: skip


def fuzzed(short: int) -> settings:
    """Return the settings of a test that takes ``short`` inputs in the short form."""
    wanted = os.environ.get(VARIABLE)
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    if wanted:
        return settings(max_examples=int(wanted), deadline=None, suppress_health_check=slow)
    return settings(max_examples=short, deadline=None, suppress_health_check=slow, derandomize=True)


def messages(stem: str) -> list[dict[str, Any]]:
    """Return the valid examples of a schema."""
    found = [read_example(path) for path in examples(stem, "valid")]
    assert found
    return found


@st.composite
def spoilt_messages(draw: Callable[..., Any], stem: str) -> dict[str, Any]:
    """A valid message in which up to three values are odd, missing or of another place."""
    message: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(messages(stem)))))
    for _ in range(draw(st.integers(0, 3))):
        holder, name = draw(st.sampled_from(_places(message)))
        kind = draw(st.integers(0, 3))
        if kind == 0 and isinstance(holder, dict):
            del holder[name]
        elif kind == 1:
            holder[name] = draw(st.text(max_size=20))
        else:
            holder[name] = deepcopy(draw(st.sampled_from(ODD_VALUES)))  # a later round may spoil it
        if not message:
            break
    return message


def spoilt_bytes(value: bytes) -> st.SearchStrategy[bytes]:
    """``value`` with a few bytes changed, cut out or put in."""
    cut = st.tuples(st.integers(0, len(value)), st.integers(0, 6), st.binary(max_size=4))

    def apply(cuts: list[tuple[int, int, bytes]]) -> bytes:
        spoilt = value
        for start, length, put in cuts:
            spoilt = spoilt[:start] + put + spoilt[start + length :]
        return spoilt

    return st.lists(cut, max_size=4).map(apply)


def _places(node: Any) -> list[tuple[Any, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = []
    for name, child in items:
        found.append((node, name))
        found += _places(child)
    return found
