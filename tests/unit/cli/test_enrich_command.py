"""The whole command with the pipeline that ships, as a person calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workers.resources import resource

pytestmark = [pytest.mark.model, pytest.mark.slow]

TEXT = 'Mayor Anna Reed said on Monday that the bridge would close. "It is not safe," Reed said.\r\n'


def enrich(*arguments: str, given: bytes = b"") -> tuple[int, bytes, str]:
    command = [sys.executable, "-m", "workers.cli.main", "enrich", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def test_a_text_from_standard_input_becomes_one_document_whose_offsets_slice_back() -> None:
    code, out, told = enrich(given=TEXT.encode())

    [document] = [json.loads(line) for line in out.splitlines()]
    assert (code, told) == (0, "")
    assert document["text"] == TEXT
    assert len(document["claims"]) >= 1
    for claim in document["claims"]:
        source = claim["source"]
        assert TEXT[source["start"] : source["end"]] == source["text"]


def test_good_lines_come_out_and_bad_ones_are_named(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    lines = [
        json.dumps({"article_id": "a1", "body": TEXT}),
        "{",
        json.dumps({"article_id": "a3", "body": TEXT, "published_at": "yesterday"}),
        json.dumps({"article_id": "a4", "body": TEXT}),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")

    code, out, told = enrich(str(path))

    assert code == 1
    assert [json.loads(line)["article_id"] for line in out.splitlines()] == ["a1", "a4"]
    assert [line.split(": ")[1:3] for line in told.splitlines()] == [
        [f"{path}:2", "not-json"],
        [f"{path}:3", "bad-date"],
    ]


def test_the_samples_become_a_page_in_a_file_and_say_nothing_else(tmp_path: Path) -> None:
    samples = resource("workers", "samples", "articles.jsonl")
    path = tmp_path / "page.html"

    code, out, told = enrich(str(samples), "--format", "html", "--output", str(path))

    assert (code, out, told) == (0, b"", "")
    page = path.read_text("utf-8")
    assert page.count('<section class="doc"') == len(samples.read_bytes().splitlines())
    assert "Sendria says Marovia has moved thousands of troops to the Ilva" in page


def test_a_web_page_becomes_a_table_of_the_article_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    article = "".join(f"<p>{TEXT} The council agreed with her on point {n}.</p>" for n in range(9))
    path.write_text(
        f"<html><body><nav><a href='/'>Subscribe</a></nav><article>{article}</article></body></html>"
    )

    code, out, _ = enrich(str(path), "--format", "table")

    assert code == 0
    assert "Anna Reed" in out.decode()
    assert "Subscribe" not in out.decode()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("none.txt",), 1, "claimwire enrich: none.txt: No such file or directory\n"),
        (("-", "-"), 2, "standard input (-) can be read only once"),
        (("--format", "xml"), 2, "'xml' is not one of"),
        (
            ("-", "--output", "/none/x"),
            1,
            "claimwire: /none/x cannot be written: No such file or directory\n",
        ),
    ],
)
def test_wrong_use_and_a_bad_world_are_told_in_few_words(
    arguments: tuple[str, ...], code: int, told: str
) -> None:
    got, out, complaint = enrich(*arguments, given=TEXT.encode())

    assert (got, out) == (code, b"")
    assert told in complaint
    assert "Traceback" not in complaint


def test_a_reader_that_has_seen_enough_ends_it_without_noise() -> None:
    samples = resource("workers", "samples", "articles.jsonl")
    command = f"'{sys.executable}' -m workers.cli.main enrich '{samples}' | head -c 100 >/dev/null"

    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120, check=False)

    assert done.stderr == b""
