"""``claimwire silence add|list|expire``: what nobody wants to hear of for a while, and why."""

import getpass
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from workers.agents.silence_records import decode_silence, encode_silence
from workers.alerting.durations import parse_duration
from workers.alerting.inhibitions import parse_matcher
from workers.alerting.muting import Matcher, Silence, silence_from_plain, silence_to_plain
from workers.cli.errors import CliError
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap, consumer, producer, require_topic
from workers.cli.records import read_all
from workers.cli.terminal import Terminal, inert, print_json
from workers.topology import Topic
from workers.wire.scalars import read_time

app = typer.Typer(no_args_is_help=True, help="Silence alerts for a while, list silences, end one early.")
_TOPIC = str(Topic.SILENCE)
_ACK_TIMEOUT_S = 60


class Force(StrEnum):
    """Where a silence stands."""

    COMING = "coming"
    ACTIVE = "active"
    ENDED = "ended"


@app.command()
def add(
    matchers: Annotated[
        list[str],
        typer.Argument(help='Conditions on labels, all must hold: rule=official-denial, severity!~"crit.*".'),
    ],
    comment: Annotated[str, typer.Option(help="Why; shown wherever the silence keeps an alert back.")],
    lasting: Annotated[str | None, typer.Option("--for", help="For how long: 90m, 2h, 3d.")] = None,
    until: Annotated[str | None, typer.Option(help="Until when, an ISO 8601 time; instead of --for.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="From when on; now when not given.")] = None,
    author: Annotated[str | None, typer.Option(help="Who silences; the user's name when not given.")] = None,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """Keep alerts back whose labels match; prints the silence's id. Workers obey at once, without a restart.

    What is due meanwhile is kept and counted (claimwire_alerts_withheld_total), and told after the end if it
    would still fire then. Retractions and ends are told all the same.

    Example: claimwire silence add rule=figure-moved desk=sport --for 2h --comment "cup final"
    """
    starts_at = _time(start, "--from") if start is not None else _now()
    silence = _checked(
        Silence(
            tuple(_matcher(text) for text in matchers),
            starts_at,
            _end(starts_at, lasting, until),
            author or _user(),
            comment,
        )
    )
    if silence.ends_at <= _now():
        raise CliError(f"this silence would be over already: it ends at {_short(silence.ends_at)}")
    _publish(bootstrap, silence.id, encode_silence(silence))
    typer.echo(silence.id)


@app.command("list")
def list_silences(
    everything: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """Show the silences that are active or still to come, the next to end first."""
    now = _now()
    found = sorted(_read(bootstrap).values(), key=lambda each: (each.ends_at, each.id))
    chosen = [each for each in found if everything or _force(each, now) is not Force.ENDED]
    if as_json:
        for each in chosen:
            print_json({**silence_to_plain(each), "state": _force(each, now).value})
        return
    if not chosen:
        typer.echo("nothing is silenced", err=True)
        return
    table = Table()
    for name in ("id", "state", "until", "matches", "author", "comment"):
        table.add_column(name, overflow="fold")
    for each in chosen:
        conditions = " ".join(f'{one.label}{one.operator}"{one.value}"' for one in each.matchers)
        until = _short(each.ends_at)
        row = (each.id[:12], _force(each, now).value, until, conditions, each.author, each.comment)
        table.add_row(*map(inert, row))
    Terminal().print(table)


@app.command()
def expire(
    silence_id: Annotated[str, typer.Argument(metavar="ID", help="The id, or enough of its beginning.")],
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> None:
    """End a silence now; what it kept back and would still fire is told."""
    known = _read(bootstrap)
    matching = sorted(each for each in known if each.startswith(silence_id))
    if len(matching) != 1:
        many = f"{len(matching)} silences begin with" if matching else "there is no silence"
        raise CliError(f"{many} {silence_id!r}; see: claimwire silence list --all")
    silence, now = known[matching[0]], _now()
    if _force(silence, now) is Force.ENDED:
        raise CliError(f"{silence.id} ended at {_short(silence.ends_at)}")
    if _force(silence, now) is Force.COMING:
        _publish(bootstrap, matching[0], None)  # it never was: there is no end before a start
    else:
        _publish(bootstrap, matching[0], encode_silence(replace(silence, ends_at=now)))
    typer.echo(f"ended {matching[0]}")


def _read(bootstrap: str) -> dict[str, Silence]:
    """Return what the topic holds now, by key; a record that cannot be read is named and left out."""
    found: dict[str, Silence] = {}
    with consumer(bootstrap) as client:
        for record in read_all(client, [_TOPIC]):
            key = (record.key or b"").decode("utf-8", "replace")
            if record.value is None:
                found.pop(key, None)
                continue
            silence = decode_silence(record.value)
            if isinstance(silence, str):
                typer.echo(f"{_TOPIC}:{record.partition}:{record.offset}: {inert(silence)}", err=True)
            else:
                found[key] = silence
    return found


def _publish(bootstrap: str, key: str, value: bytes | None) -> None:
    require_topic(bootstrap, _TOPIC)
    with producer(bootstrap) as client:
        client.send(_TOPIC, key=key.encode(), value=value).get(timeout=_ACK_TIMEOUT_S)


def _matcher(text: str) -> Matcher:
    read = parse_matcher(text)
    if isinstance(read, str):
        raise typer.BadParameter(read, param_hint="MATCHERS")
    return read


def _end(starts_at: datetime, lasting: str | None, until: str | None) -> datetime:
    if (lasting is None) == (until is None):
        raise typer.BadParameter("one of --for and --until is needed", param_hint="--for")
    if until is not None:
        return _time(until, "--until")
    found = parse_duration(lasting or "")
    if isinstance(found, str):
        raise typer.BadParameter(found, param_hint="--for")
    return starts_at + found


def _time(text: str, option: str) -> datetime:
    moment = read_time(text)
    if moment is None:
        raise typer.BadParameter(f"{text!r} is no time; write 2026-03-02T10:00:00Z", param_hint=option)
    return moment


def _checked(silence: Silence) -> Silence:
    read = silence_from_plain(silence_to_plain(silence))
    if isinstance(read, str):
        raise CliError(read)
    return read


def _force(silence: Silence, now: datetime) -> Force:
    if silence.ends_at <= now:
        return Force.ENDED
    return Force.ACTIVE if silence.starts_at <= now else Force.COMING


def _user() -> str:
    """Return the user's name, or a hint where the system knows none (a container)."""
    known: Callable[[], str] = getpass.getuser
    try:
        return known()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
