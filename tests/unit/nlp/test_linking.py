"""Contents find their cue, cues their source: by the pointers when they are sure, else by nearness."""

from workers.nlp.found import Role, RoleSpan
from workers.nlp.layout import lay_out
from workers.nlp.linking import Group, link

Part = tuple[Role, str] | tuple[Role, str, int | None]


def roles_in(text: str, *parts: Part, sure: float = 0.0) -> list[RoleSpan]:
    """Roles in text order; a third item is the place that the pointer chose, ``sure`` how sure it was."""
    found, place = [], 0
    for part in parts:
        start = text.index(part[1], place)
        place = start + len(part[1])
        target = part[2] if len(part) == 3 else None
        found.append(RoleSpan(part[0], start, place, 0.9, target, sure))
    return found


def linked(text: str, *parts: Part, sure: float = 0.0) -> list[Group]:
    return list(link(roles_in(text, *parts, sure=sure), text, lay_out(text)))


def words(text: str, group: Group) -> list[str]:
    return [text[start:end] for start, end in group.contents]


def test_the_nearest_cue_carries_a_content_when_the_pointer_is_unsure() -> None:
    text = "Holt said the yard is sold, but Reed denied the sale."
    one, other = linked(
        text,
        (Role.SOURCE, "Holt"), (Role.CUE, "said"), (Role.CONTENT, "the yard is sold"),
        (Role.SOURCE, "Reed"), (Role.CUE, "denied"), (Role.CONTENT, "the sale"),
    )  # fmt: skip

    assert (one.cue, one.source) == (1, 0)
    assert (other.cue, other.source) == (4, 3)


def test_a_sure_pointer_overrules_nearness() -> None:
    text = "Holt said, as Reed warned, the yard is sold."
    (group,) = linked(
        text,
        (Role.SOURCE, "Holt"), (Role.CUE, "said", 0), (Role.SOURCE, "Reed"),
        (Role.CUE, "warned", 2), (Role.CONTENT, "the yard is sold", 1),
        sure=0.95,
    )  # fmt: skip

    assert (group.cue, group.source) == (1, 0)


def test_a_quotation_cut_by_its_cue_is_one_utterance() -> None:
    text = "“We see signs,” Holt said. “Where they land is open.”"
    (group,) = linked(
        text,
        (Role.CONTENT, "“We see signs,”"), (Role.SOURCE, "Holt"),
        (Role.CUE, "said"), (Role.CONTENT, "“Where they land is open.”"),
    )  # fmt: skip

    assert words(text, group) == ["“We see signs,”", "“Where they land is open.”"]


def test_a_quotation_that_the_encoder_missed_goes_on_with_the_utterance_before_it() -> None:
    text = "“We see signs,” Holt said. “Where they land is open.”"
    (group,) = linked(text, (Role.CONTENT, "“We see signs,”"), (Role.SOURCE, "Holt"), (Role.CUE, "said"))

    assert words(text, group) == ["“We see signs,”", "“Where they land is open.”"]


def test_a_quotation_alone_in_its_paragraph_has_no_cue() -> None:
    text = "“We see signs,” Holt said.\n“Where they land is open to all.”"
    _, alone = linked(text, (Role.CONTENT, "“We see signs,”"), (Role.SOURCE, "Holt"), (Role.CUE, "said"))

    assert alone.cue is None
    assert words(text, alone) == ["“Where they land is open to all.”"]


def test_quoted_words_inside_a_sentence_are_no_utterance() -> None:
    assert linked("The yard is called “the old lady of the harbour” by all.") == []


def test_indirect_speech_stays_in_the_sentence_of_its_cue() -> None:
    text = "The yard is sold. Holt said nothing more."
    groups = linked(text, (Role.CONTENT, "The yard is sold"), (Role.SOURCE, "Holt"), (Role.CUE, "said", 1))

    assert groups == []


def test_a_source_in_another_sentence_is_not_the_cue_s() -> None:
    text = "Holt left early. It was said the yard is sold."
    (group,) = linked(
        text,
        (Role.SOURCE, "Holt"),
        (Role.CUE, "was said", 0),
        (Role.CONTENT, "the yard is sold", 1),
        sure=0.95,
    )

    assert group.source is None


def test_a_list_after_a_colon_belongs_to_the_cue_before_it() -> None:
    text = "Holt gave two reasons:\nThe yard is old and the sea is deep."
    (group,) = linked(
        text, (Role.SOURCE, "Holt"), (Role.CUE, "gave", 0), (Role.CONTENT, "The yard is old", 1), sure=0.95
    )

    assert group.cue == 1


def test_an_empty_text_has_no_utterances() -> None:
    assert linked("") == []


def test_a_quotation_reported_by_an_outlet_stays_with_whoever_said_it() -> None:
    text = "“It is a trap,” Reed said, according to Radio Orrin."
    (group,) = link(
        [
            RoleSpan(Role.CONTENT, 0, 15, 0.9, 4, 0.95),
            RoleSpan(Role.SOURCE, 16, 20, 0.9),
            RoleSpan(Role.CUE, 21, 25, 0.9, 1, 0.95),
            RoleSpan(Role.SOURCE, 40, 51, 0.9),
            RoleSpan(Role.CUE, 27, 39, 0.9, 3, 0.95),
        ],
        text,
        lay_out(text),
    )

    assert (group.cue, group.source) == (2, 1)
