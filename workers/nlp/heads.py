"""What ``encoder.json`` says about the encoder's heads: labels, transitions, calibration."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Platt:
    """p' = sigmoid(slope * logit(p) + offset); Platt 1999, fitted on half of a dev set."""

    slope: float
    offset: float


@dataclass(frozen=True, slots=True, eq=False)
class TagHead:
    """A BIO head: label 2k+1 begins type k, label 2k+2 goes on; transitions are [from, to]."""

    labels: tuple[str, ...]
    transitions: Floats
    start: Floats
    end: Floats
    calibration: Mapping[str, Platt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = len(self.labels)
        if self.labels[0] != "O" or size % 2 == 0:
            raise ValueError(f"labels must be O and pairs of B- and I-, not {self.labels}")
        if self.transitions.shape != (size, size) or {self.start.shape, self.end.shape} != {(size,)}:
            raise ValueError(f"transition scores do not fit {size} labels")

    @property
    def types(self) -> tuple[str, ...]:
        """Names of the types, in label order."""
        return tuple(label[2:] for label in self.labels[1::2])


@dataclass(frozen=True, slots=True)
class LinkHead:
    """Softmax temperature of one pointer; above 1 makes it less sure."""

    temperature: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class CheckWorthiness:
    """Logistic regression on the mean hidden state [H] of a stretch, and on which pieces it has ([V])."""

    weights: Floats
    offset: float
    pieces: Floats

    def probability(self, mean: Floats, input_ids: Ints) -> float:
        """How likely a reader would want the stretch checked, 0 to 1."""
        return self.from_state(float(mean @ self.weights), input_ids)

    def from_state(self, state: float, input_ids: Ints) -> float:
        """The same from what its mean state weighs."""
        told = np.unique(input_ids)
        found = float(self.pieces[told[told < len(self.pieces)]].sum())
        return 1.0 / (1.0 + math.exp(-(state + self.offset + found)))


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Everything that run time needs to read the encoder's outputs."""

    version: str
    max_pieces: int
    case_classes: tuple[str, ...]
    attribution: TagHead
    entities: TagHead
    cue: LinkHead
    source: LinkHead
    checkworthiness: CheckWorthiness | None = None


def load_heads(folder: Path) -> Heads:
    """Read ``encoder.json`` in ``folder``. ``KeyError`` or ``ValueError`` when it is malformed."""
    return parse_heads(json.loads((folder / "encoder.json").read_text(encoding="utf-8")))


def parse_heads(content: Mapping[str, Any]) -> Heads:
    """Heads from the parsed ``encoder.json``."""
    links = content["links"]
    worth = content.get("checkworthiness")
    return Heads(
        version=str(content["version"]),
        max_pieces=int(content["max_pieces"]),
        case_classes=tuple(content["case_classes"]),
        attribution=_tag_head(content["attribution"]),
        entities=_tag_head(content["entities"]),
        cue=LinkHead(float(links["cue"]["temperature"])),
        source=LinkHead(float(links["source"]["temperature"])),
        checkworthiness=None
        if worth is None
        else CheckWorthiness(
            _floats(worth["weights"]), float(worth["offset"]), _by_piece(worth.get("pieces", []))
        ),
    )


def _by_piece(pairs: Sequence[tuple[int, float]]) -> Floats:
    """Return the weight of each piece up to the last one that has any."""
    found = np.zeros(1 + max((number for number, _ in pairs), default=-1), dtype=np.float64)
    for number, weight in pairs:
        found[number] = weight
    return found


def _tag_head(content: Mapping[str, Any]) -> TagHead:
    return TagHead(
        labels=tuple(content["labels"]),
        transitions=_floats(content["transitions"]),
        start=_floats(content["start"]),
        end=_floats(content["end"]),
        calibration={
            name: Platt(float(pair["slope"]), float(pair["offset"]))
            for name, pair in content["calibration"].items()
        },
    )


def _floats(values: Sequence[Any]) -> Floats:
    return np.asarray(values, dtype=np.float64)
