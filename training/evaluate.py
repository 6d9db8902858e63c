"""Print every score: ``python -m training.evaluate --data DATA [--model models/en_claimwire]``.

First what the encoder alone reads (attribution on PolNeAR dev, entities on the held-out tenth of the
worldwide newswire), with the same modules as the pipeline; then, unless ``--encoder-only``, all that is
measured of the whole pipeline, one command after the other. Counts stand behind each ratio: right / found /
gold.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import onnxruntime

from training import corpora, labels, scores
from training.corpora import AttributedText, EntityText
from training.examples import attribution_examples
from training.predict import Read, read, session
from training.scores import Claim, Tally
from workers.nlp.decode import TaggedSpan, link
from workers.nlp.heads import Heads, load_heads
from workers.nlp.pieces import Pieces

PIPELINE = (
    ("measure_claims",),
    ("measure_claims", "--gold"),
    ("measure_quotes",),
    ("measure_entities",),
    ("measure_resolution",),
    ("measure_resolution", "--gold"),
    ("measure_facets",),
    ("measure_linking", "--gold"),
    ("measure_linking",),
    ("measure_voice",),
    ("fit_confidence",),
)
"""What is measured of the whole pipeline: modules of ``training`` with their options."""


def attribution_tallies(
    articles: Sequence[AttributedText], reads: Sequence[Sequence[Read]]
) -> dict[str, list[Tally]]:
    """Per article: exact and token tallies of each role, and whole claims."""
    rows: dict[str, list[Tally]] = {}
    for article, items in zip(articles, reads, strict=True):
        found = scores.roles_of(items, article.ignore)
        gold = scores.gold_roles(article)
        for role in scores.ROLES:
            rows.setdefault(f"{role} exact", []).append(scores.exact(found[role], gold[role]))
            words, gold_words = (scores.tokens(article.text, part[role]) for part in (found, gold))
            rows.setdefault(f"{role} token", []).append(
                Tally(len(words & gold_words), len(words), len(gold_words))
            )
        claims = scores.claims_of(items, article.ignore)
        gold_claims = [Claim(item.source, item.cue, item.content) for item in article.attributions]
        rows.setdefault("whole claim", []).append(scores.whole_claims(claims, gold_claims))
    return rows


def link_tallies(
    pieces: Pieces,
    heads: Heads,
    articles: Sequence[AttributedText],
    reads: Sequence[Sequence[Read]],
) -> dict[str, Tally]:
    """Links right among gold spans, "none" included; found and gold are the same count."""
    totals = {"content to cue": Tally(), "cue to source": Tally()}
    for article, items in zip(articles, reads, strict=True):
        for example, item in zip(attribution_examples(article, pieces), items, strict=True):
            for name, head, kind in (
                ("content to cue", heads.cue, "cue"),
                ("cue to source", heads.source, "source"),
            ):
                query, key = item.outputs[f"{kind}_query"], item.outputs[f"{kind}_key"]
                candidates = [_at(first) for first in example.candidates(kind)]
                golden = example.links(kind)
                made = link(head, query, key, [_at(first) for first, _ in golden], candidates)
                picked = [0 if one.target is None else candidates[one.target].first for one in made]
                right = sum(to == gold for to, (_, gold) in zip(picked, golden, strict=True))
                totals[name] += Tally(right, len(golden), len(golden))
    return totals


def entity_tallies(articles: Sequence[EntityText], reads: Sequence[Sequence[Read]]) -> dict[str, list[Tally]]:
    """Per article: exact span and type, for each type and all of them."""
    rows: dict[str, list[Tally]] = {name: [] for name in labels.TYPES}
    for article, items in zip(articles, reads, strict=True):
        for name in labels.TYPES:
            gold = {(s, e) for s, e, label in article.entities if name in labels.NEWSWIRE[label]}
            found = {(span.start, span.end) for item in items for span in item.entities if span.label == name}
            rows[name].append(scores.exact(found, gold))
    rows["all"] = [sum(column, Tally()) for column in zip(*rows.values(), strict=True)]
    return rows


def line(name: str, tally: Tally, around: tuple[float, float] | None = None) -> str:
    """One row of the table."""
    spread = f"  [{around[0]:.3f}, {around[1]:.3f}]" if around else ""
    return (
        f"{name:<18} P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"
        f"  ({tally.right} / {tally.found} / {tally.gold}){spread}"
    )


def report(
    encoder: onnxruntime.InferenceSession, pieces: Pieces, heads: Heads, data: Path, every: int
) -> list[str]:
    """The table's rows; ``every`` n-th article only, 1 for all."""
    articles = corpora.attributed(data / corpora.POLNEAR_DEV)[::every]
    reads = read(encoder, pieces, heads, (article.text for article in articles))
    rows = [f"PolNeAR dev, {len(articles)} articles: right / found / gold [95 % interval]"]
    for name, tallies in attribution_tallies(articles, reads).items():
        around = scores.interval(tallies, lambda tally: tally.f1)
        rows.append(line(name, sum(tallies, Tally()), around))
    for name, tally in link_tallies(pieces, heads, articles, reads).items():
        rows.append(f"{name:<18} accuracy {tally.recall:.3f}  ({tally.right} / {tally.gold}), gold spans")
    _, dev = corpora.newswire(data / corpora.NEWSWIRE)
    texts = dev[::every]
    rows.append(f"Worldwide newswire dev, {len(texts)} articles")
    reads = read(encoder, pieces, heads, (text.text for text in texts))
    for name, tallies in entity_tallies(texts, reads).items():
        around = scores.interval(tallies, lambda tally: tally.f1)
        rows.append(line(name, sum(tallies, Tally()), around))
    return rows


def measured_apart(data: Path, model: Path) -> list[str]:
    """Run all of ``PIPELINE``, each in a process of its own; return those that failed."""
    failed = []
    for module, *options in PIPELINE:  # our own programs
        command = " ".join((f"training.{module}", *options))
        print(f"== {command}", flush=True)
        given = [*options, "--data", str(data), "--model", str(model)]
        ended = subprocess.run([sys.executable, "-m", f"training.{module}", *given], check=False)  # noqa: S603
        if ended.returncode:
            failed.append(command)
    return failed


def _at(first: int) -> TaggedSpan:
    return TaggedSpan("", first, first + 1, 0, 0, 1.0)


def main() -> int:
    """Measure the int8 model, and the float one beside it where it is given; 1 when a measure failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=Path("models/en_claimwire"))
    parser.add_argument("--float", type=Path, help="a float32 export to compare with")
    parser.add_argument("--every", type=int, default=1, help="each n-th article only")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--encoder-only", action="store_true", help="leave the rest of the pipeline out")
    options = parser.parse_args()
    heads = load_heads(options.model / "encoder")
    pieces = Pieces.load(options.model / "encoder", heads.max_pieces)
    models = {"int8": options.model / "encoder" / "model.onnx"}
    if options.float:
        models["float32"] = options.float
    for name, path in models.items():
        print(f"== {name}, {path.stat().st_size / 1e6:.1f} MB")
        encoder = session(path, options.threads)
        print("\n".join(report(encoder, pieces, heads, options.data, options.every)), flush=True)
    failed = [] if options.encoder_only else measured_apart(options.data, options.model)
    for command in failed:
        print(f"evaluate: {command} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
