"""Fit ``contradiction``: ``python -m training.relations.fit_contradiction --data DATA [--write]``.

On every annotated pair of dated claims with opposite signs. Prints how often what the rules and the
regression together call a contradiction is one, each story judged by weights fitted on the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from training.annotations.gold import Ratio
from training.annotations.gold_pairs import Answer, GoldPair, gold_pairs
from training.logistic import chances, fitted, write_weights
from training.relations import annotated
from workers.agents.pair_reading import load_pair_model
from workers.domain.article import EnrichedArticle
from workers.domain.relation import RelationKind
from workers.relations.asking import worth_asking
from workers.relations.contradiction import INPUTS, inputs
from workers.relations.known import Known
from workers.relations.opinion import Opinion, PairModel
from workers.relations.opposition import answered, text_signs
from workers.relations.origins import same_speaker
from workers.relations.pairs import alike, is_denied, judge
from workers.relations.polarity import stance_sign
from workers.relations.thresholds import Thresholds
from workers.relations.ties import undated

Floats = npt.NDArray[np.float64]
WEIGHTS_FILE: Final = Path("workers/relations/contradiction_weights.py")
_PULL: Final = 3.0
_WITHOUT: Final = Thresholds(contradiction=0.0)


@dataclass(frozen=True, slots=True)
class Case:
    """A pair with opposite signs; ``let_through`` tells whether the rules before call it a contradiction."""

    gold: GoldPair
    values: tuple[float, ...]
    let_through: bool

    @property
    def is_one(self) -> bool:
        """Did the annotator call it a contradiction?"""
        return self.gold.answer is Answer.CONTRADICTS


def cases(articles: Mapping[str, EnrichedArticle], model: PairModel) -> Iterator[Case]:
    """The annotated pairs with opposite signs."""
    for gold in gold_pairs():
        left, right = (annotated.known(side, articles.get(side.article)) for side in (gold.left, gold.right))
        if left is None or right is None or undated(left, right) or same_speaker(left, right):
            continue
        said = alike(left, right)
        opinion = model([said])[0] if worth_asking(left, right, _WITHOUT) else None
        if _opposed(left, right, said, opinion):
            values = inputs(left, right, said, opinion, is_denied(left, right), answered(left, right, *said))
            found = judge(left, right, opinion, _WITHOUT)
            yield Case(gold, values, found.kind is RelationKind.CONTRADICTS)


def _opposed(left: Known, right: Known, said: tuple[str, str], opinion: Opinion | None) -> bool:
    stances = stance_sign(left.side.stance) * stance_sign(right.side.stance)
    return stances * text_signs(*said, opinion) < 0


def stories(found: list[Case]) -> list[str]:
    """The story of each case: cases that share an article are of one."""
    into: dict[str, str] = {}

    def root(name: str) -> str:
        while into.setdefault(name, name) != name:
            name = into[name]
        return name

    for case in found:
        into[root(case.gold.left.article)] = root(case.gold.right.article)
    return [root(case.gold.left.article) for case in found]


def left_out(values: Floats, labels: Floats, story: list[str]) -> Floats:
    """Each case's probability by weights fitted on the other stories."""
    found = np.zeros(len(labels))
    for name in set(story):
        out = np.array([each == name for each in story])
        found[out] = chances(values[out], *fitted(values[~out], labels[~out], _PULL))
    return found


def report(found: list[Case], likely: Floats) -> Iterator[str]:
    """Precision of the rules, of the regression, and of both."""
    least = Thresholds().contradiction
    parts = (("seen", [True]), ("only counted", [False]), ("all", [True, False]))
    for name, seen in parts:
        rows = [(case, chance >= least) for case, chance in zip(found, likely, strict=True)]
        rows = [(case, sure) for case, sure in rows if case.gold.seen in seen]
        for what, kept in (
            ("opposite signs", [case for case, _ in rows]),
            ("the rules", [case for case, _ in rows if case.let_through]),
            ("the regression", [case for case, sure in rows if sure]),
            ("both", [case for case, sure in rows if sure and case.let_through]),
        ):
            yield f"{name}, {what}: {Ratio(sum(case.is_one for case in kept), len(kept))}"


def main() -> None:
    """Fit, report, and write the weights when asked to."""
    parser = annotated.fit_options(__doc__, WEIGHTS_FILE)
    options = parser.parse_args()
    model = load_pair_model(options.model)
    if model is None:
        parser.error(f"{options.model}: there is no pair model")
    found = list(cases(annotated.read_articles(options.data, options.enriched), model))
    values = np.array([case.values for case in found])
    labels = np.array([float(case.is_one) for case in found])
    for line in report(found, left_out(values, labels, stories(found))):
        print(line)
    if options.write:
        write_weights(WEIGHTS_FILE, INPUTS, *fitted(values, labels, _PULL))


if __name__ == "__main__":
    main()
