"""Puts the parts of attributions together: which contents one cue carries, and whose it is.

The encoder's pointers propose; the rules here see to what a pointer cannot: a quotation that goes on
after its cue, and one that stands alone in its paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workers.nlp.found import Role, RoleSpan, Stretch, overlaps
from workers.nlp.layout import Layout

_ALONE_SCORE: Final = 0.5
_JOIN_SCORE: Final = 0.8
# A pointer less sure than this gives way to nearness, which alone links 95 % of gold parts right.
_SURE: Final = 0.8
_LEAST_WORDS: Final = 3
_GAP: Final = 5
_WINDOW: Final = 12
_AFTER: Final = 15
_BETWEEN: Final = 60
_SENTENCE: Final = 150


@dataclass(frozen=True, slots=True)
class Group:
    """One utterance: places of its parts among the roles, and contents that only marks show.

    ``cue`` is ``None`` for a quotation that stands alone. ``score`` is the product of what its parts
    and links are worth.
    """

    cue: int | None
    source: int | None
    contents: tuple[Stretch, ...]
    score: float
    worth: float | None = None


@dataclass(slots=True)
class _Open:
    cue: int
    source: int | None
    spans: list[Stretch]
    score: float
    worths: list[float]


def link(
    roles: Sequence[RoleSpan], text: str, layout: Layout, masked: Sequence[Stretch] = ()
) -> tuple[Group, ...]:
    """Utterances of a text in the order of their first content. Each content is in at most one."""
    opened: dict[int, _Open] = {}
    left: list[int] = []
    for place, role in enumerate(roles):
        if role.role is not Role.CONTENT:
            continue
        cue = role.target
        if role.link_score < _SURE:
            cue = _near_cue(roles, place, layout)
        if cue is not None and not _reaches(roles[cue], role, text, layout):
            cue = _near_cue(roles, place, layout)
        if cue is not None and text.startswith("according", roles[cue].start):
            cue = _own_cue(roles, place, cue, layout)
        if cue is None or not _reaches(roles[cue], role, text, layout):
            left.append(place)
        else:
            _add(opened, roles, cue, role, text, layout)
    alone = _place_rest([(roles[n].start, roles[n].end) for n in left], roles, opened, layout)
    alone += _place_rest(_untagged(roles, text, layout, masked), roles, opened, layout)
    groups = [
        Group(o.cue, o.source, tuple(sorted(o.spans)), o.score, max(o.worths, default=None))
        for o in opened.values()
    ]
    groups += [Group(None, None, (span,), _ALONE_SCORE) for span in alone]
    return tuple(sorted(groups, key=lambda group: group.contents[0]))


def unused_cues(roles: Sequence[RoleSpan], groups: Sequence[Group]) -> list[int]:
    """Places of the cues that carry no content."""
    used = {group.cue for group in groups}
    return [place for place, role in enumerate(roles) if role.role is Role.CUE and place not in used]


def _add(
    opened: dict[int, _Open],
    roles: Sequence[RoleSpan],
    cue: int,
    content: RoleSpan,
    text: str,
    layout: Layout,
) -> None:
    found = opened.get(cue)
    if found is None:
        source = roles[cue].target
        unsure = roles[cue].link_score < _SURE
        if text.startswith("ccording to", roles[cue].start + 1):
            source = next((n for n in range(cue + 1, len(roles)) if _right_after(roles, cue, n)), None)
        elif unsure or (source is not None and not _same_sentence(roles[source], roles[cue], layout)):
            source = _near_source(roles, cue, layout)
        score = (
            roles[cue].score * roles[cue].link_score * (roles[source].score if source is not None else 1.0)
        )
        found = opened[cue] = _Open(cue, source, [], score, [])
    found.spans.append((content.start, content.end))
    found.score *= content.score * (content.link_score if content.target is not None else _JOIN_SCORE)
    if content.worth is not None:
        found.worths.append(content.worth)


def _right_after(roles: Sequence[RoleSpan], cue: int, place: int) -> bool:
    """Is the role at ``place`` a source that begins where the cue ends, as after "according to"?"""
    return roles[place].role is Role.SOURCE and 0 <= roles[place].start - roles[cue].end <= _GAP


def _reaches(cue: RoleSpan, content: RoleSpan, text: str, layout: Layout) -> bool:
    """Can ``cue`` carry ``content``?

    Indirect speech stands in its cue's sentence (1,760 of 1,777 in PolNeAR's dev part), a quotation in its
    paragraph; after a colon either may stand in the next paragraph.
    """
    gap = layout.line_at(content.start) - layout.line_at(cue.start)
    end = layout.lines[layout.line_at(cue.start)][1]
    colon = ":" in (text[end - 1], text[cue.end - 1], text[cue.end : cue.end + 1])
    quoted = layout.in_quote(content.start) or layout.quoted((content.start, content.end)) > 0
    if gap == 0:
        same = layout.sentence_number(content.start) == layout.sentence_number(cue.start)
        return same or quoted or colon
    return gap == 1 and colon


def _own_cue(roles: Sequence[RoleSpan], place: int, according: int, layout: Layout) -> int:
    """The cue that "“A trap,” Reed said, according to Radio Orrin" has beside "according to", if any."""
    taken = {role.target for role in roles if role.role is Role.CONTENT}
    for n in range(min(place, according) + 1, max(place, according)):
        free = roles[n].role is Role.CUE and n not in taken
        if free and roles[n].target is not None and _same_sentence(roles[n], roles[according], layout):
            return n
    return according


def _same_sentence(one: RoleSpan, other: RoleSpan, layout: Layout) -> bool:
    return layout.sentence_number(one.start) == layout.sentence_number(other.start)


def _near_cue(roles: Sequence[RoleSpan], place: int, layout: Layout) -> int | None:
    """The cue of the content's paragraph that stands nearest, counting other contents between as far."""
    content = roles[place]
    line = layout.line_at(content.start)
    near = [
        (_distance(roles, n, place, layout), n)
        for n in range(max(0, place - _WINDOW), min(len(roles), place + _WINDOW))
        if roles[n].role is Role.CUE and layout.line_at(roles[n].start) == line
    ]
    return min(near, default=(0, None))[1]


