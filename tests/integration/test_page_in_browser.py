"""The page in a real browser: hostile text stays inert, claims light up, it fits a phone, it can be read."""

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_claim_in, a_source, an_enriched_text
from workers.cli.render.page import Page
from workers.domain.article import EnrichedArticle, MaskReason
from workers.domain.claim import Act, Stance

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian package chromium)")

TEXT = """Marovia moved roughly 9,000 troops, the minister said. She denied that war was near.

"This is not an exercise," the spokesman told reporters. "You do not bring hospitals to an exercise."

READ MORE: Ten photographs

"""
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<style>body{display:none}</style></p></section> He said \u202egnp.exe\u202c 👩‍🚀 שלום."
)
LONG = 40


class Browser:
    """Chromium without a window, driven through its own pipe: no port, no library."""

    def __init__(self, profile: Path) -> None:
        command_in, self._to = os.pipe()
        self._from, replies_out = os.pipe()
        flags = ["--headless=new", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
        flags += ["--remote-debugging-pipe", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        script = f'exec "$@" 3<&{command_in} 4>&{replies_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", str(CHROMIUM), *flags, "about:blank"],
            pass_fds=(command_in, replies_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(command_in)
        os.close(replies_out)
        self._buffer = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.tell(f"{domain}.enable")

    def close(self) -> None:
        self.call("Browser.close")
        self._process.wait(timeout=30)
        os.close(self._to)
        os.close(self._from)

    def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the page."""
        return self.call(method, self._session, **params)

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (reply := self._next()).get("id") != self._number:
            self.events.append(reply)
        assert "error" not in reply, reply
        result: dict[str, Any] = reply["result"]
        return result

    def open(self, address: str, width: int = 1280, scheme: str = "light") -> None:
        self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.tell("Emulation.setEmulatedMedia", features=features)
        for url in ("about:blank", address):  # a new fragment alone would not load the page again
            self.events.clear()
            self.tell("Page.navigate", url=url)
            while not any(event["method"] == "Page.loadEventFired" for event in self.events):
                self.events.append(self._next())

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        answer = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, "the browser does not answer"
            received = os.read(self._from, 1 << 16)
            assert received, "the browser went away"
            self._buffer += received
        message, _, self._buffer = self._buffer.partition(b"\0")
        decoded: dict[str, Any] = json.loads(message)
        return decoded


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
