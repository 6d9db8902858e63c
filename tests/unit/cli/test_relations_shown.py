"""Relations and merges of stories for a person at a terminal: in the demo and in ``claimwire watch``."""

from io import StringIO
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from tests.support.relate_stage import FIRE, MORE, Log, Relating, told
from workers.cli.demonstration.reader import Tally, _take
from workers.cli.lines import VIEWS, merge_line, relation_line
from workers.domain.outcome import Outgoing
from workers.topology import Topic
from workers.wire.codec import decode_object


def published() -> list[Outgoing]:
    """Return an update of a figure, and its end."""
    relating, log = Relating(), Log()
    log.tell(told(FIRE, 0, "a"))
    log.tell(told(MORE, 1, "b", publisher="brisk\x1b[2J.example"))
    log.withdraw(told(MORE, 1, "b"))
    made = relating.publish(log.records)
    relating.close()
    return made


def fields(out: Outgoing) -> dict[str, Any]:
    read = decode_object(out.value or b"", max_bytes=10**6)
    assert isinstance(read, dict)
    return read


def test_the_demo_shows_a_relation_with_both_claims_and_counts_what_holds() -> None:
    shown, tally = StringIO(), Tally(published=2)
    console = Console(file=shown, width=200)
    found, gone = published()

    _take(console, tally, SimpleNamespace(topic=found.topic, key=found.key, value=found.value))

    assert "updates 12 → 19 houses" in shown.getvalue()
    assert FIRE in shown.getvalue()
    assert MORE in shown.getvalue()
    assert "1 relations between them (1 updates)" in tally.summary()

    _take(console, tally, SimpleNamespace(topic=gone.topic, key=gone.key, value=gone.value))

    assert "0 relations between them, " in tally.summary()


def test_a_relation_is_one_line_that_no_outlet_can_break() -> None:
    line = relation_line(fields(published()[0])).plain

    assert "Speaker of b updates Speaker of a: " in line
    assert "[12 → 19 houses]" in line
    assert "\x1b" not in line
    assert "one origin" not in line


def test_a_merge_is_one_line_and_is_found_by_either_story() -> None:
    merge = {
        "story_id": "1f" * 16,
        "merged_into": "0a" * 16,
        "relation_id": "7c" * 16,
        "found_at": "2024-10-24T12:00:00Z",
    }
    view = VIEWS["stories"]

    assert merge_line(merge).plain == f"2024-10-24 12:00 story {'1f' * 16} is part of {'0a' * 16}"
    assert view.topic is Topic.STORY_MERGE
    assert [view.matches(merge, wanted) for wanted in ("1f" * 16, "0A" * 16, "dam")] == [True, True, False]
