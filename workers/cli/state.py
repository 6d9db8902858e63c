"""``claimwire state show|rebuild``: what the state database holds, and the same made anew from the topics."""

import os
import sys
from typing import Annotated

import typer

from workers.cli.errors import CliError
from workers.cli.loading import settings_of
from workers.settings import Settings
from workers.state.opening import open_store, without_password
from workers.state.store import StateError, Summary

app = typer.Typer(no_args_is_help=True, help="Show the state database, or make it again from the topics.")

Url = Annotated[
    str | None,
    typer.Option("--state", help="sqlite:///PATH or postgresql://…; default: CLAIMWIRE_STATE_URL."),
]


@app.command()
def show(state: Url = None) -> None:
    """List what the database holds: rows and bytes of every kind, its size and the version of its tables.

    Reads the whole database; a worker that writes to the same SQLite file waits for that long.

    Example: claimwire state show --state sqlite:///claimwire-state.sqlite3
    """
    url = _settings(state).state_url
    _must_exist(url)
    summary = _summary(url)
    typer.echo(f"{without_password(url)}: version {summary.version}, {summary.size:,} bytes")
    if not summary.held:
        typer.echo("It holds nothing.")
    for each in summary.held:
        typer.echo(f"{each.name:<32} {each.rows:>12,} rows {each.bytes:>16,} bytes")


@app.command()
def rebuild(state: Url = None) -> None:
    """Fill an empty database from the topics, as the worker's stages would, without publishing anything.

    Stop the workers first. Broker, stages, rules and model are those of CLAIMWIRE_… variables. What the
    topics no longer hold (retention, compaction) cannot come back; docs/decisions/0010 says what that means.

    Example: claimwire state rebuild --state sqlite:///new-state.sqlite3
    """
    settings = _settings(state)
    if _holds_something(settings.state_url):
        raise CliError(
            f"{without_password(settings.state_url)} is not empty; name a new database with --state"
        )
    counts = _rebuilt(settings)
    for stage, count in counts.items():
        typer.echo(f"{stage:<32} {count:>12,} records")
    summary = _summary(settings.state_url)
    typer.echo(f"{sum(each.rows for each in summary.held):,} rows, {summary.size:,} bytes")


def _rebuilt(settings: Settings) -> dict[str, int]:
    from workers.agents.pool import PoolStartError
    from workers.agents.preflight import PreflightError
    from workers.agents.rule_book import RulesError
    from workers.cli.rebuilding import rebuild as rebuild_all

    shown = sys.stderr.isatty()

    def told(stage: str, count: int) -> None:
        if shown:
            sys.stderr.write(f"\r{stage}: {count:,} records\x1b[K")

    try:
        return rebuild_all(settings, settings.broker, told)
    except (PoolStartError, PreflightError, RulesError, StateError, FileNotFoundError) as error:
        raise CliError(str(error)) from None
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")


def _settings(state: str | None) -> Settings:
    environment = dict(os.environ)
    if state is not None:
        environment["CLAIMWIRE_STATE_URL"] = state
    return settings_of(environment)


def _must_exist(url: str) -> None:
    """Refuse to make a new file only to say that it is empty."""
    path = url.removeprefix("sqlite:///")
    if url.startswith("sqlite:///") and not os.path.exists(path):
        raise CliError(f"there is no state database {path}")


def _holds_something(url: str) -> bool:
    return any(each.rows for each in _summary(url).held)


def _summary(url: str) -> Summary:
    try:
        store = open_store(url)
        try:
            return store.summary()
        finally:
            store.close()
    except StateError as error:
        raise CliError(str(error)) from None
