"""The component that says how each claim is made, and types the numbers and dates of the text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from workers.nlp.acts import facets
from workers.nlp.dates import find_dates
from workers.nlp.extensions import register
from workers.nlp.found import Draft, Facets, Facts, overlaps
from workers.nlp.quantities import find_quantities


class ClaimwireFacets:
    """Component ``claimwire_facets``: fills ``facets`` of each draft, sets ``doc._.claimwire_facts``.

    Relative dates are seen from ``doc._.claimwire_published``.
    """

    def __init__(self, name: str = "claimwire_facets") -> None:
        register()
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        drafts, facts = self.predict(doc)
        self.set_annotations(doc, drafts, facts)
        return doc

    def predict(self, doc: Doc) -> tuple[tuple[Draft, ...], Facts]:
        """Drafts with facets, and the quantities and dates outside masked text."""
        text = doc._.claimwire_text
        drafts = tuple(replace(draft, facets=_facets(text, draft)) for draft in doc._.claimwire_drafts)
        holes = [(hole.start, hole.end) for hole in doc._.claimwire_masked]
        dates = tuple(
            date
            for date in find_dates(text, doc._.claimwire_published)
            if not any(overlaps((date.start, date.end), hole) for hole in holes)
        )
        taken = [*holes, *((date.start, date.end) for date in dates)]
        quantities = tuple(
            quantity
            for quantity in find_quantities(text)
            if not any(overlaps((quantity.start, quantity.end), other) for other in taken)
        )
        return drafts, Facts(quantities, dates)

    def set_annotations(self, doc: Doc, drafts: tuple[Draft, ...], facts: Facts) -> None:
        """Write ``drafts`` and ``facts``."""
        doc._.claimwire_drafts = drafts
        doc._.claimwire_facts = facts


def _facets(text: str, draft: Draft) -> Facets:
    source = text[draft.source.start : draft.source.end] if draft.source is not None else ""
    return facets(text, draft.cue, draft.contents, _between(text, draft), source)


def _between(text: str, draft: Draft) -> str:
    """What stands between a cue and the content after it, with the first words of that content."""
    if draft.cue is None:
        return ""
    after = [start for start, _ in draft.contents if start >= draft.cue[1]]
    return text[draft.cue[1] : min(after)] if after and min(after) - draft.cue[1] < 120 else ""


@Language.factory(
    "claimwire_facets",
    requires=["doc._.claimwire_drafts"],
    assigns=["doc._.claimwire_drafts", "doc._.claimwire_facts"],
)
def make_facets(nlp: Language, name: str) -> Any:
    """The factory."""
    return ClaimwireFacets(name)
