"""The reliability plot of the model card: how often claims of a score are right, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt

BINS = 10


def reliability(chances: npt.NDArray[np.float64], hits: Sequence[bool], title: str, out: Path) -> None:
    """Draw the share that is right by tenth of the score, with 95 % intervals (Wilson 1927), as SVG."""
    right = np.asarray(hits, dtype=np.float64)
    place = np.minimum((chances * BINS).astype(int), BINS - 1)
    tenths = [number for number in range(BINS) if (place == number).any()]
    counts = np.array([int((place == number).sum()) for number in tenths])
    means = np.array([chances[place == number].mean() for number in tenths])
    shares = np.array([right[place == number].mean() for number in tenths])
    low, high = _wilson(shares, counts)
    mpl.rcParams["svg.hashsalt"] = "claimwire"  # the same figures give the same file
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(5.2, 6.0), height_ratios=(4, 1), sharex=True, layout="constrained"
    )
    above.plot((0, 1), (0, 1), color="0.6", linestyle="--", label="as probable as said")
    above.errorbar(means, shares, (shares - low, high - shares), marker="o", capsize=3, label="claims found")
    above.set(ylabel="share that is right", ylim=(0, 1), xlim=(0, 1), title=title)
    above.legend(loc="upper left", frameon=False)
    below.bar(means, counts, width=0.06)
    below.set(xlabel="score", ylabel="claims")
    figure.savefig(out, metadata={"Date": None})
    plt.close(figure)


def _wilson(
    shares: npt.NDArray[np.float64], counts: npt.NDArray[np.int_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    z = 1.96
    middle = (shares + z**2 / (2 * counts)) / (1 + z**2 / counts)
    half = z * np.sqrt(shares * (1 - shares) / counts + z**2 / (4 * counts**2)) / (1 + z**2 / counts)
    return middle - half, middle + half
