import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.builders import NOON, PIPELINE, a_claim, an_enriched_article
from tests.support.alert_rules import rules_text
from workers.cli.alerts import alerts
from workers.domain.alert import Alert
from workers.domain.article import ArticleStatus
from workers.domain.claim import Claim
from workers.domain.relation import Origins, Relation, RelationKind, RelationSide
from workers.wire.messages import decode_alert, encode_claim, encode_enriched
from workers.wire.relations import encode_relation

app = typer.Typer()
app.command()(alerts)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(rules_text(group_by="[source.name]"), encoding="utf-8")
    return path


def run(rules: Path, lines: list[bytes], *options: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["-", "--rules", str(rules), *options], input=b"\n".join(lines))
    return result.exit_code, result.stdout, result.stderr


def test_alerts_are_printed_as_the_messages_that_would_be_published(rules: Path) -> None:
    code, out, _ = run(rules, [encode_claim(a_claim())])

    assert code == 0
    (line,) = out.splitlines()
    assert isinstance(decode_alert(line.encode()), Alert)
    assert json.loads(line)["alert_tense"] == "test"
    assert json.loads(line)["evidence"][0]["claim_id"] == a_claim().claim_id


def test_a_withdrawn_article_takes_its_alert_back(rules: Path) -> None:
    article = an_enriched_article(claims=(a_claim(),))
    withdrawn = replace(article, status=ArticleStatus.WITHDRAWN, revision=2, claims=())

    _, out, _ = run(rules, [encode_enriched(article), encode_enriched(withdrawn)])

    assert [json.loads(line)["alert_type"] for line in out.splitlines()] == ["initial", "retraction"]


def test_a_bad_line_is_told_with_its_number_and_the_rest_is_read(rules: Path) -> None:
    code, out, told = run(rules, [b"{", b"[1]", encode_claim(a_claim()), b"\xff\xfe"])

    assert code == 1
    assert [line.split(":")[0] for line in told.splitlines()] == ["line 1", "line 2", "line 4"]
    assert len(out.splitlines()) == 1


def test_why_tells_of_each_rule_what_it_decided(rules: Path) -> None:
    later = a_claim(claim_id="c" * 32, published_at=NOON + timedelta(minutes=1))
    lines = [encode_claim(a_claim()), encode_claim(later)]

    _, _, told = run(rules, lines, "--why")

    assert "harbour-news: initial (alert " in told
    assert 'harbour-news: cooling-down: last alert at: "2024-10-24T12:00:00Z" (alert ' in told


def test_why_not_names_the_clause_and_the_value(rules: Path) -> None:
    rules.write_text(rules_text(match="claim.act == 'deny'"), encoding="utf-8")

    _, out, told = run(rules, [encode_claim(a_claim())], "--why")

    assert out == ""
    assert """harbour-news: clause-not-held: claim.act == 'deny': "state\"""" in told


def test_a_table_for_people(rules: Path) -> None:
    _, out, _ = run(rules, [encode_claim(a_claim())], "--format", "table")

    assert "harbour-news" in out
    assert "initial" in out


def test_bad_rules_and_a_missing_file_are_one_clear_line(rules: Path, tmp_path: Path) -> None:
    missing = CliRunner().invoke(app, [str(tmp_path / "none.jsonl"), "--rules", str(rules)])
    rules.write_text("x", encoding="utf-8")
    code, _, told = run(rules, [])

    assert (code, told.count("\n")) == (1, 1)
    assert (missing.exit_code, missing.stderr) == (
        1,
        f"{tmp_path / 'none.jsonl'}: No such file or directory\n",
    )


def test_the_shipped_rules_are_the_default() -> None:
    result = CliRunner().invoke(app, ["-"], input=encode_claim(a_claim()))

    assert result.exit_code == 0


def a_side(claim: Claim, minutes: int) -> RelationSide:
    return RelationSide(
        claim_id=claim.claim_id,
        article_id=claim.article_id,
        publisher=claim.publisher,
        url=claim.url,
        published_at=NOON + timedelta(minutes=minutes),
        text_sha256=claim.text_sha256,
        spans=claim.content.spans,
        text=claim.content.text,
        source_name="Ada Holt",
        stance=claim.stance,
    )


def test_relations_are_run_through_the_rules_on_relations(rules: Path) -> None:
    match = "relation.kind == 'contradicts'"
    rules.write_text(rules_text(on="relation", match=match), encoding="utf-8")
    relation = Relation(
        relation_id="1" * 32,
        kind=RelationKind.CONTRADICTS,
        subject_id="2" * 32,
        story_id="3" * 32,
        left=a_side(a_claim(claim_id="a" * 32), 0),
        right=a_side(a_claim(claim_id="b" * 32), 5),
        origins=Origins("wire", "ministry", independent=True),
        change=None,
        score=0.9,
        found_at=NOON,
        pipeline=PIPELINE,
    )

    code, out, told = run(rules, [encode_relation(relation)])

    assert (code, told) == (0, "")
    assert [each["claim_id"] for each in json.loads(out)["evidence"]] == ["a" * 32, "b" * 32]
