"""Run an exported encoder over texts, as the pipeline does, for measuring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from workers.nlp.decode import Link, TaggedSpan, decode, link
from workers.nlp.heads import Heads
from workers.nlp.pieces import Pieces, Window, batches

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One window as read: its spans, its links, and the raw outputs [T, ...] by name.

    ``cue_links`` go with the contents, ``source_links`` with the cues, in span order.
    """

    window: Window
    outputs: Mapping[str, Scores]
    attribution: tuple[TaggedSpan, ...]
    entities: tuple[TaggedSpan, ...]
    cue_links: tuple[Link, ...]
    source_links: tuple[Link, ...]

    def spans(self, role: str) -> tuple[TaggedSpan, ...]:
        """Spans of one role, in text order."""
        return tuple(span for span in self.attribution if span.label == role)


def session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """Open ``model.onnx`` on the processor."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(encoder: onnxruntime.InferenceSession, windows: Sequence[Window]) -> list[Mapping[str, Scores]]:
    """Outputs of each window, cut to its own length."""
    names = [output.name for output in encoder.get_outputs()]
    found: list[Mapping[str, Scores]] = [{} for _ in windows]
    for batch in batches(windows, 8):
        inputs = {
            "input_ids": batch.input_ids,
            "attention_mask": batch.attention_mask,
            "case_ids": batch.case_ids,
        }
        arrays = encoder.run(names, inputs)
        for row, index in enumerate(batch.indices):
            size = len(windows[index])
            found[index] = {
                name: np.ascontiguousarray(array[row, :size])
                for name, array in zip(names, arrays, strict=True)
            }
    return found


def read(
    encoder: onnxruntime.InferenceSession, pieces: Pieces, heads: Heads, texts: Iterable[str]
) -> list[list[Read]]:
    """Every text's windows, decoded."""
    cut = [pieces.windows(text) for text in texts]
    flat = [window for windows in cut for window in windows]
    outputs = iter(run(encoder, flat))
    return [[interpret(heads, window, next(outputs)) for window in windows] for windows in cut]


def interpret(heads: Heads, window: Window, outputs: Mapping[str, Scores]) -> Read:
    """Decode one window's outputs with ``heads``."""
    (attribution,) = decode(heads.attribution, outputs["attribution"][None], [window])
    (entities,) = decode(heads.entities, outputs["entities"][None], [window])
    sources, cues, contents = (
        [span for span in attribution if span.label == role] for role in ("SOURCE", "CUE", "CONTENT")
    )
    return Read(
        window,
        outputs,
        attribution,
        entities,
        link(heads.cue, outputs["cue_query"], outputs["cue_key"], contents, cues),
        link(heads.source, outputs["source_query"], outputs["source_key"], cues, sources),
    )
