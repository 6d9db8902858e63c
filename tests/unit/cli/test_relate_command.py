"""``claimwire relate`` over files: relations out, one clear line for what cannot be read."""

import json
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tests.builders import NOON, a_claim_told, an_enriched_article, span_of
from workers.cli.relate import relate
from workers.domain import claim as claims
from workers.domain.article import ArticleStatus, EnrichedArticle
from workers.domain.ids import text_sha256
from workers.wire.messages import encode_claim, encode_enriched
from workers.wire.relations import STEM
from workers.wire.schema import problem_when_written

FIRE = "the fire had destroyed 12 houses in the old town of Harn"
MORE = "19 houses in the old town of Harn had been destroyed by the fire"
app = typer.Typer()
app.command()(relate)


def an_article_saying(name: str, content: str, hour: int, **changes: Any) -> EnrichedArticle:
    """Return an article of three sentences with one claim in the middle one."""
    text = f"It is the third fire this year. Chief {name} said {content}. <b>Nobody</b> & all slept."
    at = NOON + timedelta(hours=hour)
    span = span_of(content, text)
    told = a_claim_told(
        content,
        article_id=name,
        at=at,
        source=f"Chief {name}",
        text_sha256=text_sha256(text),
        content=claims.Content(content, (claims.Offsets(span["start"], span["end"]),)),
        publisher=f"{name.lower()}.example",
        cue=None,
    )
    values: dict[str, Any] = {
        "article_id": name,
        "text": text,
        "text_sha256": text_sha256(text),
        "claims": (told,),
        "entities": (),
        "quantities": (),
        "dates": (),
        "masked": (),
        "published_at": at,
        "publisher": f"{name.lower()}.example",
    }
    return an_enriched_article(**(values | changes))


def written(folder: Path, *lines: bytes) -> str:
    """Write lines to a file and return its path."""
    path = folder / "in.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return str(path)


def two_reports() -> tuple[bytes, bytes]:
    """Return two articles, the later of which has a larger figure."""
    first, second = an_article_saying("Holt", FIRE, 0), an_article_saying("Marsh", MORE, 2)
    return encode_enriched(first), encode_enriched(second)


def test_articles_give_relations_that_fit_the_schema(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [written(tmp_path, *two_reports())])

    (line,) = result.stdout.splitlines()
    relation = json.loads(line)
    assert result.exit_code == 0
    assert problem_when_written(STEM, relation) is None
    assert relation["kind"] == "updates"
    assert relation["change"] == {"from": 12, "to": 19, "unit": "houses"}
    assert relation["origins"] == {"left": "Chief Holt", "right": "Chief Marsh", "independent": True}


def test_lines_of_claims_do_as_well(tmp_path: Path) -> None:
    lines = [
        encode_claim(a_claim_told(text, article_id=name, source=name, at=NOON + timedelta(hours=hour)))
        for hour, (name, text) in enumerate([("Holt", FIRE), ("Marsh", MORE)])
    ]

    result = CliRunner().invoke(app, [written(tmp_path, *lines)])

    assert json.loads(result.stdout)["kind"] == "updates"


def test_a_withdrawn_article_takes_its_relations_with_it(tmp_path: Path) -> None:
    gone = an_article_saying("Marsh", MORE, 2, revision=2, status=ArticleStatus.WITHDRAWN, claims=())

    result = CliRunner().invoke(app, [written(tmp_path, *two_reports(), encode_enriched(gone))])

    assert result.stdout == ""
    assert "1 taken back" in result.stderr


def test_a_bad_line_is_named_and_the_others_are_related(tmp_path: Path) -> None:
    first, second = two_reports()

    result = CliRunner().invoke(app, [written(tmp_path, first, b"not json", b'{"claims": 3}', second)])

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "line 2: not-json" in result.stderr
    assert "line 3: schema" in result.stderr


