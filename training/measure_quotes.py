"""Scores quotes of plain speech on PolNeAR dev, counted as GenderGapTracker counts them (Asr et al. 2021).

Their 98 articles are not among the shared data, so this is not their test: gold are PolNeAR's attributions
whose act is speech (no belief, no wish), by the label of ``annotations/claims.jsonl`` where one stands, else
by the pipeline's own rules over the annotators' cue. A found quote matches the gold quote that it overlaps
most if they share 0.3 (found) or 0.8 (with its borders) of their union, each gold quote once.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from training.annotations.gold import HALVES, enriched, gold_claims, half
from training.corpora import POLNEAR_DEV, AttributedText, Attribution, Span, attributed
from training.scores import Tally
from workers.domain.claim import Act, Claim, SourceKind
from workers.nlp import load_pipeline
from workers.nlp.acts import facets

NOT_SPEECH: Final = frozenset({Act.BELIEVE, Act.WANT})
OVERLAPS: Final = (0.3, 0.8)

Places = frozenset[int]


def places(spans: Sequence[Span]) -> Places:
    """The characters of ``spans``."""
    return frozenset(place for start, end in spans for place in range(start, end))


def gold_quotes(article: AttributedText, labels: Mapping[tuple[str, int], Act]) -> list[Places]:
    """Contents of the article's attributions of speech, without what annotators threw out."""
    return [
        places(item.content)
        for index, item in enumerate(article.attributions)
        if item.content
        and item.cue
        and not _ignored(item, article)
        and (labels.get((article.id, index)) or _act(article.text, item)) not in NOT_SPEECH
    ]


def found_quotes(claims: Sequence[Claim]) -> list[Places]:
    """Contents of the claims of speech that somebody makes; the outlet's own are no quotes."""
    return [
        places([(span.start, span.end) for span in claim.content.spans])
        for claim in claims
        if claim.act not in NOT_SPEECH
        and (claim.source is None or claim.source.kind is not SourceKind.PUBLISHER)
    ]


def tally(found: Sequence[Places], gold: Sequence[Places], least: float) -> Tally:
    """One to one, the largest overlaps first."""
    pairs = sorted(
        (
            (len(one & other) / len(one | other), i, j)
            for i, one in enumerate(found)
            for j, other in enumerate(gold)
            if one & other
        ),
        reverse=True,
    )
    used: set[int] = set()
    matched: set[int] = set()
    for share, i, j in pairs:
        if share >= least and i not in used and j not in matched:
            used.add(i)
            matched.add(j)
    return Tally(len(used), len(found), len(gold))


def _act(text: str, item: Attribution) -> Act:
    cue = max(item.cue, key=lambda span: span[1] - span[0])
    source = text[slice(*item.source[0])] if item.source else ""
    return facets(text, cue, item.content, source=source).act


def _ignored(item: Attribution, article: AttributedText) -> bool:
    return any(
        start < stop and begin < end
        for start, end in (*item.source, *item.cue, *item.content)
        for begin, stop in article.ignore
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=None, help="folder of the pipeline")
    arguments = parser.parse_args()
    articles = attributed(arguments.data / POLNEAR_DEV)
    labels = {(g.document, g.index): g.label.act for g in gold_claims() if g.corpus == "dev"}
    claims = enriched(load_pipeline(arguments.model), articles)
    for least in OVERLAPS:
        rows = {
            article.id: tally(found_quotes(claims[article.id]), gold_quotes(article, labels), least)
            for article in articles
        }
        groups = [("all", list(rows.values()))]
        groups += [(f"half {n}", [row for name, row in rows.items() if half(name) == n]) for n in HALVES]
        for name, some in groups:
            total = sum(some, Tally())
            print(
                f"overlap {least} {name:<7} P {total.precision:.3f} R {total.recall:.3f} F1 {total.f1:.3f}"
                f" ({total.right} / {total.found} / {total.gold})"
            )


if __name__ == "__main__":
    main()
