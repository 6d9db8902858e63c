"""The extensions through which the components speak to each other: all start with ``claimwire_``."""

from __future__ import annotations

from typing import Any, Final

from spacy.tokens import Doc

from workers.nlp.found import Facts, Resolution
from workers.nlp.layout import lay_out

_DEFAULTS: Final[dict[str, Any]] = {
    "claimwire_published": None,
    "claimwire_masked": (),
    "claimwire_roles": (),
    "claimwire_names": (),
    "claimwire_worths": (),
    "claimwire_resolution": Resolution(),
    "claimwire_drafts": (),
    "claimwire_facts": Facts(),
    "claimwire_cached_text": None,
    "claimwire_cached_layout": None,
}


def _text(doc: Doc) -> Any:
    if doc._.claimwire_cached_text is None:
        doc._.claimwire_cached_text = (
            doc.text
        )  # spaCy joins it anew each time: two parts in a hundred of all work
    return doc._.claimwire_cached_text


def _layout(doc: Doc) -> Any:
    if doc._.claimwire_cached_layout is None:
        doc._.claimwire_cached_layout = lay_out(_text(doc))
    return doc._.claimwire_cached_layout


_GETTERS: Final = {"claimwire_text": _text, "claimwire_layout": _layout}


def register() -> None:
    """Add the extensions to ``Doc``; does nothing the second time.

    ``doc._.claimwire_published`` (a ``date`` or ``None``) is the only one that a caller sets: relative
    dates are seen from it. The others hold the values of ``found.py``.
    """
    for name, default in _DEFAULTS.items():
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=default)
    for name, getter in _GETTERS.items():
        if not Doc.has_extension(name):
            Doc.set_extension(name, getter=getter)