def test_a_missing_file_is_one_clear_line() -> None:
    result = CliRunner().invoke(app, ["nowhere.jsonl"])

    assert result.exit_code == 1
    assert result.stderr.strip() == "nowhere.jsonl: No such file or directory"


def test_the_table_shows_both_figures(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [written(tmp_path, *two_reports()), "--format", "table"])

    assert "12 → 19 houses" in result.stdout
    assert "Chief Holt" in result.stdout


class Seen(HTMLParser):
    """Collects tags, attributes and the marked text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.marked: list[str] = []
        self._in_mark = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self._in_mark = self._in_mark or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self._in_mark:
            self.marked.append(data)


def test_the_page_shows_both_claims_in_their_sentences_and_nothing_comes_alive(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [written(tmp_path, *two_reports()), "--format", "html"])
    page = Seen()
    page.feed(result.stdout)

    assert page.marked == [FIRE, MORE]
    assert "Chief Holt said <mark>" in result.stdout
    assert not {"script", "img", "iframe", "link", "form"} & set(page.tags)
    assert all(link.startswith("https://") for link in page.links)


@pytest.mark.parametrize("url", ["javascript:alert(1)", None])
def test_an_address_that_is_none_is_no_link(tmp_path: Path, url: str | None) -> None:
    first, second = (
        an_article_saying(name, text, hour)
        for hour, (name, text) in enumerate([("Holt", FIRE), ("Marsh", MORE)])
    )
    told = [
        encode_claim(a_claim_told(each.claims[0].content.text, article_id=each.article_id, url=url))
        for each in (first, second)
    ]

    result = CliRunner().invoke(app, [written(tmp_path, *told), "--format", "html"])

    assert result.exit_code == 0
    assert "<mark>" in result.stdout
    assert "href" not in result.stdout


def test_markup_in_a_claim_is_shown_not_run(tmp_path: Path) -> None:
    nasty = "the <script>alert(1)</script> fire had destroyed 12 houses in the old town of Harn"
    lines = [
        encode_claim(a_claim_told(nasty, article_id=name, source=f"<img src=x> {name}"))
        for name in ("a", "b")
    ]

    result = CliRunner().invoke(app, [written(tmp_path, *lines), "--format", "html"])

    assert "&lt;script&gt;" in result.stdout
    assert "<script" not in result.stdout
    assert "<img" not in result.stdout


def test_words_printed_twice_stand_once_on_the_page_with_both_places(tmp_path: Path) -> None:
    bridge = ("the bridge at Ostrel was closed to traffic",) * 2 + ("the bridge at Ostrel is closed",)
    told = [
        encode_claim(a_claim_told(text, article_id=name, at=NOON + timedelta(hours=hour), source=name))
        for hour, (name, text) in enumerate(zip("abc", bridge, strict=True))
    ]

    result = CliRunner().invoke(app, [written(tmp_path, *told), "--format", "html"])

    page = Seen()
    page.feed(result.stdout)
    assert page.marked == [bridge[0], bridge[0], bridge[0], bridge[2]]
    assert result.stdout.count("<br>also ") == 1
    assert "3 relations in 1 story" in result.stdout


def test_a_story_in_dispute_comes_first_under_the_words_of_its_oldest_claim(tmp_path: Path) -> None:
    bridge = "the bridge at Ostrel was closed to traffic on Monday"
    told = [
        encode_claim(a_claim_told(text, article_id=name, at=NOON + timedelta(hours=hour), source=name))
        for hour, (name, text) in enumerate(
            [
                ("a", bridge),
                ("b", bridge),
                ("c", "the mayor took bribes from the builder"),
                ("d", "that the mayor took bribes from the builder is a lie"),
            ]
        )
    ]

    result = CliRunner().invoke(app, [written(tmp_path, *told), "--format", "html"])

    first, second = (result.stdout.index(f'<h2 id="s{number}"') for number in (1, 2))
    assert first < result.stdout.index("The mayor took bribes from the builder</h2>") < second
    assert second < result.stdout.index("The bridge at Ostrel was closed to traffic on Monday</h2>")
