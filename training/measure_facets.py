"""Scores act, stance and certainty on hand-annotated claims (see annotations/GUIDELINES.md).

``python -m training.measure_facets --data DATA [--model M]`` runs the pipeline over the articles of dev and
takes the claim whose content overlaps the gold content. ``--gold`` reads the facets off the annotators' own
spans, dev and train, without any model: what is wrong there is the facet rules' fault. ``--errors`` prints
what is wrong in the first half of the articles (the second half is for counting only).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import spacy

from training.annotations.gold import (
    HALVES,
    GoldClaim,
    Label,
    Ratio,
    enriched,
    gold_claims,
    half,
    kappa,
    matched,
    ratio,
)
from training.corpora import POLNEAR_DEV, POLNEAR_TRAIN, AttributedText, attributed
from workers.domain.claim import Quotation, SourceKind, Stance
from workers.nlp import load_pipeline
from workers.nlp.facets import ClaimwireFacets
from workers.nlp.found import Draft, Resolved, Speaker

FACETS: Final = ("act", "stance", "certainty")


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold claim and what was found for it; ``None`` where no claim was."""

    gold: GoldClaim
    found: Label | None


def by_gold_spans(articles: Mapping[str, AttributedText], golds: Sequence[GoldClaim]) -> list[Pair]:
    """Facets of the annotators' cues and contents."""
    component = ClaimwireFacets()
    nlp = spacy.blank("en")
    labels = {}
    for name in {gold.document for gold in golds}:
        mine = [gold for gold in golds if gold.document == name]
        doc = nlp.make_doc(articles[name].text)
        doc._.claimwire_drafts = tuple(_draft(articles[name], gold) for gold in mine)
        for gold, draft in zip(mine, component.predict(doc)[0], strict=True):
            assert draft.facets is not None
            found = draft.facets
            labels[name, gold.index] = Label(found.act, found.stance, found.certainty)
    return [Pair(gold, labels[gold.document, gold.index]) for gold in golds]


def by_pipeline(
    model: Path | None, articles: Mapping[str, AttributedText], golds: Sequence[GoldClaim]
) -> list[Pair]:
    """Facets of the claims that leave the enrich stage."""
    names = dict.fromkeys(gold.document for gold in golds)
    claims = enriched(load_pipeline(model), [articles[name] for name in names])
    pairs = []
    for gold in golds:
        claim = matched(claims[gold.document], gold.content)
        pairs.append(Pair(gold, None if claim is None else Label(claim.act, claim.stance, claim.certainty)))
    return pairs


def table(pairs: Sequence[Pair]) -> list[str]:
    """The figures of the claims that were found."""
    found = [pair for pair in pairs if pair.found is not None]
    groups = [("all", found)]
    groups += [(f"half {number}", [p for p in found if half(p.gold.document) == number]) for number in HALVES]
    groups.append(("plain draw", [p for p in found if p.gold.stratum == "plain"]))
    rows = [f"claims found: {ratio(pair.found is not None for pair in pairs)}"]
    for facet in FACETS:
        rows.append(f"{facet} right")
        rows += [
            f"  {name:<12}{ratio(getattr(p.gold.label, facet) == getattr(p.found, facet) for p in group)}"
            for name, group in groups
        ]
    return [*rows, "refutes", *(f"  {name:<12}{refutes(group)}" for name, group in groups)]


def refutes(pairs: Sequence[Pair]) -> str:
    """Precision, recall and F1 of the stance ``refutes``."""
    gold = [pair.gold.label.stance is Stance.REFUTES for pair in pairs]
    found = [pair.found is not None and pair.found.stance is Stance.REFUTES for pair in pairs]
    right = sum(a and b for a, b in zip(gold, found, strict=True))
    f1 = 2 * right / max(sum(gold) + sum(found), 1)
    return f"F1 {f1:.3f}, P {Ratio(right, sum(found))}, R {Ratio(right, sum(gold))}"


def confusions(pairs: Sequence[Pair], facet: str) -> list[str]:
    """One row a gold label: what was found for it, most frequent first."""
    seen: dict[str, Counter[str]] = {}
    for pair in pairs:
        if pair.found is not None:
            gold, found = getattr(pair.gold.label, facet), getattr(pair.found, facet)
            seen.setdefault(gold.value, Counter())[found.value] += 1
    return [
        f"  {name:<10}{sum(row.values()):>4}: " + ", ".join(f"{key} {n}" for key, n in row.most_common())
        for name, row in sorted(seen.items(), key=lambda item: -sum(item[1].values()))
    ]


def agreement(golds: Sequence[GoldClaim]) -> list[str]:
    """Cohen's kappa of the two passes."""
    rows = []
    for facet in FACETS:
        first, second = ([getattr(label, facet) for label in labels] for labels in _passes(golds))
        rows.append(f"{facet}: kappa of the two passes {kappa(first, second):.3f}")
    return rows


def _passes(golds: Sequence[GoldClaim]) -> tuple[list[Label], list[Label]]:
    return [gold.first for gold in golds], [gold.second for gold in golds]


def _draft(article: AttributedText, gold: GoldClaim) -> Draft:
    item = article.attributions[gold.index]
    cue = max(item.cue, key=lambda span: span[1] - span[0])
    speaker = Speaker(*item.source[0], Resolved("", SourceKind.PERSON), 1.0) if item.source else None
    return Draft(gold.content, cue, speaker, Quotation.INDIRECT, 1.0)


def _print_errors(pairs: Sequence[Pair], articles: Mapping[str, AttributedText]) -> None:
    for pair in pairs:
        gold = pair.gold
        if half(gold.document) or pair.found is None or pair.found == gold.label:
            continue
        text = articles[gold.document].text
        cue = " … ".join(text[s:e] for s, e in articles[gold.document].attributions[gold.index].cue)
        content = " … ".join(text[start:end] for start, end in gold.content)[:160]
        wrong = ", ".join(
            f"{facet} {getattr(pair.found, facet)} for {getattr(gold.label, facet)}"
            for facet in FACETS
            if getattr(pair.found, facet) != getattr(gold.label, facet)
        )
        print(f"{wrong}: ⟨{cue}⟩ [{content!r}]")


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=None, help="folder of the pipeline")
    parser.add_argument("--gold", action="store_true", help="the annotators' spans, no model")
    parser.add_argument("--errors", action="store_true", help="what is wrong in half 0")
    arguments = parser.parse_args()
    golds = [gold for gold in gold_claims() if arguments.gold or gold.corpus == "dev"]
    names = {gold.document for gold in golds}
    parts = (POLNEAR_DEV, POLNEAR_TRAIN) if arguments.gold else (POLNEAR_DEV,)
    articles = {a.id: a for part in parts for a in attributed(arguments.data / part) if a.id in names}
    pairs = (
        by_gold_spans(articles, golds) if arguments.gold else by_pipeline(arguments.model, articles, golds)
    )
    rows = [*agreement(golds), *table(pairs)]
    for facet in FACETS:
        rows += [facet, *confusions(pairs, facet)]
    print("\n".join(rows))
    if arguments.errors:
        _print_errors(pairs, articles)


if __name__ == "__main__":
    main()
