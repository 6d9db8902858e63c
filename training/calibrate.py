"""Fit what turns scores into probabilities: ``python -m training.calibrate --data DATA``.

Platt's sigmoid for each role and entity type, a temperature for each pointer, and the
check-worthiness head. Every second dev article is fitted on, the others are measured on. Results
go into ``encoder.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training import corpora, labels, scores
from training.corpora import AttributedText, EntityText
from training.examples import attribution_examples
from training.logistic import newton
from training.predict import Read, read, session
from training.worth import fit_worth
from workers.nlp.decode import calibrate
from workers.nlp.heads import Platt, load_heads
from workers.nlp.pieces import Pieces

Floats = npt.NDArray[np.float64]

ENOUGH = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """A probability that was given, and whether it was right; ``fold`` 0 is fitted on."""

    name: str
    probability: float
    right: bool
    fold: int


def fit_platt(chances: Sequence[float], hits: Sequence[bool], rounds: int = 50) -> Platt:
    """Slope and offset by Newton's method, with a weak pull to slope 1 and offset 0."""
    clipped = np.clip(np.asarray(chances, dtype=np.float64), 1e-6, 1 - 1e-6)
    inputs = np.stack([np.log(clipped / (1 - clipped)), np.ones_like(clipped)], axis=1)
    right = np.asarray(hits, dtype=np.float64)
    found = newton(inputs, right, np.array([1.0, 0.0]), np.full(2, 1.0), rounds)
    return Platt(float(found[0]), float(found[1]))


def fit_temperature(rows: Sequence[Floats], golds: Sequence[int]) -> float:
    """The temperature with the least log loss, of 61 between 0.3 and 10; rows hold raw scores."""
    best = (np.inf, 1.0)
    for temperature in np.geomspace(0.3, 10.0, 61):
        loss = 0.0
        for row, gold in zip(rows, golds, strict=True):
            scaled = row / temperature
            top = scaled.max()
            loss += float(np.log(np.exp(scaled - top).sum()) + top - scaled[gold])
        if loss < best[0]:
            best = (loss, float(temperature))
    return best[1]


def judged_roles(articles: Sequence[AttributedText], reads: Sequence[Sequence[Read]]) -> list[Judged]:
    """Every predicted span of the articles with the probability that it was given."""
    judged = []
    for place, (article, items) in enumerate(zip(articles, reads, strict=True)):
        gold = scores.gold_roles(article)
        for span in (span for item in items for span in item.attribution):
            if not scores.touches((span.start, span.end), article.ignore):
                right = (span.start, span.end) in gold[span.label.lower()]
                judged.append(Judged(span.label, span.probability, right, place % 2))
    return judged


def judged_entities(texts: Sequence[EntityText], reads: Sequence[Sequence[Read]]) -> list[Judged]:
    """Every predicted entity of the texts with the probability that it was given."""
    judged = []
    for place, (text, items) in enumerate(zip(texts, reads, strict=True)):
        gold = {(start, end, name) for start, end, label in text.entities for name in labels.NEWSWIRE[label]}
        for span in (span for item in items for span in item.entities):
            right = (span.start, span.end, span.label) in gold
            judged.append(Judged(span.label, span.probability, right, place % 2))
    return judged


def fit_links(
    pieces: Pieces,
    articles: Sequence[AttributedText],
    reads: Sequence[Sequence[Read]],
    kind: str,
) -> float:
    """The pointer's temperature; prints its calibration error before and after."""
    folds: tuple[list[tuple[Floats, int]], list[tuple[Floats, int]]] = ([], [])
    for place, (article, items) in enumerate(zip(articles, reads, strict=True)):
        for example, item in zip(attribution_examples(article, pieces), items, strict=True):
            query, key = item.outputs[f"{kind}_query"], item.outputs[f"{kind}_key"]
            candidates = [0, *example.candidates(kind)]
            for first, to in example.links(kind):
                row = (key[candidates] @ query[first]).astype(np.float64) / query.shape[1] ** 0.5
                folds[place % 2].append((row, candidates.index(to)))
    fitted, held = folds
    temperature = fit_temperature([row for row, _ in fitted], [gold for _, gold in fitted])
    for name, value in (("before", 1.0), ("after", temperature)):
        chances, hits = [], []
        for row, gold in held:
            weights = np.exp((row - row.max()) / value)
            chances.append(float(weights.max() / weights.sum()))
            hits.append(int(row.argmax()) == gold)
        error = scores.calibration_error(chances, hits)
        print(f"{kind} links {name}: ECE {error:.3f} ({len(hits)} links), temperature {value:.2f}")
    return temperature


def fit_spans(judged: Sequence[Judged]) -> dict[str, Platt]:
    """Platt's sigmoid of each label; prints the calibration error on the other half.

    A label with fewer than ``ENOUGH`` spans to fit on takes the sigmoid fitted on all of ``judged``.
    """
    found = {}
    for name in dict.fromkeys(item.name for item in judged):
        fitted = [item for item in judged if item.name == name and item.fold == 0]
        if len(fitted) < ENOUGH:
            fitted = [item for item in judged if item.fold == 0]
        platt = fit_platt([item.probability for item in fitted], [item.right for item in fitted])
        held = [item for item in judged if item.name == name and item.fold == 1]
        _print_errors(name, held, {name: platt})
        found[name] = platt
    _print_errors("all", [item for item in judged if item.fold == 1], found)
    return found


def _print_errors(name: str, held: Sequence[Judged], platts: Mapping[str, Platt]) -> None:
    hits = [item.right for item in held]
    before = scores.calibration_error([item.probability for item in held], hits)
    chances = [calibrate(item.probability, platts[item.name]) for item in held]
    after = scores.calibration_error(chances, hits)
    print(f"{name:<9} ECE {before:.3f} -> {after:.3f} ({len(held)} spans)")


def main() -> None:
    """Fit everything on an exported model and write it back."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=Path("models/en_claimwire"))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    folder: Path = options.model / "encoder"
    content: dict[str, Any] = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    for head in ("attribution", "entities"):
        content[head]["calibration"] = {}
    for link in content["links"].values():
        link["temperature"] = 1.0
    (folder / "encoder.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    heads = load_heads(folder)
    pieces = Pieces.load(folder, heads.max_pieces)
    encoder = session(folder / "model.onnx", options.threads)
    articles = corpora.attributed(options.data / corpora.POLNEAR_DEV)
    reads = read(encoder, pieces, heads, (article.text for article in articles))
    _, texts = corpora.newswire(options.data / corpora.NEWSWIRE)
    named = read(encoder, pieces, heads, (text.text for text in texts))
    platts = fit_spans(judged_roles(articles, reads)) | fit_spans(judged_entities(texts, named))
    for head in ("attribution", "entities"):
        names = {label[2:] for label in content[head]["labels"][1:]}
        content[head]["calibration"] = {
            name: {"slope": round(platt.slope, 4), "offset": round(platt.offset, 4)}
            for name, platt in platts.items()
            if name in names
        }
    for kind, link in content["links"].items():
        link["temperature"] = round(fit_links(pieces, articles, reads, kind), 4)
    content["checkworthiness"] = fit_worth(encoder, pieces, options.data, print)
    (folder / "encoder.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
