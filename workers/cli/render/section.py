"""One article on the page: its text with the marks in it, its names, and the list of its claims."""

from collections.abc import Iterator

from workers.cli.render.claim_list import claim_list
from workers.cli.render.inert import attribute, shown, web_link
from workers.cli.render.marks import Mark, MarkKind, Piece, marks_of, paragraphs, pieces
from workers.cli.render.words import count_of, heading, origin
from workers.domain.article import EnrichedArticle
from workers.domain.entity import Entity

_TINTS = 6
_GROUPS = {"PERSON": "person", "ORG": "org", "GPE": "place", "LOC": "place", "FAC": "place", "NORP": "norp"}


def section(article: EnrichedArticle, number: int) -> Iterator[str]:
    """Yield the markup of one article; its ids begin with ``d`` and ``number``."""
    link = web_link(article.url)
    address = f' · <a href="{attribute(link)}" rel="noopener noreferrer">{shown(link)}</a>' if link else ""
    yield (
        f'<section class="doc" id="d{number}" aria-labelledby="d{number}h"><header>'
        f'<h2 id="d{number}h" dir="auto">{shown(heading(article))}</h2>'
        f"<p>{shown(origin(article))}{address}</p></header>\n"
        f'<div class="cols"><div><div class="text" lang="{attribute(article.language)}">\n'
    )
    marks = marks_of(article)
    anchored: set[str] = set()
    for stretch in paragraphs(article.text):
        yield '<p dir="auto">'
        for piece in pieces(marks, stretch):
            yield _piece(article.text, piece, number, anchored)
        yield "</p>\n"
    yield f"</div>{_entities(article.entities)}</div>\n"
    yield claim_list(article, number)
    yield "</div></section>\n"


def _piece(text: str, piece: Piece, document: int, anchored: set[str]) -> str:
    inner = shown(text[piece.start : piece.end])
    classes = _classes(piece)
    chips = "".join(_chip(mark, document, anchored) for mark in piece.opening(MarkKind.CONTENT))
    tags = "".join(f'<span class="tag">{shown(m.value)}</span>' for m in piece.opening(MarkKind.MASK))
    ending = sorted((mark.value for mark in piece.closing(MarkKind.SOURCE)), key=int)
    of = (
        f'<sup class="of"><span class="vh">source of claim </span>{", ".join(ending)}</sup>' if ending else ""
    )
    if not classes:
        return inner
    tag = "mark" if piece.values(MarkKind.CONTENT) else "span"
    labels = ", ".join(piece.values(MarkKind.ENTITY))
    title = f' title="{attribute(labels)}"' if labels else ""
    return f'{tags}{chips}<{tag} class="{" ".join(classes)}"{title}>{inner}</{tag}>{of}'


def _chip(mark: Mark, document: int, anchored: set[str]) -> str:
    number = mark.value
    if number in anchored:
        return (
            f'<a class="n more" href="#d{document}i{number}" aria-label="claim {number} goes on">{number}</a>'
        )
    anchored.add(number)
    return (
        f'<a class="n a{number}" id="d{document}c{number}" href="#d{document}i{number}" '
        f'aria-label="claim {number}">{number}</a>'
    )


def _classes(piece: Piece) -> list[str]:
    contents = piece.values(MarkKind.CONTENT)
    sources, cues = piece.values(MarkKind.SOURCE), piece.values(MarkKind.CUE)
    names = [f"c{number}" for number in contents]
    if contents:  # the innermost claim gives the tint
        names.append(f"h{int(contents[-1]) % _TINTS}")
    if len(contents) > 1:
        names.append("deep")
    if piece.closing(MarkKind.CONTENT):
        names.append("end")
    names += [f"s{number}" for number in sources] + ["src"] * bool(sources)
    names += ["from"] * bool(piece.opening(MarkKind.SOURCE)) + ["to"] * bool(piece.closing(MarkKind.SOURCE))
    names += [f"q{number}" for number in cues] + ["cue"] * bool(cues)
    names += [name for label in piece.values(MarkKind.ENTITY) for name in ("e", f"e-{_group(label)}")]
    return names + ["mask"] * bool(piece.values(MarkKind.MASK))


def _group(label: str) -> str:
    return _GROUPS.get(label, "other")


def _entities(entities: tuple[Entity, ...]) -> str:
    if not entities:
        return ""
    items = "".join(_entity(entity) for entity in sorted(entities, key=lambda e: -len(e.mentions)))
    summary = count_of(len(entities), "name")
    return f'<details class="entities" open><summary>{summary}</summary><ul>{items}</ul></details>'


def _entity(entity: Entity) -> str:
    label = f"{entity.label} {entity.kb_id}" if entity.kb_id else entity.label
    return (
        f'<li><bdi class="e e-{_group(entity.label)}">{shown(entity.name)}</bdi> '
        f"<small>{shown(label)} ×{len(entity.mentions)}</small></li>"
    )
