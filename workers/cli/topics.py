"""``claimwire topics create|check``: the cluster and ``schemas/topics.yaml``."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import for_code

from workers.cli.acls import acls
from workers.cli.errors import CliError
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap, admin
from workers.wire.topics import TopicSpec, load_topics

app = typer.Typer(no_args_is_help=True, help="Make the topics, or compare them with schemas/topics.yaml.")
app.command()(acls)

Replication = Annotated[
    int | None,
    typer.Option(
        "--replication-factor",
        min=1,
        max=32767,
        help="Copies of each topic; 1 for a single broker. Default: what topics.yaml says.",
    ),
]
_ALREADY_EXISTS = 36
_CREATE_TIMEOUT_MS = 30_000


@app.command()
def create(bootstrap: Bootstrap = DEFAULT_BOOTSTRAP, replication_factor: Replication = None) -> None:
    """Make every topic that is missing; what is there stays as it is, and differences are told.

    Example: claimwire topics create --bootstrap 127.0.0.1:9092 --replication-factor 1
    """
    specs = load_topics()
    with admin(bootstrap) as client:
        there = _existing(client, specs.values())
        missing = [spec for name, spec in specs.items() if name not in there]
        made = _create(client, missing, replication_factor)
        for name in specs:
            typer.echo(f"{'created' if name in made else 'exists '}  {name}")
        for line in differences(client, there.values(), specs, replication_factor):
            typer.echo(f"differs  {line}", err=True)


@app.command()
def check(bootstrap: Bootstrap = DEFAULT_BOOTSTRAP, replication_factor: Replication = None) -> None:
    """Compare the cluster with topics.yaml; every difference is one line, and makes the exit code 1."""
    specs = load_topics()
    with admin(bootstrap) as client:
        there = _existing(client, specs.values())
        lines = [f"{name}: is missing" for name in specs if name not in there]
        lines += differences(client, there.values(), specs, replication_factor)
    for line in lines:
        typer.echo(line)
    if lines:
        raise CliError(f"{len(lines)} differences between {bootstrap} and topics.yaml")
    typer.echo(f"{len(specs)} topics are as topics.yaml says.")


def differences(
    client: Any, there: Iterable[dict[str, Any]], specs: dict[str, TopicSpec], replication_factor: int | None
) -> Iterator[str]:
    """Yield one line for everything in which a topic of the cluster is not as its spec.

    ``there`` are kafka-python's descriptions of topics that exist.
    """
    descriptions = sorted(there, key=lambda description: list(specs).index(description["name"]))
    settings = _settings(client, [specs[description["name"]] for description in descriptions])
    for description in descriptions:
        spec = specs[description["name"]]
        copies = replication_factor or spec.replication_factor
        partitions = description["partitions"]
        if len(partitions) != spec.partitions:
            yield f"{spec.name}: has {len(partitions)} partitions, not {spec.partitions}"
        for found in sorted({len(partition["replica_nodes"]) for partition in partitions} - {copies}):
            yield f"{spec.name}: has {found} replicas, not {copies}"
        for word, wanted in spec.config(copies).items():
            found_value = settings[spec.name].get(word)
            if found_value != wanted:
                yield f"{spec.name}: {word} is {found_value}, not {wanted}"


def _existing(client: Any, specs: Iterable[TopicSpec]) -> dict[str, dict[str, Any]]:
    names = set(client.list_topics())
    wanted = [spec.name for spec in specs if spec.name in names]
    return {topic["name"]: topic for topic in client.describe_topics(wanted)} if wanted else {}


def _create(client: Any, missing: list[TopicSpec], replication_factor: int | None) -> set[str]:
    """Create and return the names; a topic that somebody else has just made is no error."""
    if not missing:
        return set()
    wanted = {
        spec.name: {
            "num_partitions": spec.partitions,
            "replication_factor": replication_factor or spec.replication_factor,
            "configs": spec.config(replication_factor),
        }
        for spec in missing
    }
    answer = client.create_topics(wanted, timeout_ms=_CREATE_TIMEOUT_MS, raise_errors=False)
    made = set()
    for topic in answer["topics"]:
        if topic["error_code"] == 0:
            made.add(topic["name"])
        elif topic["error_code"] != _ALREADY_EXISTS:
            raise CliError(_refused(topic))
    client.wait_for_topics(sorted(made), timeout_ms=_CREATE_TIMEOUT_MS)
    return made


def _refused(topic: dict[str, Any]) -> str:
    error = for_code(topic["error_code"])
    why = topic.get("error_message") or error.description or error.__name__
    hint = "; for a single broker: --replication-factor 1" if "eplication factor" in why else ""
    return f"the broker refuses {topic['name']}: {why}{hint}"


def _settings(client: Any, specs: list[TopicSpec]) -> dict[str, dict[str, str]]:
    """Return each topic's value of every setting that its spec names."""
    if not specs:
        return {}
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, spec.name, configs=list(spec.config())) for spec in specs
    ]
    answer = client.describe_configs(resources, config_filter="all")
    return {
        name: {word: str(entry["value"]) for word, entry in entries.items()}
        for name, entries in answer["topic"].items()
    }
