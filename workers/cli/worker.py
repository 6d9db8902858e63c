"""``claimwire worker``: runs the Faust worker until a signal."""

from typing import Annotated

import typer

from workers.cli.errors import CliError
from workers.cli.loading import settings_of
from workers.settings import PREFIX, Settings
from workers.state.opening import without_password


def worker(
    settings: Annotated[
        bool, typer.Option("--settings", help="print every setting with its value, and stop")
    ] = False,
) -> None:
    """Run the worker: read articles, find who said what, raise alerts.

    Everything is set through environment variables, CLAIMWIRE_BROKER first of all; --settings lists them.
    SIGTERM ends it after the records in flight are acknowledged. Health: /health/live, /health/ready and
    /metrics on CLAIMWIRE_WEB_BIND:CLAIMWIRE_WEB_PORT.

    Exit codes: 0 stopped by a signal, 1 the world or a setting was bad, 70 something unexpected happened and
    the records in flight will be delivered again.
    """
    loaded = settings_of()
    if settings:
        _print(loaded)
        return
    raise typer.Exit(_run(loaded))


def _run(settings: Settings) -> int:
    from workers.agents.pool import PoolStartError
    from workers.agents.preflight import PreflightError
    from workers.agents.rule_book import RulesError
    from workers.app import run_worker
    from workers.state.store import StateError

    try:
        return run_worker(settings)
    except (PoolStartError, PreflightError, RulesError, StateError, FileNotFoundError) as error:
        raise CliError(str(error)) from None


def _print(settings: Settings) -> None:
    for name, field in Settings.model_fields.items():
        value = without_password(str(getattr(settings, name)))
        typer.echo(f"{PREFIX}{name.upper()}={value}\n    {field.description or ''}")
