"""Endless, repeatable streams of training batches that can be resumed at any step."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training.examples import Example
from workers.nlp.pieces import pad


@dataclass(frozen=True, slots=True, eq=False)
class TrainingBatch:
    """Tensors [B, T] and ``allowed`` [B, T, L]; links are rows of (row, from, to)."""

    input_ids: Tensor
    attention_mask: Tensor
    case_ids: Tensor
    allowed: Tensor
    cue_links: Tensor
    source_links: Tensor

    @property
    def pieces(self) -> int:
        """Real pieces, padding not counted."""
        return int(self.attention_mask.sum())


@dataclass(slots=True)
class Stream:
    """Batches of pass 0, 1, ...; ``make_pass`` gives the examples of one pass.

    ``place`` is (pass, batch in the pass) of the next batch: save it, set it, and the stream
    goes on as if it had never stopped.
    """

    name: str
    make_pass: Callable[[int], list[Example]]
    pieces_per_batch: int
    seed: int
    place: tuple[int, int] = (0, 0)
    pieces_seen: int = 0

    def __iter__(self) -> Iterator[TrainingBatch]:
        while True:
            number, skip = self.place
            examples = self.make_pass(number)
            if not examples:
                raise ValueError(f"no examples in {self.name}")
            groups = grouped(examples, self.pieces_per_batch, f"{self.seed}/{self.name}/{number}")
            for index, group in enumerate(groups[skip:], start=skip):
                batch = collate(group)
                last = index + 1 == len(groups)
                self.place = (number + 1, 0) if last else (number, index + 1)
                self.pieces_seen += batch.pieces
                yield batch


def grouped(examples: Sequence[Example], limit: int, seed: str) -> list[list[Example]]:
    """Shuffle, group by like length within 256 neighbours, at most ``limit`` padded pieces each."""
    rng = random.Random(seed)
    shuffled = list(examples)
    rng.shuffle(shuffled)
    groups: list[list[Example]] = []
    for start in range(0, len(shuffled), 256):
        group: list[Example] = []
        for example in sorted(shuffled[start : start + 256], key=lambda item: len(item.window)):
            if group and len(example.window) * (len(group) + 1) > limit:
                groups.append(group)
                group = []
            group.append(example)
        groups.append(group)
    rng.shuffle(groups)
    return groups


def collate(examples: Sequence[Example]) -> TrainingBatch:
    """Pad examples of one task into tensors; padding allows every label (it is masked anyway)."""
    batch = pad([example.window for example in examples], tuple(range(len(examples))))
    rows, steps = batch.input_ids.shape
    allowed = torch.ones(rows, steps, examples[0].allowed.shape[1], dtype=torch.bool)
    for row, example in enumerate(examples):
        allowed[row, : len(example.window)] = torch.from_numpy(example.allowed)
    return TrainingBatch(
        torch.from_numpy(batch.input_ids),
        torch.from_numpy(batch.attention_mask),
        torch.from_numpy(batch.case_ids),
        allowed,
        _links([example.cue_links for example in examples]),
        _links([example.source_links for example in examples]),
    )


def _links(rows: Sequence[Sequence[tuple[int, int]]]) -> Tensor:
    flat = [(row, *link) for row, links in enumerate(rows) for link in links]
    return torch.tensor(flat, dtype=torch.long).reshape(-1, 3)
