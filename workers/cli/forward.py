"""``claimwire forward``: posts alerts to Alertmanager and a webhook until a signal."""

from typing import Annotated

import typer

from workers.cli.errors import CliError
from workers.cli.loading import settings_of
from workers.settings import PREFIX, Settings

_OWN = "forward_"


def forward(
    settings: Annotated[
        bool, typer.Option("--settings", help="print every setting of it with its value, and stop")
    ] = False,
) -> None:
    """Forward alerts: to Alertmanager (re-sent while they fire), to a webhook (signed), or both.

    Everything is set through environment variables, CLAIMWIRE_FORWARD_ALERTMANAGERS or
    CLAIMWIRE_FORWARD_WEBHOOK first of all; --settings lists them. An alert's offset is committed when it is
    delivered or in news.alert.v1.dlq. Replays and tests are never forwarded. Health and metrics:
    /health/ready and /metrics on CLAIMWIRE_WEB_BIND:CLAIMWIRE_FORWARD_PORT. See docs/forwarding.md.

    Exit codes: 0 stopped by a signal, 1 the world or a setting was bad, 70 something unexpected happened and
    what is not committed will be delivered again.
    """
    loaded = settings_of()
    if settings:
        _print(loaded)
        return
    if not loaded.forwards:
        raise CliError(
            "nowhere to forward to; set CLAIMWIRE_FORWARD_ALERTMANAGERS or CLAIMWIRE_FORWARD_WEBHOOK"
        )
    raise typer.Exit(_run(loaded))


def _run(settings: Settings) -> int:
    from workers.agents.forward_settings import ForwardSettingsError
    from workers.agents.preflight import PreflightError
    from workers.forwarder import run_forwarder

    try:
        return run_forwarder(settings)
    except (ForwardSettingsError, PreflightError) as error:
        raise CliError(str(error)) from None


def _print(settings: Settings) -> None:
    for name, field in Settings.model_fields.items():
        if name.startswith(_OWN):
            value = getattr(settings, name)
            typer.echo(f"{PREFIX}{name.upper()}={'' if value is None else value}\n    {field.description}")
