"""The shipped pipeline reads articles written for it as a careful reader does.

``expected.yaml`` is complete: a claim that it does not hold is a wrong claim. Of what is found, nearly
everything told about it must be right; how much is found is the encoder's, and its floor is lower.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers.domain.article import Article, EnrichedArticle
from workers.domain.claim import Claim
from workers.nlp import load_pipeline
from workers.nlp.enrich import enrich_articles

pytestmark = pytest.mark.model

ARTICLES = Path(__file__).parent / "articles"
FRIDAY = datetime(2024, 10, 25, 12, tzinfo=UTC)
OVERLAP = 0.8


@dataclass
class Judged:
    """Found claims beside what was expected of them."""

    pairs: list[tuple[dict[str, Any], Claim]] = field(default_factory=list)
    expected: int = 0
    found: int = 0

    def wrong(self, name: str) -> list[tuple[Any, Any]]:
        """(expected, got) where the two differ."""
        both = [(want.get(name), told(claim)[name]) for want, claim in self.pairs if name in want]
        return [(want, got) for want, got in both if want != got]


def told(claim: Claim) -> dict[str, Any]:
    source = claim.source
    return {
        "source": source.name if source else None,
        "kind": source.kind.value if source else None,
        "act": claim.act.value,
        "stance": claim.stance.value,
        "via": [via.name for via in claim.via],
    }


@cache
def answers() -> dict[str, EnrichedArticle]:
    paths = sorted(ARTICLES.glob("*.txt"))
    articles = [Article(path.stem, path.read_text(encoding="utf-8"), published_at=FRIDAY) for path in paths]
    found = enrich_articles(load_pipeline(), articles)
    return {answer.article_id: answer for answer in found if isinstance(answer, EnrichedArticle)}


@cache
def judged() -> Judged:
    gold = yaml.safe_load((ARTICLES / "expected.yaml").read_text(encoding="utf-8"))
    assert gold.keys() == answers().keys()
    result = Judged()
    for name, wanted in gold.items():
        claims = list(answers()[name].claims)
        result.expected += len(wanted)
        result.found += len(claims)
        for want in wanted:
            match = next((claim for claim in claims if is_meant(answers()[name].text, want, claim)), None)
            if match is not None:
                claims.remove(match)
                result.pairs.append((want, match))
    return result


def is_meant(text: str, want: dict[str, Any], claim: Claim) -> bool:
    """The contents share ``OVERLAP`` of their union, and the cues share a word (or both are absent)."""
    if (want["cue"] is None) != (claim.cue is None):
        return False
    if claim.cue is not None and not set(want["cue"].lower().split()) & set(claim.cue.text.lower().split()):
        return False
    place, gold = 0, set()
    for piece in want["content"]:
        place = text.index(piece, place)
        gold |= set(range(place, place + len(piece)))
    got = {place for span in claim.content.spans for place in range(span.start, span.end)}
    return len(gold & got) >= OVERLAP * len(gold | got)


def test_there_is_something_to_judge() -> None:
    assert len(answers()) >= 6
    assert judged().expected >= 60


def test_most_claims_are_found_and_most_found_are_claims() -> None:
    result = judged()

    assert len(result.pairs) >= 0.6 * result.expected
    assert len(result.pairs) >= 0.7 * result.found


@pytest.mark.parametrize("name", ["source", "kind", "act", "stance", "via"])
def test_what_is_told_of_a_found_claim_is_right(name: str) -> None:
    wrong = judged().wrong(name)

    assert len(wrong) <= 0.1 * len(judged().pairs), wrong


def test_promo_lines_are_masked_and_no_claim_touches_them() -> None:
    masked = {
        name: [found.text[hole.start : hole.end] for hole in found.masked]
        for name, found in answers().items()
    }

    assert masked["harbour"] == ["LEE MARLOW’S ‘WHO OWNS THE SEA?’ COMING TO ANCHORFLIX+ NOV. 3"]
    assert masked["budget"] == [
        "PORT ALDIS (Reuters) -",
        "READ MORE: The villages that the new dam will drown",
    ]
    assert masked["inquiry"] == ["(Reporting by Nora Finch; Editing by Paul Dray)"]
    assert masked["outbreak"] == ["Photo: Lena Marsh/Getty"]


def test_numbers_are_typed() -> None:
    (dockers,) = [q for q in answers()["harbour"].quantities if q.unit == "dockers"]
    (families,) = [q for q in answers()["budget"].quantities if q.unit == "families"]
    (money,) = [q for q in answers()["outbreak"].quantities if q.unit == "USD"]

    assert (dockers.value, dockers.approximate) == (4500, True)
    assert (families.low, families.value) == (3000, None)
    assert (money.value, money.approximate) == (1_200_000, True)
