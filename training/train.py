"""Train the joint model: ``python -m training.train --data DATA --out RUN --minutes 80``.

The schedule runs on the clock: the learning rates fall to zero exactly when the minutes are used
up, whatever the machine's speed. A run that was cut off goes on from its last checkpoint.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from training import corpora, labels
from training.batching import Stream, TrainingBatch
from training.corpora import AttributedText, EntityText
from training.examples import Example, attribution_examples, entity_examples
from training.model import POINTER_SIZE, Claimwire, load_minilm, minilm_folder
from workers.nlp.pieces import Pieces


@dataclass(slots=True)
class Progress:
    """How far a run is; saved with every checkpoint."""

    seconds: float = 0.0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of; written beside its checkpoints."""

    minutes: float
    seed: int = 1
    encoder_rate: float = 2.5e-4
    head_rate: float = 1e-3
    crf_rate: float = 1e-2
    warm_up: float = 0.05
    weight_decay: float = 0.01
    pieces_per_batch: int = 2048
    max_pieces: int = 256
    entity_share: float = 0.25
    steps: int | None = None

    def done(self, progress: Progress) -> float:
        """Share of the run that is over: of its steps where they are given, else of its minutes."""
        if self.steps is not None:
            return progress.steps / self.steps
        return progress.seconds / (60 * self.minutes)


def attribution_stream(articles: Sequence[AttributedText], pieces: Pieces, recipe: Recipe) -> Stream:
    """PolNeAR windows; their borders move from pass to pass."""

    def make(number: int) -> list[Example]:
        rng = random.Random(f"{recipe.seed}/borders/{number}")
        return [
            example
            for article in articles
            for example in attribution_examples(article, pieces, first_window=_border(rng, number, pieces))
        ]

    return Stream("attribution", make, recipe.pieces_per_batch, recipe.seed)


def entity_stream(
    newswire: Sequence[EntityText], wikigold: Sequence[EntityText], pieces: Pieces, recipe: Recipe
) -> Stream:
    """Newswire windows of every pass, wikigold's beside them."""

    def make(number: int) -> list[Example]:
        rng = random.Random(f"{recipe.seed}/entity-borders/{number}")
        return [
            example
            for articles, mapping in ((newswire, labels.NEWSWIRE), (wikigold, labels.WIKIGOLD))
            for article in articles
            for example in entity_examples(
                article, mapping, pieces, first_window=_border(rng, number, pieces)
            )
        ]

    return Stream("entities", make, recipe.pieces_per_batch, recipe.seed)


def loss_of(model: Claimwire, batch: TrainingBatch, task: str) -> Tensor:
    """Negative log likelihood of the gold labels and links, per piece."""
    outputs = model(batch.input_ids, batch.attention_mask, batch.case_ids)
    attribution, entities, _, cue_query, cue_key, source_query, source_key = outputs
    mask = batch.attention_mask.bool()
    if task == "entities":
        total: Tensor = model.entities_crf(entities, mask, batch.allowed)
    else:
        total = model.attribution_crf(attribution, mask, batch.allowed)
        total = total + _link_loss(cue_query, cue_key, mask, batch.cue_links)
        total = total + _link_loss(source_query, source_key, mask, batch.source_links)
    return total / batch.pieces


def _link_loss(query: Tensor, key: Tensor, mask: Tensor, links: Tensor) -> Tensor:
    row, source, target = links.unbind(1)
    scores = torch.einsum("nd,ntd->nt", query[row, source], key[row]) / POINTER_SIZE**0.5
    return cross_entropy(scores.masked_fill(~mask[row], -1e4), target, reduction="sum")


