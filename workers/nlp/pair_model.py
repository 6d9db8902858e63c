"""A small network that reads two texts at once; what its scores mean is for the relate stage to say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from tokenizers import Tokenizer

PAIRS_FOLDER: Final = "pairs"
_TOKENIZER: Final = Path("encoder") / "tokenizer.json"
_INPUTS: Final = ("input_ids", "attention_mask", "segment_ids")
_REMEMBERED: Final = 8192


class PairReader:
    """Scores of each pair: those of every head's labels, one head after the other (``pairs.json``).

    Pairs run one at a time, so that a pair's scores do not depend on what else is asked. The last 8,192 are
    remembered: a reprint asks of the same texts as what it is a copy of.
    """

    def __init__(self, model: Path, threads: int = 1) -> None:
        """``model`` is the whole pipeline's folder; raises ``OSError`` where it has no pair model."""
        described = json.loads((model / PAIRS_FOLDER / "pairs.json").read_text("utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._heads: tuple[str, ...] = tuple(described["heads"])
        self._tokenizer = Tokenizer.from_str((model / _TOKENIZER).read_text("utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(described["max_pieces"])
        self._session = onnxruntime.InferenceSession(
            (model / PAIRS_FOLDER / "model.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self.remembered = lru_cache(maxsize=_REMEMBERED)(self._scores)

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, ...]]:
        """Return the scores of each pair, in the order of ``pairs``."""
        return [self.remembered(left, right) for left, right in pairs]

    def _scores(self, left: str, right: str) -> tuple[float, ...]:
        read = self._tokenizer.encode(left, right)
        rows = zip(_INPUTS, (read.ids, read.attention_mask, read.type_ids), strict=True)
        found = self._session.run(self._heads, {name: np.array([row], np.int64) for name, row in rows})
        return tuple(float(score) for scores in found for score in scores[0])
