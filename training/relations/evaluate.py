"""Macro-F1 of the pair model's heads on labelled pairs."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.relations.model import HEADS, PairModel, batch_of
from training.relations.pairs import Labelled

_BATCH = 64


def probabilities(model: PairModel, tokenizer: Tokenizer, head: str, rows: list[Labelled]) -> Tensor:
    """Probabilities [rows, labels] of one head, in the order of the rows."""
    order = sorted(range(len(rows)), key=lambda place: len(rows[place].left) + len(rows[place].right))
    found = torch.zeros(len(rows), len(HEADS[head]))
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            batch = batch_of(tokenizer, [(rows[place].left, rows[place].right) for place in places])
            scores = model(batch.input_ids, batch.attention_mask, batch.segment_ids)[list(HEADS).index(head)]
            found[places] = scores.softmax(dim=1)
    return found


def f1_by_label(wanted: list[str], got: list[str], labels: tuple[str, ...]) -> dict[str, float]:
    """F1 of each label."""
    scores = {}
    for label in labels:
        right = sum(one == two == label for one, two in zip(wanted, got, strict=True))
        either = sum(one == label for one in wanted) + sum(two == label for two in got)
        scores[label] = 2 * right / either if either else 0.0
    return scores


def report(model: PairModel, tokenizer: Tokenizer, head: str, rows: list[Labelled], part: str) -> float:
    """Print and return the macro-F1 of one head on ``rows``."""
    likely = probabilities(model, tokenizer, head, rows)
    got = [HEADS[head][place] for place in likely.argmax(dim=1).tolist()]
    wanted = [row.label for row in rows]
    scores = f1_by_label(wanted, got, HEADS[head])
    macro = sum(scores.values()) / len(scores)
    right = sum(one == two for one, two in zip(wanted, got, strict=True)) / len(rows)
    told = " ".join(f"{label} {value:.3f}" for label, value in scores.items())
    print(
        f"{part} {head}: macro-F1 {macro:.3f} (accuracy {right:.3f}, {len(rows)} pairs; {told})", flush=True
    )
    return macro
