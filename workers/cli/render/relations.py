"""Relations as one page: two claims side by side in their sentences, by story; no script, no network."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from workers.cli.render.inert import attribute, shown, web_link
from workers.cli.render.relation_rows import Row, StoryRows, stories
from workers.cli.render.relations_table import change_words
from workers.cli.render.words import STANCE_SIGNS, count_of
from workers.domain.claim import Offsets
from workers.domain.relation import Relation, RelationSide

_STYLE = Path(__file__).with_name("relations.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_AROUND = 220


class RelationsPage:
    """``texts`` holds the articles' texts by digest; without its article a claim is shown by itself."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def page(self, relations: Iterable[Relation]) -> str:
        """Return the whole page; stories in dispute come first."""
        found = stories(relations)
        total = sum(count for story in found for _, count in story.kinds)
        title = f"{count_of(total, 'relation')} in {_stories(len(found))}"
        sections = "".join("".join(self._story(number, story)) for number, story in enumerate(found, start=1))
        return f'{_head(title)}<main class="wrap">\n{sections}</main>\n{_FOOTER}</body>\n</html>\n'

    def _story(self, number: int, story: StoryRows) -> Iterator[str]:
        kinds = ", ".join(f"{count} {kind.value}" for kind, count in story.kinds)
        yield (
            f'<section class="story" aria-labelledby="s{number}">'
            f'<h2 id="s{number}" dir="auto">{shown(story.title)}</h2>'
            f"<p>Story {number} · {count_of(story.articles, 'article')} · {kinds}</p>\n"
        )
        for row in story.rows:
            yield self._row(row)
        yield "</section>\n"

    def _row(self, row: Row) -> str:
        relation, origins = row.relation, row.relation.origins
        kind = relation.kind.value
        change = f'<p class="change">{shown(change_words(relation.change))}</p>' if relation.change else ""
        whence = (
            f"two origins: {shown(origins.left)} and {shown(origins.right)}"
            if origins.independent
            else f"one origin: {shown(origins.left)}"
        )
        return (
            f'<article class="pair {kind}">{self._side(row.left)}'
            f'<div class="verdict"><p class="kind">{kind}</p>{change}'
            f"<p><small>{whence}<br>score {relation.score:.2f}</small></p></div>"
            f"{self._side(row.right)}</article>\n"
        )

    def _side(self, sides: Sequence[RelationSide]) -> str:
        """Return a claim and every place that printed it in the same words."""
        side = sides[0]
        who = shown(side.source_name or "nobody named")
        sign = f'<span class="{side.stance.value}">{STANCE_SIGNS[side.stance]} {side.stance.value}</span>'
        places = "<br>also ".join(_place(each) for each in sides)
        return (
            f'<div class="side"><p class="who" dir="auto"><b>{who}</b> {sign}</p>'
            f'<blockquote dir="auto">{self._said(side)}</blockquote>'
            f'<p class="where"><small>{places}</small></p></div>'
        )

    def _said(self, side: RelationSide) -> str:
        """Return the claim marked in what stands around it, or alone when the article's text is not known."""
        text = self._texts.get(side.text_sha256)
        if text is None or any(span.end > len(text) for span in side.spans):
            return f"<mark>{shown(side.text)}</mark>"
        start = _sentence_start(text, side.spans[0].start)
        end = _sentence_end(text, side.spans[-1].end)
        parts, at = ["" if start == 0 else "… "], start
        for span in _in_order(side.spans):
            parts += [shown(text[at : span.start]), f"<mark>{shown(text[span.start : span.end])}</mark>"]
            at = span.end
        return "".join([*parts, shown(text[at:end]), "" if end == len(text) else " …"])


def _place(side: RelationSide) -> str:
    when = side.published_at.strftime("%Y-%m-%d %H:%M UTC") if side.published_at else ""
    where = " · ".join(part for part in (side.publisher or side.article_id, when) if part)
    link = web_link(side.url)
    if link is None:
        return shown(where)
    return f'<a href="{attribute(link)}" rel="noopener noreferrer">{shown(where)}</a>'


def _in_order(spans: Iterable[Offsets]) -> list[Offsets]:
    """Return the spans that do not overlap an earlier one, in text order."""
    found: list[Offsets] = []
    for span in sorted(spans, key=lambda each: each.start):
        if not found or span.start >= found[-1].end:
            found.append(span)
    return found


def _sentence_start(text: str, at: int) -> int:
    least = max(0, at - _AROUND)
    cuts = [
        text.rfind(mark, least, at) + len(mark)
        for mark in (". ", ".” ", '." ', "\n")
        if mark in text[least:at]
    ]
    return max(cuts, default=least)


def _sentence_end(text: str, at: int) -> int:
    most = min(len(text), at + _AROUND)
    cuts = [text.find(mark, at, most) + len(mark.rstrip()) for mark in (". ", "\n") if mark in text[at:most]]
    return min(cuts, default=most)


def _head(title: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>Claim against claim: {title}</title>\n"
        f"<style>\n{_STYLE.read_text('utf-8')}</style>\n</head>\n<body>\n"
        f'<header class="top"><div class="wrap"><h1>Claim against claim</h1><p>{title}</p></div></header>\n'
    )


def _stories(count: int) -> str:
    return "1 story" if count == 1 else f"{count:,} stories"


_FOOTER = (
    '<footer><div class="wrap">Made by claimwire. The earlier claim stands on the left. ✓ affirms: the '
    "source holds it true. ✕ refutes: the source denies it. ? open. Also: the same words printed elsewhere. "
    "One origin: the later article copies the earlier, quotes the same speaker, or has it from the same "
    "outlet.</div></footer>\n"
)
