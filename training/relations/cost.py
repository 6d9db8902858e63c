"""What a claim costs as the window grows: ``python -m training.relations.cost --sizes 100 1000 10000``.

A synthetic stream under one hot subject goes into a real SQLite state; the window is filled without judging,
then fresh claims are related one by one, each in its own transaction.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from workers.domain.claim import (
    Act,
    Certainty,
    Claim,
    ClaimTime,
    Content,
    Offsets,
    Quotation,
    Stance,
)
from workers.domain.ids import content_id, text_sha256
from workers.domain.pipeline import PipelineInfo
from workers.relations import bands, window
from workers.relations.engine import Policy, keep, relate
from workers.relations.known import known_claim, to_json
from workers.relations.records import Kind, claim_key
from workers.state.sqlite import SqliteStore

HOT: Final = "term:harn"
START: Final = datetime(2026, 3, 1, tzinfo=UTC)
PIPELINE: Final = PipelineInfo("claimwire", "0", "synthetic", "0" * 64)
FRESH: Final = 200
_WORDS: Final = 4000
_NUMBER: Final = 8


def stream(rng: random.Random) -> Iterator[Claim]:
    """Endless claims on the town of Harn, a second apart: seven of 4,000 made-up words, rank by rank rarer.

    One in ten repeats an earlier claim in other words.
    """
    ranks = [1.0 / (rank + 300) for rank in range(_WORDS)]
    words = [_word(rank) for rank in range(_WORDS)]
    recent: list[list[str]] = []
    number = 0
    while True:
        if recent and rng.random() < 0.1:
            said = [*rng.choice(recent)[1:], rng.choices(words, ranks)[0]]
        else:
            said = rng.choices(words, ranks, k=7)
        recent = [*recent[-50:], said]
        number += 1
        yield a_claim(number, f"in Harn the {' '.join(said)} was found")


def _word(rank: int) -> str:
    """A made-up word of letters, another for every rank."""
    syllables = [first + second for first in "bdfgklmnprtvz" for second in "aeiou"]
    word = "quo"
    for _ in range(3):
        rank, rest = divmod(rank, len(syllables))
        word += syllables[rest]
    return word + "k"


def a_claim(number: int, text: str) -> Claim:
    """A claim with that content, from an article of its own."""
    return Claim(
        claim_id=content_id("claim", number, text),
        article_id=f"a{number}",
        url=f"https://outlet{number % 40}.example/{number}",
        publisher=f"outlet{number % 40}.example",
        published_at=START + timedelta(seconds=number),
        text_sha256=text_sha256(text),
        source=None,
        via=(),
        addressee=None,
        cue=None,
        content=Content(text, (Offsets(0, len(text)),)),
        quotation=Quotation.INDIRECT,
        act=Act.STATE,
        stance=Stance.AFFIRMS,
        certainty=Certainty.CERTAIN,
        condition=None,
        negated=False,
        time=ClaimTime.PAST,
        quantities=(),
        dates=(),
        entities=(),
        subjects=("subject",),
        checkworthiness=None,
        score=1.0,
        pipeline=PIPELINE,
    )


def fill(store: SqliteStore, policy: Policy, claims: Iterator[Claim], size: int) -> int:
    """Put ``size`` claims into the state as ``decide`` would, without relating them; returns the bytes."""
    buckets: dict[int, bytes] = defaultdict(bytes)
    documents: dict[str, str] = {}
    held = window.Window()
    for _, claim in zip(range(size), claims, strict=False):
        known = known_claim(claim, START)
        found = {name: buckets[name] for name in bands.names_of(HOT, known)}
        buckets |= bands.entered(found, known, START, policy.band_size)
        documents[claim_key(HOT, known.claim_id)] = to_json(known)
        seen = window.observe(held, known.at, policy.window)
        assert isinstance(seen, window.Observed)
        held = seen.window
    with store.transaction() as transaction:
        transaction.put_documents(Kind.CLAIM, documents, {})
        transaction.put_buckets(buckets)
        transaction.put_documents(Kind.WINDOW, {HOT: window.to_json(held)}, {})
    return sum(len(key) + len(body) for key, body in documents.items()) + sum(
        _NUMBER + len(body) for body in buckets.values()
    )


def measure(store: SqliteStore, policy: Policy, claims: Iterator[Claim]) -> tuple[list[float], int]:
    """Processor milliseconds of each of ``FRESH`` further claims, and the relations found."""
    spent, found = [], 0
    for _, claim in zip(range(FRESH), claims, strict=False):
        begun = time.process_time()
        with store.transaction() as transaction:
            decided = relate(transaction, policy, HOT, claim, START)
            keep(transaction, decided)
        spent.append(1000 * (time.process_time() - begun))
        found += len(decided.relations)
    return spent, found


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    options = parser.parse_args()
    for size in options.sizes:
        print(line(size), flush=True)


def line(size: int) -> str:
    """What a claim costs with ``size`` claims before it, in words."""
    policy, claims = Policy(), stream(random.Random(7))
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "state.db")
        stored = fill(store, policy, claims, size)
        spent, found = measure(store, policy, claims)
        store.close()
    slow = sorted(spent)[int(0.95 * FRESH)]
    return (
        f"{size:>7} claims in the window: {statistics.median(spent):.2f} ms a claim (p95 {slow:.2f}), "
        f"{found} relations of {FRESH} claims, {stored / size:.0f} bytes a claim and route"
    )


if __name__ == "__main__":
    main()
