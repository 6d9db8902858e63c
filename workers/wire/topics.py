"""``schemas/topics.yaml`` as values: how every topic is to be set up."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from workers.resources import resource

_DURATION = re.compile(r"(\d+)([dh])")
_UNIT_MS = {"d": 86_400_000, "h": 3_600_000}
_RECORD_OVERHEAD_BYTES = 16_384
_FIELDS = frozenset(
    {
        "schema",
        "key",
        "partitions",
        "cleanup",
        "retention",
        "max_message_bytes",
        "config",
        "writers",
        "readers",
        "why",
    }
)
_DEFAULTS = frozenset(
    {"replication_factor", "min_insync_replicas", "partitions", "max_message_bytes", "config"}
)


class Cleanup(StrEnum):
    """Kafka's ``cleanup.policy``."""

    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic. ``retention_ms`` is ``None`` for a compacted topic, which keeps the last of every key."""

    name: str
    schema: str
    key: str
    partitions: int
    replication_factor: int
    min_insync_replicas: int
    cleanup: Cleanup
    retention_ms: int | None
    max_message_bytes: int
    extra: tuple[tuple[str, str], ...]
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    why: str

    def config(self, replication_factor: int | None = None) -> dict[str, str]:
        """Return Kafka's topic settings for ``replication_factor`` copies (this spec's when ``None``).

        With as many in-sync replicas wanted as there are copies, one broker's restart would stop all writes;
        so one fewer than the copies are asked for, and at least one.
        """
        copies = replication_factor or self.replication_factor
        settings = {
            **dict(self.extra),
            "cleanup.policy": self.cleanup.value,
            "max.message.bytes": str(self.max_message_bytes),
            "min.insync.replicas": str(max(1, min(self.min_insync_replicas, copies - 1))),
        }
        if self.retention_ms is not None:
            settings["retention.ms"] = str(self.retention_ms)
        return dict(sorted(settings.items()))


def load_topics() -> dict[str, TopicSpec]:
    """Return all topics of ``schemas/topics.yaml`` by name, in the file's order."""
    return read_topics(resource("schemas", "topics.yaml").read_text("utf-8"))


def read_topics(text: str) -> dict[str, TopicSpec]:
    """Return the topics in the YAML ``text``; raises ``ValueError`` naming what is wrong with it."""
    document = yaml.safe_load(text)
    if not isinstance(document, dict) or document.keys() != {"version", "defaults", "topics"}:
        raise ValueError("topics.yaml has version, defaults and topics")
    if document["version"] != 1:
        raise ValueError("topics.yaml is of version 1")
    defaults = document["defaults"]
    if defaults.keys() != _DEFAULTS:
        raise ValueError(f"defaults are {', '.join(sorted(_DEFAULTS))}")
    return {name: _topic(name, fields, defaults) for name, fields in document["topics"].items()}


def _topic(name: str, fields: dict[str, Any], defaults: dict[str, Any]) -> TopicSpec:
    if unknown := fields.keys() - _FIELDS:
        raise ValueError(f"{name}: unknown fields {', '.join(sorted(unknown))}")
    merged = {**defaults, **fields, "config": {**defaults["config"], **fields.get("config", {})}}
    if missing := _FIELDS - merged.keys():
        raise ValueError(f"{name}: {', '.join(sorted(missing))} missing")
    cleanup = Cleanup(merged["cleanup"])
    retention_ms = _milliseconds(name, merged["retention"])
    if (cleanup is Cleanup.DELETE) != (retention_ms is not None):
        raise ValueError(f"{name}: retention belongs to cleanup delete, and only to it")
    return TopicSpec(
        name=name,
        schema=merged["schema"],
        key=merged["key"],
        partitions=merged["partitions"],
        replication_factor=merged["replication_factor"],
        min_insync_replicas=merged["min_insync_replicas"],
        cleanup=cleanup,
        retention_ms=retention_ms,
        max_message_bytes=merged["max_message_bytes"],
        extra=tuple(sorted(merged["config"].items())),
        writers=tuple(merged["writers"]),
        readers=tuple(merged["readers"]),
        why=merged["why"],
    )


def message_limits() -> dict[str, int]:
    """Return the largest value in bytes that each topic takes, with room left for key and headers."""
    return {name: spec.max_message_bytes - _RECORD_OVERHEAD_BYTES for name, spec in load_topics().items()}


def _milliseconds(name: str, duration: str | None) -> int | None:
    if duration is None:
        return None
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"{name}: retention is written like 14d or 36h, not {duration!r}")
    return int(match[1]) * _UNIT_MS[match[2]]
