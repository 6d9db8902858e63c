"""Linear-chain CRF with partial labels (Tsuboi et al., COLING 2008): each position allows a set."""

from __future__ import annotations

import torch
from torch import Tensor, nn

BARRED = -1e4


class Crf(nn.Module):
    """Transition scores between ``labels`` BIO labels; ``I-x`` may only follow ``B-x`` or ``I-x``."""

    barred: Tensor
    barred_start: Tensor

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(labels, labels))
        self.start = nn.Parameter(torch.zeros(labels))
        self.end = nn.Parameter(torch.zeros(labels))
        barred = torch.zeros(labels, labels)
        barred[:, 2::2] = BARRED
        for inside in range(2, labels, 2):
            barred[inside - 1, inside] = barred[inside, inside] = 0.0
        barred_start = torch.zeros(labels)
        barred_start[2::2] = BARRED
        self.register_buffer("barred", barred, persistent=False)
        self.register_buffer("barred_start", barred_start, persistent=False)

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """Transition [from, to], start and end scores with the BIO rule applied."""
        return self.transitions + self.barred, self.start + self.barred_start, self.end

    def forward(self, logits: Tensor, mask: Tensor, allowed: Tensor) -> Tensor:
        """Sum over sequences of -log p(labels in ``allowed``).

        ``logits`` [B, T, L] and ``mask`` [B, T] cover real pieces only, padding at the end;
        ``allowed`` is boolean [B, T, L], all true where the gold is silent.
        """
        gold = logits.masked_fill(~allowed, BARRED)
        both = self._log_partition(torch.cat((logits, gold)), torch.cat((mask, mask)))
        free, constrained = both.chunk(2)
        return (free - constrained).sum()

    def _log_partition(self, logits: Tensor, mask: Tensor) -> Tensor:
        transitions, start, end = self.scores()
        alpha = start + logits[:, 0]
        for step in range(1, logits.shape[1]):
            after = torch.logsumexp(alpha.unsqueeze(2) + transitions, dim=1) + logits[:, step]
            alpha = torch.where(mask[:, step].unsqueeze(1), after, alpha)
        return torch.logsumexp(alpha + end, dim=1)
