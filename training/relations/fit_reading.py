"""Fit ``reading``: ``python -m training.relations.fit_reading --data DATA --model MODEL [--write]``.

On the tuning parts, which the network has not learnt from, and on the annotated claims that may be looked at.
A stance is no part of the texts: two claims of which one is denied and that contradict each other say the
same. Prints what the reading reaches on the test parts, and with a reading of its own for each corpus.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.annotations.gold_pairs import Answer, gold_pairs
from training.relations import annotated, pairs
from training.relations.fit_contrast import fit, macro_f1
from training.relations.pairs import Pair, Part
from workers.domain.article import EnrichedArticle
from workers.nlp.pair_model import PairReader
from workers.relations.pairs import alike
from workers.relations.polarity import stance_sign
from workers.relations.reading import NAMES, inputs

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
UNRELATED, SAME, OPPOSITE = range(3)
LABELS: Final = {
    "sick": ("neutral", "entailment", "contradiction"),
    "emergent": ("observing", "for", "against"),
}
# How often a row of a corpus counts; those of claims count most, as they are what is asked about.
TIMES: Final = {"claims": 4, "sick": 1, "emergent": 2, "mrpc": 1, "ecb": 1}
WEIGHTS_FILE: Final = Path("workers/relations/reading_weights.py")
_MOST: Final = 250


def labelled(folder: Path, part: Part) -> dict[str, list[tuple[Pair, int]]]:
    """Pairs of each corpus with what they are: unrelated, same, opposite."""
    rng = random.Random(9)
    happened, headlines = pairs.events(folder, part), pairs.emergent(folder, part)

    def some(found: list[Pair], label: int) -> list[tuple[Pair, int]]:
        return [(pair, label) for pair in rng.sample(found, min(_MOST, len(found)))]

    found = {
        name: [((row.left, row.right), LABELS[name].index(row.label)) for row in rows]
        for name, rows in (("sick", pairs.sick(folder, part)), ("emergent", headlines))
    }
    news = pairs.mrpc(folder, part)
    found["mrpc"] = [
        *some([(row.left, row.right) for row in news if row.label == "1"], SAME),
        *some([(row.left, row.right) for row in news if row.label == "0"], UNRELATED),
    ]
    found["ecb"] = [
        *some(happened.same, SAME),
        *some(happened.other, UNRELATED),
        *some(happened.elsewhere, UNRELATED),
        *some(pairs.mixed(headlines, len(headlines)), UNRELATED),
    ]
    return found


def claims(articles: Mapping[str, EnrichedArticle]) -> list[tuple[Pair, int]]:
    """The annotated pairs that may be looked at, as texts."""
    found = []
    for gold in gold_pairs():
        left, right = (annotated.known(side, articles.get(side.article)) for side in (gold.left, gold.right))
        if gold.seen and gold.stratum != annotated.FOUND and left is not None and right is not None:
            signs = (stance_sign(left.side.stance) or 1) * (stance_sign(right.side.stance) or 1)
            opposed = (gold.answer is Answer.CONTRADICTS) == (signs > 0)
            label = UNRELATED if gold.answer is Answer.UNRELATED else OPPOSITE if opposed else SAME
            found.append((alike(left, right), label))
    return found


def matrix(reader: PairReader, rows: list[tuple[Pair, int]]) -> tuple[Floats, Integers]:
    """Inputs of the reading, and labels."""
    scores = reader([pair for pair, _ in rows])
    values = [inputs(*pair, found) for (pair, _), found in zip(rows, scores, strict=True)]
    return np.array(values).reshape(len(rows), len(NAMES)), np.array([label for _, label in rows], np.int64)


def told(name: str, wanted: Integers, values: Floats, found: Floats) -> str:
    """How well a reading does on labelled rows."""
    macro, each = macro_f1(wanted, (values @ found.T).argmax(axis=1))
    return f"{name}: macro-F1 {macro:.3f} ({len(wanted)} pairs; {' '.join(f'{score:.3f}' for score in each)})"


def own_reading(folder: Path, reader: PairReader, name: str, tuned: tuple[Floats, Integers]) -> str:
    """A corpus read with weights fitted on its own tuning part; its test part."""
    values, wanted = matrix(reader, labelled(folder, "test")[name])
    return told(f"test {name}, network and words", wanted, values, fit(*tuned))


def mixed_emergent(folder: Path, reader: PairReader) -> str:
    """Emergent, test part: logarithms of its head and of ``contrast``, mixed as the tuning part wants."""
    heads = [NAMES.index(f"log_{label}") for label in LABELS["emergent"]]
    words = [NAMES.index(f"log_contrast_{label}") for label in ("unrelated", "same", "opposite")]

    def score(share: float, rows: Floats, labels: Integers) -> tuple[float, list[float]]:
        mixed = share * rows[:, heads] + (1.0 - share) * rows[:, words]
        return macro_f1(labels, mixed.argmax(axis=1))

    tune, test = (matrix(reader, labelled(folder, part)["emergent"]) for part in ("tune", "test"))
    best = max((0.0, 0.25, 0.5, 0.75, 1.0), key=lambda share: score(share, *tune)[0])
    macro, each = score(best, *test)
    parts = " ".join(f"{value:.3f}" for value in each)
    return (
        f"test emergent, network ({best:.2f}) and words: macro-F1 {macro:.3f} ({len(test[1])} pairs; {parts})"
    )


def write(found: Floats, path: Path) -> None:
    """Write the weights as the module that ships."""
    rows = "".join(f"    ({', '.join(f'{value:.4f}' for value in row)}),\n" for row in found)
    path.write_text(
        '"""Fitted weights of ``reading``: unrelated, same, opposite (training.relations)."""\n\n'
        f"WEIGHTS: tuple[tuple[float, ...], ...] = (\n{rows})\n"
    )


def main() -> None:
    """Fit, report, and write the weights when asked to."""
    parser = annotated.fit_options(__doc__, WEIGHTS_FILE)
    options = parser.parse_args()
    reader, folder = PairReader(options.model), options.data / "relations"
    articles = annotated.read_articles(options.data, options.enriched)
    tune = {"claims": matrix(reader, claims(articles))}
    tune |= {name: matrix(reader, rows) for name, rows in labelled(folder, "tune").items()}
    values = np.concatenate([np.repeat(tune[name][0], times, axis=0) for name, times in TIMES.items()])
    wanted = np.concatenate([np.repeat(tune[name][1], times) for name, times in TIMES.items()])
    found = fit(values, wanted)
    for name, (rows, labels) in tune.items():
        print(told(f"tune {name}", labels, rows, found), flush=True)
    if options.write:
        write(found, WEIGHTS_FILE)
    print(own_reading(folder, reader, "sick", tune["sick"]), flush=True)
    print(mixed_emergent(folder, reader), flush=True)


if __name__ == "__main__":
    main()
