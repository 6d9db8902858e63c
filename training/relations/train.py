"""Train the pair model: ``python -m training.relations.train --data FOLDER --out RUN --minutes 20``.

The learning rate falls to zero exactly when the minutes are used up, whatever the machine's speed.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from training.relations import pairs
from training.relations.evaluate import report
from training.relations.model import HEADS, PairModel, batch_of, pair_tokenizer, started
from training.relations.pairs import Labelled, Part

SHARES: Final = {"sick": 0.55, "emergent": 0.15, "same": 0.3}
RATE: Final = 1.5e-4
HEAD_RATE: Final = 1e-3
WARM_UP: Final = 0.06
BATCH: Final = 32
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


def batches(rows: list[Labelled], rng: random.Random) -> Iterator[list[Labelled]]:
    """Endless batches of texts of about the same length."""
    while True:
        order = rng.sample(rows, len(rows))
        for start in range(0, len(order), _POOL * BATCH):
            pool = sorted(
                order[start : start + _POOL * BATCH], key=lambda row: len(row.left) + len(row.right)
            )
            cut = [pool[place : place + BATCH] for place in range(0, len(pool), BATCH)]
            yield from rng.sample(cut, len(cut))


def weights(rows: list[Labelled], head: str) -> Tensor:
    """Inverse root of how often each label occurs, so that rare ones are learnt."""
    counts = torch.tensor([max(1, sum(row.label == label for row in rows)) for label in HEADS[head]])
    inverse = (counts.sum() / counts).sqrt()
    return inverse / inverse.mean()


def train(folder: Path, minutes: float, seed: int) -> PairModel:
    """Return the trained model; prints the loss as it goes."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    rows, tokenizer, model = rows_of(folder, "train"), pair_tokenizer(), started()
    streams = {head: batches(found, rng) for head, found in rows.items()}
    scales = {head: weights(found, head) for head, found in rows.items()}
    optimizer = torch.optim.AdamW(
        [
            {"params": model.encoder.parameters(), "lr": RATE},
            {"params": model.heads.parameters(), "lr": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    base = [group["lr"] for group in optimizer.param_groups]
    begun, steps, losses = time.monotonic(), 0, dict.fromkeys(HEADS, 0.7)
    model.train()
    while (done := (time.monotonic() - begun) / (60 * minutes)) < 1.0:
        for group, rate in zip(optimizer.param_groups, base, strict=True):
            group["lr"] = rate * min(done / WARM_UP, (1.0 - done) / (1.0 - WARM_UP))
        head = rng.choices(list(SHARES), list(SHARES.values()))[0]
        found = next(streams[head])
        batch = batch_of(tokenizer, [(row.left, row.right) for row in found])
        scores = model(batch.input_ids, batch.attention_mask, batch.segment_ids)[list(HEADS).index(head)]
        wanted = torch.tensor([HEADS[head].index(row.label) for row in found])
        loss = cross_entropy(scores, wanted, weight=scales[head], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        steps += 1
        losses[head] += 0.05 * (loss.item() - losses[head])
        if steps % 50 == 0:
            told = " ".join(f"{name} {value:.3f}" for name, value in losses.items())
            print(f"{steps} steps, {done:.0%}: {told}", flush=True)
    return model.eval()


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
    model = train(options.data, options.minutes, options.seed)
    torch.save(model.state_dict(), options.out / "model.pt")
    recipe = {"minutes": options.minutes, "seed": options.seed, "shares": SHARES, "rate": RATE}
    (options.out / "recipe.json").write_text(json.dumps(recipe, indent=1) + "\n")
    tokenizer = pair_tokenizer()
    for part in ("tune", "test"):
        for head, found in rows_of(options.data, part).items():
            report(model, tokenizer, head, found, part)


if __name__ == "__main__":
    main()
