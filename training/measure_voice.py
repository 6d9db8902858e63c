"""Scores claims in the outlet's own voice, on sentences of dev annotated by hand (annotations/GUIDELINES.md).

``python -m training.measure_voice --data DATA [--model M]`` prints, of the claims with kind ``publisher``
whose sentence was annotated, how many a reader takes for a checkable statement of the outlet; and how many
such claims there are beside all others.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from training.annotations.gold import HALVES, enriched, gold_voice, half, ratio
from training.corpora import POLNEAR_DEV, attributed
from workers.domain.claim import SourceKind
from workers.nlp import load_pipeline


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--model", type=Path, default=None, help="folder of the pipeline")
    arguments = parser.parse_args()
    articles = attributed(arguments.data / POLNEAR_DEV)
    claims = enriched(load_pipeline(arguments.model), articles)
    gold = {(row.document, row.start): row.checkable for row in gold_voice()}
    found = [
        (document, claim.content.spans[0].start)
        for document, told in claims.items()
        for claim in told
        if claim.source is not None and claim.source.kind is SourceKind.PUBLISHER
    ]
    judged = [(document, gold[document, start]) for document, start in found if (document, start) in gold]
    print(f"annotated sentences {len(gold)}, checkable {ratio(gold.values())}")
    print(f"claims of the outlet {len(found)}, annotated {ratio(place in gold for place in found)}")
    print(f"right: all    {ratio(right for _, right in judged)}")
    for number in HALVES:
        print(f"       half {number} {ratio(right for name, right in judged if half(name) == number)}")
    total = sum(map(len, claims.values()))
    print(f"share of all claims {ratio(n < len(found) for n in range(total))}")


if __name__ == "__main__":
    main()
