"""A spaCy CNN pipeline of en_core_web_sm's architecture, untrained: its work without its weights.

The trained one is not on PyPI. Width 96, depth 4, one tok2vec shared by tagger and parser and one of the
entity recogniser's own, as in its published config; as many tags, dependency labels and entity types.
"""

from typing import Any

import spacy
from spacy.language import Language

_EMBED: dict[str, Any] = {
    "@architectures": "spacy.MultiHashEmbed.v2",
    "width": 96,
    "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
    "rows": [5000, 1000, 2500, 2500, 50, 50],
    "include_static_vectors": False,
}
_ENCODE: dict[str, Any] = {
    "@architectures": "spacy.MaxoutWindowEncoder.v2",
    "width": 96,
    "depth": 4,
    "window_size": 1,
    "maxout_pieces": 3,
}
_TOK2VEC: dict[str, Any] = {"@architectures": "spacy.Tok2Vec.v2", "embed": _EMBED, "encode": _ENCODE}
_LISTENER: dict[str, Any] = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}
_TAGS, _DEPENDENCIES, _TYPES = 50, 45, 18


def cnn_pipeline() -> Language:
    """Return tok2vec, tagger, parser and entity recogniser with random weights."""
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": _TOK2VEC})
    tagger: Any = nlp.add_pipe(
        "tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": _LISTENER}}
    )
    parser: Any = nlp.add_pipe("parser", config={"model": _transitions("parser", _LISTENER)})
    recogniser: Any = nlp.add_pipe("ner", config={"model": _transitions("ner", _TOK2VEC)})
    for number in range(_TAGS):
        tagger.add_label(f"T{number}")
    for number in range(_DEPENDENCIES):
        parser.add_label(f"d{number}")
    for number in range(_TYPES):
        recogniser.add_label(f"E{number}")
    nlp.initialize()
    return nlp


def _transitions(state: str, tok2vec: dict[str, Any]) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": state,
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": tok2vec,
    }
