"""``claimwire``: the table of commands, and how every run of one ends."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from workers import __version__
from workers.broker.errors import BrokerError
from workers.cli.errors import CliError
from workers.cli.lazy import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "enrich": ("workers.cli.enrich:enrich", "Find entities and claims in files, without a broker."),
    "demo": ("workers.cli.demo:demo", "Everything on one machine: broker, worker, articles, alerts."),
    "worker": ("workers.cli.worker:worker", "Run the worker: articles in, claims and alerts out."),
    "forward": ("workers.cli.forward:forward", "Post alerts to Alertmanager and a webhook."),
    "feed": ("workers.cli.feed:feed", "Publish articles from files."),
    "watch": ("workers.cli.watch:watch", "Follow claims, alerts, articles, relations or dead letters."),
    "topics": ("workers.cli.topics:app", "Make the topics, or compare them with schemas/topics.yaml."),
    "dlq": ("workers.cli.dlq:app", "List, show and replay dead letters."),
    "reprocess": ("workers.cli.reprocess:reprocess", "Read old articles again, and say what would differ."),
    "state": ("workers.cli.state:app", "Show the state database, or make it again from the topics."),
    "relate": ("workers.cli.relate:relate", "Find relations between claims in a file, without a broker."),
    "alerts": ("workers.cli.alerts:command", "Try rules on a file of claims; explain what came of one."),
    "silence": ("workers.cli.silence:app", "Keep alerts back for a while, and say why."),
    "rules": ("workers.cli.rules:app", "Check and test rules files."),
    "schemas": ("workers.cli.schemas:app", "Check the contract: schemas, examples, breaking changes."),
}

HELP = """Who said what: attributed claims and alerts out of a stream of news articles.

Examples:

  claimwire enrich article.txt --format table

  claimwire demo

  claimwire topics create --replication-factor 1 && claimwire feed articles.jsonl

  claimwire watch claims --since 1h --json | jq .source.name

The broker is taken from --bootstrap, else CLAIMWIRE_BROKER, else 127.0.0.1:9092.
Exit codes: 0 done, 1 the input or the world was bad, 2 wrong usage.
"""


class _Commands(LazyGroup):
    table = COMMANDS


app = typer.Typer(
    cls=_Commands,
    help=HELP,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"claimwire {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print it and stop.")
    ] = False,
) -> None:
    """Take the options that stand before the command."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave the process with 0, 1 (the world) or 2 (usage), never with a traceback.

    Only what is expected ends in one line; a bug still shows where it is.
    """
    try:
        try:
            typer.main.get_command(app).main(args=arguments, prog_name="claimwire")
        finally:
            sys.stdout.flush()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            _leave_quietly()
        raise
    except BrokenPipeError:
        _leave_quietly()
    except (CliError, BrokerError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


def _fail(line: str) -> NoReturn:
    sys.stderr.write(f"claimwire: {' '.join(line.split())}\n")
    sys.exit(1)


def _leave_quietly() -> NoReturn:
    """End when the reader of our output has seen enough (``| head``): that is no failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


if __name__ == "__main__":
    main()
