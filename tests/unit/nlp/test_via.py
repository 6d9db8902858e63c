"""Through whom a source is known, and to whom it spoke."""

import pytest

from workers.nlp.via import find_addressee, find_via, split_inverted, split_nested, split_turn


def via(text: str) -> list[str]:
    return [text[start:end] for start, end in find_via(text, (0, len(text)), ())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reed called it a trap, according to NBC News.", ["NBC News"]),
        ("“A trap,” the minister said, according to the Daily Anchor.", ["the Daily Anchor"]),
        ("According to Radio Orrin, Reed called it a trap.", ["Radio Orrin"]),
        ("Reed said no, as reported by the Ledger, and left.", ["the Ledger"]),
        ("Reed said no, according to two officials.", ["two officials"]),
        ("Karl Reed, quoted by TASS, said no.", ["TASS"]),
        ("Reed said no.", []),
    ],
)
def test_the_outlet_is_found(text: str, expected: list[str]) -> None:
    assert via(text) == expected


def test_a_claim_s_own_source_is_not_its_via() -> None:
    text = "The yard is sold, according to Radio Orrin."

    assert find_via(text, (0, len(text)), ((30, len(text)),)) == []


@pytest.mark.parametrize(
    ("before", "cue", "after", "expected"),
    [
        ("Holt", "told", " lawmakers on Thursday that the yard is sold.", "lawmakers"),
        ("“No,” Holt", "told", " reporters outside the chamber.", "reporters"),
        ("“No,” Holt", "told", " the Valley Times.", "the Valley Times"),
        ("“No,” Holt", "told", " Politico Europe in a statement.", "Politico Europe"),
        ("Holt", "told", " the board’s lawyers that the yard is sold.", "the board’s lawyers"),
        ("Holt", "told", " CNN’s Jo Park that the yard is sold.", "CNN’s Jo Park"),
        ("“No,” Holt", "told", ", and left.", None),
        ("“No,” Holt", "said", " on Monday.", None),
    ],
)
def test_the_addressee_ends_where_the_phrase_ends(
    before: str, cue: str, after: str, expected: str | None
) -> None:
    text = f"{before} {cue}{after}"
    start = len(before) + 1

    found = find_addressee(text, (start, start + len(cue)), {"told": "tell", "said": "say"}[cue], len(text))

    assert (text[slice(*found)] if found else None) == expected


def test_a_claim_inside_according_to_is_taken_apart() -> None:
    text = "Council spokesman Karl Reed called the crews “fair partners”"
    name = (text.index("Karl"), text.index(" called"))

    found = split_nested(text, (0, len(text)), [name])

    assert found is not None
    assert [text[start:end] for start, end in found] == [
        "Council spokesman Karl Reed",
        "called",
        "the crews “fair partners”",
    ]


@pytest.mark.parametrize("text", ["the wells were tested in August", "Karl Reed and his dog left the yard"])
def test_a_plain_content_is_left_whole(text: str) -> None:
    assert split_nested(text, (0, len(text)), [(0, 9)]) is None


def test_a_quotation_with_its_speaker_inside_according_to_is_taken_apart() -> None:
    text = "“A trap,” the trade minister said"

    found = split_inverted(text, (0, len(text)))

    assert found is not None
    assert [text[start:end] for start, end in found] == ["the trade minister", "said", "“A trap,”"]


def test_a_bare_quotation_has_nothing_to_take_apart() -> None:
    assert split_inverted("“A trap,” and nothing else", (0, 26)) is None


def test_what_somebody_told_an_outlet_begins_after_the_outlet() -> None:
    text = "that Karl Reed told Radio Orrin that the yard is sold"
    name = (text.index("Karl"), text.index(" told"))

    nested = split_nested(text, (0, len(text)), [name])

    assert nested is not None
    assert [text[start:end] for start, end in nested] == ["Karl Reed", "told", "that the yard is sold"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("HOLT: Well, it is over.", ("HOLT", ":", "Well, it is over.")),
        ("“MR. REED: Is it?", ("MR. REED", ":", "Is it?")),
        ("Holt: Well, it is over.", None),
        ("It is over.", None),
    ],
)
def test_a_turn_of_a_transcript_is_its_speaker_s(text: str, parts: tuple[str, str, str] | None) -> None:
    turn = split_turn(text, (0, len(text)))

    assert (turn and tuple(text[start:end] for start, end in turn)) == parts


def test_a_label_in_the_middle_of_a_line_makes_no_turn() -> None:
    text = "A sign says NOTE: it is over."

    assert split_turn(text, (text.index("NOTE"), len(text))) is None
