"""The articles that benchmarks use when none are given, and under new ids."""

import json
from pathlib import Path

import pytest

from bench.articles import load_articles
from workers.domain.article import Article
from workers.wire.messages import decode_article


def test_the_samples_are_repeated_with_changes() -> None:
    articles = load_articles(None, 120)

    assert len({article.key for article in articles}) == 120
    assert len({json.loads(article.value)["body"] for article in articles}) == 120
    assert all(isinstance(decode_article(article.value, article.key), Article) for article in articles)


def test_the_words_are_those_of_the_body() -> None:
    (article,) = load_articles(None, 1)

    assert article.words == len(json.loads(article.value)["body"].split()) > 50


def test_a_renamed_article_differs_in_its_id_alone() -> None:
    (article,) = load_articles(None, 1)
    renamed = article.renamed("-2")

    assert renamed.key == article.key + b"-2"
    before, after = json.loads(article.value), json.loads(renamed.value)
    assert after.pop("article_id") == before.pop("article_id") + "-2"
    assert after == before


def test_a_published_article_is_news_of_that_moment_and_else_the_same() -> None:
    (article,) = load_articles(None, 1)
    news = article.published(1_700_000_000.25)

    assert (news.key, news.words) == (article.key, article.words)
    before, after = json.loads(article.value), json.loads(news.value)
    assert after.pop("published_at") == "2023-11-14T22:13:20.250+00:00"
    assert isinstance(decode_article(news.value, news.key), Article)
    before.pop("published_at", None)
    assert after == before


def test_a_crawl_file_is_read_as_feed_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    line = {"id": "a1", "domain": "example.org", "text": "One two three."}
    path.write_text(json.dumps(line) + "\n", "utf-8")

    (article,) = load_articles(path, 1)

    assert (article.key, article.words) == (b"a1", 3)
    assert json.loads(article.value)["publisher"] == "example.org"


def test_too_few_articles_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text('{"body": "One."}\n', "utf-8")

    with pytest.raises(ValueError, match="1 articles, 2 are needed"):
        load_articles(path, 2)
