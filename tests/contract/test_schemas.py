"""The schema files themselves: valid, strict, explained, and in step with the code's enums."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import jsonschema_rs
import pytest

from workers.domain.alert import AlertStatus, AlertTense, AlertType
from workers.domain.article import ArticleStatus, MaskReason
from workers.domain.claim import (
    Act,
    Certainty,
    ClaimTime,
    Quotation,
    ResolvedBy,
    SourceKind,
    Stance,
)
from workers.domain.entity import MentionKind
from workers.domain.outcome import RejectReason
from workers.resources import resource
from workers.topology import StageName
from workers.wire.schema import STEMS, SUFFIX, load_schema

KEYWORDS = frozenset(
    [
        "$schema",
        "$id",
        "$ref",
        "$defs",
        "title",
        "description",
        "type",
        "enum",
        "const",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "pattern",
        "format",
        "anyOf",
        "if",
        "then",
        "else",
    ]
)
ENUMS: list[tuple[type[StrEnum], str, str]] = [
    (Act, "claim.v1", "/properties/act"),
    (Stance, "claim.v1", "/properties/stance"),
    (Certainty, "claim.v1", "/properties/certainty"),
    (ClaimTime, "claim.v1", "/properties/time"),
    (Quotation, "claim.v1", "/properties/quotation"),
    (SourceKind, "claim.v1", "/$defs/source/properties/kind"),
    (ResolvedBy, "claim.v1", "/$defs/source/properties/resolved_by"),
    (Stance, "claim-relation.v1", "/$defs/side/properties/stance"),
    (MaskReason, "article-enriched.v1", "/$defs/masked/properties/reason"),
    (MentionKind, "article-enriched.v1", "/$defs/mention/properties/kind"),
    (ArticleStatus, "article-enriched.v1", "/properties/status"),
    (AlertStatus, "alert.v1", "/properties/status"),
    (AlertType, "alert.v1", "/properties/alert_type"),
    (AlertTense, "alert.v1", "/properties/alert_tense"),
    (RejectReason, "dead-letter.v1", "/properties/dlq-reason"),
    (StageName, "dead-letter.v1", "/properties/dlq-stage"),
]


ADDED_LATER = {("claim-by-subject.v1", "article_signature")}
"""Written always, and not required: records of the time before have to be readable."""


def _schemas(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema inside a schema document with its path."""
    if not isinstance(node, dict):
        return
    yield path, node
    for group in ("properties", "$defs"):
        for name, child in node.get(group, {}).items():
            yield from _schemas(child, f"{path}/{group}/{name}")
    for word in ("items", "additionalProperties", "if", "then", "else"):
        yield from _schemas(node.get(word), f"{path}/{word}")
    for index, child in enumerate(node.get("anyOf", [])):
        yield from _schemas(child, f"{path}/anyOf/{index}")


@pytest.mark.parametrize("stem", STEMS)
def test_schema_is_valid_draft_2020_12(stem: str) -> None:
    document = load_schema(stem)

    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"].endswith(f"/{stem}{SUFFIX}")
    jsonschema_rs.meta.validate(document)


@pytest.mark.parametrize("stem", STEMS)
def test_no_keyword_is_misspelt(stem: str) -> None:
    nodes = list(_schemas(load_schema(stem)))

    assert len(nodes) > 2
    assert {word for _, node in nodes for word in node} <= KEYWORDS


@pytest.mark.parametrize("stem", STEMS)
def test_every_object_says_what_it_does_with_unknown_fields(stem: str) -> None:
    objects = [(path, node) for path, node in _schemas(load_schema(stem)) if node.get("type") == "object"]

    assert objects
    assert [path for path, node in objects if "additionalProperties" not in node] == []


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem not in ("article-raw.v1", "dead-letter.v1")])
def test_what_claimwire_writes_has_all_fields_always(stem: str) -> None:
    objects = [node for _, node in _schemas(load_schema(stem)) if node.get("properties")]

    assert objects
    for node in objects:
        assert node["required"] == [field for field in node["properties"] if (stem, field) not in ADDED_LATER]
        assert node["additionalProperties"] is False


@pytest.mark.parametrize("stem", STEMS)
def test_every_field_is_described(stem: str) -> None:
    fields = [
        (path, node)
        for path, node in _schemas(load_schema(stem))
        if path.split("/")[-2:-1] == ["properties"]
        and not {"then", "else", "if", "anyOf"} & set(path.split("/"))
    ]

    assert fields
    assert [path for path, node in fields if "description" not in node] == []


@pytest.mark.parametrize(("kind", "stem", "pointer"), ENUMS)
def test_schema_and_code_know_the_same_values(kind: type[StrEnum], stem: str, pointer: str) -> None:
    node = load_schema(stem)
    for step in pointer.split("/")[1:]:
        node = node[step]

    assert node["enum"] == [member.value for member in kind]


def test_every_schema_file_belongs_to_a_topic() -> None:
    files = {path.name for path in resource("schemas").glob("*.json")}

    assert files == {stem + SUFFIX for stem in STEMS}
