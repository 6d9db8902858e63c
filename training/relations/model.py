"""MiniLM over two texts at once, with one head a corpus, in plain PyTorch; see docs/decisions/0006."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.model import Claimwire, Encoder, Shape, load_minilm, minilm_folder

HEADS: Final = {
    "sick": ("neutral", "entailment", "contradiction"),
    "emergent": ("observing", "for", "against"),
    "same": ("other", "same"),
}
INPUTS: Final = ("input_ids", "attention_mask", "segment_ids")
MAX_PIECES: Final = 128


@dataclass(frozen=True, slots=True)
class Batch:
    """Integers [B, T]; ``segment_ids`` is 0 for the left text with its frame, 1 for the right one."""

    input_ids: Tensor
    attention_mask: Tensor
    segment_ids: Tensor


class PairModel(nn.Module):
    """Both texts pass through the encoder together; their means, difference and product are read."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        shape = shape or Shape()
        self.encoder = Encoder(shape)
        self.dropout = nn.Dropout(shape.dropout)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(5 * shape.hidden, len(labels)) for name, labels in HEADS.items()}
        )

    def forward(self, input_ids: Tensor, attention_mask: Tensor, segment_ids: Tensor) -> tuple[Tensor, ...]:
        """Integers [B, T] to scores [B, labels] in the order of ``HEADS``."""
        hidden = self.encoder(input_ids, attention_mask, segment_ids)
        right = (segment_ids * attention_mask).to(hidden.dtype)
        left = attention_mask.to(hidden.dtype) - right
        one, two = _mean(hidden, left), _mean(hidden, right)
        read = self.dropout(torch.cat([hidden[:, 0], one, two, (one - two).abs(), one * two], dim=1))
        return tuple(head(read) for head in self.heads.values())


def started() -> PairModel:
    """The model with MiniLM's weights; the case input of the shared encoder carries the segments."""
    whole = Claimwire()
    load_minilm(whole, minilm_folder())
    model = PairModel()
    model.encoder.load_state_dict(whole.encoder.state_dict())
    return model


def pair_tokenizer() -> Tokenizer:
    """MiniLM's tokenizer, set to cut pairs that are too long."""
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    return tokenizer


def batch_of(tokenizer: Tokenizer, pairs: list[tuple[str, str]]) -> Batch:
    """Pieces of each pair, padded to the longest."""
    encoded = tokenizer.encode_batch(pairs)
    longest = max(len(each.ids) for each in encoded)

    def padded(rows: list[list[int]]) -> Tensor:
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    return Batch(
        padded([each.ids for each in encoded]),
        padded([each.attention_mask for each in encoded]),
        padded([each.type_ids for each in encoded]),
    )


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean of the hidden states where ``mask`` [B, T] is 1."""
    total: Tensor = (hidden * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1.0)
    return total
