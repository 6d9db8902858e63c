"""Fits the ranker of ``workers/nlp/antecedents.py``: ``python -m training.fit_antecedents --data DATA``.

Examples are the "he" and "she" of PolNeAR train that are sources and stand outside quotations, where their
silver chain (rule-based, automatic) names somebody. Names are the silver entities, sources the annotators':
no encoder runs. Two tenths of the articles are kept to judge the fit, and GUM's news, whose chains are gold.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.corpora import POLNEAR_TRAIN, Span, tenth
from workers.nlp import antecedents
from workers.nlp.antecedents import FEATURES, Ranker, features
from workers.nlp.clusters import cluster_names
from workers.nlp.found import NameSpan, overlaps
from workers.nlp.layout import lay_out
from workers.nlp.referents import Referent
from workers.nlp.resolve import HE_OR_SHE, Resolver

GUM: Final = "entities/gum-news.jsonl.gz"
_LABELS: Final = {"PERSON": "PERSON", "ORGANIZATION": "ORG", "LOCATION": "GPE"}
_LEAST: Final = 0.4
_SEED: Final = 1
_HELD_OUT: Final = (0, 1)
_NAME: Final = re.compile(r"[A-Z][\w.’'-]*(?: (?:of |the |de |bin |al-)?[A-Z][\w.’'-]*)*")
_PULL: Final = 1.0
_STEPS: Final = 300

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Text:
    """An article with its names, its sources and the chains of what means the same."""

    id: str
    text: str
    names: tuple[NameSpan, ...]
    sources: tuple[Span, ...]
    chains: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One pronoun: a row of features a candidate, and the place of the right one, or of nobody (the last)."""

    document: str
    rows: Floats
    right: int
    speaks: bool


def silver(path: Path) -> list[Text]:
    """Articles with silver chains."""
    return [
        Text(
            row["id"],
            row["text"],
            tuple(
                NameSpan(_LABELS[label], start, end, 1.0)
                for start, end, label in row["entities_silver"]
                if label in _LABELS
            ),
            tuple((s, e) for item in row["attributions"] for s, e in item["source"][:1]),
            tuple(tuple((s, e) for s, e in chain) for chain in row["coref_silver"]),
        )
        for row in _rows(path)
        if row["coref_silver"] is not None
    ]


def gold(path: Path) -> list[Text]:
    """GUM's news: names are the head parts of named people, organisations and places."""
    labels = {"person": "PERSON", "organization": "ORG", "place": "GPE"}
    texts = []
    for row in _rows(path):
        chains: dict[int, list[Span]] = {}
        names = []
        for mention in row["mentions"]:
            start, end = mention["span"]
            chains.setdefault(mention["cluster"], []).append((start, end))
            if mention["named"] and mention["type"] in labels:
                span = _capitals(row["text"], start, end)
                if span is not None:
                    names.append(NameSpan(labels[mention["type"]], *span, 1.0))
        texts.append(Text(row["id"], row["text"], _apart(names), (), tuple(map(tuple, chains.values()))))
    return texts


def examples(article: Text) -> list[Example]:
    """Every "he" and "she" outside quotations, with those before it resolved as the chains say."""
    layout = lay_out(article.text)
    clusters = cluster_names(article.text, article.names, layout)
    resolver = Resolver(article.text, layout, clusters, _NOBODY)
    sources = {span[0]: span for span in article.sources}
    pronouns = {m.start(): m for m in HE_OR_SHE.finditer(article.text) if not layout.in_quote(m.start())}
    found = []
    for place in sorted(sources.keys() | pronouns.keys()):
        if place not in pronouns:
            resolver.source(*sources[place])
            continue
        word = pronouns[place].group()
        referents, candidates = resolver.people(word.lower(), place)
        right = _meant(article, place, word, referents)
        speaks = place in sources and sources[place][1] <= place + len(word) + 2
        if candidates and right is not None:
            rows = np.asarray(features(candidates, place, layout))
            found.append(Example(article.id, rows, right, speaks))
        if right is not None and right < len(referents):
            resolver.saw(referents[right], place, spoke=speaks)
    return found