def _near_source(roles: Sequence[RoleSpan], place: int, layout: Layout) -> int | None:
    """The source of the cue's sentence that stands nearest; one before the cue is nearer."""
    cue = roles[place]
    sentence = layout.sentence_number(cue.start)
    near = [
        (_distance(roles, n, place, layout) + (_AFTER if roles[n].start > cue.start else 0), n)
        for n in range(max(0, place - _WINDOW), min(len(roles), place + _WINDOW))
        if roles[n].role is Role.SOURCE and layout.sentence_number(roles[n].start) == sentence
    ]
    return min(near, default=(0, None))[1]


def _distance(roles: Sequence[RoleSpan], one: int, other: int, layout: Layout) -> int:
    """Characters between two roles, with a penalty for each role and sentence between."""
    first, last = sorted((one, other))
    between = [role for role in roles[first + 1 : last] if role.role is not Role.SOURCE]
    gap = max(0, roles[last].start - roles[first].end)
    sentences = layout.sentence_number(roles[last].start) - layout.sentence_number(roles[first].start)
    return gap + _BETWEEN * len(between) + _SENTENCE * sentences


def _place_rest(
    spans: Sequence[Stretch], roles: Sequence[RoleSpan], opened: dict[int, _Open], layout: Layout
) -> list[Stretch]:
    """Join each quotation to the utterance it goes on with; return those that stand alone."""
    alone = []
    for span in spans:
        if layout.quoted(span) < 0.8 * (span[1] - span[0]):
            continue
        before = _utterance_before(span, roles, opened, layout)
        if before is not None:
            before.spans.append(span)
            before.score *= _JOIN_SCORE
        elif _stands_alone(span, roles, layout):
            alone.append(span)
    return alone


def _utterance_before(
    span: Stretch, roles: Sequence[RoleSpan], opened: dict[int, _Open], layout: Layout
) -> _Open | None:
    """The quoted utterance that the paragraph left last before ``span``, with no other cue between."""
    line = layout.line_at(span[0])
    last: _Open | None = None
    end = -1
    for found in opened.values():
        parts = [*found.spans, (roles[found.cue].start, roles[found.cue].end)]
        latest = (
            max(part[1] for part in parts if part[0] < span[0]) if any(p[0] < span[0] for p in parts) else -1
        )
        if latest > end and layout.line_at(latest - 1) == line:
            last, end = found, latest
    if last is None or any(role.role is Role.CUE and end <= role.start < span[0] for role in roles):
        return None
    quoted = any(layout.quoted(part) >= 0.8 * (part[1] - part[0]) for part in last.spans)
    near = layout.sentence_number(span[0]) - layout.sentence_number(end - 1) <= 1
    return last if quoted and near else None


def _stands_alone(span: Stretch, roles: Sequence[RoleSpan], layout: Layout) -> bool:
    """Is the quotation a sentence of its own, in which nothing attributes it?"""
    first = layout.sentence_at(span[0])
    last = layout.sentence_at(span[1] - 1)
    whole = span[0] - first[0] <= 2 and last[1] - span[1] <= 2
    return whole and not any(role.role is Role.CUE and first[0] <= role.start < last[1] for role in roles)


def _untagged(
    roles: Sequence[RoleSpan], text: str, layout: Layout, masked: Sequence[Stretch]
) -> list[Stretch]:
    """Quoted sentences in which the encoder saw nothing at all."""
    known = [(role.start, role.end) for role in roles]
    found = []
    for quote in layout.quotes:
        if len(text[quote[0] : quote[1]].split()) < _LEAST_WORDS:
            continue
        if any(overlaps(quote, other) for other in known) or any(overlaps(quote, hole) for hole in masked):
            continue
        sentence = layout.sentence_at(quote[0])
        if quote[0] - sentence[0] <= 1 and quote[1] >= sentence[1] - 1:
            found.append(quote)
    return found
