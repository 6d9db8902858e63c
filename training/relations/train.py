"""Train the pair model: ``python -m training.relations.train --data FOLDER --out RUN --minutes 20``.

The learning rate falls to zero exactly when the minutes are used up, whatever the machine's speed. A run that
was cut goes on from its last checkpoint when it is called again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy

from training.relations import pairs
from training.relations.evaluate import report
from training.relations.model import HEADS, PairModel, batch_of, pair_tokenizer, started
from training.relations.pairs import Labelled, Part

SHARES: Final = {"sick": 0.6, "emergent": 0.15, "same": 0.25}
WARM_UP: Final = 0.06
# Pairs of a batch, so that a step of any head costs about the same: captions are short, news is not.
BATCH: Final = {"sick": 32, "emergent": 16, "same": 12}
FROZEN_LAYERS: Final = 2
SAVE_EVERY: Final = 120.0
_POOL: Final = 20
_MOST: Final = 2500


def rows_of(folder: Path, part: Part) -> dict[str, list[Labelled]]:
    """What each head learns from."""
    rng = random.Random(5)
    happened = pairs.events(folder, part)
    headlines, news = pairs.emergent(folder, part), pairs.mrpc(folder, part)

    def labelled(found: list[tuple[str, str]], label: str) -> list[Labelled]:
        return [Labelled(left, right, label) for left, right in rng.sample(found, min(_MOST, len(found)))]

    same = [
        *labelled(happened.same, "same"),
        *labelled(happened.other, "other"),
        *labelled(happened.elsewhere, "other"),
        *labelled([(row.left, row.right) for row in headlines], "same"),
        *labelled(pairs.mixed(headlines, len(headlines)), "other"),
        *[Labelled(row.left, row.right, "same") for row in news if row.label == "1"],
        *[Labelled(row.left, row.right, "other") for row in news if row.label == "0"],
    ]
    return {"sick": pairs.sick(folder, part), "emergent": headlines, "same": same}


def batches(rows: list[Labelled], size: int, rng: random.Random) -> Iterator[list[Labelled]]:
    """Endless batches of ``size`` pairs of about the same length."""
    while True:
        order = rng.sample(rows, len(rows))
        for start in range(0, len(order), _POOL * size):
            pool = sorted(order[start : start + _POOL * size], key=lambda row: len(row.left) + len(row.right))
            cut = [pool[place : place + size] for place in range(0, len(pool), size)]
            yield from rng.sample(cut, len(cut))


def weights(rows: list[Labelled], head: str) -> Tensor:
    """Inverse root of how often each label occurs, so that rare ones are learnt."""
    counts = torch.tensor([max(1, sum(row.label == label for row in rows)) for label in HEADS[head]])
    inverse = (counts.sum() / counts).sqrt()
    return inverse / inverse.mean()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long to train (``steps``, where given, instead of ``minutes``), from which seed, how fast."""

    minutes: float = 20.0
    seed: int = 1
    steps: int | None = None
    rate: float = 1.5e-4
    head_rate: float = 1e-3


@dataclass(slots=True)
class Progress:
    """How far a run is: its steps, the seconds that they took, a smoothed loss of each head."""

    steps: int = 0
    seconds: float = 0.0
    losses: dict[str, float] = field(default_factory=lambda: dict.fromkeys(HEADS, 0.7))

    def done(self, recipe: Recipe) -> float:
        """The part of the run that is over, 0 to 1."""
        return self.steps / recipe.steps if recipe.steps else self.seconds / (60 * recipe.minutes)