def optimizer_of(model: Claimwire, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW with one rate for the layers, one for what is new, one for the CRFs; words frozen."""
    model.encoder.words.weight.requires_grad_(False)
    layers: list[nn.Parameter] = []
    plain: list[nn.Parameter] = []
    new: list[nn.Parameter] = []
    crf: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if "_crf." in name:
            crf.append(parameter)
        elif not name.startswith("encoder.") or name.startswith("encoder.cases"):
            new.append(parameter)
        elif parameter.dim() > 1:
            layers.append(parameter)
        else:
            plain.append(parameter)
    groups = [
        {"params": layers, "lr": recipe.encoder_rate, "weight_decay": recipe.weight_decay},
        {"params": plain, "lr": recipe.encoder_rate, "weight_decay": 0.0},
        {"params": new, "lr": recipe.head_rate, "weight_decay": recipe.weight_decay},
        {"params": crf, "lr": recipe.crf_rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98))


def rate_at(done: float, warm_up: float) -> float:
    """Share of the peak rate when ``done`` (0 to 1) of the run is over."""
    return min(done / warm_up, (1.0 - done) / (1.0 - warm_up)) if 0.0 <= done < 1.0 else 0.0


def train(
    model: Claimwire, streams: dict[str, Stream], recipe: Recipe, out: Path, *, save_every: float
) -> Progress:
    """Train until the recipe's minutes are over; checkpoints go to ``out/checkpoint.pt``."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2) + "\n")
    torch.manual_seed(recipe.seed)
    optimizer = optimizer_of(model, recipe)
    progress = _resume(model, optimizer, streams, out / "checkpoint.pt")
    batches = {name: iter(stream) for name, stream in streams.items()}
    weights = {"entities": recipe.entity_share, "attribution": 1.0 - recipe.entity_share}
    peaks = (recipe.encoder_rate, recipe.encoder_rate, recipe.head_rate, recipe.crf_rate)
    losses = dict.fromkeys(streams, 0.0)
    clock = saved = time.monotonic()
    model.train()
    while (done := recipe.done(progress)) < 1.0:
        task = min(streams, key=lambda name: streams[name].pieces_seen / weights[name])
        batch = next(batches[task])
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * rate_at(done, recipe.warm_up)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model, batch, task)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses[task] += 0.05 * (loss.item() - losses[task])
        now = time.monotonic()
        progress.seconds, clock = progress.seconds + now - clock, now
        progress.steps += 1
        if progress.steps % 20 == 0:
            _log(progress, done, losses, streams)
        if now - saved > save_every:
            _save(model, optimizer, streams, progress, out / "checkpoint.pt")
            saved = now
    _save(model, optimizer, streams, progress, out / "checkpoint.pt")
    model.eval()
    return progress


def _log(progress: Progress, done: float, losses: dict[str, float], streams: dict[str, Stream]) -> None:
    seen = " ".join(f"{name} {losses[name]:.4f} at {s.place}" for name, s in streams.items())
    minutes = progress.seconds / 60
    print(f"{progress.steps} steps, {minutes:.1f} min, {done:.1%}: {seen}", flush=True)


def _save(
    model: Claimwire,
    optimizer: torch.optim.Optimizer,
    streams: dict[str, Stream],
    progress: Progress,
    path: Path,
) -> None:
    """Write beside ``path``, then rename: a checkpoint is whole or not there."""
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "streams": {name: (item.place, item.pieces_seen) for name, item in streams.items()},
        "progress": asdict(progress),
        "random": torch.get_rng_state(),
    }
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def _resume(
    model: Claimwire, optimizer: torch.optim.Optimizer, streams: dict[str, Stream], path: Path
) -> Progress:
    if not path.exists():
        return Progress()
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    for name, (place, seen) in state["streams"].items():
        streams[name].place, streams[name].pieces_seen = tuple(place), seen
    torch.set_rng_state(state["random"])
    return Progress(**state["progress"])


def _border(rng: random.Random, number: int, pieces: Pieces) -> int | None:
    return rng.randint(32, pieces.max_pieces) if number else None


def main() -> None:
    """Read the corpora, build the model, train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--out", type=Path, required=True, help="folder of this run's checkpoints")
    parser.add_argument("--minutes", type=float, default=80.0)
    parser.add_argument("--until", help="HH:MM, local: instead of --minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="a run to go on from with a new schedule")
    parser.add_argument("--encoder-rate", type=float, default=2.5e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--crf-rate", type=float, default=1e-2)
    parser.add_argument("--entity-share", type=float, default=0.25, help="of the pieces")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=float, default=240.0, help="seconds")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    minutes = options.minutes
    if options.until:
        checkpoint = options.out / "checkpoint.pt"
        spent = (
            torch.load(checkpoint, weights_only=True)["progress"]["seconds"] if checkpoint.exists() else 0.0
        )
        now = datetime.now().astimezone()
        hour, minute = map(int, options.until.split(":"))
        end = now.replace(hour=hour, minute=minute, second=0)
        minutes = ((end - now).total_seconds() + spent) / 60
    recipe = Recipe(
        minutes,
        seed=options.seed,
        encoder_rate=options.encoder_rate,
        head_rate=options.head_rate,
        crf_rate=options.crf_rate,
        entity_share=options.entity_share,
    )
    folder = minilm_folder()
    pieces = Pieces(Tokenizer.from_file(str(folder / "tokenizer.json")), recipe.max_pieces)
    torch.manual_seed(recipe.seed)
    model = Claimwire()
    load_minilm(model, folder)
    if options.start:
        model.load_state_dict(torch.load(options.start / "checkpoint.pt", weights_only=True)["model"])
    data: Path = options.data
    newswire, _ = corpora.newswire(data / corpora.NEWSWIRE)
    streams = {
        "attribution": attribution_stream(corpora.attributed(data / corpora.POLNEAR_TRAIN), pieces, recipe),
        "entities": entity_stream(newswire, corpora.with_entities(data / corpora.WIKIGOLD), pieces, recipe),
    }
    train(model, streams, recipe, options.out, save_every=options.save_every)


if __name__ == "__main__":
    main()