def _meant(article: Text, place: int, word: str, referents: Sequence[Referent]) -> int | None:
    """Which of ``referents`` the pronoun's chain names; their number for nobody, ``None`` for no chain."""
    chain = next((c for c in article.chains if (place, place + len(word)) in c), None)
    if chain is None:
        return None
    votes: Counter[int] = Counter()
    for start, end in chain:
        for number, referent in enumerate(referents):
            for spot in referent.named:
                name = next((n for n in article.names if n.start == spot), None)
                if name is not None and start <= spot and name.end <= end <= name.end + 2:
                    votes[number] += 1
    return votes.most_common(1)[0][0] if votes else len(referents)


def fit(items: Sequence[Example]) -> Ranker:
    """Maximum likelihood with an L2 pull, by gradient ascent with momentum (the loss is convex)."""
    rows, live, right = _stacked(items)
    weights, slope = np.zeros(rows.shape[2]), np.zeros(rows.shape[2])
    chosen = rows[np.arange(len(items)), right]
    for _ in range(_STEPS):
        scores = np.where(live, rows @ weights, -np.inf)
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        expected = np.einsum("nk,nkf->nf", chances, rows)
        gradient = ((chosen - expected).sum(axis=0) - _PULL * weights) / len(items)
        slope = 0.9 * slope + gradient
        weights = weights + 0.5 * slope
    return Ranker(tuple(round(float(w), 4) for w in weights[:-1]), round(float(weights[-1]), 4), _LEAST)


def _stacked(items: Sequence[Example]) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Rows [N, K, F + 1], which of them are candidates, and the right one; nobody has its own feature."""
    most = max(len(item.rows) for item in items) + 1
    rows = np.zeros((len(items), most, len(FEATURES) + 1))
    live = np.zeros((len(items), most), dtype=np.bool_)
    for number, item in enumerate(items):
        size = len(item.rows)
        rows[number, :size, :-1] = item.rows
        rows[number, size, -1] = 1.0
        live[number, : size + 1] = True
    return rows, live, np.array([item.right for item in items])


def judged(ranker: Ranker, items: Iterable[Example]) -> str:
    """Right, wrong and left open; leaving open is right where nobody is meant."""
    counts: Counter[str] = Counter()
    for item in items:
        chances = ranker.chances(item.rows.tolist())
        best = max(range(len(chances)), key=lambda place: chances[place])
        if best == len(item.rows) or chances[best] < ranker.least:
            counts["right" if item.right == len(item.rows) else "left open"] += 1
        else:
            counts["right" if best == item.right else "wrong"] += 1
    total = sum(counts.values())
    return f"right {counts['right']}, wrong {counts['wrong']}, left open {counts['left open']} of {total}"


def written(ranker: Ranker) -> str:
    """The file beside ``workers/nlp/antecedents.py``."""
    content = asdict(ranker) | {"weights": dict(zip(FEATURES, ranker.weights, strict=True))}
    return json.dumps(content, indent=2) + "\n"


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--out", type=Path, default=Path(antecedents.__file__).with_suffix(".json"))
    parser.add_argument("--articles", type=int, default=420, help="so many, drawn with a fixed seed")
    options = parser.parse_args()
    articles = silver(options.data / POLNEAR_TRAIN)
    random.Random(_SEED).shuffle(articles)
    found = [item for article in articles[: options.articles] for item in examples(article)]
    known = [item for item in found if item.speaks and item.right < len(item.rows)]
    ranker = fit([item for item in known if tenth(item.document) not in _HELD_OUT])
    held = [item for item in known if tenth(item.document) in _HELD_OUT]
    print("silver, held out:", judged(ranker, held))
    print(
        "GUM's news, gold:",
        judged(ranker, (e for article in gold(options.data / GUM) for e in examples(article))),
    )
    options.out.write_text(written(ranker), encoding="utf-8")


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _capitals(text: str, start: int, end: int) -> Span | None:
    """The longest run of capitalised words."""
    runs = [match.span() for match in _NAME.finditer(text, start, end)]
    return max(runs, key=lambda run: run[1] - run[0], default=None)


def _apart(names: Iterable[NameSpan]) -> tuple[NameSpan, ...]:
    kept: list[NameSpan] = []
    for name in sorted(names, key=lambda n: (n.start - n.end, n.start)):
        if not any(overlaps((name.start, name.end), (k.start, k.end)) for k in kept):
            kept.append(name)
    return tuple(sorted(kept, key=lambda n: n.start))


_NOBODY: Final = Ranker((0.0,) * len(FEATURES), 1e9, 0.0)

if __name__ == "__main__":
    main()
