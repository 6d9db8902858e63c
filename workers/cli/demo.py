"""``claimwire demo``: everything on one machine, from a broker to the alerts that come out."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from workers.broker.find import Broker, BrokerKind, broker
from workers.cli.demonstration.reader import Tally, read_until_done
from workers.cli.demonstration.steps import WorkerProcess, create_topics, feed
from workers.cli.errors import CliError
from workers.cli.kafka import API_VERSION_VARIABLE
from workers.resources import resource
from workers.settings import ACCESS_VARIABLES

_GROUP_PREFIX = "claimwire-demo"


def demo(
    bootstrap: Annotated[
        str | None,
        typer.Option("--broker", help="a Kafka of yours, host:port; default: one of the demo's own"),
    ] = None,
    limit: Annotated[
        float, typer.Option(help="seconds to wait for everything to come out", min=10.0)
    ] = 300.0,
) -> None:
    """Show it all: a broker, the worker, two developing stories in, claims and alerts out.

    Starts what it needs on loopback ports of its own and stops it again. The sample articles are invented.
    """
    console = Console(highlight=False, soft_wrap=True)
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-demo-") as folder,
        broker(bootstrap, demo=True, say=console.print) as found,
    ):
        tally = _run(console, found, Path(folder), limit)
    _judge(console, tally)


def _run(console: Console, found: Broker, folder: Path, limit: float) -> Tally:
    if found.kind is not BrokerKind.GIVEN:
        for name in ACCESS_VARIABLES:  # how to get into another broker
            os.environ.pop(name, None)
    if found.kind is BrokerKind.MOCK:
        os.environ[API_VERSION_VARIABLE] = "2.3"  # what kafka-python must speak to the mock cluster
    samples = resource("workers", "samples", "articles.jsonl")
    create_topics(console, found)
    group = f"{_GROUP_PREFIX}-{os.getpid()}"
    with WorkerProcess(console, found.bootstrap, group, folder) as worker:
        worker.wait_until_ready()
        published = feed(console, found.bootstrap, samples)
        tally = read_until_done(console, found.bootstrap, group, published, limit, worker.check)
        worker.stop()
    return tally


def _judge(console: Console, tally: Tally) -> None:
    console.rule("what came out")
    console.print(tally.summary())
    console.print("Stopped the worker and the broker. Next: `claimwire --help`, README.md.")
    if tally.missing:
        raise CliError(f"{tally.missing} articles have no result; see the worker's log above")
