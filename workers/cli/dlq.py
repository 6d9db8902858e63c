"""``claimwire dlq list|show|replay``: dead letters, and a replay that is bounded and cannot loop."""

import sys
from collections import Counter, deque
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from kafka.errors import KafkaError

from workers.cli.dead_letters import (
    Chosen,
    DeadLetter,
    dead_letter_fields,
    dead_letter_line,
    one_per_record,
    read_dead_letter,
    replay_headers,
)
from workers.cli.errors import CliError
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap, consumer, producer
from workers.cli.pace import Pace
from workers.cli.records import BEGINNING, read_all, read_one, read_since
from workers.cli.terminal import Terminal, inert, inert_lines, print_json
from workers.domain.outcome import RejectReason
from workers.topology import DLQ_SUFFIX, StageName, Topic

app = typer.Typer(no_args_is_help=True, help="List, show and replay dead letters.")

ACK_TIMEOUT_S = 90
_SHOWN_BYTES = 4096
_IN_FLIGHT = 20
_SOURCES = frozenset(topic.value for topic in Topic)

Reason = Annotated[RejectReason | None, typer.Option(help="Only those with this reason.")]
StageOption = Annotated[StageName | None, typer.Option(help="Only those of this stage.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Only those since so long ago (30s, 15m, 1h, 2d) or a time.")
]


