"""What a claim costs does not grow with the window behind it: an index is asked, nothing is scanned."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from tests.builders import NOON, a_claim_told
from workers.domain.claim import Claim
from workers.relations.engine import Policy, keep, relate
from workers.relations.known import routes
from workers.relations.records import MemoryReader

HOT = "term:harn"


class CountingReader(MemoryReader):
    """Counts the documents and characters that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: Counter[str] = Counter()

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """See ``Reader``."""
        found = super().documents(kind, keys)
        self.read["documents"] += len(found)
        self.read["characters"] += sum(map(len, found.values()))
        return found

    def buckets(self, names: Iterable[int]) -> dict[int, bytes]:
        """See ``Reader``."""
        found = super().buckets(names)
        self.read["buckets"] += len(found)
        self.read["bytes"] += sum(map(len, found.values()))
        return found


def claim(number: int, rng: random.Random) -> Claim:
    """Return something said of the town of Harn, in made-up words of which few are shared."""
    words = ["".join(rng.choices("bdfklmnprtv", k=3)) + rng.choice("aeiou") + "k" for _ in range(4)]
    common = f"tower{rng.randrange(9)}x"
    return a_claim_told(
        f"the {common} in Harn {' '.join(words)}",
        article_id=f"a{number}",
        at=NOON + timedelta(seconds=number),
    )


def cost_of_one_more(size: int) -> Counter[str]:
    """Return what is read for one claim when the hot subject holds ``size``."""
    rng, reader, policy = random.Random(size), CountingReader(), Policy(band_size=12, candidates=12)
    for number in range(size + 1):
        reader.read.clear()
        said = claim(number, rng)
        assert HOT in routes(said)
        decided = relate(reader, policy, HOT, said, NOON)
        keep(reader, decided)
    return reader.read


def test_a_claim_reads_no_more_from_a_window_eight_times_as_full() -> None:
    some, many = cost_of_one_more(50), cost_of_one_more(400)

    assert some["documents"] > 10
    assert many["documents"] <= 2 * some["documents"]
    assert many["characters"] <= 3 * some["characters"]
    assert some["buckets"] > 5
    assert many["buckets"] <= 2 * some["buckets"]
    assert many["bytes"] <= 3 * some["bytes"]
