"""What is printed: readable, on one line, and unable to steer a terminal."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_claim, a_source, an_alert, an_enriched_article
from workers.cli.lines import VIEWS, alert_line, article_line, claim_line, relation_line
from workers.cli.terminal import Terminal, inert, inert_lines, print_json
from workers.domain.alert import AlertTense
from workers.domain.claim import Act, Quotation, SourceKind, Stance
from workers.wire.contract import examples, read_example
from workers.wire.messages import alert_message, claim_message, enriched_message

EVIL = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\x9b31m"


def _claim(**changes: Any) -> dict[str, Any]:
    return claim_message(a_claim(**changes))


def test_a_claim_is_who_said_what() -> None:
    assert claim_line(_claim()).plain == (
        "2024-10-24 12:00 tidewater.example "
        "Ada Holt (minister) said [affirms] The harbour will close on Friday"
    )


def test_a_denial_in_quotation_marks_says_so() -> None:
    line = claim_line(_claim(act=Act.DENY, stance=Stance.REFUTES, quotation=Quotation.DIRECT))

    assert line.plain.endswith("said [refutes, deny] “The harbour will close on Friday”")
    assert any(span.style == "red" for span in line.spans)


@pytest.mark.parametrize(
    ("source", "who"),
    [
        (None, "somebody [affirms]"),
        (a_source(kind=SourceKind.PUBLISHER, role=None), "tidewater.example [affirms]"),
    ],
)
def test_a_claim_without_source_or_cue_is_shown(source: Any, who: str) -> None:
    assert who in claim_line(_claim(source=source, cue=None)).plain


def test_an_alert_is_its_state_rule_summary_and_where_to_read() -> None:
    assert alert_line(alert_message(an_alert(alert_tense=AlertTense.ARCHIVAL))).plain == (
        "2024-10-24 12:00 firing initial (archival) closures: Ada Holt: the harbour will close"
        "  [claims: 1; https://tidewater.example/a1]"
    )


def test_an_article_is_its_headline_and_what_was_found() -> None:
    assert article_line(enriched_message(an_enriched_article())).plain == (
        "2024-10-24 12:00 tidewater.example Harbour to close  [claims: 1, entities: 1]"
    )


@pytest.mark.parametrize("path", examples("claim-relation.v1", "valid"), ids=lambda path: path.stem)
def test_a_relation_is_both_sides(path: Any) -> None:
    relation = read_example(path)

    assert relation["kind"] in relation_line(relation).plain
    assert relation["left"]["source_name"] in relation_line(relation).plain


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(None, True), ("ada HOLT", True), ("harbour", True), (a_claim().subjects[0], True), ("bridge", False)],
)
def test_a_subject_is_an_id_or_words(wanted: str | None, found: bool) -> None:
    assert VIEWS["claims"].matches(_claim(), wanted) is found


@pytest.mark.parametrize("stem", ["claim.v1", "alert.v1", "article-enriched.v1", "claim-relation.v1"])
def test_every_valid_message_can_be_shown_and_searched(stem: str) -> None:
    [view] = [view for view in VIEWS.values() if view.topic.schema == stem]

    assert examples(stem, "valid")
    for path in examples(stem, "valid"):
        assert view.line(read_example(path)).plain
        assert not view.matches(read_example(path), "no such words")


def test_words_of_an_article_cannot_steer_the_terminal() -> None:
    shown = claim_line(_claim(source=a_source(name=EVIL, role=EVIL), publisher=EVIL)).plain

    assert r"\x1b]0;owned\x07\x1b[2J\u202egnp.exe\x9b31m" in shown
    assert not any(ord(character) < 32 or character in "\x9b\u202e\x7f" for character in shown)


@given(st.text(st.characters()))
def test_inert_text_is_one_printable_line(text: str) -> None:
    shown = inert(text)

    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)
    shown.encode("utf-8")
    assert inert(shown) == shown


def test_lines_stay_lines() -> None:
    assert inert_lines("one\r\ntwo\x1b") == "one\ntwo\\x1b"


@given(st.dictionaries(st.text(), st.text(st.characters())))
def test_json_is_harmless_and_still_says_the_same(fields: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        written: list[str] = []
        patch.setattr("sys.stdout.write", written.append)
        print_json(fields)

    [line] = written
    assert json.loads(line) == fields
    assert not any(
        ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in line.removesuffix("\n")
    )


def test_brackets_in_news_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().print("[bold]he said[/bold] :smile: " + "word " * 60)

    assert capsys.readouterr().out == "[bold]he said[/bold] :smile: " + "word " * 60 + "\n"