@app.command("list")
def list_(
    reason: Reason = None,
    stage: StageOption = None,
    since: SinceOption = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """List dead letters, the oldest first, with a count of each reason on standard error.

    Example: claimwire dlq list --reason not-json --since 1d
    """
    out = Terminal()
    with consumer(bootstrap) as client:
        letters = _read(client, since, Chosen(reason=reason, stage=stage))
    for letter in letters[-limit:]:
        if as_json:
            print_json(dead_letter_fields(letter))
        else:
            out.print(dead_letter_line(letter))
    counts = Counter(inert(letter.reason) or "no reason given" for letter in letters)
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    typer.echo(f"{len(letters)} dead letters{': ' if told else ''}{told}", err=True)


@app.command()
def show(
    letter_id: Annotated[
        str, typer.Argument(metavar="ID", help="As dlq list prints it: TOPIC:PARTITION:OFFSET.")
    ],
    raw: Annotated[bool, typer.Option("--raw", help="Write the record's bytes, and nothing else.")] = False,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """Show one dead letter: its headers, its key, and its value as text.

    Example: claimwire dlq show news.article-raw.v1.dlq:0:17 --raw > record.bin
    """
    topic, partition, offset = _parsed(letter_id)
    with consumer(bootstrap) as client:
        record = read_one(client, topic, partition, offset)
    value = record.value or b""
    if raw:
        sys.stdout.buffer.write(value)
        return
    out = Terminal()
    for name, content in record.headers:
        out.print(f"{inert(name)}: {inert(content.decode('utf-8', 'replace'))}")
    key = "(none)" if record.key is None else inert(record.key.decode("utf-8", "replace"))
    out.print(f"key: {key}")
    out.print(f"value: {len(value)} bytes" if record.value is not None else "value: null (a tombstone)")
    out.print(inert_lines(value[:_SHOWN_BYTES].decode("utf-8", "replace")))
    if len(value) > _SHOWN_BYTES:
        out.print(f"… {len(value) - _SHOWN_BYTES} more bytes; --raw gives all", style="dim")


@app.command()
def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Only these.")] = None,
    reason: Reason = None,
    stage: StageOption = None,
    since: SinceOption = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many records.")] = 100,
    max_replays: Annotated[
        int, typer.Option(min=1, help="Leave alone what was replayed so often already.")
    ] = 3,
    rate: Annotated[float, typer.Option(min=0.01, help="At most so many records a second.")] = 50.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")
    ] = False,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """Send dead letters back to the topic they came from: original key, bytes and headers.

    Bounded: only what lies there now, at most --limit. Loop-proof: a header counts the replays, copies of one
    record are sent once, and what died again --max-replays times stays. Dead letters are not removed.

    Example: claimwire dlq replay --reason process-crashed --since 2d --dry-run
    """
    for letter_id in ids or ():
        _parsed(letter_id)
    chosen = Chosen(frozenset(ids or ()), reason, stage)
    with consumer(bootstrap) as client:
        every = _read(client, since, Chosen())
    ready, skipped = _ready(every, chosen, max_replays)
    for line in skipped:
        typer.echo(line, err=True)
    if missing := sorted(chosen.ids - {letter.id for letter in every}):
        raise CliError(f"there is no dead letter {', '.join(missing)}")
    sent = _print_plan(ready[:limit]) if dry_run else _send(bootstrap, ready[:limit], Pace(rate))
    left = f"; {len(ready) - limit} more are over --limit" if len(ready) > limit else ""
    typer.echo(f"{sent} {'would be ' if dry_run else ''}replayed, {len(skipped)} left alone{left}", err=True)


def _ready(letters: list[DeadLetter], chosen: Chosen, max_replays: int) -> tuple[list[DeadLetter], list[str]]:
    """Return what may be sent, and a line for each that may not."""
    wanted = {letter.original for letter in letters if chosen(letter)}
    ready, skipped = [], []
    for letter in one_per_record(letters):
        if letter.original not in wanted:
            continue
        if letter.source_topic not in _SOURCES:
            skipped.append(f"{letter.id}: its headers name no topic of claimwire")
        elif letter.replays >= max_replays:
            skipped.append(f"{letter.id}: was replayed {letter.replays} times already")
        else:
            ready.append(letter)
    return ready, skipped


def _print_plan(letters: list[DeadLetter]) -> int:
    out = Terminal()
    for letter in letters:
        out.print(f"{letter.id} → {letter.source_topic}")
    return len(letters)


def _send(bootstrap: str, letters: list[DeadLetter], pace: Pace) -> int:
    if not letters:
        return 0
    with consumer(bootstrap) as source, producer(bootstrap) as client:
        waiting: deque[tuple[DeadLetter, Any]] = deque()
        for letter in letters:
            pace.wait()
            waiting.append((letter, _sent(source, client, letter)))
            if len(waiting) > _IN_FLIGHT:
                _settle(*waiting.popleft())
        while waiting:
            _settle(*waiting.popleft())
    return len(letters)


def _sent(source: Any, client: Any, letter: DeadLetter) -> Any:
    place = letter.record
    record = read_one(source, place.topic, place.partition, place.offset)
    headers = list(replay_headers(letter))
    return client.send(letter.source_topic, value=record.value, key=record.key, headers=headers)


def _settle(letter: DeadLetter, future: Any) -> None:
    try:
        future.get(ACK_TIMEOUT_S)
    except KafkaError as error:
        raise CliError(f"{letter.id} was not replayed, and what follows may not be: {error}") from error


def _read(client: Any, since: str | None, chosen: Chosen) -> list[DeadLetter]:
    """Return the chosen dead letters that are there now, the oldest first."""
    topics = [topic.dlq for topic in Topic]
    return sorted(_chosen(client, topics, since, chosen), key=lambda letter: letter.record.timestamp_ms)


def _chosen(client: Any, topics: list[str], since: str | None, chosen: Chosen) -> Iterator[DeadLetter]:
    for record in read_all(client, topics, read_since(since) or BEGINNING):
        letter = read_dead_letter(record)
        if chosen(letter):
            yield letter


def _parsed(letter_id: str) -> tuple[str, int, int]:
    topic, _, rest = letter_id.partition(":")
    partition, _, offset = rest.partition(":")
    if not topic.endswith(DLQ_SUFFIX) or not partition.isdecimal() or not offset.isdecimal():
        raise typer.BadParameter(
            f"{letter_id!r} is not TOPIC:PARTITION:OFFSET of a .dlq topic", param_hint="ID"
        )
    return topic, int(partition), int(offset)
