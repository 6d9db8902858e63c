"""Scores whole claims on PolNeAR dev: source, cue and content linked, each overlapping its gold.

``--gold`` gives the pipeline the annotators' spans (linked by the model's own pointers), so that what is
left is linking alone. Masking is off: the annotators did not mask.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from training.corpora import POLNEAR_DEV, AttributedText, Span, attributed
from training.examples import covered
from workers.nlp import load_pipeline
from workers.nlp.decode import TaggedSpan
from workers.nlp.encoded import Encoded, joined
from workers.nlp.encoder import POINTERS, ClaimwireEncoder, linked
from workers.nlp.found import Draft, Role
from workers.nlp.pieces import Window, pad

OVERLAP = 0.8


@dataclass(frozen=True, slots=True)
class Parts:
    """One claim by its characters; an empty tuple where a part is absent."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts behind one ratio."""

    right: int
    found: int
    gold: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 to 1."""
        return 2 * self.right / max(self.found + self.gold, 1)

    def __str__(self) -> str:
        precision, recall = self.right / max(self.found, 1), self.right / max(self.gold, 1)
        counts = f"{self.right} of {self.found} found, {self.gold} gold"
        return f"F1 {self.f1:.3f} (P {precision:.3f} R {recall:.3f}; {counts})"


def union_share(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Characters in both over characters in either; 1 when both are empty."""
    first = {place for start, end in one for place in range(start, end)}
    second = {place for start, end in other for place in range(start, end)}
    return len(first & second) / len(first | second) if first | second else 1.0


def matches(found: Parts, gold: Parts) -> bool:
    """Does every part overlap its gold by at least ``OVERLAP`` of the union?"""
    pairs = ((found.cue, gold.cue), (found.source, gold.source), (found.content, gold.content))
    return all(union_share(one, other) >= OVERLAP for one, other in pairs)


def score(found: Sequence[Sequence[Parts]], gold: Sequence[Sequence[Parts]]) -> Score:
    """Each found claim may match one gold claim of its document."""
    right = 0
    for some, wanted in zip(found, gold, strict=True):
        left = list(wanted)
        for claim in some:
            match = next((other for other in left if matches(claim, other)), None)
            if match is not None:
                left.remove(match)
                right += 1
    return Score(right, sum(map(len, found)), sum(map(len, gold)))


def parts_of(draft: Draft) -> Parts:
    """The characters of one draft."""
    source = ((draft.source.start, draft.source.end),) if draft.source and draft.cue else ()
    return Parts(source, (draft.cue,) if draft.cue else (), draft.contents)


def gold_of(article: AttributedText) -> list[Parts]:
    """What the annotators marked, without what lies in stretches that they threw out."""
    return [
        Parts(item.source, item.cue, item.content)
        for item in article.attributions
        if not any(
            start < stop and begin < end
            for start, end in (*item.source, *item.cue, *item.content)
            for begin, stop in article.ignore
        )
    ]


def set_gold_roles(nlp: Language, doc: Doc, article: AttributedText, *, pointers_used: bool) -> None:
    """Put the annotators' spans on ``doc``, linked by the model's pointers."""
    encoder = nlp.get_pipe("encoder")
    assert isinstance(encoder, ClaimwireEncoder)
    pieces, heads, _ = encoder.loaded()
    spans = [
        (role, span)
        for item in article.attributions
        for role, some in ((Role.SOURCE, item.source), (Role.CUE, item.cue), (Role.CONTENT, item.content))
        for span in some
    ]
    spans = sorted(set(spans), key=lambda pair: pair[1])
    parts = []
    for window in pieces.windows(article.text):
        outputs = encoder.run(pad([window], (0,)), hidden=False)
        tagged = list(_tagged(window, spans))
        pointers = [outputs[name][0] for name in POINTERS]
        parts.append(Encoded(linked(heads, pointers, tagged, {})))
    roles = joined(parts).roles
    doc._.claimwire_roles = (
        roles if pointers_used else tuple(replace(r, target=None, link_score=0.0) for r in roles)
    )


def _tagged(window: Window, spans: Iterable[tuple[Role, Span]]) -> Iterable[TaggedSpan]:
    for role, span in spans:
        inside = covered(window, span)
        if len(inside) and window.offsets[inside[0], 0] >= span[0] - 1:
            yield TaggedSpan(role, int(inside[0]), int(inside[-1]) + 1, span[0], span[1], 1.0)


def claims_of(
    nlp: Language, articles: Sequence[AttributedText], *, gold: bool, pointers: bool = True
) -> list[Doc]:
    """Docs with drafts; nothing is masked."""
    docs = [nlp.make_doc(article.text) for article in articles]
    with nlp.select_pipes(disable=["mask"] if not gold else ["mask", "encoder"]):
        if gold:
            encoder = nlp.get_pipe("encoder")
            assert isinstance(encoder, ClaimwireEncoder)
            for doc, article in zip(docs, articles, strict=True):
                encoder(doc)
                set_gold_roles(nlp, doc, article, pointers_used=pointers)
        return list(nlp.pipe(docs, batch_size=16))


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--gold", action="store_true", help="the annotators' spans, the model's links")
    parser.add_argument(
        "--nearest", action="store_true", help="with --gold: link by nearness, not by the pointers"
    )
    parser.add_argument("--articles", type=int, default=None)
    arguments = parser.parse_args()
    nlp = load_pipeline(arguments.model, publisher_claims=False)
    articles = attributed(arguments.data / POLNEAR_DEV)[: arguments.articles]
    started = time.perf_counter()
    docs = claims_of(nlp, articles, gold=arguments.gold, pointers=not arguments.nearest)
    seconds = time.perf_counter() - started
    gold = [gold_of(article) for article in articles]
    kept = [
        [parts_of(draft) for draft in doc._.claimwire_drafts if not is_ignored(draft, article)]
        for doc, article in zip(docs, articles, strict=True)
    ]
    words = sum(len(article.text.split()) for article in articles)
    print("whole claims:", score(kept, gold))
    for name in ("source", "cue", "content"):
        one = [[_only(parts, name) for parts in some] for some in kept]
        other = [[_only(parts, name) for parts in some] for some in gold]
        print(f"{name} alone:", score(one, other))
    print(f"{words / seconds:.0f} words/s", dict(Counter(len(doc._.claimwire_drafts) > 0 for doc in docs)))


def _only(parts: Parts, name: str) -> Parts:
    return Parts(
        parts.source if name == "source" else (),
        parts.cue if name == "cue" else (),
        parts.content if name == "content" else (),
    )


def is_ignored(draft: Draft, article: AttributedText) -> bool:
    """Does a content touch what the annotators threw out?"""
    return any(
        start < stop and begin < end for start, end in draft.contents for begin, stop in article.ignore
    )


if __name__ == "__main__":
    main()
