"""Fit the probability that a claim is right: ``python -m training.fit_confidence --data DATA``.

Logistic regression over ``workers.nlp.confidence``, on PolNeAR dev; what it is worth is judged in five folds
of whole articles, so that no claim is judged by weights that saw its article. ``--write`` puts the weights
that are fitted on all of them into the pipeline's config.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from spacy import util
from spacy.language import Language

from training.corpora import POLNEAR_DEV, AttributedText, attributed
from training.logistic import newton
from training.measure_claims import claims_of, gold_of, is_ignored, matches, parts_of
from training.scores import calibration_error
from workers.nlp import load_pipeline
from workers.nlp.claims import ClaimwireClaims
from workers.nlp.confidence import NAMES, UNCALIBRATED, evidence, probability
from workers.resources import resource

Floats = npt.NDArray[np.float64]

FOLDS = 5
_PULL = 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a claim of an article, the score it ships with, and whether it is right."""

    article: int
    found: tuple[float, ...]
    score: float
    right: bool


def judged(nlp: Language, articles: Sequence[AttributedText]) -> list[Judged]:
    """Return every claim that the pipeline finds outside of what the annotators threw out."""
    component = nlp.get_pipe("claims")
    assert isinstance(component, ClaimwireClaims)
    weights, component.weights = component.weights, UNCALIBRATED  # a draft's score is the bare product then
    try:
        docs = claims_of(nlp, articles, gold=False)
    finally:
        component.weights = weights
    rows = []
    for number, (doc, article) in enumerate(zip(docs, articles, strict=True)):
        gold = gold_of(article)
        for draft in doc._.claimwire_drafts:
            if not is_ignored(draft, article):
                found = evidence(doc.text, draft)
                right = any(matches(parts_of(draft), other) for other in gold)
                rows.append(Judged(number, found, probability(found, weights), right))
    return rows


def fit(rows: Sequence[Judged]) -> dict[str, float]:
    """Weights by Newton's method, all but the constant pulled to 0: a kind seen twelve times says little."""
    inputs = np.array([row.found for row in rows])
    wanted = np.array([row.right for row in rows], dtype=np.float64)
    pull = np.array([1e-6 if name == "constant" else _PULL for name in NAMES])
    weights = newton(inputs, wanted, np.zeros(len(NAMES)), pull)
    return {name: round(float(value), 4) for name, value in zip(NAMES, weights, strict=True)}


def unseen(rows: Sequence[Judged], folds: int) -> Floats:
    """The probability of each claim by weights that were fitted on the other folds' articles."""
    chances = np.zeros(len(rows))
    for fold in range(folds):
        weights = fit([row for row in rows if row.article % folds != fold])
        for place, row in enumerate(rows):
            if row.article % folds == fold:
                chances[place] = probability(row.found, weights)
    return chances


def table(chances: Floats, hits: Sequence[bool]) -> str:
    """Share that is right by tenth of the score."""
    right = np.asarray(hits, dtype=np.float64)
    place = np.minimum((chances * 10).astype(int), 9)
    return "\n".join(
        f"  {tenth / 10:.1f}: {int((place == tenth).sum()):5d} claims, mean score"
        f" {chances[place == tenth].mean():.2f}, right {right[place == tenth].mean():.2f}"
        for tenth in range(10)
        if (place == tenth).any()
    )


def write(folder: Path, weights: dict[str, float]) -> None:
    """Put ``weights`` into the pipeline's config."""
    config = util.load_config(folder / "config.cfg", interpolate=False)
    config["components"]["claims"]["weights"] = weights
    config.to_disk(folder / "config.cfg")


def main() -> None:
    """Print what the shipped weights and those fitted anew are worth."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=resource("models", "en_claimwire"))
    parser.add_argument("--plot", type=Path, help="draw the unseen scores' reliability here, as SVG")
    parser.add_argument("--write", action="store_true", help="write the weights into the pipeline's config")
    options = parser.parse_args()
    nlp = load_pipeline(options.model, publisher_claims=False)
    rows = judged(nlp, attributed(options.data / POLNEAR_DEV))
    hits = [row.right for row in rows]
    shipped = [row.score for row in rows]
    print(f"shipped, fitted on these: ECE {calibration_error(shipped, hits):.3f} ({len(rows)} claims)")
    for folds, name in ((FOLDS, f"{FOLDS} folds of articles"), (2, "two halves")):
        chances = unseen(rows, folds)
        loss = -float(np.mean(np.log(np.where(hits, chances, 1.0 - chances))))
        error = calibration_error(chances.tolist(), hits)
        print(f"{name}, each judged unseen: ECE {error:.3f}, log loss {loss:.3f}")
        if folds == FOLDS:
            print(table(chances, hits))
            if options.plot is not None:
                from training.plot import reliability  # only the training extra has matplotlib

                reliability(chances, hits, f"{len(rows)} claims of PolNeAR dev, judged unseen", options.plot)
        else:
            for half in range(folds):
                part = [place for place, row in enumerate(rows) if row.article % folds == half]
                error = calibration_error([float(chances[n]) for n in part], [hits[n] for n in part])
                print(f"  half {half}: ECE {error:.3f} ({len(part)} claims)")
    weights = fit(rows)
    print("fitted on all:", weights)
    if options.write:
        write(options.model, weights)


if __name__ == "__main__":
    main()
