"""Scores who spoke, on hand-annotated sources of PolNeAR dev (see annotations/GUIDELINES.md).

``python -m training.measure_resolution --data DATA [--model M]`` runs the pipeline over the articles and
takes the claim whose content overlaps the gold content; ``--gold`` gives it the annotators' spans, so that
what is left is resolution alone. ``--errors`` prints what is wrong in the first half of the articles (the
second half is for counting only).
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from spacy.language import Language

from training.annotations.gold import (
    HALVES,
    GoldSource,
    enriched_articles,
    gold_sources,
    half,
    matched,
    ratio,
)
from training.corpora import POLNEAR_DEV, AttributedText, Span, attributed
from training.measure_claims import claims_of
from workers.domain.claim import SourceKind
from workers.nlp import load_pipeline
from workers.nlp.found import Role, overlaps
from workers.nlp.people import TITLES
from workers.nlp.tables import words

STRATA: Final = ("pronoun", "surname", "description", "name")
_OFFICES: Final = words(
    """president vice senator representative congressman congresswoman governor lieutenant general colonel
    captain admiral sergeant officer secretary minister prime chancellor mayor commissioner chairman
    chairwoman chief justice judge attorney director ambassador speaker professor doctor reverend retired
    former then deputy the a an"""
)


class Miss(StrEnum):
    """Where a speaker was lost: the first step that went wrong."""

    NO_CLAIM = "no claim of that content"
    NO_SOURCE = "claim without a source"
    ELSEWHERE = "other words taken for the source"
    CUT = "source's words cut wrongly"
    NO_NAME = "full name not found, or cut, anywhere"
    OTHER = "somebody else picked"
    OPEN = "left open"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the pipeline says of one gold source; ``name`` is ``None`` where it says nothing.

    ``span`` are the claim's own words for its source, ``text`` what stands there, ``names`` those of the
    article's entities.
    """

    gold: GoldSource
    words: str
    found: bool
    name: str | None = None
    kind: SourceKind | None = None
    span: Span | None = None
    text: str = ""
    names: frozenset[str] = frozenset()

    @property
    def right(self) -> bool:
        """Is the name one of the gold's, or the source's own words where the article gives no name?"""
        if self.name is None:
            return False
        known = {normalised(name) for name in self.gold.names}
        if not self.gold.named:
            known.add(normalised(self.words))
        return normalised(self.name) in known

    @property
    def misnamed(self) -> bool:
        """Is another named than the gold, rather than nobody or the source's own words?"""
        own = normalised(self.words)
        return not self.right and self.name is not None and normalised(self.name) not in own

    @property
    def miss(self) -> Miss | None:
        """Where the speaker was lost; ``None`` for one that is right."""
        if self.right:
            return None
        if not self.found:
            return Miss.NO_CLAIM
        if self.span is None:
            return Miss.NO_SOURCE
        if not overlaps(self.span, self.gold.source):
            return Miss.ELSEWHERE
        if normalised(self.text) != normalised(self.words):
            return Miss.CUT
        if self.gold.named and not self.names & {normalised(name) for name in self.gold.names}:
            return Miss.NO_NAME
        return Miss.OTHER if self.misnamed else Miss.OPEN

    @property
    def kind_right(self) -> bool:
        """Is the kind among the gold's?"""
        return self.kind in self.gold.kinds


def normalised(name: str) -> str:
    """Lower case, without titles, articles, possessive endings and marks: what two equal names share."""
    plain = re.sub(r"[’']s?(?=\s*$)", "", name.replace("’", "'").strip().lower())
    words = re.findall(r"[^\W_]+", re.sub(r"\([^)]*\)", " ", plain.replace("'", "").replace(".", "")))
    while len(words) > 1 and (words[0] in _OFFICES or words[0] in TITLES):
        words.pop(0)
    return " ".join(words)


