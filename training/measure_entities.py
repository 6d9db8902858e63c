"""Scores the pipeline's names on the newswire's dev part: ``python -m training.measure_entities --data D``.

``training.evaluate`` scores the encoder's head; this, what leaves ``claimwire_entities`` after its rules:
what users get. Exact span and type; the gold has one type for all places, and one for events, laws and works.
Rules were read off the train part or chosen on half 0 of the articles; half 1 is for counting.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from spacy.tokens import Doc

from training import labels
from training.annotations.gold import HALVES, half
from training.corpora import NEWSWIRE, EntityText, Span, newswire
from training.scores import Tally, exact
from workers.nlp import load_pipeline

_GOLD_NAME: Final = {
    "GPE": "LOC",
    "EVENT": "MISC",
    "LAW": "MISC",
    "WORK_OF_ART": "MISC",
    "LANGUAGE": "MISC",
}

Labelled = tuple[int, int, str]


def gold_of(article: EntityText) -> set[Labelled]:
    """The corpus's entities under the encoder's labels."""
    return {(start, end, min(labels.NEWSWIRE[label])) for start, end, label in article.entities}


def found_in(doc: Doc) -> set[Labelled]:
    """The pipeline's names under the same labels."""
    return {(n.start, n.end, _GOLD_NAME.get(n.label, n.label)) for n in doc._.claimwire_names}


def tallies(found: Sequence[set[Labelled]], gold: Sequence[set[Labelled]]) -> dict[str, Tally]:
    """By type, and of all types."""
    rows = {
        name: sum((exact(_of(one, name), _of(other, name)) for one, other in _pairs(found, gold)), Tally())
        for name in labels.TYPES
    }
    return {**rows, "all": sum(rows.values(), Tally())}


def confusions(found: Sequence[set[Labelled]], gold: Sequence[set[Labelled]]) -> list[str]:
    """Right spans with another type, most frequent first."""
    seen: Counter[tuple[str, str]] = Counter()
    for one, other in _pairs(found, gold):
        wanted = {(start, end): label for start, end, label in other}
        seen.update(
            (wanted[start, end], label)
            for start, end, label in one
            if wanted.get((start, end), label) != label
        )
    return [f"  {gold} taken for {got}: {count}" for (gold, got), count in seen.most_common(12)]


def _of(spans: Iterable[Labelled], name: str) -> set[Span]:
    return {(start, end) for start, end, label in spans if label == name}


def _pairs(
    found: Sequence[set[Labelled]], gold: Sequence[set[Labelled]]
) -> Iterable[tuple[set[Labelled], set[Labelled]]]:
    return zip(found, gold, strict=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=None, help="folder of the pipeline")
    arguments = parser.parse_args()
    _, articles = newswire(arguments.data / NEWSWIRE)
    nlp = load_pipeline(arguments.model)
    with nlp.select_pipes(enable=["encoder", "entities"]):
        found = [found_in(doc) for doc in nlp.pipe((article.text for article in articles), batch_size=16)]
    gold = [gold_of(article) for article in articles]
    for number in (None, *HALVES):
        chosen = [n for n, article in enumerate(articles) if number in (None, half(article.id))]
        print(f"{len(chosen)} articles" + ("" if number is None else f", half {number}"))
        for name, tally in tallies([found[n] for n in chosen], [gold[n] for n in chosen]).items():
            if number is None or name == "all":
                print(
                    f"  {name:<8} P {tally.precision:.3f} R {tally.recall:.3f} F1 {tally.f1:.3f}"
                    f" ({tally.right} / {tally.found} / {tally.gold})"
                )
    print("\n".join(confusions(found, gold)))


if __name__ == "__main__":
    main()
