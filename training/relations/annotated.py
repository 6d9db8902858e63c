"""The stage's decision on the annotated pairs of claims from real articles."""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from spacy.language import Language

from training.annotations.gold import Ratio, kappa, matched
from training.annotations.gold_pairs import Answer, GoldPair, GoldSide, gold_pairs
from workers.domain.article import Article, EnrichedArticle
from workers.nlp.enrich import enrich_articles
from workers.nlp.pipeline import load_pipeline
from workers.relations.asking import worth_asking
from workers.relations.bands import names_of
from workers.relations.engine import meeting_place
from workers.relations.known import Known, known_claim
from workers.relations.opinion import PairModel
from workers.relations.pairs import Judgement, alike, judge
from workers.relations.sketches import article_signature
from workers.wire.messages import decode_enriched

NO_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)
ARTICLES: Final = Path("load") / "articles.jsonl.gz"
_CHUNK: Final = 16
# Pairs that the stage itself named: they say how often it is right, not what it misses.
FOUND: Final = "found"


@dataclass(frozen=True, slots=True)
class Judged:
    """An annotated pair and what the stage says of it; ``found`` is ``None`` where a claim was not extracted.

    ``meet`` tells whether the index would have brought the two claims together.
    """

    gold: GoldPair
    found: Answer | None
    meet: bool = True


def articles(data: Path, wanted: Iterable[str]) -> list[Article]:
    """The corpus' articles with these ids."""
    ids = set(wanted)
    with gzip.open(data / ARTICLES, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        return [
            Article(
                article_id=row["id"],
                body=row["text"],
                publisher=row["domain"],
                url=row["url"],
                title=row["title"],
                published_at=datetime.fromisoformat(row["published_at"]) if row["published_at"] else None,
            )
            for row in rows
            if row["id"] in ids
        ]


def enriched(nlp: Language, known: Sequence[Article]) -> Iterator[EnrichedArticle]:
    """The articles with the pipeline's claims."""
    for start in range(0, len(known), _CHUNK):
        for answer in enrich_articles(nlp, known[start : start + _CHUNK]):
            if isinstance(answer, EnrichedArticle):
                yield answer


def read_articles(data: Path, file: Path | None) -> Mapping[str, EnrichedArticle]:
    """The annotated articles with their claims, by id."""
    if file is None:
        wanted = {side.article for gold in gold_pairs() for side in (gold.left, gold.right)}
        found = list(enriched(load_pipeline(), articles(data, wanted)))
    else:
        lines = [decode_enriched(line) for line in file.read_bytes().splitlines()]
        found = [each for each in lines if isinstance(each, EnrichedArticle)]
    return {article.article_id: article for article in found}


def fit_options(doc: str | None, written: Path) -> argparse.ArgumentParser:
    """Options of a program that fits weights on annotated pairs and writes the module ``written``."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=Path("models/en_claimwire"))
    parser.add_argument("--enriched", type=Path, help="the annotated articles, enriched before")
    parser.add_argument("--write", action="store_true", help=f"write {written}")
    return parser


def judged(
    golds: Sequence[GoldPair], found: Mapping[str, EnrichedArticle], model: PairModel | None = None
) -> list[Judged]:
    """The decision on each pair, as the stage would take it if both claims met."""
    answers = []
    for gold in golds:
        left, right = (known(side, found.get(side.article)) for side in (gold.left, gold.right))
        if left is None or right is None:
            answers.append(Judged(gold, None))
            continue
        kind = decided(left, right, model).kind
        answer = Answer.UNRELATED if kind is None else Answer(kind.value)
        answers.append(Judged(gold, answer, _meet(left, right)))
    return answers


def decided(left: Known, right: Known, model: PairModel | None) -> Judgement:
    """The decision on two claims, the earlier first; the model is asked where the stage would ask it."""
    asked = model is not None and worth_asking(left, right)
    opinion = model([alike(left, right)])[0] if model is not None and asked else None
    return judge(left, right, opinion)


def table(answers: Sequence[Judged]) -> list[str]:
    """Lines for the pairs that were drawn and for those that the stage found: seen, only counted, all."""
    drawn = [each for each in answers if each.gold.stratum != FOUND]
    found = [each for each in answers if each.gold.stratum == FOUND]
    golds = [each.gold for each in drawn]
    agreement = kappa([gold.first for gold in golds], [gold.second for gold in golds])
    lines = [f"agreement of the two passes: kappa {agreement:.3f} ({len(golds)} pairs)"]
    for name, part in (("", drawn), ("found, ", found)):
        for kept, seen in (("seen", True), ("only counted", False)):
            lines += [f"{name}{kept}:", *_lines([each for each in part if each.gold.seen is seen])]
    lines += ["all found:", *_lines(found)] if found else []
    return [*lines, "all drawn:", *_lines(drawn)]


def _lines(answers: Sequence[Judged]) -> Iterator[str]:
    found = [(each.gold.answer, each.found) for each in answers if each.found is not None]
    yield f"  both claims found: {Ratio(len(found), len(answers))}"
    scores = []
    for answer in Answer:
        right = sum(wanted is got is answer for wanted, got in found)
        said, there = (sum(pair[place] is answer for pair in found) for place in (1, 0))
        scores.append(2 * right / (said + there) if said + there else 0.0)
        yield f"  {answer:13} P {Ratio(right, said)}  R {Ratio(right, there)}"
    yield f"  macro-F1 {sum(scores) / len(scores):.3f}"
    related = [each.meet for each in answers if each.found and each.gold.answer is not Answer.UNRELATED]
    yield f"  related pairs that the index brings together: {Ratio(sum(related), len(related))}"
    wrong = Counter(f"{wanted} taken for {got}" for wanted, got in found if wanted is not got)
    yield "  " + "; ".join(f"{name} {count}" for name, count in wrong.most_common())


def known(side: GoldSide, article: EnrichedArticle | None) -> Known | None:
    """The claim there, as the stage remembers it; ``None`` where none was extracted."""
    if article is None:
        return None
    claim = matched(article.claims, side.spans)
    if claim is None:
        return None
    return known_claim(claim, article.published_at or NO_DATE, article_signature(article.text))


def _meet(left: Known, right: Known) -> bool:
    """Would one find the other? On the route where they are decided they must share a bucket."""
    route = meeting_place(left, right)
    return route is not None and bool(set(names_of(route, left)) & set(names_of(route, right)))
