"""The page of relations in a real browser: every field that an outlet wrote is hostile, and stays inert."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.browser import Browser, needs_chromium
from tests.support.made_relations import a_relation, a_side
from workers.cli.render.relations import RelationsPage
from workers.domain.claim import Offsets
from workers.domain.relation import Change, Origins, RelationSide

pytestmark = needs_chromium
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "</mark></blockquote></section><style>body{display:none}</style> said \u202egnp.exe\u202c"
)
DIGEST = "1" * 64


def a_hostile_side(number: int) -> RelationSide:
    return replace(
        a_side(number),
        article_id=HOSTILE,
        publisher=HOSTILE,
        url="javascript:document.title='owned'",
        text=HOSTILE,
        text_sha256=DIGEST,
        spans=(Offsets(0, 30), Offsets(40, len(HOSTILE))),
        source_name=HOSTILE,
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


@pytest.fixture(scope="module", params=["with its article", "alone"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    relation = a_relation(
        subject_id=HOSTILE,
        left=a_hostile_side(1),
        right=a_hostile_side(2),
        origins=Origins(HOSTILE, HOSTILE, independent=True),
        change=Change(10, 12, HOSTILE),
    )
    texts = {DIGEST: HOSTILE} if request.param == "with its article" else {}
    path = tmp_path_factory.mktemp("page") / "relations.html"
    path.write_text(RelationsPage(texts).page([relation, a_relation(2)]), "utf-8")
    return path.as_uri()


def test_hostile_text_is_seen_and_does_nothing(browser: Browser, page: str) -> None:
    browser.open(page)

    seen = browser.ask("document.body.textContent")
    assert "<script>document.title='owned'</script>" in seen
    assert "</mark></blockquote></section>" in seen
    assert "U+202E" in seen
    assert "owned" not in browser.ask("document.title")
    assert browser.ask("document.querySelectorAll('script,img,iframe,object,body style').length") == 0
    assert browser.ask("[...document.links].filter(l => !/^(file|https?):/.test(l.href)).length") == 0
    assert browser.ask("document.querySelectorAll('article.pair').length") == 2
    assert browser.ask("document.querySelector('article.pair').getBoundingClientRect().height") > 100


def test_the_page_asks_for_nothing_and_nothing_is_wrong_with_it(browser: Browser, page: str) -> None:
    browser.open(page)

    requests = [e["params"]["request"]["url"] for e in browser.events if e["method"].endswith("WillBeSent")]
    troubles = [e for e in browser.events if e["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]

    assert requests == [page]
    assert troubles == []
