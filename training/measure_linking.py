"""Scores entity links: ``python -m training.measure_linking --data FOLDER [--gold]``.

``--gold`` gives the linker the annotators' mentions. They come without labels, so each gets the label that
suits the knowledge base best: the hardest case for precision. Otherwise the pipeline finds the mentions.
A link inside a longer name of something else ("Apple" in "Apple CEO Ada Lund") is counted as ``inside``:
the annotators gave the longer name alone an id. Every other document of each set was looked at while the
rules were made (``tuned``); the ``held`` ones were not, save that their number of teams taken for countries
was counted once, which led to more words of sport.
A link on a mention that the annotators left without an id, or on none, is not judged but counted.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from training.corpora import Span
from workers.domain.entity import MentionKind
from workers.nlp.clusters import cluster_names
from workers.nlp.found import NameSpan, Resolution, overlaps
from workers.nlp.kb import Kind, KnowledgeBase, read_entries
from workers.nlp.layout import lay_out
from workers.nlp.link_entities import Linker, joined
from workers.nlp.people import FEMALE, MALE
from workers.resources import resource

THRESHOLD = 0.9
_LABEL = {
    Kind.COUNTRY: "GPE",
    Kind.REGION: "GPE",
    Kind.CITY: "GPE",
    Kind.PERSON: "PERSON",
    Kind.ORGANIZATION: "ORG",
}


@dataclass(frozen=True, slots=True)
class Gold:
    """A named mention and the ids that are right for it; ``None`` when the annotators gave none."""

    start: int
    end: int
    ids: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Text:
    """One annotated document of the set ``source``."""

    source: str
    text: str
    mentions: tuple[Gold, ...]
    published: date | None


@dataclass(slots=True)
class Counts:
    """What the ratios are made of."""

    right: int = 0
    wrong: int = 0
    inside: int = 0
    unjudged: int = 0
    gold: int = 0
    mistakes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        made = self.right + self.wrong
        f1 = 2 * self.right / max(made + self.gold, 1)
        return (
            f"F1 {f1:.3f}  right {self.right} of {self.gold}  wrong {self.wrong} of {made} "
            f"({self.wrong / max(made, 1):.1%})  inside {self.inside}  unjudged {self.unjudged}"
        )


def texts(data: Path, base: KnowledgeBase) -> Iterator[Text]:
    """The four annotated sets, in order."""
    for name, year in (("aida-dev", date(1996, 8, 30)), ("reuters-128", date(1987, 3, 1))):
        for row in _rows(data / "linking" / f"{name}.jsonl.gz"):
            linked = [Gold(start, end, frozenset([id_])) for start, end, id_, _ in row["links"]]
            other = [Gold(start, end, None) for start, end in row["unlinkable"]]
            yield Text(name, row["text"], _sorted([*linked, *other]), year)
    for row in _rows(data / "entities" / "gum-news.jsonl.gz"):
        named = [mention for mention in row["mentions"] if mention["named"]]
        golds = [
            Gold(
                *_untitled(row["text"], (m["min"][0], m["min"][1]), base),
                frozenset([m["qid"]]) if m["qid"] else None,
            )
            for m in named
        ]
        yield Text("gum-news", row["text"], _sorted(golds), date.fromisoformat(row["published_at"][:10]))
    for row in _rows(data / "entities" / "meantime.jsonl.gz"):
        links = {tuple(_span(row["text"], *link[:2])): link[2] for link in row["links"]}
        golds = [
            Gold(start, end, _titled(links[start, end], base) if (start, end) in links else None)
            for start, end in {tuple(_span(row["text"], *name[:2])) for name in row["names"]}
        ]
        yield Text("meantime", row["text"], _sorted(golds), date(2009, 1, 1))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _sorted(golds: Iterable[Gold]) -> tuple[Gold, ...]:
    return tuple(sorted(golds, key=lambda gold: (gold.start, gold.end)))


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    if words.lower().startswith("the "):
        start += 4
    return start, end - (2 if text[start:end].endswith(("'s", "’s")) else 0)


def _untitled(text: str, span: tuple[int, int], base: KnowledgeBase) -> tuple[int, int]:
    """Without "President" before a known name: the pipeline's names have no titles."""
    start, end = _span(text, *span)
    tail = " ".join(text[start:end].split()[-2:])
    known = any(candidate.entry.kind is Kind.PERSON for candidate in base.candidates(tail))
    return (end - len(tail) if known and text[start:end].endswith(tail) else start), end


def _titled(title: str, base: KnowledgeBase) -> frozenset[str]:
    """Entries that a Wikipedia title means; the title itself when there is none, which no link equals."""
    found = {candidate.entry.id for candidate in base.candidates(title.strip().replace("_", " "))}
    return frozenset(found or {title})


def from_gold(text: Text, base: KnowledgeBase) -> Resolution:
    """Links of the annotators' mentions."""
    spans: list[NameSpan] = []
    for gold in sorted(text.mentions, key=lambda gold: gold.end - gold.start):
        if not any(overlaps((gold.start, gold.end), (span.start, span.end)) for span in spans):
            spans.append(NameSpan(_label(text, gold, base), gold.start, gold.end, 1.0))
    spans.sort(key=lambda span: span.start)
    clusters = cluster_names(text.text, spans, lay_out(text.text))
    linker = Linker(base, text.text, text.published.year if text.published else None, clusters)
    return joined(Resolution(clusters), [linker.link(cluster, THRESHOLD) for cluster in clusters], base)


