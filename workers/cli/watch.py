"""``claimwire watch``: a topic as it happens, readable, or as JSON lines for pipes."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.text import Text

from workers.cli.dead_letters import dead_letter_fields, dead_letter_line, read_dead_letter
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap, consumer
from workers.cli.lines import VIEWS, View
from workers.cli.records import follow, read_since
from workers.cli.terminal import Terminal, inert, print_json
from workers.domain.outcome import Record, Reject
from workers.topology import Topic
from workers.wire.codec import decode_object
from workers.wire.schema import problem_when_read
from workers.wire.topics import load_topics


class What(StrEnum):
    """What can be watched."""

    CLAIMS = "claims"
    ALERTS = "alerts"
    ARTICLES = "articles"
    RELATIONS = "relations"
    STORIES = "stories"
    DLQ = "dlq"


def watch(
    what: Annotated[What, typer.Argument(help="What to follow.")] = What.CLAIMS,
    subject: Annotated[
        str | None, typer.Option(help="Only what has this id, or these words, in its names or content.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Begin so long ago (30s, 15m, 1h, 2d), at a time, or with: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many.")] = None,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="Stop when nothing came for so many seconds.")
    ] = None,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """Follow a topic: new records, or also earlier ones with --since. Ctrl-C ends it.

    It belongs to no consumer group and changes nothing.

    Examples:

      claimwire watch alerts --since 1h

      claimwire watch claims --subject "Ada Holt" --json | jq -r .content.text
    """
    start = read_since(since)
    topics = [topic.dlq for topic in Topic] if what is What.DLQ else [VIEWS[what].topic.value]
    out, notes = Terminal(), Terminal(stderr=True)
    shown = 0
    with consumer(bootstrap) as client:
        if start is None and not as_json:
            notes.print(f"watching for new {what} at {bootstrap}; earlier ones: --since 1h", style="dim")
        for record in follow(client, topics, start, timeout):
            shown += _show(record, what, subject, out if not as_json else None, notes)
            if limit is not None and shown >= limit:
                break


def _show(record: Record, what: What, subject: str | None, out: Terminal | None, notes: Terminal) -> bool:
    """Print a record, as JSON when there is no ``out``; returns whether it was one to print."""
    if what is What.DLQ:
        return _show_dead_letter(record, subject, out)
    view = VIEWS[what]
    if record.value is None:
        return subject is None and _show_tombstone(record, view, out)
    fields = decode_object(record.value, max_bytes=len(record.value))
    problem = fields.detail if isinstance(fields, Reject) else problem_when_read(view.topic.schema, fields)
    if isinstance(fields, Reject) or problem is not None:
        notes.print(
            f"{record.topic}:{record.partition}:{record.offset} is unreadable: {inert(problem or '')}"
        )
        return False
    if not view.matches(fields, subject):
        return False
    _print(fields, view.line(fields) if out else None, out)
    return True


def _show_dead_letter(record: Record, subject: str | None, out: Terminal | None) -> bool:
    letter = read_dead_letter(record)
    fields = dead_letter_fields(letter)
    if subject is not None and not any(
        subject.casefold() in str(value).casefold() for value in fields.values()
    ):
        return False
    _print(fields, dead_letter_line(letter) if out else None, out)
    return True


def _show_tombstone(record: Record, view: View, out: Terminal | None) -> bool:
    key_field = load_topics()[view.topic].key
    key = (record.key or b"").decode("utf-8", "replace")
    _print({key_field: key, "tombstone": True}, Text(f"withdrawn {key_field} {inert(key)}", style="dim"), out)
    return True


def _print(fields: dict[str, Any], line: Text | None, out: Terminal | None) -> None:
    if out is None or line is None:
        print_json(fields)
    else:
        out.print(line)
