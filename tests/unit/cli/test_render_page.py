import io
import re
from html.parser import HTMLParser

import pytest

from tests.builders import a_claim, a_claim_in, a_source, an_enriched_article, an_enriched_text
from workers.cli.render.inert import attribute, shown, web_link
from workers.cli.render.page import Page
from workers.domain.article import ArticleStatus, EnrichedArticle, MaskReason
from workers.domain.claim import SourceKind, Stance

TEXT = '"Rain is near," Ann said. "Take a coat." She denied that snow was likely. READ MORE: coats'
NESTED = "Ann said Bob thinks rain is near."


def a_page(*articles: EnrichedArticle) -> str:
    out = io.StringIO()
    with Page(out) as page:
        for article in articles:
            page.add(article)
        page.finish()
    return out.getvalue()


def two_claims() -> EnrichedArticle:
    return an_enriched_text(
        TEXT,
        (
            a_claim_in(TEXT, ('"Rain is near,"', '"Take a coat."'), "Ann", "said"),
            a_claim_in(TEXT, ("snow was likely",), "She", "denied", stance=Stance.REFUTES),
        ),
        {"Ann": "PERSON"},
        {"READ MORE: coats": MaskReason.PROMO},
    )


class _Outline(HTMLParser):
    """Collects ids, links and tags, and refuses tags that do not nest."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids += [value for value in [given.get("id")] if value]
        self.links += [value for value in [given.get("href")] if value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> _Outline:
    parser = _Outline()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def words_of(page: str) -> str:
    """Return the article's text as a reader sees it, without numbers and tags."""
    text = page.split('<div class="text"')[1].partition(">")[2].split("</div>")[0]
    without = re.sub(r'<(a|sup|span) class="(n|n .*?|of|tag)".*?</\1>(\d+</sup>)?', "", text)
    return re.sub(r"<[^>]+>", "", without)


def test_the_page_is_well_formed_and_its_links_lead_somewhere() -> None:
    found = outline(a_page(two_claims(), an_enriched_article(), an_enriched_text("Nothing.")))

    assert len(found.ids) == len(set(found.ids))
    inside = [link for link in found.links if link.startswith("#")]
    assert len(inside) >= 8
    assert [link for link in inside if link[1:] not in found.ids] == []


def test_the_page_needs_nothing_but_itself() -> None:
    page = a_page(two_claims())

    assert outline(page).tags.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src &#x27;none&#x27;" in page


def test_a_claim_in_two_pieces_has_one_anchor_and_one_number() -> None:
    page = a_page(two_claims())

    assert page.count('id="d1c1"') == 1
    assert page.count('class="n more" href="#d1i1"') == 1
    assert page.count('<mark class="c1 h1 end"') == 2


def test_overlapping_claims_are_both_marked() -> None:
    article = an_enriched_text(
        NESTED,
        (
            a_claim_in(NESTED, ("Bob thinks rain is near",), "Ann", "said"),
            a_claim_in(NESTED, ("rain is near",), "Bob", "thinks"),
        ),
        {"Bob": "PERSON"},
    )

    page = a_page(article)

    assert '<mark class="c1 c2 h2 deep end">rain is near</mark>' in page
    assert '<mark class="c1 h1 s2 src from to e e-person" title="PERSON">Bob</mark>' in page


def test_each_stance_has_a_sign_besides_its_colour() -> None:
    page = a_page(two_claims())

    assert '<span class="affirms">✓ affirms</span>' in page
    assert '<span class="refutes">✕ refutes</span>' in page


def test_masked_text_stays_with_its_reason() -> None:
    assert '<span class="tag">promo</span><span class="mask">READ MORE: coats</span>' in a_page(two_claims())


def test_a_claim_without_source_and_one_of_the_outlet_are_told_apart() -> None:
    nobody = a_claim(source=None, cue=None)
    outlet = a_claim(source=a_source(kind=SourceKind.PUBLISHER, name="x"), cue=None)

    page = a_page(an_enriched_article(claims=(nobody, outlet)))

    assert "nobody named" in page
    assert "in the outlet&#x27;s own voice" in page


def test_the_index_names_every_article_and_what_became_of_it() -> None:
    page = a_page(
        an_enriched_article(title="First"),
        an_enriched_article(title="Second", revision=2, status=ArticleStatus.WITHDRAWN, claims=()),
    )

    assert "2 articles, 1 claim" in page
    assert '<a href="#d2" dir="auto">Second</a>' in page
    assert "revision 2, withdrawn" in page


def test_one_article_needs_no_index() -> None:
    assert '<nav class="index"' not in a_page(two_claims())


def test_an_article_without_title_is_known_by_its_first_line() -> None:
    text = "\n " + "word " * 40 + "\n\nMore."

    assert 'dir="auto">word word' in a_page(an_enriched_text(text, title=None))


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</p></div></main><style>*{display:none}</style>",
    "&lt;b&gt; stays &amp; is seen as typed",
    "a\u202egnp.exe\u202c b \x07\x1b[31m",
    "\ud83d half an emoji 👩‍🚀 שלום",
    "<!-- --><![CDATA[ ]]>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_stays_text_wherever_it_stands(text: str) -> None:
    claim = a_claim_in(
        f"{text} Ann said.", (text,), a_source(name=text, role=text, text=text, start=0, end=len(text))
    )
    article = an_enriched_text(f"{text} Ann said.", (claim,), {text: "ORG"}, title=text, publisher=text)
    plain = an_enriched_text("It Ann said.", (a_claim_in("It Ann said.", ("It",), "Ann"),), {"Ann": "ORG"})

    found, harmless = outline(a_page(article, article)), outline(a_page(plain, plain))

    assert found.tags == harmless.tags
    assert shown(text) in a_page(article)


def test_controls_are_seen_as_codes_and_windows_line_ends_as_line_ends() -> None:
    assert shown("a\u202eb\x07") == 'a<span class="ctl">U+202E</span>b<span class="ctl">U+0007</span>'
    assert shown("a\r\nb\rc\td") == "a\nb\nc\td"
    assert attribute('x" onload="\u202ey') == "x&quot; onload=&quot;y"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        (" http://example.org ", "http://example.org"),
        ("javascript:alert(1)", None),
        ("JAVASCRIPT://example.org/%0Aalert(1)", None),
        ("data:text/html,x", None),
        ("//example.org", None),
        ("https://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    assert web_link(url) == link


def test_the_text_is_whole_between_the_marks() -> None:
    assert words_of(a_page(two_claims())).split() == shown(TEXT).split()