def by_pipeline(
    nlp: Language, articles: Sequence[AttributedText], golds: Sequence[GoldSource]
) -> list[Answer]:
    """From the claims that leave the enrich stage."""
    found = enriched_articles(nlp, articles)
    texts = {article.id: article for article in articles}
    answers = []
    for gold in golds:
        article = texts[gold.document]
        words = article.text[slice(*gold.source)]
        made = found.get(gold.document)
        content = article.attributions[gold.index].content
        claim = matched(made.claims, content) if made is not None else None
        if made is None or claim is None or claim.source is None:
            answers.append(Answer(gold, words, claim is not None))
            continue
        names = frozenset(normalised(entity.name) for entity in made.entities)
        source = claim.source
        span = (source.start, source.end)
        answers.append(Answer(gold, words, True, source.name, source.kind, span, source.text, names))
    return answers


def by_gold_spans(
    nlp: Language, articles: Sequence[AttributedText], golds: Sequence[GoldSource]
) -> list[Answer]:
    """From the resolution of the annotators' source spans."""
    docs = {
        article.id: doc for article, doc in zip(articles, claims_of(nlp, articles, gold=True), strict=True)
    }
    answers = []
    for gold in golds:
        doc = docs[gold.document]
        words = doc.text[slice(*gold.source)]
        resolved = next(
            (
                found
                for place, found in doc._.claimwire_resolution.sources
                if doc._.claimwire_roles[place].role is Role.SOURCE
                and overlaps(
                    (doc._.claimwire_roles[place].start, doc._.claimwire_roles[place].end), gold.source
                )
            ),
            None,
        )
        if resolved is None:
            answers.append(Answer(gold, words, False))
        else:
            names = frozenset(normalised(c.name) for c in doc._.claimwire_resolution.clusters)
            given = (resolved.name, resolved.kind, gold.source, words, names)
            answers.append(Answer(gold, words, True, *given))
    return answers


def table(answers: Sequence[Answer]) -> list[str]:
    """The figures: of the claims that were found, for both halves and each stratum; then the kinds."""
    found = [answer for answer in answers if answer.found]
    groups: list[tuple[str, list[Answer]]] = [("all", found)]
    groups += [(f"half {number}", [a for a in found if half(a.gold.document) == number]) for number in HALVES]
    groups += [(name, [a for a in found if a.gold.stratum == name]) for name in STRATA]
    groups.append(("named in article", [a for a in found if a.gold.named]))
    groups.append(("never named", [a for a in found if not a.gold.named]))
    rows = [f"claims found: {ratio(answer.found for answer in answers)}", "speaker right"]
    rows += [f"  {name:<18}{ratio(answer.right for answer in group)}" for name, group in groups]
    rows.append("another's name (what else is not right is left open: no name, or the source's own words)")
    rows += [f"  {name:<18}{ratio(answer.misnamed for answer in group)}" for name, group in groups[:3]]
    rows += ["not right, by the first step that went wrong (another's name)"]
    misses = Counter(answer.miss for answer in answers)
    another = Counter(answer.miss for answer in answers if answer.misnamed)
    rows += [f"  {miss:<40}{misses[miss]:>3} ({another[miss]})" for miss in Miss]
    rows.append("kind right")
    rows += [f"  {name:<18}{ratio(answer.kind_right for answer in group)}" for name, group in groups[:3]]
    confusions = Counter(
        (answer.gold.kinds[0].value, answer.kind.value if answer.kind else "none")
        for answer in found
        if not answer.kind_right
    )
    rows += [f"  {gold} taken for {kind}: {count}" for (gold, kind), count in confusions.most_common()]
    return rows


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=None, help="folder of the pipeline")
    parser.add_argument("--gold", action="store_true", help="the annotators' spans instead of the encoder's")
    parser.add_argument("--errors", action="store_true", help="what is wrong in half 0")
    arguments = parser.parse_args()
    golds = gold_sources()
    wanted = {gold.document for gold in golds}
    articles = [a for a in attributed(arguments.data / POLNEAR_DEV) if a.id in wanted]
    nlp = load_pipeline(arguments.model)
    answers = (by_gold_spans if arguments.gold else by_pipeline)(nlp, articles, golds)
    print("\n".join(table(answers)))
    if arguments.errors:
        for answer in answers:
            if half(answer.gold.document) == 0 and not (answer.right and answer.kind_right):
                gold = answer.gold
                print(
                    f"{gold.document} {gold.index} {answer.words!r}: {gold.names} {gold.kinds[0].value};"
                    f" {answer.miss}: {answer.text!r} -> {answer.name!r} {answer.kind}"
                )


if __name__ == "__main__":
    main()
