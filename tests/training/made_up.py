"""A small world for a smoke training: made-up sentences with their attributions and entities."""

from __future__ import annotations

import gzip
import json
from itertools import product
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

SOURCES = ("The harbour minister", "Ada Quill", "A spokesman for Norvik", "Tomas Brand")
CUES = ("said", "warned", "denied", "claimed")
CONTENTS = ("the bridge would open in May", "the ferry had sunk", "two boats were missing")
TITLE = "News from the harbour"


def an_article(number: int) -> dict[str, Any]:
    """Six sentences, each with its source, cue and content; every other one is inverted."""
    text = TITLE + "\n\n"
    attributions = []
    entities = []
    for index in range(6):
        pick = number * 7 + index * 5
        source, cue = SOURCES[pick % 4], CUES[(pick // 4) % 4]
        content = CONTENTS[pick % 3]
        parts = (
            [("source", source), ("cue", cue), ("content", content)]
            if index % 2
            else [("content", content.capitalize()), ("source", source), ("cue", cue)]
        )
        item: dict[str, list[list[int]]] = {}
        for role, words in parts:
            item[role] = [[len(text), len(text) + len(words)]]
            if words in ("Ada Quill", "Tomas Brand"):
                entities.append([len(text), len(text) + len(words), "Person"])
            text += words + " "
        text = text[:-1] + ".\n"
        attributions.append(item)
    return {
        "id": f"harbour-{number}",
        "text": text,
        "attributions": attributions,
        "entities": entities,
        "ignore": [[0, len(TITLE)]],
    }


def write_corpora(folder: Path, articles: int = 24) -> None:
    """The files that ``training.corpora`` names, filled with made-up articles."""
    rows = [an_article(number) for number in range(articles)]
    sentences = [
        {"id": str(index), "text": f"{source} {cue} {content}.", "label": int(cue == "denied")}
        for index, (source, cue, content) in enumerate(product(SOURCES, CUES, CONTENTS))
    ]
    wiki = [{"id": row["id"], "text": row["text"], "entities": []} for row in rows]
    for name, content in {
        "attribution/polnear-train.jsonl.gz": rows,
        "attribution/polnear-dev.jsonl.gz": rows[:4],
        "entities/en-worldwide-newswire.jsonl.gz": rows,
        "entities/wikigold.jsonl.gz": wiki,
        "checkworthiness/claimbuster-train.jsonl.gz": sentences,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in content)


def a_tokenizer() -> Tokenizer:
    """Whole words of the made-up sentences; anything else is unknown."""
    words = " ".join((*SOURCES, *CUES, *CONTENTS, TITLE)).lower().split()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", *dict.fromkeys(words)]
    made = Tokenizer(models.WordPiece({word: k for k, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made
