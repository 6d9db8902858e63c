"""Corrections and withdrawals through the real Kafka: what no longer holds is taken back, alerts too."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.oracle import Seen
from tests.support.stack import Stack, make_topics
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow]

DENIAL = "The Foreign Ministry of Drovia denied that its soldiers had crossed the river.\n\n"
FIGURE = "Mayor Elena Voss said 40 people were hurt. "
OTHER_FIGURE = "Mayor Elena Voss said 38 people were hurt. "


def revision(number: int, status: str, body: str | None) -> tuple[bytes, bytes]:
    message = {
        "article_id": "story",
        "url": "https://wire.example/story",
        "publisher": "wire.example",
        "published_at": "2026-03-02T08:00:00Z",
        "language": "en",
        "revision": number,
        "status": status,
    }
    if body is not None:
        message["body"] = body
    return b"story", json.dumps(message).encode()


@pytest.fixture(scope="module")
def steps(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[list[Seen]]]:
    """All outputs after the first version, after its correction, and after its withdrawal without a body."""
    make_topics(kafka.bootstrap, partitions=1)
    stack = Stack(kafka.bootstrap, tmp_path_factory.mktemp("corrections"))
    stack.start_worker()
    after = []
    for record in (
        revision(1, "usable", DENIAL + FIGURE),
        revision(2, "corrected", DENIAL + OTHER_FIGURE),
        revision(1, "usable", DENIAL + FIGURE),  # comes late
        revision(3, "withdrawn", None),
    ):
        stack.publish([record])
        after.append(stack.wait_until_quiet())
    yield after
    stack.close()


def claims(seen: list[Seen]) -> dict[bytes | None, dict[str, Any] | None]:
    """The compacted view: the last value of every key."""
    return {
        record.key: json.loads(record.value) if record.value is not None else None
        for record in seen
        if record.topic == Topic.CLAIM
    }


def contents(seen: list[Seen]) -> set[str]:
    return {claim["content"]["text"] for claim in claims(seen).values() if claim}


def alerts(seen: list[Seen]) -> list[tuple[str, str]]:
    values = [json.loads(record.value or b"") for record in seen if record.topic == Topic.ALERT]
    return [(value["rule"]["id"], value["alert_type"]) for value in values]


def test_a_correction_takes_back_the_figure_that_changed_and_keeps_the_rest(steps: list[list[Seen]]) -> None:
    before, after = contents(steps[0]), contents(steps[1])

    assert any("40 people" in text for text in before)
    assert any("38 people" in text for text in after)
    assert not any("40 people" in text for text in after)
    kept = {key for key, claim in claims(steps[0]).items() if claim} & {
        key for key, claim in claims(steps[1]).items() if claim
    }
    assert len(kept) == 1  # the denial, under its old id


def test_an_old_version_that_comes_late_changes_nothing(steps: list[list[Seen]]) -> None:
    assert steps[2] == steps[1]


def test_a_withdrawal_takes_back_every_claim(steps: list[list[Seen]]) -> None:
    assert claims(steps[3])
    assert set(claims(steps[3]).values()) == {None}


def test_an_alert_that_rested_on_the_article_is_retracted_with_it(steps: list[list[Seen]]) -> None:
    raised = [rule for rule, kind in alerts(steps[1]) if kind == "initial"]
    assert "official-denial" in raised

    assert ("official-denial", "retraction") in alerts(steps[3])
    assert ("official-denial", "retraction") not in alerts(steps[1])
