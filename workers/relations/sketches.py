"""Hash bands that bring alike claims together without a scan, and signatures that tell copied articles.

MinHash: Broder 1997. Banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4. A signature keeps
only the low eight bits of each minimum: Li and König 2010.
"""

import base64
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from workers.relations import caches
from workers.relations.terms import Terms

BANDS = 16
ROWS = 2
SINGLES = 8
_SIGNATURE_HASHES = 128
_SHINGLE_WORDS = 5
_LEAST_SHINGLES = 20
_COLLISION = 1 / 256
_WORDS = re.compile(r"\w+")
_REPLICAS = 3.0


def _hashes(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the fixed multipliers and offsets of ``count`` hash functions, the same on every machine."""
    numbers = [
        int.from_bytes(blake2b(f"claimwire/{index}".encode(), digest_size=8).digest(), "big")
        for index in range(2 * count)
    ]
    pairs = np.array(numbers, dtype=np.uint64)
    return pairs[:count] | np.uint64(1), pairs[count:]


_MULTIPLIERS, _OFFSETS = _hashes(max(BANDS * ROWS, _SIGNATURE_HASHES))


def band_keys(terms: Terms, figures: Iterable[str]) -> tuple[int, ...]:
    """Return ``BANDS + SINGLES`` keys of 32 bits; claims that share one are worth comparing.

    A rare word counts as three, so that two claims meet by what is telling in them. The single rows bring a
    short claim together with a long one that holds it.
    """
    tokens = [
        f"{term}#{copy}"
        for term, weight in terms.weights.items()
        for copy in range(max(1, round(weight * _REPLICAS)))
    ]
    tokens += [f"{figure}#{copy}" for figure in figures for copy in range(2)]
    if not tokens:
        return ()
    minima = _minima([_token_hash(token) for token in tokens], BANDS * ROWS + SINGLES)
    rows = minima[: BANDS * ROWS].reshape(BANDS, ROWS)
    mixed = np.concatenate([(rows * _MULTIPLIERS[:ROWS]).sum(axis=1), minima[BANDS * ROWS :]])
    keys = (mixed + _OFFSETS[: BANDS + SINGLES]) * _MULTIPLIERS[ROWS]  # wraps at 2**64, as meant
    return tuple((keys >> np.uint64(32)).tolist())


def article_signature(text: str) -> str | None:
    """Return 128 bytes (as text) over the article's runs of five words; ``None`` for a text too short."""
    words = _WORDS.findall(text.casefold())
    shingles = {
        " ".join(words[start : start + _SHINGLE_WORDS]) for start in range(len(words) - _SHINGLE_WORDS + 1)
    }
    if len(shingles) < _LEAST_SHINGLES:
        return None
    minima = _minima([_hash(shingle) for shingle in sorted(shingles)], _SIGNATURE_HASHES)
    return base64.b85encode((minima & np.uint64(0xFF)).astype(np.uint8).tobytes()).decode("ascii")


def signature_similarity(left: str, right: str) -> float:
    """Return the estimated share (0..1) of word runs that both articles have of those that either has."""
    pairs = zip(base64.b85decode(left), base64.b85decode(right), strict=True)
    alike = sum(one == other for one, other in pairs) / _SIGNATURE_HASHES
    return max(0.0, (alike - _COLLISION) / (1 - _COLLISION))


def _minima(hashes: list[int], count: int) -> NDArray[np.uint64]:
    column = np.array(hashes, dtype=np.uint64)[:, None]
    mixed = column * _MULTIPLIERS[:count] + _OFFSETS[:count]  # wraps at 2**64, as meant
    lowest: NDArray[np.uint64] = (mixed >> np.uint64(24)).min(axis=0)
    return lowest


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


_token_hash = lru_cache(maxsize=caches.WORDS)(_hash)
