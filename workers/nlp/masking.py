"""The component that marks what is no journalism, before anything else looks at the text."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from workers.domain.article import Masked
from workers.nlp.extensions import register
from workers.nlp.mask import find_masked


class ClaimwireMask:
    """Component ``claimwire_mask``: sets ``doc._.claimwire_masked``."""

    def __init__(self, name: str = "claimwire_mask") -> None:
        register()
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        self.set_annotations(doc, self.predict(doc))
        return doc

    def predict(self, doc: Doc) -> tuple[Masked, ...]:
        """Masked stretches in text order."""
        return find_masked(doc._.claimwire_text)

    def set_annotations(self, doc: Doc, masked: tuple[Masked, ...]) -> None:
        """Write ``masked``."""
        doc._.claimwire_masked = masked


@Language.factory("claimwire_mask", assigns=["doc._.claimwire_masked"])
def make_mask(nlp: Language, name: str) -> Any:
    """The factory."""
    return ClaimwireMask(name)
