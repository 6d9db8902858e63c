"""What ``claimwire feed`` makes of files."""

import gzip
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from workers.cli.article_files import STANDARD_INPUT, Article, BadLine, read_articles
from workers.cli.errors import CliError
from workers.domain.ids import content_id

BODY = "The bridge stays closed, the mayor said."


def _read(path: Path) -> list[Article | BadLine]:
    return list(read_articles(path, lambda read: None))


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def _line(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def _fields(article: Article | BadLine) -> dict[str, Any]:
    assert isinstance(article, Article), article
    fields: dict[str, Any] = json.loads(article.value)
    return fields


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.ndjson", "a.json"])
def test_each_line_is_an_article_with_its_id_as_key(name: str, tmp_path: Path) -> None:
    path = _written(
        tmp_path, name, _line(article_id="é1", body=BODY) + b"\n" + _line(article_id="a2", body=BODY)
    )

    first, second = _read(path)

    assert isinstance(first, Article)
    assert (first.key, first.place) == ("é1".encode(), f"{path}:1")
    assert _fields(first) == {"article_id": "é1", "body": BODY}
    assert isinstance(second, Article)
    assert (second.key, second.place) == (b"a2", f"{path}:3")


def test_a_json_file_may_be_one_article_over_many_lines(tmp_path: Path) -> None:
    path = _written(tmp_path, "a.json", json.dumps({"article_id": "a1", "body": BODY}, indent=2).encode())

    assert [_fields(article)["article_id"] for article in _read(path)] == ["a1"]


def test_a_bad_line_is_named_and_the_next_one_is_read(tmp_path: Path) -> None:
    lines = [b"nonsense\n", _line(body=7), b'{"body": "\xff"}\n', _line(article_id="a4", body=BODY)]
    path = _written(tmp_path, "a.jsonl", b"".join(lines))

    found = _read(path)

    assert found[:3] == [
        BadLine(f"{path}:1", "Expecting value at line 1 column 1"),
        BadLine(f"{path}:2", '/body: value is not of types "null", "string"'),
        BadLine(f"{path}:3", "byte 0xff at offset 10 is not UTF-8"),
    ]
    assert _fields(found[3])["article_id"] == "a4"


def test_an_article_without_id_gets_the_one_the_worker_would_give_it(tmp_path: Path) -> None:
    url = "https://ridgepost.example/1"
    path = _written(tmp_path, "a.jsonl", _line(body=BODY) + _line(body=BODY, url=url))

    assert [_fields(article)["article_id"] for article in _read(path)] == [
        content_id("article", BODY),
        content_id("article", url),
    ]


def test_the_names_of_a_crawl_are_understood(tmp_path: Path) -> None:
    crawled = _line(
        id="c1", text=BODY, domain="ridgepost.example", publisher="The Ridge Post", title="Bridge"
    )

    [article] = _read(_written(tmp_path, "a.jsonl", crawled))

    assert _fields(article) == {
        "article_id": "c1",
        "body": BODY,
        "publisher": "ridgepost.example",
        "title": "Bridge",
    }


def test_an_article_with_a_body_keeps_its_other_fields(tmp_path: Path) -> None:
    [article] = _read(_written(tmp_path, "a.jsonl", _line(article_id="a1", id="c1", text="x", body=BODY)))

    assert _fields(article) == {"article_id": "a1", "id": "c1", "text": "x", "body": BODY}


@pytest.mark.parametrize(
    ("name", "content_type"), [("a.txt", "text/plain"), ("a.html", "text/html"), ("a.htm.gz", "text/html")]
)
def test_any_other_file_is_one_article(name: str, content_type: str, tmp_path: Path) -> None:
    [article] = _read(_written(tmp_path, name, b"\xef\xbb\xbf" + BODY.encode()))

    assert _fields(article) == {
        "article_id": content_id("article", BODY),
        "body": BODY,
        "content_type": content_type,
    }


def test_standard_input_is_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(_line(article_id="a1", body=BODY))))

    assert [_fields(article)["article_id"] for article in _read(STANDARD_INPUT)] == ["a1"]


def test_an_empty_article_is_the_workers_to_refuse(tmp_path: Path) -> None:
    [article] = _read(_written(tmp_path, "a.jsonl", _line(article_id="a1", body="")))

    assert _fields(article)["body"] == ""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no gzip at all", id="no gzip"),
        pytest.param(gzip.compress(BODY.encode(), mtime=0)[:-9], id="cut short"),
    ],
)
def test_a_broken_archive_is_one_clear_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(content)

    with pytest.raises(CliError, match=str(path)):
        _read(path)


def test_reading_tells_how_far_it_has_come(tmp_path: Path) -> None:
    path = _written(tmp_path, "a.jsonl", _line(article_id="a1", body=BODY) * 50)
    told: list[int] = []

    assert len(list(read_articles(path, told.append))) == 50
    assert told[-1] == path.stat().st_size