def _label(text: Text, gold: Gold, base: KnowledgeBase) -> str:
    words = text.text[gold.start : gold.end]
    names = [text.text[other.start : other.end] for other in text.mentions]
    if any(_person(name, base) and name.split()[-1] == words for name in (words, *names)):
        return "PERSON"
    found = base.candidates(words)
    if found:
        return "NORP" if found[0].demonym else _LABEL[found[0].entry.kind]
    return "PERSON" if _person(words, base) else "ORG"


def _person(name: str, base: KnowledgeBase) -> bool:
    """Is it a full name: of somebody in the base, or with a usual given name?"""
    known = base.candidates(name)
    if known or len(name.split()) not in (2, 3):
        return len(name.split()) > 1 and any(candidate.entry.kind is Kind.PERSON for candidate in known)
    return name.split()[0].casefold() in MALE | FEMALE


def from_pipeline(nlp: Language, text: Text) -> Resolution:
    """Links of what the pipeline found."""
    doc: Doc = nlp.make_doc(text.text)
    doc._.claimwire_published = text.published
    for name, component in nlp.pipeline:
        if name not in ("mask", "claims", "facets"):
            doc = component(doc)
    found: Resolution = doc._.claimwire_resolution
    return found


def compare(text: Text, found: Resolution, base: KnowledgeBase, counts: Counts) -> None:
    """Add one document to ``counts``. Gold mentions of entries of the base are what could be found."""
    counts.gold += sum(bool(gold.ids and gold.ids & base.entries.keys()) for gold in text.mentions)
    for cluster in found.clusters:
        if cluster.kb_id is None:
            continue
        for mention in (m for m in cluster.mentions if m.kind is MentionKind.NAME):
            start, end = _span(text.text, mention.start, mention.end)
            over = [gold for gold in text.mentions if overlaps((gold.start, gold.end), (start, end))]
            ids = [gold.ids for gold in over if gold.ids]
            if any(cluster.kb_id in some for some in ids):
                counts.right += 1
            elif ids and not any(_alike((gold.start, gold.end), (start, end)) for gold in over if gold.ids):
                counts.inside += 1
            elif ids:
                counts.wrong += 1
                around = " ".join(text.text[max(0, start - 40) : end + 30].split())
                counts.mistakes.append(f"{base.entries[cluster.kb_id].name} for {set(ids[0])} in “{around}”")
            else:
                counts.unjudged += 1


def _alike(one: Span, other: Span) -> bool:
    """Do the two share at least half of what either covers?"""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * shared >= max(one[1], other[1]) - min(one[0], other[0])


def missed(text: Text, found: Resolution, base: KnowledgeBase) -> Iterator[str]:
    """Words of gold mentions that could have been linked and were not."""
    linked = [(m.start, m.end) for c in found.clusters if c.kb_id is not None for m in c.mentions]
    for gold in text.mentions:
        known = gold.ids and gold.ids & base.entries.keys()
        if known and not any(overlaps((gold.start, gold.end), span) for span in linked):
            yield text.text[gold.start : gold.end]


def report(rows: Sequence[tuple[Text, Resolution]], base: KnowledgeBase, *, verbose: bool) -> None:
    """Print counts for each set and half, all mistakes of the tuned half on request."""
    total = {"tuned": Counts(), "held": Counts()}
    for source in dict.fromkeys(text.source for text, _ in rows):
        own = [row for row in rows if row[0].source == source]
        for half, part in (("tuned", own[0::2]), ("held", own[1::2])):
            counts = Counts()
            for text, found in part:
                compare(text, found, base, counts)
                compare(text, found, base, total[half])
            print(f"{source:12} {half:5} {len(part):3} documents  {counts}")
            if verbose and half == "tuned":
                lost = Counter(words for text, found in part for words in missed(text, found, base))
                print("  wrong:", *counts.mistakes, sep="\n    ")
                print("  missed:", lost.most_common(40))
    for half, counts in total.items():
        print(f"{'all':12} {half:5}                {counts}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=resource("models", "en_claimwire"))
    parser.add_argument("--gold", action="store_true", help="link the annotators' mentions")
    parser.add_argument("--verbose", action="store_true", help="print mistakes of the tuned half")
    parser.add_argument("--sets", nargs="+", help="only these, for example gum-news")
    options = parser.parse_args()
    path = options.model / "link" / "kb.jsonl"
    base = KnowledgeBase(read_entries(path.read_text(encoding="utf-8").splitlines(), str(path)))
    chosen = [text for text in texts(options.data, base) if not options.sets or text.source in options.sets]
    if options.gold:
        rows = [(text, from_gold(text, base)) for text in chosen]
    else:
        from workers.nlp import load_pipeline  # onnxruntime is not needed for --gold

        nlp = load_pipeline(options.model)
        rows = [(text, from_pipeline(nlp, text)) for text in chosen]
    report(rows, base, verbose=options.verbose)


if __name__ == "__main__":
    main()
