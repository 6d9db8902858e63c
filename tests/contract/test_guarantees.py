"""docs/guarantees.md names the test behind each promise; a promise without its test is none."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "guarantees.md").read_text("utf-8"))


def test_every_test_that_a_guarantee_names_is_there() -> None:
    assert len(NAMED) > 20
    for file, name in NAMED:
        assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text("utf-8"), re.M), (
            f"{file}::{name}"
        )


def test_every_promise_in_a_table_names_a_test() -> None:
    text = (ROOT / "docs" / "guarantees.md").read_text("utf-8")
    for table in re.findall(r"\| promise \| test \|\n\|---\|---\|\n((?:\|.*\n)+)", text):
        for row in table.splitlines():
            assert "`tests/" in row, row
