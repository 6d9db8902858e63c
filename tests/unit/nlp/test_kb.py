"""The knowledge base finds entries by what they go by, and refuses lines that are no entries."""

import json

import pytest

from workers.nlp.kb import Entry, Kind, KnowledgeBase, read_entries, tidy, written
from workers.resources import resource

RUSSIA = Entry("Q159", "Russia", Kind.COUNTRY, ("Russian Federation",), ("Russian", "Russians"))
GEORGIA = Entry("Q230", "Georgia", Kind.COUNTRY, guarded=("Georgia", "Georgian"), hints=("Tbilisi",))
AMERICA = Entry("Q30", "United States", Kind.COUNTRY, ("US", "U.S."), ("American",))


def ids(words: str, *entries: Entry) -> list[str]:
    return [candidate.entry.id for candidate in KnowledgeBase(entries).candidates(words)]


@pytest.mark.parametrize(
    "words", ["Russia", "the Russian Federation", "Russia’s", "Russian", "RUSSIA", " Russian\nFederation"]
)
def test_an_entry_is_found_by_its_names_however_they_stand_in_the_text(words: str) -> None:
    assert ids(words, RUSSIA) == ["Q159"]


@pytest.mark.parametrize("words", ["us", "Us", "russia", "Russ", ""])
def test_case_counts_as_acronyms_are_words_too(words: str) -> None:
    assert ids(words, RUSSIA, AMERICA) == []


def test_a_guarded_name_says_so_and_a_demonym_too() -> None:
    base = KnowledgeBase([GEORGIA, RUSSIA])

    assert [(c.guarded, c.demonym) for c in base.candidates("Georgia")] == [(True, False)]
    assert [(c.guarded, c.demonym) for c in base.candidates("Russian")] == [(False, True)]


def test_two_entries_of_one_name_are_both_found() -> None:
    state = Entry("Q1428", "Georgia", Kind.REGION)

    assert ids("Georgia", GEORGIA, state) == ["Q230", "Q1428"]


def test_a_later_entry_of_the_same_id_replaces_the_earlier_one() -> None:
    renamed = Entry("Q159", "Rossiya", Kind.COUNTRY)

    assert ids("Russia", RUSSIA, renamed) == []
    assert ids("Rossiya", RUSSIA, renamed) == ["Q159"]


def test_an_entry_reads_back_as_it_was_written() -> None:
    entry = Entry(
        "Q7", "Ada Lund", Kind.PERSON, ("A. Lund",), (), ("Lund",), ("harbour",), ("mayor",), 0.5, 1999
    )

    assert read_entries([written(entry), "", written(RUSSIA)], "own.jsonl") == (entry, RUSSIA)


GOOD = {"id": "Q7", "name": "Ada Lund", "kind": "person"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Expecting property name"),
        ("[]", "JSON object"),
        (json.dumps({**GOOD, "id": "7"}), "Wikidata id"),
        (json.dumps({**GOOD, "id": None}), "id must be there"),
        (json.dumps({**GOOD, "name": " "}), "name must not be empty"),
        (json.dumps({**GOOD, "kind": "ship"}), "kind must be one of country"),
        (json.dumps({**GOOD, "names": "Lund"}), "names must be a list"),
        (json.dumps({**GOOD, "names": [""]}), "names must be a list"),
        (json.dumps({**GOOD, "alias": []}), "unknown field 'alias'"),
        (json.dumps({**GOOD, "prior": 0}), "prior must be above 0"),
        (json.dumps({**GOOD, "prior": True}), "prior must be a number"),
        (json.dumps({**GOOD, "since": "1999"}), "since must be a year"),
    ],
)
def test_a_line_that_is_no_entry_is_named_with_its_place_and_reason(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=rf"own\.jsonl:2: .*{reason}"):
        read_entries(["", line], "own.jsonl")


def test_tidying_keeps_a_name_that_is_only_an_article() -> None:
    assert tidy("The ") == "The"


def test_the_base_that_ships_is_small_and_sound() -> None:
    path = resource("models", "en_claimwire", "link", "kb.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    entries = read_entries(lines, path.name)

    assert path.stat().st_size < 1_000_000
    assert len({entry.id for entry in entries}) == len(entries) > 1000
    assert [written(entry) for entry in entries] == lines


def test_no_name_of_the_base_that_ships_links_by_itself_to_two_things() -> None:
    path = resource("models", "en_claimwire", "link", "kb.jsonl")
    base = KnowledgeBase(read_entries(path.read_text(encoding="utf-8").splitlines(), path.name))
    names = [name for entry in base.entries.values() for name in entry.known()]

    assert names
    shared = [n for n in names if sum(not candidate.guarded for candidate in base.candidates(n)) > 1]
    assert shared == []


@pytest.mark.parametrize("name", ["Georgia", "Jordan", "Chad", "Congo", "Labour Party", "Clinton", "Ford"])
def test_a_name_of_several_things_is_guarded_in_the_base_that_ships(name: str) -> None:
    path = resource("models", "en_claimwire", "link", "kb.jsonl")
    base = KnowledgeBase(read_entries(path.read_text(encoding="utf-8").splitlines(), path.name))

    assert base.candidates(name)
    assert all(candidate.guarded for candidate in base.candidates(name))


@pytest.mark.parametrize("name", ["Washington", "Korea", "Bush", "Kim", "New York", "Dominican Party"])
def test_a_hopeless_name_is_not_in_the_base_that_ships(name: str) -> None:
    path = resource("models", "en_claimwire", "link", "kb.jsonl")
    base = KnowledgeBase(read_entries(path.read_text(encoding="utf-8").splitlines(), path.name))

    assert base.candidates(name) == ()
