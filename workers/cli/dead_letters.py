"""Dead letters as values: read from records, chosen by filters, shown in a line."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from workers.cli.terminal import inert
from workers.domain.outcome import Headers, Record
from workers.wire.dead_letters import PREFIX, REPLAYS


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record of a ``.dlq`` topic. What is not in its headers is ``""``.

    ``record`` comes without its value, of which there may be thousands of megabytes; ``value_sha256`` tells
    two apart, ``size`` is in bytes.
    """

    record: Record
    size: int
    value_sha256: str
    source_topic: str
    stage: str
    reason: str
    detail: str
    attempts: str
    replays: int

    @property
    def id(self) -> str:
        """How a person names it: ``news.article-raw.v1.dlq:0:17``."""
        return f"{self.record.topic}:{self.record.partition}:{self.record.offset}"

    @property
    def original(self) -> tuple[str, bytes | None, str]:
        """What two dead letters of one record have in common."""
        return self.source_topic, self.record.key, self.value_sha256


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which dead letters are wanted; ``None`` and empty mean any."""

    ids: frozenset[str] = frozenset()
    reason: str | None = None
    stage: str | None = None

    def __call__(self, letter: DeadLetter) -> bool:
        """Is ``letter`` wanted?"""
        return (
            (not self.ids or letter.id in self.ids)
            and self.reason in (None, letter.reason)
            and self.stage in (None, letter.stage)
        )


def read_dead_letter(record: Record) -> DeadLetter:
    """Return a record as a dead letter, whatever its headers are: it was put there to be looked at."""
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    replays = headers.get(REPLAYS, "0")
    return DeadLetter(
        record=replace(record, value=None),
        size=len(record.value or b""),
        value_sha256=hashlib.sha256(record.value or b"").hexdigest(),
        source_topic=headers.get("dlq-topic", ""),
        stage=headers.get("dlq-stage", ""),
        reason=headers.get("dlq-reason", ""),
        detail=headers.get("dlq-detail", ""),
        attempts=headers.get("dlq-attempts", ""),
        replays=int(replays) if replays.isdecimal() and len(replays) < 9 else 0,
    )


def dead_letter_fields(letter: DeadLetter) -> dict[str, Any]:
    """Return it as a JSON object, without the value, which ``dlq show`` gives."""
    record = letter.record
    return {
        "id": letter.id,
        "timestamp": _time(record.timestamp_ms),
        "topic": letter.source_topic,
        "stage": letter.stage,
        "reason": letter.reason,
        "detail": letter.detail,
        "attempts": letter.attempts,
        "replays": letter.replays,
        "key": None if record.key is None else record.key.decode("utf-8", "replace"),
        "bytes": letter.size,
    }


def dead_letter_line(letter: DeadLetter) -> Text:
    """Return it on one line: which, when, why."""
    line = Text().append(f"{_time(letter.record.timestamp_ms)[:16].replace('T', ' ')} ", style="dim")
    line.append(f"{letter.id} ", style="bold")
    line.append(f"{inert(letter.reason) or 'no reason given'} ", style="red")
    line.append(f"{inert(letter.stage)} ", style="cyan")
    line.append(inert(letter.detail))
    if letter.replays:
        line.append(f" [replayed {letter.replays} times]", style="yellow")
    return line


def one_per_record(letters: Iterable[DeadLetter]) -> Iterator[DeadLetter]:
    """Yield one dead letter for each original record, as often replayed as the most replayed of its copies.

    A record that was replayed and died again lies here twice; sending both would double it every time.
    """
    latest: dict[tuple[str, bytes | None, str], DeadLetter] = {}
    for letter in letters:
        other = latest.get(letter.original)
        if other is None or letter.replays >= other.replays:
            latest[letter.original] = letter
    yield from latest.values()


def replay_headers(letter: DeadLetter) -> Headers:
    """Return the original record's headers, with the count that ends a loop."""
    original = tuple((name, value) for name, value in letter.record.headers if not name.startswith(PREFIX))
    return (*original, (REPLAYS, str(letter.replays + 1).encode()))


def _time(timestamp_ms: int) -> str:
    try:
        moment = datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):  # a producer that counts in micro- or nanoseconds
        return f"{timestamp_ms} ms"
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
