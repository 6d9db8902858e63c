"""Fixed activation ranges for int8: measured on training windows, clipped where that errs least."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from training.graph import Activation, HasEncoder, products, write
from training.model import Claimwire
from training.predict import session
from workers.nlp.pieces import Window, batches

Array = npt.NDArray[np.float32]

BINS = 4096


def measure(model: Claimwire, windows: Sequence[Window], strength: float = 0.5) -> dict[str, Activation]:
    """Scale and range of each product's input; ``strength`` 0 leaves the channels as they are."""
    feeds = [
        {
            "input_ids": batch.input_ids,
            "attention_mask": batch.attention_mask,
            "case_ids": batch.case_ids,
        }
        for batch in batches(windows, 4)
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "watched.onnx"
        write(model, path, watched=tuple(products(model)))
        return watch(model, path, feeds, strength)


def watch(
    model: HasEncoder, path: Path, feeds: Iterable[Mapping[str, npt.NDArray[np.int64]]], strength: float = 0.5
) -> dict[str, Activation]:
    """The same from a float graph at ``path`` whose outputs include the products' inputs."""
    names = products(model)
    values: dict[str, list[Array]] = {name: [] for name in names}
    watched = session(path)
    for feed in feeds:
        real = feed["attention_mask"].astype(bool)
        for name, array in zip(names, watched.run(list(names), dict(feed)), strict=True):
            values[name].append(array[real])
    return {name: activation(np.concatenate(parts), names[name], strength) for name, parts in values.items()}


def activation(values: Array, weights: Array, strength: float) -> Activation:
    """From samples [N, H]: channels higher than ``strength`` times the median height are lowered."""
    heights = np.maximum(np.abs(values).max(axis=0), 1e-5)
    scale = np.minimum(1.0, strength * np.median(heights) / heights) if strength else np.ones_like(heights)
    return Activation(scale.astype(np.float32), *best_range((values * scale).ravel()))


def best_range(values: Array) -> tuple[float, float]:
    """Low and high that lose least: what lies outside is cut off, what lies inside is rounded."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    counts, edges = np.histogram(values, BINS, (low, high))
    centres = (edges[:-1] + edges[1:]) / 2
    best = (np.inf, (low, high))
    for low_share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2):
        for high_share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2):
            near, far = low * low_share, high * high_share
            step = max((far - near) / 255.0, 1e-9)
            error = np.where(
                (centres >= near) & (centres <= far),
                step**2 / 12,
                (centres - np.clip(centres, near, far)) ** 2,
            )
            loss = float((error * counts).sum())
            if loss < best[0]:
                best = (loss, (near, far))
    return best[1]
