"""A change that breaks readers or writers is named; one that does not is let through."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from workers.wire.compatibility import breaking_schema_changes, breaking_topic_changes
from workers.wire.schema import STEMS, load_schema
from workers.wire.topics import Cleanup, load_topics

RELEASED = {stem: load_schema(stem) for stem in STEMS}
Change = Callable[[dict[str, Any]], object]


def _changes(stem: str, change: Change, *, is_written: bool = True, file: str | None = None) -> list[str]:
    current = copy.deepcopy(RELEASED)
    change(current[file or stem])
    return breaking_schema_changes(RELEASED, current, stem, is_written=is_written)


def test_nothing_changed_breaks_nothing() -> None:
    for stem in STEMS:
        assert breaking_schema_changes(RELEASED, RELEASED, stem, is_written=True) == []


BREAKING: list[tuple[str, Change]] = [
    (
        "claim.v1: /act: the value 'deny' is no longer accepted",
        lambda s: s["properties"]["act"]["enum"].remove("deny"),
    ),
    ("claim.v1: /url: the field is gone", lambda s: s["properties"].pop("url")),
    (
        "claim.v1: /publisher: type null is no longer accepted",
        lambda s: s["properties"]["publisher"].update(type="string"),
    ),
    (
        "claim.v1: /negated: may now be null, which readers do not expect",
        lambda s: s["properties"]["negated"].update(type=["boolean", "null"]),
    ),
    ("claim.v1: /score: may be missing now", lambda s: s["required"].remove("score")),
    (
        "claim.v1: /mood: is required now",
        lambda s: (s["properties"].update(mood={"type": "string"}), s["required"].append("mood")),
    ),
    ("claim.v1: /score: maximum is lowered to 0.5", lambda s: s["properties"]["score"].update(maximum=0.5)),
    ("claim.v1: /via: maxItems is lowered to 3", lambda s: s["properties"]["via"].update(maxItems=3)),
    ("claim.v1: /claim_id: pattern is now '^c'", lambda s: s["properties"]["claim_id"].update(pattern="^c")),
    ("claim.v1: /cue/lemma: the field is gone", lambda s: s["$defs"]["cue"]["properties"].pop("lemma")),
    (
        "claim.v1: /dates/*/date: format is now 'date-time'",
        lambda s: s["$defs"]["date"]["properties"]["date"].update(format="date-time"),
    ),
    ("claim.v1: /source: has 1 forms where it had 2", lambda s: s["properties"]["source"]["anyOf"].pop()),
]


@pytest.mark.parametrize(("line", "change"), BREAKING, ids=[line for line, _ in BREAKING])
def test_breaking_change_is_named(line: str, change: Change) -> None:
    assert line in _changes("claim.v1", change)


COMPATIBLE: list[tuple[str, Change]] = [
    ("a new optional field", lambda s: s["properties"].update(mood={"type": "string"})),
    ("a new enum value", lambda s: s["properties"]["act"]["enum"].append("joke")),
    ("a wider range", lambda s: s["properties"]["text_sha256"].pop("pattern")),
    ("a better description", lambda s: s["properties"]["act"].update(description="What is done.")),
    (
        "an integer where a number may stand",
        lambda s: s["properties"]["score"].update(type=["number", "integer"]),
    ),
]


@pytest.mark.parametrize(("name", "change"), COMPATIBLE, ids=[name for name, _ in COMPATIBLE])
def test_harmless_change_is_let_through(name: str, change: Change) -> None:
    assert _changes("claim.v1", change) == []


def test_a_change_in_a_shared_part_breaks_every_schema_that_refers_to_it() -> None:
    def change(claim: dict[str, Any]) -> None:
        claim["$defs"]["quantity"]["properties"].pop("unit")

    assert "article-enriched.v1: /quantities/*/unit: the field is gone" in _changes(
        "article-enriched.v1", change, file="claim.v1"
    )


def test_labels_of_another_type_break_alerts() -> None:
    def change(alert: dict[str, Any]) -> None:
        alert["properties"]["labels"]["additionalProperties"] = {"type": "integer"}

    assert "alert.v1: /labels/*: type string is no longer accepted" in _changes("alert.v1", change)


def test_input_may_be_accepted_more_widely_but_not_refused_more() -> None:
    def widen(raw: dict[str, Any]) -> None:
        raw["properties"]["article_id"]["type"] = ["string", "integer", "null"]

    def close(raw: dict[str, Any]) -> None:
        raw["additionalProperties"] = False

    def demand(raw: dict[str, Any]) -> None:
        raw["else"]["required"].append("url")

    assert _changes("article-raw.v1", widen, is_written=False) == []
    assert _changes("article-raw.v1", close, is_written=False) == [
        "article-raw.v1: /: unknown fields are refused now"
    ]
    assert _changes("article-raw.v1", demand, is_written=False) == [
        "article-raw.v1: /: else changed; what is accepted must be judged by a person"
    ]


def test_a_schema_that_is_gone_is_named() -> None:
    current = {stem: RELEASED[stem] for stem in STEMS if stem != "alert.v1"}

    assert breaking_schema_changes(RELEASED, current, "alert.v1", is_written=True) == [
        "alert.v1: the schema is gone"
    ]


def test_topic_changes_that_break_are_named() -> None:
    released = load_topics()
    claim, raw = "news.claim.v1", "news.article-raw.v1"
    current = {name: spec for name, spec in released.items() if name != "news.alert.v1"}
    current[claim] = replace(released[claim], partitions=24, cleanup=Cleanup.DELETE, key="article_id")
    current[raw] = replace(released[raw], retention_ms=1, max_message_bytes=1)

    assert breaking_topic_changes(released, released) == []
    assert sorted(breaking_topic_changes(released, current)) == [
        "news.alert.v1: the topic is gone or renamed",
        "news.article-raw.v1: records are kept for a shorter time",
        "news.article-raw.v1: records may no longer be as large",
        "news.claim.v1: cleanup changed from compact to delete",
        "news.claim.v1: key changed from claim_id to article_id",
        "news.claim.v1: partitions changed from 12 to 24",
    ]
