"""Builds the knowledge base that ships: ``python -m training.build_kb --data FOLDER``.

From the hand-written tables in ``training/kb`` and the public-domain list of US legislators in
``FOLDER/gazetteers``. ``--fuller FILE`` also writes a table with every leader of the gazetteers, for
use on this machine only: part of it is under share-alike licences (docs/decisions/0008).
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workers.nlp.kb import Entry, Kind, KnowledgeBase, tidy, written

TABLES = Path(__file__).resolve().parent / "kb"
SHIPPED = Path(__file__).resolve().parent.parent / "models" / "en_claimwire" / "link" / "kb.jsonl"
_CONGRESS = (
    "Congress", "Senate", "House of Representatives", "Capitol Hill", "GOP", "Republican", "Republicans",
    "Democrat", "Democrats", "U.S. House",
)  # fmt: skip
_CHAMBERS = {
    "Senate": ("senator",),
    "House": ("representative", "congressman", "congresswoman", "House Speaker", "Speaker of the House"),
}
_CONTINENTS = frozenset({"Europe", "Africa", "Asia"})
# Living namesakes in the news: their full name tells too little.
_NAMESAKES = frozenset(
    {"Mike Rogers", "Chris Smith", "Adam Smith", "Jim Jordan", "John James", "David Scott"}
)


def shipped_entries(data: Path) -> tuple[Entry, ...]:
    """All that may ship, in a fixed order: hand-written tables first, then legislators not in them."""
    by_hand = [*_places(), *_cities(), *_regions(), *_organizations(), *_people()]
    known = {entry.id for entry in by_hand}
    if len(known) != len(by_hand):
        raise ValueError("two entries of the tables have one id")
    seats = _seats(data)
    entries = [_with_seat(entry, seats.get(entry.id)) for entry in by_hand]
    entries += [seat for seat in seats.values() if seat.id not in known]
    return tuple(entries)


def fuller_entries(data: Path) -> tuple[Entry, ...]:
    """What ships, and every head of state or government of the gazetteers."""
    entries = {entry.id: entry for entry in shipped_entries(data)}
    for row in _rows(data / "gazetteers" / "leaders.jsonl"):
        entries.setdefault(row["qid"], Entry(row["qid"], row["name"], Kind.PERSON))
    return tuple(entries.values())


def _table(name: str, columns: int) -> Iterator[list[str]]:
    for number, line in enumerate((TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("|")
        if len(cells) != columns:
            raise ValueError(f"{name}.txt:{number}: {len(cells)} columns, not {columns}")
        yield cells


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _places() -> Iterator[Entry]:
    for id_, name, names, demonyms, guarded, hints in _table("places", 6):
        kind = Kind.REGION if name in _CONTINENTS else Kind.COUNTRY
        yield Entry(id_, name, kind, _list(names), _list(demonyms), _list(guarded), _list(hints))


def _cities() -> Iterator[Entry]:
    for id_, name, names in _table("cities", 3):
        yield Entry(id_, name, Kind.CITY, _list(names))


def _regions() -> Iterator[Entry]:
    for id_, name, names in _table("regions", 3):
        yield Entry(id_, name, Kind.REGION, _list(names))


def _organizations() -> Iterator[Entry]:
    for id_, name, names, guarded, hints in _table("organizations", 5):
        yield Entry(id_, name, Kind.ORGANIZATION, _list(names), (), _list(guarded), _list(hints))


def _people() -> Iterator[Entry]:
    for id_, names, offices, enough, since in _table("people", 5):
        name, *others = _list(names)
        last = tuple({full.split()[-1] for full in (name, *others)} - set(_list(enough)))
        guarded = tuple(sorted(last)) if offices and len(name.split()) > 1 else ()
        alone = (*others, *_list(enough))
        year = int(since) if since else None
        yield Entry(id_, name, Kind.PERSON, alone, guarded=guarded, offices=_list(offices), since=year)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _seats(data: Path) -> dict[str, Entry]:
    """Members of Congress: every full name is guarded, as many are common names."""
    found = {}
    for row in _rows(data / "gazetteers" / "us-congress.jsonl"):
        if row["qid"]:
            title = re.sub(r"\s*\(.*\)$", "", row["wikipedia"] or "")
            names = dict.fromkeys(name for name in (title, row["name"], *row["alternatives"]) if name)
            plain = dict.fromkeys(_plain(name) for name in names)
            full = [name for name in (*names, *plain) if name not in _NAMESAKES and " " in name]
            if full:
                found[row["qid"]] = Entry(
                    row["qid"],
                    full[0],
                    Kind.PERSON,
                    guarded=tuple(dict.fromkeys(full)),
                    hints=_CONGRESS,
                    offices=_CHAMBERS[row["chamber"]],
                    since=int(row["start"][:4]),
                )
    return found


def _plain(name: str) -> str:
    """Without middle initials, nickname quotes and suffixes: "Ann B. Lund, Jr." as "Ann Lund"."""
    bare = re.sub(r",? (?:Jr|Sr|II|III|IV)\.?$", "", re.sub(r'\s*["“][^"”]*["”]', "", name))
    first, *rest = bare.split()
    return " ".join([first, *(word for word in rest if not re.fullmatch(r"[A-Z]\.?", word))])


def _with_seat(entry: Entry, seat: Entry | None) -> Entry:
    if seat is None:
        return entry
    more = tuple(name for name in seat.guarded if name not in (entry.name, *entry.names))
    return replace(entry, names=(*entry.names, *more))


def _write(path: Path, entries: Sequence[Entry]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(written(entry) + "\n" for entry in entries), encoding="utf-8")
    claimed = {tidy(name) for entry in entries for name in (entry.name, *entry.names, *entry.demonyms)}
    base = KnowledgeBase(entries)
    shared = [name for name in claimed if len(base.candidates(name)) > 1]
    print(
        f"{path}: {len(entries)} entries, {path.stat().st_size:,} bytes; names of several: {sorted(shared)}"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds gazetteers/")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--fuller", type=Path, help="also write a fuller table here; do not pass it on")
    options = parser.parse_args()
    _write(options.out, shipped_entries(options.data))
    if options.fuller is not None:
        _write(options.fuller, fuller_entries(options.data))


if __name__ == "__main__":
    main()
