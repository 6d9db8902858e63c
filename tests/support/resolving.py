"""Names put on made-up texts, grouped and resolved without a model."""

from __future__ import annotations

import re

from workers.nlp.clusters import cluster_names
from workers.nlp.found import Cluster, NameSpan, Resolved
from workers.nlp.layout import lay_out
from workers.nlp.resolve import Resolver


def names_in(text: str, **labels: str) -> list[NameSpan]:
    """All mentions of the given names: ``names_in(text, PERSON="Ada Holt|Holt")``; longer names win."""
    found = []
    for label, names in labels.items():
        matches = re.finditer(rf"\b(?:{names})\b", text)
        found += [NameSpan(label, *match.span(), 0.9) for match in matches]
    return sorted(found, key=lambda name: name.start)


def clusters(text: str, **labels: str) -> tuple[Cluster, ...]:
    return cluster_names(text, names_in(text, **labels), lay_out(text))


def resolved(text: str, *sources: str, **labels: str) -> Resolved:
    """Who the last of ``sources`` is; each is looked for after the one before it."""
    resolver = Resolver(text, lay_out(text), clusters(text, **labels))
    place, answer = 0, None
    for source in sources:
        place = text.index(source, place)
        answer = resolver.source(place, place + len(source))
        place += len(source)
    assert answer is not None
    return answer
