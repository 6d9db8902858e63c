"""The page in a real browser: hostile text stays inert, claims light up, it fits a phone, it can be read."""

from collections.abc import Iterator

import pytest

from tests.builders import a_claim_in, a_source, an_enriched_text
from tests.support.browser import Browser, needs_chromium
from workers.cli.render.page import Page
from workers.domain.article import EnrichedArticle, MaskReason
from workers.domain.claim import Act, Stance

pytestmark = needs_chromium

TEXT = """Marovia moved roughly 9,000 troops, the minister said. She denied that war was near.

"This is not an exercise," the spokesman told reporters. "You do not bring hospitals to an exercise."

READ MORE: Ten photographs

"""
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<style>body{display:none}</style></p></section> He said \u202egnp.exe\u202c 👩‍🚀 שלום."
)
LONG = 40


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


def a_story(text: str = TEXT) -> EnrichedArticle:
    told = (
        a_claim_in(text, ("Marovia moved roughly 9,000 troops",), "the minister", "said"),
        a_claim_in(text, ("war was near",), "She", "denied", act=Act.DENY, stance=Stance.REFUTES),
        a_claim_in(
            text,
            ('"This is not an exercise,"', '"You do not bring hospitals to an exercise."'),
            a_source(text="the spokesman", start=text.index("the spokesman"), end=text.index(" told")),
            "told",
        ),
    )
    names = {"Marovia": "GPE"}
    return an_enriched_text(text, told, names, {"READ MORE: Ten photographs": MaskReason.PROMO})


def a_hostile_story() -> EnrichedArticle:
    claim = a_claim_in(HOSTILE, (HOSTILE[:40],), "He", "said")
    name = {"</p></section>": "ORG"}
    return an_enriched_text(HOSTILE, (claim,), name, title=HOSTILE, url="javascript:document.title='owned'")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "page.html"
    filler = "".join(f"Line {number} of a long report.\n\n" for number in range(LONG))
    with path.open("w", encoding="utf-8") as out, Page(out) as made:
        for article in (a_story(), a_hostile_story(), a_story(filler + TEXT)):
            made.add(article)
        made.finish()
    return path.as_uri()


def test_hostile_text_is_seen_and_does_nothing(browser: Browser, page: str) -> None:
    browser.open(page)

    seen = browser.ask("document.querySelector('#d2 .text').textContent")
    assert "<script>document.title='owned'</script>" in seen
    assert "</p></section>" in seen
    assert "U+202E" in seen
    assert "👩‍🚀 שלום" in seen
    assert browser.ask("document.title") == "Who said what: 3 articles, 7 claims"
    assert browser.ask("document.querySelectorAll('script,img,iframe,object').length") == 0
    assert browser.ask("[...document.links].filter(l => !/^(file|https):/.test(l.href)).length") == 0
    assert browser.ask("document.querySelector('#d2').getBoundingClientRect().height") > 100


def test_the_page_asks_for_nothing_and_nothing_is_wrong_with_it(browser: Browser, page: str) -> None:
    browser.open(page)

    requests = [e["params"]["request"]["url"] for e in browser.events if e["method"].endswith("WillBeSent")]
    troubles = [
        e
        for e in browser.events
        if e["method"] in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
    ]

    assert requests == [page]
    assert troubles == []


def lit(browser: Browser, section: int) -> list[str]:
    """Return the claims of a section that are lit, by the class of their content pieces."""
    found: list[str] = browser.ask(
        f"[...document.querySelectorAll('#d{section} mark')]"
        ".filter(m => getComputedStyle(m).outlineStyle === 'solid').map(m => m.classList[0])"
    )
    return found


def test_choosing_a_claim_in_the_list_lights_all_its_pieces_and_brings_them_into_view(
    browser: Browser, page: str
) -> None:
    browser.open(page)
    assert lit(browser, 3) == []

    browser.ask("document.querySelector('#d3i3 a.n').click()")

    assert lit(browser, 3) == ["c3", "c3"]
    assert lit(browser, 1) == []
    top = browser.ask("document.querySelector('#d3 mark.c3').getBoundingClientRect().top")
    assert 0 < top < 900


def test_choosing_a_number_in_the_text_shows_the_claim_beside_it(browser: Browser, page: str) -> None:
    browser.open(page)

    browser.ask("document.querySelector('#d1 .text a.a2').click()")

    assert lit(browser, 1) == ["c2"]
    for element in ("#d1i2", "#d1 mark.c2"):
        box = browser.ask(f"document.querySelector('{element}').getBoundingClientRect().toJSON()")
        assert box["top"] >= 0
        assert box["bottom"] <= 900


def test_the_page_fits_a_phone(browser: Browser, page: str) -> None:
    browser.open(page, width=360)

    assert browser.ask("document.documentElement.scrollWidth") <= 360
    assert browser.ask(
        "document.querySelector('#d1 .claims').getBoundingClientRect().top"
        " > document.querySelector('#d1 .text').getBoundingClientRect().bottom"
    )


_COLOURS = """
(() => {
  const layers = element => {
    const found = [];
    for (let e = element; e; e = e.parentElement) found.push(getComputedStyle(e).backgroundColor);
    return found;
  };
  const seen = 'h2,p,a,mark,.src,.cue,.mask,.tag,.n,sup,small,dt,dd,.badges span,summary,footer div,.ctl';
  return [...document.querySelectorAll(seen)].map(e =>
    [e.tagName + '.' + e.className, getComputedStyle(e).color, layers(e)]);
})()
"""


def luminance(colour: str) -> float:
    channels = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, layers: list[str]) -> float:
    """Return the contrast ratio of WCAG 2.2 against the first layer that is not transparent."""
    paper = next(layer for layer in layers if layer != "rgba(0, 0, 0, 0)")
    low, high = sorted((luminance(ink), luminance(paper)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chosen", ["", "#d1c3"])
def test_everything_can_be_read_by_day_and_by_night(
    browser: Browser, page: str, scheme: str, chosen: str
) -> None:
    browser.open(page + chosen, scheme=scheme)

    colours = browser.ask(_COLOURS)
    assert len(colours) > 50
    assert lit(browser, 1) == (["c3", "c3"] if chosen else [])

    assert [(name, ink) for name, ink, layers in colours if contrast(ink, layers) < 4.5] == []
