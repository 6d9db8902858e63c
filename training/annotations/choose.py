"""Chooses, by a fixed seed, which attributions a reader annotates: ``python -m training.annotations.choose``.

Sources: two of each dev article, about 60 % of them pronouns, surnames and descriptions. Claims: a plain
draw, and more where broad patterns of the cue promise a rare act. The patterns choose what is read; they
label nothing, and the plain draw is kept apart in ``stratum`` so that ratios on it are unbiased. Eight
claims drawn here attribute nothing ("demand for steel") and were left out by the reader.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from training.corpora import POLNEAR_DEV, POLNEAR_TRAIN, AttributedText, Attribution, attributed

SEED: Final = 20161
PER_ARTICLE: Final = 2
PLAIN: Final = 150
HARD_SHARE: Final = 0.62
_PRONOUN: Final = re.compile(
    r"(?:he|she|they|it|him|her|his|their|them|who|i|we|you|its|our|my|us|me)(?:['’]s)?", re.IGNORECASE
)
_TITLED: Final = re.compile(r"(?:(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Prof)\.?\s)?[A-Z][\w’'-]+")
PATTERNS: Final = {
    "deny": (r"\bden[iy]|disput|refut|reject|dismiss|debunk|rebut|disavow|contradict|not true", 30),
    "denial": (r"\bden(?:y|ied|ies|ying|ial)|refut|debunk|disput", 0),
    "refuse": (r"refus|declin|respond|no comment|unable|n['’]t (?:say|comment|answer)|\bnot\b", 18),
    "doubt": (r"doubt|skeptic|disbel|distrust|disagree|unsure|not sure|n['’]t (?:think|believe)", 22),
    "ask": (r"\bask|question|wonder|inquir|\?", 20),
    "predict": (r"predict|expect|forecast|project|anticip|warn|caution|foresee", 18),
    "promise": (r"promis|vow|pledg|commit|guarant|threat|\bswear|swore|assur", 20),
    "demand": (r"demand|\burg|\border|requir|request|call.* (?:for|on)|appeal|implor|encourag|propos", 16),
    "accuse": (r"accus|blam|alleg|charg|fault", 18),
    "confirm": (r"confirm|acknowledg|admit|conced|agree|recogni|verif", 18),
    "believe": (r"believ|think|thought|\bfeel|felt|suspect|consider|fear|worr|concern", 16),
    "want": (r"want|hop(?:e|ing)|wish|seek|sought|plan|intend|\baim|tried|trying", 16),
    "judge": (r"call|critici|prais|condemn|blast|slam|mock|attack|defend|support|describ|label", 16),
}
# Attributions of PolNeAR that attribute nothing; what is read in their stead.
REPLACED: Final = {
    ("usa-today_2016-09-08_laws-don-t-apply-equially-to-cli", 4): 2,
    ("usa-today_2016-09-08_laws-don-t-apply-equially-to-cli", 6): 9,
}
TRAIN: Final = {"deny": 14, "doubt": 8, "denial": 14}


@dataclass(frozen=True, slots=True)
class Choice:
    """An attribution by its place in an article of a corpus ("dev" or "train")."""

    corpus: str
    document: str
    index: int
    stratum: str


def words_of(article: AttributedText, spans: Iterable[tuple[int, int]]) -> str:
    """The characters of ``spans``, joined with a space."""
    return " ".join(article.text[start:end] for start, end in spans)


def hardness(article: AttributedText, attribution: Attribution) -> str:
    """pronoun, surname, description or name: by its shape alone."""
    words = words_of(article, attribution.source).strip()
    if _PRONOUN.fullmatch(words):
        return "pronoun"
    if _TITLED.fullmatch(words):
        return "surname"
    return "description" if words[:1].islower() or words.startswith(("The ", "A ", "An ")) else "name"


def sources(articles: Sequence[AttributedText], rng: random.Random) -> list[Choice]:
    """``PER_ARTICLE`` attributions with a source of each article that has them."""
    chosen = []
    for article in articles:
        groups: dict[str, list[int]] = {}
        for index, item in enumerate(article.attributions):
            if item.source and item.content:
                groups.setdefault(hardness(article, item), []).append(index)
        for _ in range(PER_ARTICLE):
            hard = [kind for kind in groups if kind != "name"]
            easy = ["name"] if "name" in groups else []
            wanted = hard if hard and (not easy or rng.random() < HARD_SHARE) else easy
            if wanted:
                kind = rng.choice(sorted(wanted))
                index = groups[kind].pop(rng.randrange(len(groups[kind])))
                instead = REPLACED.get((article.id, index))
                chosen.append(
                    Choice("dev", article.id, index, kind)
                    if instead is None
                    else Choice("dev", article.id, instead, "pronoun")
                )
                if not groups[kind]:
                    del groups[kind]
    return chosen


def claims(
    dev: Sequence[AttributedText], train: Sequence[AttributedText], rng: random.Random
) -> list[Choice]:
    """A plain draw spread over the articles, then more for each pattern, then rare ones of train."""
    pool = [(a, i) for a in dev for i, item in enumerate(a.attributions) if item.cue and item.content]
    rng.shuffle(pool)
    taken: dict[str, int] = {}
    chosen: dict[tuple[str, int], Choice] = {}
    for limit in range(1, 6):
        for article, index in pool:
            key = (article.id, index)
            if len(chosen) < PLAIN and taken.get(article.id, 0) < limit and key not in chosen:
                taken[article.id] = taken.get(article.id, 0) + 1
                chosen[key] = Choice("dev", article.id, index, "plain")
    _enrich(chosen, pool, "dev", {name: count for name, (_, count) in PATTERNS.items()})
    more = [(a, i) for a in train for i, item in enumerate(a.attributions) if item.cue and item.content]
    rng.shuffle(more)
    _enrich(chosen, more, "train", TRAIN)
    return list(chosen.values())


def _enrich(
    chosen: dict[tuple[str, int], Choice],
    pool: Sequence[tuple[AttributedText, int]],
    corpus: str,
    counts: dict[str, int],
) -> None:
    for name, count in counts.items():
        pattern = re.compile(PATTERNS[name][0], re.IGNORECASE)
        left = count
        for article, index in pool:
            cue = words_of(article, article.attributions[index].cue)
            if left and (article.id, index) not in chosen and pattern.search(cue):
                chosen[article.id, index] = Choice(corpus, article.id, index, name)
                left -= 1


def main() -> None:
    """Print the choices, sources first, as JSON Lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    arguments = parser.parse_args()
    dev = attributed(arguments.data / POLNEAR_DEV)
    train = attributed(arguments.data / POLNEAR_TRAIN)
    rng = random.Random(SEED)
    for name, choices in (("source", sources(dev, rng)), ("claim", claims(dev, train, rng))):
        for choice in choices:
            print(json.dumps({"for": name, **asdict(choice)}))


if __name__ == "__main__":
    main()
