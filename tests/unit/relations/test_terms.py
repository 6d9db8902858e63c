"""Words are brought to one form, so that two tellings meet."""

import pytest

from workers.domain.claim import Stance
from workers.relations.polarity import stance_sign, text_sign
from workers.relations.terms import parts_of, stem, terms_of, unit_class


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marovia", "Marovian"),
        ("Russia", "Russian"),
        ("Korea", "Korean"),
        ("China", "Chinese"),
        ("the troops", "servicemen"),
        ("movements", "deployed"),
        ("killing", "the dead"),
        ("resigned", "resign"),
        ("inspections", "inspection"),
    ],
)
def test_forms_of_one_word_are_one_term(one: str, other: str) -> None:
    first, second = (terms_of(f"because of {words}").weights for words in (one, other))

    assert first.keys() == second.keys() != set()


def test_words_that_attribute_or_link_tell_nothing() -> None:
    assert not terms_of("said that it was denied by the reports on Monday").weights


def test_rare_words_weigh_more_than_common_ones() -> None:
    weights = terms_of("people want a pontoon").weights

    assert weights["pontoon"] > weights[stem("people")]


def test_names_are_told_from_other_words() -> None:
    assert terms_of("a spokesman of Halden said the wall held").names == {"halden"}


def test_units_are_compared_in_one_form() -> None:
    assert unit_class("soldiers") == unit_class("troops")
    assert unit_class("houses") != unit_class("troops")


def test_a_content_falls_into_its_sentences() -> None:
    parts = parts_of("The wall of the dam was inspected in October. Its owner skipped the repair twice.")

    assert len(parts) == 2


def test_a_time_of_day_ends_no_sentence() -> None:
    assert len(parts_of("The east wall gave way at 4 a.m. Tuesday and flooded the lower half of town")) == 1


def test_a_content_too_short_to_cut_stays_whole() -> None:
    assert parts_of("It is. It was.") == ("It is. It was.",)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("the wall held", 1),
        ("the wall did not hold", -1),
        ("the wall didn’t hold", -1),
        ("there are no additional forces in the valley", -1),
        ("no more than 3,800 servicemen take part", 1),
        ("the story that the wall had cracks is a lie", -1),
        ("he denied that the wall had cracks", -1),
        ("he did not deny that the wall had cracks", 1),
        ("the wall not only held but dried", 1),
        ("they were denied entry to the plant", 1),
        ("the wall held, although nobody believed it", 1),
    ],
)
def test_the_sign_of_a_text(text: str, sign: int) -> None:
    assert text_sign(text) == sign


def test_a_stance_has_a_sign() -> None:
    assert [stance_sign(stance) for stance in (Stance.AFFIRMS, Stance.REFUTES, Stance.OPEN)] == [1, -1, 0]
