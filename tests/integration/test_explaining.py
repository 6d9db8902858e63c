"""``claimwire alerts explain`` in a deployment: the claim from its topic, the states from the database."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from typer.testing import CliRunner

from tests.builders import NOON, a_claim, an_enriched_article
from tests.support.alert_desk import Shop
from tests.support.alert_rules import rules_text
from tests.support.made_relations import a_relation
from tests.support.stack import make_topics
from workers.broker.local import LocalKafka
from workers.cli.errors import CliError
from workers.cli.main import app
from workers.domain.article import ArticleStatus
from workers.domain.claim import Claim
from workers.domain.outcome import Emit, Record
from workers.topology import Topic
from workers.wire.messages import encode_claim, encode_enriched
from workers.wire.relations import encode_relation

pytestmark = pytest.mark.slow
FIRST = a_claim(claim_id="a" * 32)
SECOND = a_claim(claim_id="b" * 32, published_at=NOON + timedelta(minutes=5))
GONE = a_claim(claim_id="c" * 32)
ARTICLE = an_enriched_article(claims=(FIRST,), entities=())
WITHDRAWN = an_enriched_article(
    article_id="a-withdrawn", status=ArticleStatus.WITHDRAWN, claims=(), entities=()
)
RELATION = a_relation(story_id="3" * 32)


def record_of(claim: Claim, offset: int) -> Record:
    assert claim.published_at is not None
    timestamp = int(claim.published_at.timestamp() * 1000)
    return Record(str(Topic.CLAIM), 0, offset, timestamp, claim.claim_id.encode(), encode_claim(claim))


@pytest.fixture
def deployment(clean_kafka: LocalKafka, tmp_path: Path) -> tuple[str, ...]:
    """Claims on their topic, decided on, their alerts on theirs; returns the options that name it all."""
    make_topics(clean_kafka.bootstrap)
    shop = Shop(tmp_path, rules_text(cooldown="1h"))
    producer = KafkaProducer(bootstrap_servers=clean_kafka.bootstrap, acks="all")
    for offset, claim in enumerate((FIRST, SECOND)):
        (outcome,) = shop.settle(record_of(claim, offset))
        assert isinstance(outcome, Emit)
        for out in outcome.records:
            producer.send(str(out.topic), out.value, out.key, list(out.headers))
        producer.send(str(Topic.CLAIM), encode_claim(claim), claim.claim_id.encode())
    producer.send(str(Topic.CLAIM), encode_claim(GONE), GONE.claim_id.encode())
    producer.send(str(Topic.CLAIM), None, GONE.claim_id.encode())
    producer.send(str(Topic.CLAIM), b"{", b"unreadable")
    for article in (ARTICLE, WITHDRAWN):
        producer.send(str(Topic.ARTICLE_ENRICHED), encode_enriched(article), article.article_id.encode())
    producer.send(str(Topic.CLAIM_RELATION), encode_relation(RELATION), RELATION.relation_id.encode())
    producer.close()
    shop.close()
    state = f"sqlite:///{tmp_path / 'state.sqlite3'}"
    return ("--bootstrap", clean_kafka.bootstrap, "--state", state, "--rules", str(tmp_path / "rules.yaml"))


def explained(ident: str, deployment: tuple[str, ...]) -> dict[str, Any]:
    arguments = ["alerts", "explain", ident, *deployment, "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_claims_alerts_withdrawals_and_the_unknown_are_explained(deployment: tuple[str, ...]) -> None:
    (first,), (second,) = (explained(each.claim_id, deployment)["rules"] for each in (FIRST, SECOND))
    assert (first["decision"], first["value"]) == ("began-the-alert", "2024-10-24T12:00:00Z")
    assert (second["decision"], second["until"]) == ("cooling-down", "2024-10-24T13:00:00Z")

    alert = explained(first["alert_key"], deployment)
    assert alert["kind"] == "alert"
    assert [record["alert_type"] for record in alert["records"]] == ["initial"]
    assert [row["claim_id"] for row in alert["claims"]] == [SECOND.claim_id, FIRST.claim_id]

    assert explained(GONE.claim_id, deployment)["kind"] == "withdrawn"

    article = explained(ARTICLE.article_id, deployment)
    assert article["kind"] == "article"
    assert [(part["kind"], part["rules"][0]["decision"]) for part in article["parts"]] == [
        ("claim", "began-the-alert")
    ]
    taken_back = explained("a-withdrawn", deployment)
    assert taken_back["kind"] == "withdrawn"

    relation = explained(RELATION.relation_id, deployment)
    assert (relation["kind"], relation["rules"]) == ("relation", [])

    unknown = CliRunner().invoke(app, ["alerts", "explain", "nothing", *deployment])
    assert isinstance(unknown.exception, CliError)
    assert "no claim, relation, article or alert 'nothing' in the state database" in str(unknown.exception)

    unreadable = CliRunner().invoke(app, ["alerts", "explain", "unreadable", *deployment])
    assert isinstance(unreadable.exception, CliError)
    assert "is no claim" in str(unreadable.exception)
