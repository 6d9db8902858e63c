import pytest

from tests.builders import a_claim, a_source
from workers.alerting.plain import to_mapping
from workers.alerting.watch import Hit, WatchField, WatchList, hits, parse_watch_list, watcher
from workers.domain.claim import Content, Offsets

LIST = """
NATO | Atlantic Alliance | Q7184
Ministry of Defense | defense minister
WHO | World Health Organization
"""


def found_in(**changes: object) -> tuple[Hit, ...]:
    listed = parse_watch_list("w.txt", LIST)
    assert isinstance(listed, WatchList)
    quiet = {"source": None, "via": (), "content": Content("It rains.", (Offsets(0, 9),)), "entities": ()}
    return hits(watcher([listed]), "claim", to_mapping(a_claim(**(quiet | changes))))


@pytest.mark.parametrize(
    ("source", "entry"),
    [
        ({"name": "NATO"}, "NATO"),
        ({"name": "the atlantic alliance"}, "NATO"),
        ({"name": "Jo Park", "role": "Defense Minister of Sendria"}, "Ministry of Defense"),
        ({"name": "she", "entity_id": "Q7184"}, "NATO"),
        ({"name": "Ministry\u00a0of Defense"}, "Ministry of Defense"),
    ],
)
def test_a_listed_name_is_found_in_the_source(source: dict[str, str], entry: str) -> None:
    quiet = {"text": "x", "role": None, "entity_id": None}

    assert found_in(source=a_source(**(quiet | source))) == (Hit("w.txt", WatchField.SOURCE, entry),)


@pytest.mark.parametrize("name", ["the man who spoke", "signatory", "Ministry of Defenseless Things", "nato"])
def test_half_words_and_small_letters_of_an_acronym_are_not_found(name: str) -> None:
    assert found_in(source=a_source(text="x", name=name, role=None, entity_id=None)) == ()


def test_what_was_said_is_searched_by_words_and_ids() -> None:
    said = Content("Troops of the Atlantic Alliance crossed.", (Offsets(0, 40),))

    assert found_in(content=said) == (Hit("w.txt", WatchField.SUBJECT, "NATO"),)
    assert found_in(subjects=("Q7184",)) == (Hit("w.txt", WatchField.SUBJECT, "NATO"),)


def test_a_line_without_a_name_is_told() -> None:
    assert parse_watch_list("w.txt", "NATO |\n") == "w.txt, line 1: an empty name"
