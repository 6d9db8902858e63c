"""Counts the inputs that each test really took, for ``make fuzz``."""

import json
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.fuzzing import COUNTS_VARIABLE


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Write one line of JSON a test: its name, how many inputs it took, how long, and whether it held."""
    path = os.environ.get(COUNTS_VARIABLE)
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    if path is None or handle is None:
        return (yield)
    inner, taken, began, held = handle.inner_test, 0, time.monotonic(), False

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal taken
        taken += 1
        return inner(*arguments, **named)

    handle.inner_test = counted
    try:
        outcome = yield
        held = True
    finally:
        handle.inner_test = inner
        line = {"test": item.nodeid, "inputs": taken, "seconds": time.monotonic() - began, "held": held}
        with Path(path).open("a") as log:
            log.write(json.dumps(line) + "\n")
    return outcome
