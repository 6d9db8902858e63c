"""The contract checked against itself: examples, released copies, topics. Every answer is one line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workers.resources import resource
from workers.topology import DLQ_SUFFIX, Topic
from workers.wire.compatibility import breaking_schema_changes, breaking_topic_changes
from workers.wire.schema import DEAD_LETTER, STEMS, SUFFIX, load_schema, problem_when_written
from workers.wire.topics import load_topics, read_topics


def contract_problems() -> list[str]:
    """Return everything that is wrong with the shipped schemas, examples and topics."""
    return [*example_problems(), *topic_problems(), *release_problems()]


def examples(stem: str, kind: str) -> list[Path]:
    """Return the ``valid`` or ``invalid`` examples of a schema, by name."""
    folder = resource("schemas", "examples") / stem / kind
    return sorted(folder.glob("*.json"))


def read_example(path: Path) -> Any:
    """Return the JSON value in an example file."""
    return json.loads(path.read_text("utf-8"))


def example_problems() -> Iterator[str]:
    """Yield examples that are judged wrongly, schemas without examples, and folders without a schema."""
    for folder in sorted(resource("schemas", "examples").iterdir()):
        if folder.name not in STEMS:
            yield f"examples/{folder.name}: there is no such schema"
    for stem in STEMS:
        for kind in ("valid", "invalid"):
            paths = examples(stem, kind)
            if not paths:
                yield f"examples/{stem}/{kind}: there are none"
            for path in paths:
                problem = problem_when_written(stem, read_example(path))
                if (problem is None) != (kind == "valid"):
                    yield f"examples/{stem}/{kind}/{path.name}: {problem or 'is accepted'}"


def topic_problems() -> Iterator[str]:
    """Yield where ``topics.yaml`` and the table of topics in ``workers.topology`` disagree."""
    specs = load_topics()
    wanted = {name for topic in Topic for name in (topic.value, topic.dlq)}
    for name in sorted(specs.keys() ^ wanted):
        yield f"topics.yaml: {name} is {'missing' if name in wanted else 'no topic of claimwire'}"
    for topic in Topic:
        for name, schema in ((topic.value, topic.schema), (topic.dlq, DEAD_LETTER)):
            if name in specs and specs[name].schema != schema:
                yield f"topics.yaml: {name} has the schema {specs[name].schema}, not {schema}"
    for name, spec in specs.items():
        dlq = specs.get(name + DLQ_SUFFIX)
        if dlq and dlq.max_message_bytes <= spec.max_message_bytes:
            yield f"topics.yaml: {dlq.name} cannot hold the largest record of {name} and its headers"


def release_problems() -> Iterator[str]:
    """Yield what has changed since the released schemas and topics in a way that breaks their users."""
    folder = resource("schemas", "released")
    released = {
        path.name.removesuffix(SUFFIX): json.loads(path.read_text("utf-8"))
        for path in sorted(folder.glob(f"*{SUFFIX}"))
    }
    current = {stem: load_schema(stem) for stem in STEMS}
    for stem in released:
        is_written = stem != Topic.ARTICLE_RAW.schema
        yield from breaking_schema_changes(released, current, stem, is_written=is_written)
    topics = read_topics((folder / "topics.yaml").read_text("utf-8"))
    yield from breaking_topic_changes(topics, load_topics())
