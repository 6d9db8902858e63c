"""Lines, sentences and quotations by their characters, on tidy and on broken text."""

import pytest

from workers.nlp.layout import lay_out


def quotes(text: str) -> list[str]:
    return [text[start:end] for start, end in lay_out(text).quotes]


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in lay_out(text).sentences]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We will go,” she said. “Soon.”", ["“We will go,”", "“Soon.”"]),
        ('"We will go," she said. "Soon."', ['"We will go,"', '"Soon."']),
        ("“He said ‘no’ to us,” she said.", ["“He said ‘no’ to us,”"]),
        ("“He said “no” to us.", ["“He said “no”"]),
        ('He held a 6" pipe and left.', []),
        ("“This goes on\n“and here it ends,” he said.", ["“This goes on", "“and here it ends,”"]),
        ("No quotes ” at all.", []),
        ("(“In brackets,” he said.)", ["“In brackets,”"]),
    ],
)
def test_quotations_are_found_and_never_cross_a_line(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "Sen. Ada Holt met the U.S. envoy on Oct. 3 in St. Brannock. He agreed."

    assert sentences(text) == ["Sen. Ada Holt met the U.S. envoy on Oct. 3 in St. Brannock.", "He agreed."]


def test_a_closing_mark_belongs_to_its_sentence() -> None:
    assert sentences("“It is over.” She left.") == ["“It is over.”", "She left."]


def test_quoted_counts_only_characters_inside_marks() -> None:
    layout = lay_out("He called it “a trap” twice.")

    assert layout.quoted((0, 28)) == len("“a trap”")
    assert layout.in_quote(15)
    assert not layout.in_quote(3)


def test_empty_text_has_no_layout() -> None:
    assert lay_out(" \n ") == lay_out("")
