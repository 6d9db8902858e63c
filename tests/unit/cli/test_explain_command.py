"""``claimwire alerts explain ID --file``: every rule's decision and its reason, for people and for pipes."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.builders import NOON, a_claim, an_enriched_article
from tests.support.alert_rules import rules_text
from tests.support.made_relations import a_relation
from workers.alerting.groups import alert_key
from workers.cli.errors import CliError
from workers.cli.main import app
from workers.domain.claim import Act
from workers.wire.messages import encode_claim, encode_enriched
from workers.wire.relations import encode_relation

TWO = (
    rules_text(cooldown="1h") + rules_text(id="denials", match="claim.act == 'deny'").partition("rules:\n")[2]
)
FIRST = a_claim(claim_id="a" * 32)
SECOND = a_claim(claim_id="b" * 32, published_at=NOON + timedelta(minutes=5))
KEY = alert_key("harbour-news", ())


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(TWO, encoding="utf-8")
    return path


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    path = tmp_path / "claims.jsonl"
    path.write_bytes(b"\n".join([encode_claim(FIRST), encode_claim(SECOND)]))
    return path


def explained(ident: str, file: Path, rules: Path, *options: str) -> str:
    arguments = ["alerts", "explain", ident, "--file", str(file), "--rules", str(rules), *options]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def as_json(ident: str, file: Path, rules: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explained(ident, file, rules, "--json"))
    return found


def test_each_rule_answers_for_the_moment_at_which_the_claim_came(claims: Path, rules: Path) -> None:
    first, second = as_json(FIRST.claim_id, claims, rules), as_json(SECOND.claim_id, claims, rules)

    assert first["kind"] == "claim"
    assert [(row["rule"], row["decision"]) for row in first["rules"]] == [
        ("harbour-news", "initial"),
        ("denials", "clause-not-held"),
    ]
    assert second["rules"][0]["decision"] == "cooling-down"
    assert second["rules"][0]["alert_key"] == first["rules"][0]["alert_key"] == KEY
    assert (second["rules"][1]["clause"], second["rules"][1]["value"]) == ("claim.act == 'deny'", "state")


def test_people_read_the_matches_first_and_then_why_the_others_did_not(claims: Path, rules: Path) -> None:
    told = explained(SECOND.claim_id, claims, rules)

    assert FIRST.content.text in told
    assert told.index("cooling down") < told.index("not matched") < told.index("clause not held")
    assert "claim.act == 'deny': state" in told


def test_an_alert_tells_where_it_stands_and_the_part_of_each_claim(claims: Path, rules: Path) -> None:
    found = as_json(KEY, claims, rules)

    assert found["kind"] == "alert"
    assert "firing since 2024-10-24T12:00:00Z" in found["told"][0]
    assert {row["claim_id"]: row["role"] for row in found["claims"]} == {
        FIRST.claim_id: "began the alert",
        SECOND.claim_id: "remembered, not told",
    }
    assert [record["alert_type"] for record in found["records"]] == ["initial"]


def test_an_unknown_id_is_one_clear_line(claims: Path, rules: Path) -> None:
    result = CliRunner().invoke(
        app, ["alerts", "explain", "nothing", "--file", str(claims), "--rules", str(rules)]
    )

    assert isinstance(result.exception, CliError)
    assert str(result.exception) == f"no claim, relation, article or alert 'nothing' in {claims}"


def test_claims_articles_and_relations_may_stand_in_one_file(tmp_path: Path, rules: Path) -> None:
    on_relation = rules_text(id="contradictions", on="relation", match="relation.kind == 'contradicts'")
    rules.write_text(TWO + on_relation.partition("rules:\n")[2], encoding="utf-8")
    article = an_enriched_article(claims=(replace(FIRST, act=Act.DENY),))
    mixed = tmp_path / "mixed.jsonl"
    relation = a_relation(story_id="3" * 32)
    mixed.write_bytes(b"\n".join([encode_enriched(article), encode_relation(relation), encode_claim(SECOND)]))

    ran = CliRunner().invoke(app, ["alerts", str(mixed), "--rules", str(rules)], catch_exceptions=False)

    assert ran.exit_code == 0
    began = [json.loads(line)["rule"]["id"] for line in ran.stdout.splitlines()]
    assert began == ["denials", "contradictions", "harbour-news"]
    assert as_json(relation.relation_id, mixed, rules)["kind"] == "relation"
    assert as_json(FIRST.claim_id, mixed, rules)["rules"][1]["decision"] == "initial"


def test_an_article_is_answered_for_by_its_claims_and_the_entities_they_name(
    tmp_path: Path, rules: Path
) -> None:
    on_entity = rules_text(id="people", on="entity", match="entity.label == 'PERSON'")
    rules.write_text(TWO + on_entity.partition("rules:\n")[2], encoding="utf-8")
    file = tmp_path / "articles.jsonl"
    other = an_enriched_article(article_id="a2", claims=(replace(SECOND, article_id="a2"),))
    file.write_bytes(b"\n".join(map(encode_enriched, (an_enriched_article(claims=(FIRST,)), other))))

    found = as_json("a1", file, rules)

    assert (found["id"], found["kind"]) == ("a1", "article")
    assert [(part["kind"], part["rules"][0]["decision"]) for part in found["parts"]] == [
        ("claim", "initial"),
        ("entity", "initial"),
    ]
    assert found["parts"][0]["id"] == FIRST.claim_id
    told = explained("a1", file, rules)
    assert "claims: 1; entities that they name: 1" in told
    assert "not matched by 1 of 2 rules" in told


def test_an_article_without_claims_is_known_all_the_same(tmp_path: Path, rules: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_bytes(encode_enriched(an_enriched_article(claims=(), entities=())))

    assert as_json("a1", file, rules)["parts"] == []


def test_what_fires_inhibits_what_the_file_says_it_does(tmp_path: Path, rules: Path) -> None:
    inhibit = "inhibit:\n  - {source: [rule=harbour-news], target: [rule=denials]}\n"
    rules.write_text(TWO + inhibit, encoding="utf-8")
    claims = tmp_path / "claims.jsonl"
    denial = a_claim(claim_id="c" * 32, act=Act.DENY, published_at=NOON + timedelta(minutes=9))
    claims.write_bytes(b"\n".join(map(encode_claim, (FIRST, denial))))

    (_, denials) = as_json(denial.claim_id, claims, rules)["rules"]

    assert (denials["decision"], denials["value"]) == ("inhibited", "HarbourNews")


def test_the_deployment_is_not_asked_for_a_database_that_is_not_there(tmp_path: Path, rules: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.sqlite3'}"

    result = CliRunner().invoke(app, ["alerts", "explain", KEY, "--state", url, "--rules", str(rules)])

    assert isinstance(result.exception, CliError)
    assert "there is no state database" in str(result.exception)
    assert not (tmp_path / "none.sqlite3").exists()
