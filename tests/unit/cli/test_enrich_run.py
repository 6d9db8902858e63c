import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import an_enriched_text
from workers.cli.enrich import Result, Run
from workers.cli.enrich_inputs import RawInput, Unreadable
from workers.cli.enrich_outputs import OutputFormat, output_to, writer_for
from workers.cli.errors import CliError
from workers.domain.article import Article
from workers.domain.outcome import Drop, DropReason


def echoing(articles: list[Article]) -> list[Result]:
    """Enrich without a model: a text that begins with "Hola" is not English."""
    return [
        Drop(DropReason.NOT_ENGLISH)
        if article.body.startswith("Hola")
        else an_enriched_text(article.body, article_id=article.article_id, title=None)
        for article in articles
    ]


def a_raw(body: str | None, number: int = 1, *, alone: bool = False) -> RawInput:
    value = json.dumps({"article_id": f"a{number}", "body": body}).encode()
    return RawInput("f.jsonl", f"f.jsonl:{number}", value, alone, 0)


def run(
    *items: RawInput | Unreadable,
    form: OutputFormat = OutputFormat.JSONL,
    enricher: Callable[[list[Article]], list[Result]] = echoing,
) -> tuple[bytes, list[str], int]:
    out, complaints = io.BytesIO(), list[str]()
    alone = len(items) == 1 and isinstance(items[0], RawInput) and items[0].alone
    one = Run(enricher, writer_for(form, out, alone=alone), complaints.append, 1000, lambda count, last: None)
    one.over(items)
    return out.getvalue(), complaints, one.bad


def test_documents_come_in_the_order_of_the_input() -> None:
    out, complaints, bad = run(*(a_raw(f"Text {n}.", n) for n in range(1, 40)))

    assert [json.loads(line)["article_id"] for line in out.splitlines()] == [f"a{n}" for n in range(1, 40)]
    assert (complaints, bad) == ([], 0)


def test_what_cannot_be_enriched_is_named_and_the_rest_goes_on() -> None:
    out, complaints, bad = run(
        a_raw("One.", 1),
        RawInput("f.jsonl", "f.jsonl:2", b'{"body": ', False, 0),
        a_raw("Hola a todos.", 3),
        a_raw(" ", 4),
        Unreadable("f.jsonl:5", "a line of more than 10 bytes"),
        a_raw("x" * 1001, 6),
        a_raw("Two.", 7),
    )

    assert [json.loads(line)["text"] for line in out.splitlines()] == ["One.", "Two."]
    assert [line.partition(": ")[0] for line in complaints] == [f"f.jsonl:{n}" for n in (2, 3, 4, 5, 6)]
    assert "not-json" in complaints[0]
    assert complaints[1] == "f.jsonl:3: not-english: the text is not English"
    assert "empty-body" in complaints[2]
    assert "too-large" in complaints[4]
    assert bad == 5


def test_memory_holds_a_batch_not_the_input() -> None:
    held: list[int] = []

    def counting(articles: list[Article]) -> list[Result]:
        held.append(len(articles))
        return echoing(articles)

    run(*(a_raw(f"Text {n}.", n) for n in range(100)), enricher=counting)

    assert sum(held) == 100
    assert max(held) <= 16


def test_json_is_the_document_for_one_article_and_an_array_for_a_list() -> None:
    alone, _, _ = run(a_raw("One.", alone=True), form=OutputFormat.JSON)
    listed, _, _ = run(a_raw("One."), form=OutputFormat.JSON)
    two, _, _ = run(a_raw("One."), a_raw("Two.", 2), form=OutputFormat.JSON)
    none, _, _ = run(form=OutputFormat.JSON)

    assert json.loads(alone)["text"] == "One."
    assert b'\n  "article_id"' in alone
    assert [d["text"] for d in json.loads(listed)] == ["One."]
    assert [d["text"] for d in json.loads(two)] == ["One.", "Two."]
    assert json.loads(none) == []


@pytest.mark.parametrize("form", list(OutputFormat))
def test_every_format_shows_the_document(form: OutputFormat) -> None:
    out, _, _ = run(a_raw("The bridge — über alles — is closed."), form=form)

    assert "über" in out.decode("utf-8")


def test_a_file_takes_its_place_only_when_all_was_written(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old")

    with pytest.raises(OSError, match="disk"), output_to(path) as out:
        out.write(b"new")
        raise OSError("disk")
    assert path.read_bytes() == b"old"

    with output_to(path) as out:
        out.write(b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_device_is_written_to_not_replaced() -> None:
    with output_to(Path("/dev/null")) as out:
        out.write(b"x")

    assert Path("/dev/null").is_char_device()


def test_standard_output_is_meant_by_nothing_and_by_a_dash(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    for path in (None, Path("-")):
        with output_to(path) as out:
            out.write(b"x")
    sys.stdout.flush()

    assert capsysbinary.readouterr().out == b"xx"


def test_a_place_that_cannot_be_written_is_named_as_it_was_given(tmp_path: Path) -> None:
    with pytest.raises(CliError, match=r"none/out\.html cannot be written: No such file or directory"):
        output_to(tmp_path / "none" / "out.html").__enter__()
