"""The sample articles are good input and tell the two stories that the demo needs."""

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any

import jsonschema_rs
import pytest
import yaml

from workers.resources import resource

Message = dict[str, Any]

SAMPLES = resource("workers", "samples", "articles.jsonl")
EXPECTED = resource("workers", "samples", "expected.yaml")


def sample_articles() -> list[Message]:
    return [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()]


def revision(article_id: str, number: int) -> Message:
    [found] = [
        article
        for article in sample_articles()
        if article["article_id"] == article_id and article["revision"] == number
    ]
    return found


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def containment(copy: Message, original: Message) -> float:
    """Return the share of the copy's word sequences that the original holds too."""
    mine = shingles(copy["body"])
    return len(mine & shingles(original["body"])) / len(mine)


def plain(body: str) -> str:
    return re.sub(r"<[^>]+>", "", body).replace("’", "'")


def test_every_sample_keeps_the_schema_of_article_raw() -> None:
    schema = json.loads(resource("schemas", "article-raw.v1.schema.json").read_text("utf-8"))
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    articles = sample_articles()
    assert len(articles) >= 20

    problems = [(a["article_id"], error.message) for a in articles for error in validator.iter_errors(a)]

    assert problems == []


def test_an_article_and_its_revision_come_once() -> None:
    counted = Counter((a["article_id"], a["revision"]) for a in sample_articles())

    assert [key for key, count in counted.items() if count > 1] == []


def test_samples_come_in_the_order_of_their_publication() -> None:
    published = [datetime.fromisoformat(a["published_at"]) for a in sample_articles()]

    assert published == sorted(published)
    assert len(published) == len(set(published))


def test_outlets_are_invented_and_own_the_addresses_of_their_articles() -> None:
    articles = sample_articles()
    publishers = {a["publisher"] for a in articles}

    assert len(publishers) >= 6
    assert [p for p in publishers if not p.endswith(".example")] == []
    assert [a["article_id"] for a in articles if not a["url"].startswith(f"https://{a['publisher']}/")] == []


def test_the_reprint_is_nearly_a_copy_and_no_other_pair_is() -> None:
    reprint, original = revision("brisk-88121", 1), revision("cw-2026-03-09-ilva", 1)
    assert containment(reprint, original) > 0.75

    others = [
        (a["article_id"], b["article_id"])
        for a in sample_articles()
        for b in sample_articles()
        if a["article_id"] != b["article_id"]
        and {a["article_id"], b["article_id"]} != {"brisk-88121", "cw-2026-03-09-ilva"}
        and containment(a, b) > 0.2
    ]
    assert others == []


def test_the_correction_changes_the_toll_and_takes_back_one_claim() -> None:
    first, corrected = revision("ch6-440131", 1), revision("ch6-440131", 2)

    assert (first["status"], corrected["status"]) == ("usable", "corrected")
    assert "rises to 11." in first["body"]
    assert "rises to 10." in corrected["body"]
    assert "Marcus Teague" in first["body"]
    assert "Marcus Teague" not in corrected["body"]
    assert containment(corrected, first) > 0.7


def test_the_withdrawn_article_takes_back_what_it_reported() -> None:
    first, withdrawn = revision("brisk-88244", 1), revision("brisk-88244", 2)

    assert (first["status"], withdrawn["status"]) == ("usable", "withdrawn")
    assert withdrawn["published_at"] > first["published_at"]


def test_html_samples_hold_more_than_the_article() -> None:
    bodies = [a["body"] for a in sample_articles() if a["content_type"] == "text/html"]

    assert len(bodies) >= 2
    assert [body[:40] for body in bodies if "<nav" not in body or "<footer" not in body] == []


@pytest.mark.parametrize("junk", ["READ MORE: ", "newsletter", "CLICK HERE", "Photo: ", "By Dana Whitlow"])
def test_samples_hold_the_lines_that_crawlers_leave_in(junk: str) -> None:
    assert any(junk in a["body"] for a in sample_articles() if a["content_type"] == "text/plain")


def test_every_expected_claim_is_in_the_article_it_names() -> None:
    bodies = {(a["article_id"], a["revision"]): plain(a["body"]) for a in sample_articles()}
    expected = yaml.safe_load(EXPECTED.read_text("utf-8"))
    assert {(e["article_id"], e["revision"]) for e in expected} == set(bodies)
    assert sum(len(e["claims"]) for e in expected) >= 100

    missing = [
        (e["article_id"], claim["content"])
        for e in expected
        for claim in e["claims"]
        if claim["content"] not in bodies[e["article_id"], e["revision"]]
    ]

    assert missing == []


def test_the_expected_claims_hold_every_stance() -> None:
    stances = Counter(
        claim["stance"] for e in yaml.safe_load(EXPECTED.read_text("utf-8")) for claim in e["claims"]
    )

    assert set(stances) == {"affirms", "refutes", "open"}
    assert stances["refutes"] >= 15
