"""Watch-lists: names of people, bodies and places, each with its other names, looked for by whole words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_WORD = re.compile(r"\w+")
_KB_ID = re.compile(r"Q[1-9]\d*")
_ACRONYM = re.compile(r"[A-Z]{2,5}")
MAX_ENTRIES = 50_000


class WatchField(StrEnum):
    """Where a listed name is looked for."""

    SOURCE = "source"  # the source's name, words and role, or its entity id
    VIA = "via"  # the outlet or person through whom the source is known
    SUBJECT = "subject"  # named in what was said, or an entity or subject of the claim by its id
    PUBLISHER = "publisher"


_Place = tuple[WatchField, list[str | None], list[str | None]]


@dataclass(frozen=True, slots=True)
class WatchList:
    """Names to look for. ``entries`` maps each listed form, as written, to the first name of its line."""

    name: str
    entries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed name stood in the message; ``entry`` is the first name of its line."""

    list: str
    field: WatchField
    entry: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    exact: str | None
    list: str
    entry: str


@dataclass(frozen=True, slots=True)
class Watcher:
    """All lists of a rule set, so that a search costs the text's length, not the lists'.

    ``lengths`` are how many words the names that begin with a word have.
    """

    by_words: Mapping[tuple[str, ...], tuple[_Phrase, ...]] = field(default_factory=dict)
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    by_id: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def parse_watch_list(name: str, text: str) -> WatchList | str:
    """Read one name a line, other names after ``|``, a Wikidata id as one of them, ``#`` for comments.

    Returns what is wrong, in words, when the list is empty or a line has no name.
    """
    entries: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        forms = [form.strip() for form in line.partition("#")[0].split("|")]
        if forms == [""]:
            continue
        if not all(_WORD.search(form) for form in forms):
            return f"{name}, line {number}: an empty name"
        for form in forms:
            entries.setdefault(form, forms[0])
    if not entries:
        return f"{name} lists nothing"
    if len(entries) > MAX_ENTRIES:
        return f"{name} lists {len(entries)} names, more than {MAX_ENTRIES}"
    return WatchList(name, entries)


def watcher(lists: Iterable[WatchList]) -> Watcher:
    """Put the names of all ``lists`` into one searchable value."""
    phrases: dict[tuple[str, ...], list[_Phrase]] = {}
    ids: dict[str, list[tuple[str, str]]] = {}
    for each in lists:
        for form, entry in each.entries.items():
            if _KB_ID.fullmatch(form):
                ids.setdefault(form, []).append((each.name, entry))
                continue
            words = tuple(folded for folded, _ in _words(form))
            exact = form if _ACRONYM.fullmatch(form) else None  # "WHO" must not be found in "who"
            phrases.setdefault(words, []).append(_Phrase(exact, each.name, entry))
    lengths: dict[str, set[int]] = {}
    for words in phrases:
        lengths.setdefault(words[0], set()).add(len(words))
    return Watcher(
        {words: tuple(found) for words, found in phrases.items()},
        {word: tuple(sorted(found)) for word, found in lengths.items()},
        {kb_id: tuple(found) for kb_id, found in ids.items()},
    )


def hits(watched: Watcher, subject: str, message: Mapping[str, Any]) -> tuple[Hit, ...]:
    """Return every listed name that stands in a message, in the order of fields, then of the text.

    ``subject`` is what the message is: "claim", "relation" or "entity".
    """
    found: dict[Hit, None] = {}
    if not watched.by_words and not watched.by_id:
        return ()
    for where, texts, ids in _PLACES[subject](message):
        for text in texts:
            if text:
                found.update((Hit(p.list, where, p.entry), None) for p in _search(watched, text))
        for kb_id in ids:
            found.update(
                (Hit(name, where, entry), None) for name, entry in watched.by_id.get(kb_id or "", ())
            )
    return tuple(found)


def _claim_places(message: Mapping[str, Any]) -> list[_Place]:
    source = message["source"]
    via = message["via"]
    said = message["content"]["text"]
    places: list[_Place] = []
    if source is not None:
        spoken = [source["name"], source["text"], source["role"]]
        places.append((WatchField.SOURCE, spoken, [source["entity_id"]]))
    return [
        *places,
        (WatchField.VIA, [each["name"] for each in via], [each["entity_id"] for each in via]),
        (WatchField.SUBJECT, [said], [*message["subjects"], *message["entities"]]),
        (WatchField.PUBLISHER, [message["publisher"]], []),
    ]


def _relation_places(message: Mapping[str, Any]) -> list[_Place]:
    sides = [message["left"], message["right"]]
    return [
        (WatchField.SOURCE, [each["source_name"] for each in sides], []),
        (WatchField.SUBJECT, [each["text"] for each in sides], [message["subject_id"]]),
        (WatchField.PUBLISHER, [each["publisher"] for each in sides], []),
    ]


def _entity_places(message: Mapping[str, Any]) -> list[_Place]:
    return [
        (WatchField.SUBJECT, [message["name"]], [message["entity_id"], message["kb_id"]]),
        (WatchField.PUBLISHER, [message["publisher"]], []),
    ]


_PLACES: Mapping[str, Callable[[Mapping[str, Any]], list[_Place]]] = {
    "claim": _claim_places,
    "relation": _relation_places,
    "entity": _entity_places,
}


def _search(watched: Watcher, text: str) -> list[_Phrase]:
    words = _words(text)
    folded = tuple(word for word, _ in words)
    return [
        phrase
        for at, (word, written) in enumerate(words)
        for length in watched.lengths.get(word, ())
        for phrase in watched.by_words.get(folded[at : at + length], ())
        if phrase.exact in (None, written)
    ]


def _words(text: str) -> list[tuple[str, str]]:
    """Return each word folded for comparison (width, case, accents kept) beside the word as written."""
    return [(word.casefold(), word) for word in _WORD.findall(unicodedata.normalize("NFKC", text))]
