from tests.builders import a_claim_in, an_enriched_text
from workers.cli.render.marks import Mark, MarkKind, marks_of, paragraphs, pieces
from workers.domain.article import MaskReason
from workers.domain.claim import Offsets

TEXT = "Ann said Bob thinks rain is near."


def test_pieces_cover_the_text_without_gap_or_overlap() -> None:
    marks = [
        Mark(MarkKind.CONTENT, 9, 32, "1"),
        Mark(MarkKind.CONTENT, 20, 32, "2"),
        Mark(MarkKind.ENTITY, 9, 12, "PERSON"),
        Mark(MarkKind.SOURCE, 5, 12, "2"),
    ]

    found = list(pieces(marks, Offsets(0, len(TEXT))))

    assert "".join(TEXT[piece.start : piece.end] for piece in found) == TEXT
    for piece in found:
        lies_on = {mark for mark in marks if mark.start < piece.end and mark.end > piece.start}
        assert set(piece.marks) == lies_on


def test_the_innermost_claim_comes_last() -> None:
    marks = [Mark(MarkKind.CONTENT, 20, 32, "2"), Mark(MarkKind.CONTENT, 9, 32, "1")]

    [_, _, both, _] = pieces(marks, Offsets(0, len(TEXT)))

    assert both.values(MarkKind.CONTENT) == ("1", "2")
    assert [mark.value for mark in both.opening(MarkKind.CONTENT)] == ["2"]
    assert [mark.value for mark in both.closing(MarkKind.CONTENT)] == ["1", "2"]


def test_a_mark_over_a_paragraph_border_goes_on_but_opens_once() -> None:
    text = "One two.\n\nThree four."
    marks = [Mark(MarkKind.CONTENT, 4, 15, "1")]

    first, second = paragraphs(text)
    opened = [piece.opening(MarkKind.CONTENT) for part in (first, second) for piece in pieces(marks, part)]

    assert [len(marks) for marks in opened] == [0, 1, 0, 0]


def test_paragraphs_stand_between_blank_lines_of_any_kind() -> None:
    text = "\n\nOne.\r\n\r\nTwo,\nstill two.\n \t\n\nThree.\n"

    assert [text[p.start : p.end].strip() for p in paragraphs(text)] == ["One.", "Two,\nstill two.", "Three."]


def test_long_lines_without_blank_ones_are_paragraphs_and_short_ones_are_wrapped_text() -> None:
    long = "word " * 30

    assert len(paragraphs(f"{long}\n{long}\n")) == 2
    assert len(paragraphs("Short\nlines\nare wrapped.")) == 1


def test_claims_are_numbered_in_the_order_of_the_article_and_share_a_number_over_their_pieces() -> None:
    text = '"Rain is near," Ann said. "Take a coat." Ad: buy coats.'
    article = an_enriched_text(
        text,
        (a_claim_in(text, ('"Rain is near,"', '"Take a coat."'), "Ann", "said"),),
        {"Ann": "PERSON"},
        {"Ad: buy coats.": MaskReason.PROMO},
    )

    found = {(mark.kind.value, text[mark.start : mark.end], mark.value) for mark in marks_of(article)}

    assert found == {
        ("content", '"Rain is near,"', "1"),
        ("content", '"Take a coat."', "1"),
        ("source", "Ann", "1"),
        ("cue", "said", "1"),
        ("entity", "Ann", "PERSON"),
        ("mask", "Ad: buy coats.", "promo"),
    }
