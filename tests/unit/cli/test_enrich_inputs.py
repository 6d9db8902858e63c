import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from workers.cli.enrich_inputs import InputType, RawInput, Unreadable, read_inputs, sniff

LIMIT = 100_000


def a_file(folder: Path, content: bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, forced: InputType | None = None, limit: int = LIMIT) -> list[RawInput | Unreadable]:
    return list(read_inputs(path, forced, limit))


def messages(path: Path, forced: InputType | None = None) -> list[dict[str, Any]]:
    items = read(path, forced)
    assert all(isinstance(item, RawInput) for item in items), items
    return [json.loads(item.value) for item in items if isinstance(item, RawInput)]


def reason(path: Path, forced: InputType | None = None, limit: int = LIMIT) -> str:
    [item] = read(path, forced, limit)
    assert isinstance(item, Unreadable)
    return item.reason


def test_a_text_file_becomes_one_message_with_the_text_unchanged(tmp_path: Path) -> None:
    text = "He said “no”.\r\n\r\nShe said yes.  \n"

    assert messages(a_file(tmp_path, text.encode(), "a.txt")) == [
        {"body": text, "content_type": "text/plain"}
    ]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    [message] = messages(a_file(tmp_path, b"\xef\xbb\xbfHello", "a.txt"))

    assert message["body"] == "Hello"


def test_a_page_is_html(tmp_path: Path) -> None:
    [message] = messages(a_file(tmp_path, b"<p>Hello</p>", "a.htm"))

    assert message == {"body": "<p>Hello</p>", "content_type": "text/html"}


@pytest.mark.parametrize("charset", [b"windows-1252", b"iso-8859-1", b"ISO-8859-1"])
def test_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path, charset: bytes) -> None:
    page = b'<meta charset="' + charset + b'"><p>\x93Caf\xe9\x94</p>'

    [message] = messages(a_file(tmp_path, page, "a.html"))

    assert message["body"].endswith("<p>“Café”</p>")


@pytest.mark.parametrize("charset", [b"rot13", b"nonsense", b"utf-8"])
def test_a_page_that_declares_what_it_is_not_is_told(tmp_path: Path, charset: bytes) -> None:
    page = b'<meta charset="' + charset + b'"><p>\x93</p>'

    assert reason(a_file(tmp_path, page, "a.html")).startswith("not UTF-8 (byte 0x93 at offset ")


def test_json_lines_come_one_by_one_with_their_numbers(tmp_path: Path) -> None:
    path = a_file(tmp_path, b'\xef\xbb\xbf{"body": "a"}\r\n\r\n{"body": "b\\u2028c"}', "a.jsonl")

    places = [item.place for item in read(path)]

    assert places == [f"{path}:1", f"{path}:3"]


def test_a_line_that_is_too_long_is_skipped_and_the_next_one_read(tmp_path: Path) -> None:
    long = b'{"body": "' + b"x" * 1_000_000 + b'"}\n'
    path = a_file(tmp_path, b'{"body": "a"}\n' + long + b'{"body": "b"}\n', "a.jsonl")

    first, second, third = read(path, limit=1024)

    assert isinstance(first, RawInput)
    assert isinstance(second, Unreadable)
    assert second.place == f"{path}:2"
    assert isinstance(third, RawInput)
    assert third.place == f"{path}:3"


def test_a_json_file_holds_one_article_or_a_list(tmp_path: Path) -> None:
    one = read(a_file(tmp_path, b'{\n "body": "a"\n}', "one.json"))
    many = read(a_file(tmp_path, b'[{"body": "a"}, {"body": "b"}]', "many.json"))

    assert [item.alone for item in one if isinstance(item, RawInput)] == [True]
    assert [item.alone for item in many if isinstance(item, RawInput)] == [False, False]
    assert many[1].place.endswith("many.json: item 2")


def test_json_lines_under_the_name_of_json_are_read_as_lines(tmp_path: Path) -> None:
    assert messages(a_file(tmp_path, b'{"body": "a"}\n{"body": "b"}\n', "a.json")) == [
        {"body": "a"},
        {"body": "b"},
    ]


@pytest.mark.parametrize("content", [b'{"body": ', b"", b"[1, 2", b"[" * 100_000, b"9" * 10_000])
def test_json_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes) -> None:
    told = reason(a_file(tmp_path, content, "a.json"))

    assert told.startswith("not JSON")
    assert "\n" not in told


def test_packed_files_are_unpacked_whatever_their_name(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"body": "a"}\n{"body": "b"}\n')

    named = messages(a_file(tmp_path, packed, "a.jsonl.gz"))
    unnamed = messages(a_file(tmp_path, packed, "articles"))

    assert named == unnamed == [{"body": "a"}, {"body": "b"}]


def test_a_damaged_packed_file_is_told_after_what_could_be_read(tmp_path: Path) -> None:
    lines = b"".join(b'{"body": "%s"}\n' % os.urandom(40).hex().encode() for _ in range(2000))
    packed = gzip.compress(lines)

    items = read(a_file(tmp_path, packed[: len(packed) // 2], "a.jsonl.gz"))

    assert len(items) > 2
    assert isinstance(items[-1], Unreadable)
    assert items[-1].reason == "the gzip file ends too early"


def test_something_else_packed_is_told(tmp_path: Path) -> None:
    broken = bytearray(gzip.compress(b"Hello, all of you." * 50))
    broken[12:20] = b"\xff" * 8

    assert reason(a_file(tmp_path, bytes(broken), "a.txt.gz")).startswith("damaged gzip file: ")


def test_other_encodings_are_told_with_the_way_out(tmp_path: Path) -> None:
    wide = "Hello".encode("utf-16")
    lines = '{"body": "a"}\n'.encode("utf-16")

    assert "iconv -f UTF-16" in reason(a_file(tmp_path, wide, "a.txt"))
    assert "iconv -f UTF-16" in reason(a_file(tmp_path, lines, "a.jsonl"))
    assert reason(a_file(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x00", "c.txt")) == "binary data, not text"
    assert "byte 0x92 at offset 2" in reason(a_file(tmp_path, b"it\x92s", "b.txt"))


def test_a_text_longer_than_an_article_may_be_is_told(tmp_path: Path) -> None:
    assert reason(a_file(tmp_path, b"x" * 2000, "a.txt"), limit=1024) == "larger than 1,024 bytes"


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert reason(tmp_path / "none.txt") == "No such file or directory"
    assert reason(tmp_path) == "Is a directory"


def test_the_forced_type_wins_over_the_name(tmp_path: Path) -> None:
    [message] = messages(a_file(tmp_path, b'{"body": "a"}', "a.jsonl"), InputType.TEXT)

    assert message["body"] == '{"body": "a"}'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b'{"body": "a"}\n{"body"', InputType.JSONL),
        (b'\xef\xbb\xbf  {"body": "very long line without an end', InputType.JSONL),
        (b'{\n  "body": "a"\n}', InputType.JSON),
        (b'[\n  {"body"', InputType.JSON),
        (b"[UPDATED] Four dead", InputType.TEXT),
        (b"{Editor's note} Four dead", InputType.TEXT),
        (b"\n<!DOCTYPE html>\n<html>", InputType.HTML),
        (b"<?xml version='1.0'?><html xmlns=''>", InputType.HTML),
        (b"He wrote x < y and <3.", InputType.TEXT),
        (b"", InputType.TEXT),
    ],
)
def test_contents_without_a_telling_name_are_recognised(head: bytes, kind: InputType) -> None:
    assert sniff(head) is kind
