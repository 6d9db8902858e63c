"""Windows over a small word-piece vocabulary made here: no model is needed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from workers.nlp.pieces import CASE_CLASSES, Pieces, Window, batches

WORDS = (
    "the minister said on monday that talks had failed nato is at war with no one and a b c "
    "- . , ! ? ' ( ) 4 5 2016 caf jos e é mar ##ia ##s ##ed ##4"
)
ARTICLE = (
    "Talks had failed\n\nThe minister said on Monday that talks had failed. NATO is at war with "
    'no one, said José.\n“The talks?” said Maria. "No," said the minister.\n'
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *dict.fromkeys([*WORDS.split(), '"', "“", "”"])]
    made = Tokenizer(models.WordPiece({word: k for k, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def texts_of(text: str, window: Window) -> list[str]:
    return [text[start:end] for start, end in window.offsets[1:-1]]


def cases_of(text: str, window: Window) -> dict[str, str]:
    names = [CASE_CLASSES[number] for number in window.case_ids[1:-1]]
    return dict(zip(texts_of(text, window), names, strict=True))


@pytest.mark.parametrize("max_pieces", [8, 9, 13, 20, 256])
def test_every_letter_is_in_one_window_and_no_window_is_too_long(
    tokenizer: Tokenizer, max_pieces: int
) -> None:
    windows = Pieces(tokenizer, max_pieces).windows(ARTICLE)

    assert windows
    assert all(3 <= len(window) <= max_pieces for window in windows)
    spans = [tuple(span) for window in windows for span in window.offsets[1:-1]]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join(ARTICLE[start:end] for start, end in spans) == "".join(ARTICLE.split())


def test_whole_lines_share_a_window_while_they_fit(tokenizer: Tokenizer) -> None:
    text = "The talks\nThe minister said\nNATO is at war with no one"

    windows = Pieces(tokenizer, 8).windows(text)

    assert [" ".join(texts_of(text, window)) for window in windows] == [
        "The talks The minister said",
        "NATO is at war with no",
        "one",
    ]


def test_a_long_line_is_cut_after_a_sentence(tokenizer: Tokenizer) -> None:
    text = "The talks had failed. The minister said on Monday that NATO is at war."

    first = Pieces(tokenizer, 10).windows(text)[0]

    assert texts_of(text, first)[-1] == "."


def test_a_shorter_first_window_moves_the_borders_and_loses_nothing(tokenizer: Tokenizer) -> None:
    pieces = Pieces(tokenizer, 30)

    shifted = pieces.windows(ARTICLE, first_window=8)

    assert len(shifted[0]) <= 8
    assert sum(len(window) - 2 for window in shifted) == sum(
        len(window) - 2 for window in pieces.windows(ARTICLE)
    )


def test_masked_text_is_left_out(tokenizer: Tokenizer) -> None:
    text = "The minister said no.\nNATO is at war\nthe talks had failed"
    start, end = text.index("NATO"), text.index("had")

    windows = Pieces(tokenizer).windows(text, [(start, end)])

    kept = [word for window in windows for word in texts_of(text, window)]
    assert kept == ["The", "minister", "said", "no", ".", "had", "failed"]


def test_masks_may_overlap_and_come_in_any_order(tokenizer: Tokenizer) -> None:
    text = "the minister said on Monday that talks had failed"
    masks = [(13, 17), (0, 14), (4, 6)]

    (window,) = Pieces(tokenizer).windows(text, masks)

    assert texts_of(text, window) == ["on", "Monday", "that", "talks", "had", "failed"]


def test_nothing_to_read_gives_no_window(tokenizer: Tokenizer) -> None:
    pieces = Pieces(tokenizer)

    assert pieces.windows("") == []
    assert pieces.windows(" \n\n ") == []
    assert pieces.windows("said", [(0, 4)]) == []


def test_case_classes_tell_shape_and_join(tokenizer: Tokenizer) -> None:
    text = "The minister said NATO is at war, 2016."

    (window,) = Pieces(tokenizer).windows(text)

    cases = cases_of(text, window)
    assert cases["The"] == "initial/line"
    assert cases["minister"] == "lower/spaced"
    assert cases["NATO"] == "upper/spaced"
    assert cases[","] == "punctuation/glued"
    assert cases["2016"] == "digit/spaced"
    assert window.case_ids[0] == window.case_ids[-1] == CASE_CLASSES.index("special")


def test_an_opening_straight_quote_differs_from_a_closing_one(tokenizer: Tokenizer) -> None:
    text = 'said "no" the'

    (window,) = Pieces(tokenizer).windows(text)

    opening, closing = (CASE_CLASSES[window.case_ids[k]] for k in (2, 4))
    assert (opening, closing) == ("punctuation/spaced", "punctuation/glued")


def test_a_continued_word_keeps_the_shape_of_the_whole_word(tokenizer: Tokenizer) -> None:
    text = "Maria"

    (window,) = Pieces(tokenizer).windows(text)

    assert cases_of(text, window) == {"Mar": "initial/line", "ia": "initial/glued"}


def test_combining_marks_belong_to_the_letter_before_them(tokenizer: Tokenizer) -> None:
    text = "cafe\u0301 said Jose\u0301"

    (window,) = Pieces(tokenizer).windows(text)

    assert window.offsets[-2, 1] == len(text)


def test_emoji_count_as_one_code_point_each(tokenizer: Tokenizer) -> None:
    text = "😀😀 the minister"

    (window,) = Pieces(tokenizer).windows(text)

    assert texts_of(text, window)[-1] == "minister"


def test_batches_hold_every_window_once_padded_with_zeros(tokenizer: Tokenizer) -> None:
    windows = Pieces(tokenizer, 9).windows(ARTICLE)

    made = list(batches(windows, 2))

    assert sorted(index for batch in made for index in batch.indices) == list(range(len(windows)))
    lengths = [len(windows[index]) for batch in made for index in batch.indices]
    assert lengths == sorted(lengths)
    for batch in made:
        for row, index in enumerate(batch.indices):
            size = len(windows[index])
            assert np.array_equal(batch.input_ids[row, :size], windows[index].input_ids)
            assert batch.attention_mask[row].tolist() == [1] * size + [0] * (batch.input_ids.shape[1] - size)
            assert not batch.input_ids[row, size:].any()


def test_sizes_that_cannot_work_are_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(ValueError, match="max_pieces"):
        Pieces(tokenizer, 7)
    with pytest.raises(ValueError, match="max_windows"):
        list(batches([], 0))
