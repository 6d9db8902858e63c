"""Enriched articles as one page for browsers: no network, no script, nothing that can come alive."""

import tempfile
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from workers.cli.render.inert import shown
from workers.cli.render.section import section
from workers.cli.render.words import count_of, heading, origin
from workers.domain.article import EnrichedArticle

_STYLE = Path(__file__).with_name("page.css")
_SPOOL_BYTES = 8 * 2**20
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_LEGEND = (
    '<ul class="legend" aria-label="How to read the marks">'
    '<li><span class="n">1</span><mark class="h0 end">what was said</mark></li>'
    '<li><span class="n more">1</span><mark class="h0 end">its next piece</mark></li>'
    '<li><span class="src from to">who said it</span><sup class="of">1</sup></li>'
    '<li><span class="cue">said</span> how</li>'
    '<li><span class="e e-person">person</span></li><li><span class="e e-org">organisation</span></li>'
    '<li><span class="e e-place">place</span></li>'
    '<li><span class="e e-norp">people, religion, party</span></li>'
    '<li><span class="e e-other">other name</span></li>'
    '<li><span class="tag">promo</span><span class="mask">left out</span></li></ul>'
)
_FOOTER = (
    '<footer><div class="wrap">Made by claimwire. ✓ affirms: the source holds it true. ✕ refutes: the source '
    "denies it. ? open: the source asks, demands or wonders. Score: the probability that source, cue and "
    "content are right and belong together; a dashed frame: under 0.5.</div></footer>"
)


class Page:
    """Sections are written as they come and kept on disk, so memory does not grow with their number.

    The index and the highlighting rules stand before the sections but are known after them: ``finish``
    puts the page together.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._sections = tempfile.SpooledTemporaryFile(  # noqa: SIM115 (closed by __exit__)
            _SPOOL_BYTES, "w+", encoding="utf-8", newline=""
        )
        self._index: list[str] = []
        self._claims = 0
        self._most_claims = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sections.close()

    def add(self, article: EnrichedArticle) -> None:
        """Append one article."""
        number = len(self._index) + 1
        self._claims += len(article.claims)
        self._most_claims = max(self._most_claims, len(article.claims))
        self._index.append(
            f'<li><a href="#d{number}" dir="auto">{shown(heading(article))}</a> '
            f"<small>{shown(origin(article))} · {count_of(len(article.claims), 'claim')}</small></li>"
        )
        self._sections.writelines(section(article, number))

    def finish(self) -> None:
        """Write the whole page."""
        self._out.write(self._head())
        if len(self._index) > 1:
            self._out.write(
                '<nav class="index" aria-label="Articles"><div class="wrap"><h2>Articles</h2>'
                f"<ol>{''.join(self._index)}</ol></div></nav>\n"
            )
        self._out.write('<main class="wrap">\n')
        self._sections.seek(0)
        for chunk in iter(lambda: self._sections.read(1 << 16), ""):
            self._out.write(chunk)
        self._out.write(
            '</main>\n<footer><div class="wrap">Made by claimwire.</div></footer>\n</body>\n</html>\n'
        )

    def _head(self) -> str:
        title = f"{count_of(len(self._index), 'article')}, {count_of(self._claims, 'claim')}"
        rules = "".join(_lit(number) for number in range(1, self._most_claims + 1))
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            f"<title>Who said what: {title}</title>\n"
            f"<style>\n{_STYLE.read_text('utf-8')}{rules}</style>\n</head>\n<body>\n"
            '<header class="top"><div class="wrap"><h1>Who said what</h1>'
            f"<p>{title}</p>{_LEGEND}</div></header>\n"
        )


def _lit(number: int) -> str:
    """Return the rule that lights up a claim wherever it stands once a part of it is chosen."""
    chosen = f".i{number}:hover,.i{number}:focus-within,.i{number}:target,.a{number}:target"
    return (
        f".doc:has({chosen}) :is(.c{number},.s{number},.q{number})"
        "{background:var(--lit);outline:2px solid var(--lit-line)}\n"
        f".doc:has(.c{number}:hover) .i{number}{{border-color:var(--lit-line)}}\n"
    )