def optimizer_of(model: PairModel, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW over what is trained: embeddings and the lowest layers stay as they are, which saves a third."""
    model.encoder.requires_grad_(False)
    for layer in list(model.encoder.layers)[FROZEN_LAYERS:]:
        layer.requires_grad_(True)
    trained = [each for each in model.encoder.parameters() if each.requires_grad]
    groups = [
        {"params": trained, "lr": recipe.rate},
        {"params": model.heads.parameters(), "lr": recipe.head_rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def train(
    model: PairModel, tokenizer: Tokenizer, rows: Mapping[str, list[Labelled]], out: Path, recipe: Recipe
) -> PairModel:
    """Train ``model`` and return it; prints the losses, and goes on where an earlier call was cut."""
    torch.manual_seed(recipe.seed)
    optimizer = optimizer_of(model, recipe)
    base = [group["lr"] for group in optimizer.param_groups]
    progress = resumed(out, model, optimizer)
    rng = random.Random(recipe.seed + progress.steps)
    streams = {head: batches(found, BATCH[head], rng) for head, found in rows.items()}
    scales = {head: weights(found, head) for head, found in rows.items()}
    begun, saved = time.monotonic() - progress.seconds, progress.seconds
    model.train()
    while (done := progress.done(recipe)) < 1.0:
        for group, rate in zip(optimizer.param_groups, base, strict=True):
            group["lr"] = rate * min((done + 1e-3) / WARM_UP, (1.0 - done) / (1.0 - WARM_UP))
        head = rng.choices(list(SHARES), list(SHARES.values()))[0]
        found = [turned(row, head, rng) for row in next(streams[head])]
        loss = loss_of(model, tokenizer, head, found, scales[head])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        progress.steps += 1
        progress.seconds = time.monotonic() - begun
        progress.losses[head] += 0.05 * (loss.item() - progress.losses[head])
        if progress.steps % 50 == 0:
            told = " ".join(f"{name} {value:.3f}" for name, value in progress.losses.items())
            print(f"{progress.steps} steps, {done:.0%}: {told}", flush=True)
        if progress.seconds - saved > SAVE_EVERY:
            saved = progress.seconds
            save(out, model, optimizer, progress)
    save(out, model, optimizer, progress)
    return model.eval()


def loss_of(model: PairModel, tokenizer: Tokenizer, head: str, rows: list[Labelled], scale: Tensor) -> Tensor:
    """Cross entropy of one head on one batch."""
    batch = batch_of(tokenizer, [(row.left, row.right) for row in rows])
    scores = model(batch.input_ids, batch.attention_mask, batch.segment_ids)[list(HEADS).index(head)]
    wanted = torch.tensor([HEADS[head].index(row.label) for row in rows])
    return cross_entropy(scores, wanted, weight=scale, label_smoothing=0.05)


def turned(row: Labelled, head: str, rng: random.Random) -> Labelled:
    """Every other pair with its texts exchanged, where that does not change what is true of them."""
    if (head == "same" or row.label == "contradiction") and rng.random() < 0.5:
        return Labelled(row.right, row.left, row.label)
    return row


def save(out: Path, model: PairModel, optimizer: torch.optim.Optimizer, progress: Progress) -> None:
    """Write the checkpoint, whole or not at all."""
    partial = out / "checkpoint.partial"
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "progress": asdict(progress)}
    torch.save(state, partial)
    partial.replace(out / "checkpoint.pt")


def resumed(out: Path, model: PairModel, optimizer: torch.optim.Optimizer) -> Progress:
    """Take up the checkpoint in ``out``, if there is one."""
    path = out / "checkpoint.pt"
    if not path.exists():
        return Progress()
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return Progress(**state["progress"])


def main() -> None:
    """Train, save and report on the tuning and test parts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the relation corpora")
    parser.add_argument("--out", type=Path, required=True, help="folder for the run")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(2)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer, recipe = pair_tokenizer(), Recipe(options.minutes, options.seed)
    model = train(started(), tokenizer, rows_of(options.data, "train"), options.out, recipe)
    told = asdict(recipe) | {"shares": SHARES, "frozen_layers": FROZEN_LAYERS}
    (options.out / "recipe.json").write_text(json.dumps(told, indent=1) + "\n")
    for part in ("tune", "test"):
        for head, found in rows_of(options.data, part).items():
            report(model, tokenizer, head, found, part)


if __name__ == "__main__":
    main()
