"""The relate stage: one claim against the window of a route that it came in by, or one claim taken back.

``relate`` and ``withdraw`` look up what they need through ``Reader`` (a state transaction is one) and hand
values to ``decide`` and ``retract``. What those answer is stored and published in the same transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from workers.domain.claim import Claim
from workers.domain.ids import content_id
from workers.domain.relation import Relation, StoryMerge
from workers.relations import bands, records, window
from workers.relations.known import Known, digest, known_claim
from workers.relations.opinion import Opinion, PairModel
from workers.relations.origins import origins_of
from workers.relations.pairs import (
    Judgement,
    Thresholds,
    alike,
    judge,
    worth_asking,
)
from workers.relations.records import Kind, Reader, Remembered, Stored
from workers.relations.stories import StoryBook
from workers.relations.window import Evicted, WindowPolicy, WindowReason


@dataclass(frozen=True, slots=True)
class Policy:
    """All that can be turned: the window, how sure a relation must be, how many claims are looked at."""

    window: WindowPolicy = field(default_factory=WindowPolicy)
    thresholds: Thresholds = field(default_factory=Thresholds)
    band_size: int = 48
    candidates: int = 48


@dataclass(frozen=True, slots=True)
class State:
    """What ``decide`` needs to know: the subject's window and bands, and what is remembered of candidates.

    ``before`` is the claim itself when it has come in before; ``relations`` are those it is in.
    """

    window: window.Window
    bands: Mapping[str, bands.Band]
    before: Remembered | None
    candidates: Mapping[str, Remembered]
    relations: Mapping[str, Stored]
    book: StoryBook


@dataclass(frozen=True, slots=True)
class Decided:
    """What a claim (or its withdrawal) leads to.

    ``relations`` are to be published, ``retracted`` are relation ids to publish tombstones for, ``merges``
    joins of stories. ``documents`` and ``links`` are to be stored by kind. ``refused`` says why the claim was
    not taken in; ``evicted`` what left the window.
    """

    relations: tuple[Relation, ...] = ()
    retracted: tuple[str, ...] = ()
    merges: tuple[StoryMerge, ...] = ()
    documents: Mapping[Kind, Mapping[str, str]] = field(default_factory=dict)
    links: Mapping[Kind, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    refused: WindowReason | None = None
    evicted: tuple[Evicted, ...] = ()


def relate(
    reader: Reader,
    policy: Policy,
    route: str,
    claim: Claim,
    moment: datetime,
    signature: str | None = None,
    model: PairModel | None = None,
) -> Decided:
    """Decide on ``claim`` as it came in under ``route``.

    ``moment`` (aware; the record's timestamp) stands in when the claim has no date. ``signature`` is that of
    its whole article where that is known (``sketches.article_signature``).
    """
    known = known_claim(claim, moment, signature)
    state = gather(reader, policy, route, known)
    return decide(policy, route, known, state, model)


def withdraw(reader: Reader, claim_id: str) -> Decided:
    """Decide on a claim's tombstone: it relates to nothing any more, and what it was in is taken back."""
    before = records.remembered(reader, [claim_id]).get(claim_id)
    return retract(claim_id, before, records.relations_of(reader, claim_id))


def gather(reader: Reader, policy: Policy, route: str, known: Known) -> State:
    """Look up everything that ``decide`` needs; the cost does not grow with the window."""
    keys = bands.keys_of(route, known)
    found = bands.read(reader, keys)
    lived = window_of(reader, route)
    oldest = window.horizon(lived, policy.window)
    ids = bands.candidates(found, known, oldest, policy.candidates)
    known_before = records.remembered(reader, [known.claim_id, *ids])
    before = known_before.pop(known.claim_id, None)
    relations = records.relations_of(reader, known.claim_id) if before else {}
    book = records.story_book(reader, [known.claim_id, *known_before])
    return State(lived, found, before, known_before, relations, book)


def decide(policy: Policy, route: str, known: Known, state: State, model: PairModel | None = None) -> Decided:
    """Hold ``known`` against the candidates; a pure function of its arguments, which it does not change."""
    came, is_digest = state.before.came_by(route) if state.before else None, digest(known)
    if came == is_digest:
        return Decided(refused=WindowReason.DUPLICATE)
    observed = _observed(policy, known, state, is_new=came is None)
    if isinstance(observed, WindowReason):
        return Decided(refused=observed)
    book = StoryBook(dict(state.book.of), dict(state.book.stories))
    found = tuple(_relations(policy, route, known, state, book, model))
    stale = _no_longer_held(route, known, state, found)
    new = tuple(each for each in found if _is_news(each, state.relations))
    oldest = window.horizon(observed.window, policy.window)
    under = dict(state.before.under if state.before else ()) | {route: is_digest}
    changes = records.Changes()
    changes.put(Kind.WINDOW, route, window.to_json(observed.window))
    changes.put(Kind.CLAIM, known.claim_id, Remembered(known, tuple(under.items())).to_json())
    for key, band in bands.entered(state.bands, route, known, oldest, policy.band_size).items():
        changes.put(Kind.BAND, key, band.to_json())
    for relation in new:
        changes.put_relation(records.stored(relation, route))
    for stored in stale:
        changes.put_relation(replace(stored, retracted=True))
    changes.put_stories(book)
    return Decided(
        new,
        tuple(stored.relation_id for stored in stale),
        tuple(book.merges),
        changes.documents,
        changes.links,
        evicted=observed.evicted,
    )


def retract(claim_id: str, before: Remembered | None, relations: Mapping[str, Stored]) -> Decided:
    """Take back all ``relations`` of the claim. A second call changes nothing."""
    live = [stored for _, stored in sorted(relations.items()) if not stored.retracted]
    changes = records.Changes()
    if before is not None:
        changes.put(Kind.CLAIM, claim_id, records.GONE)
    for stored in live:
        changes.put_relation(replace(stored, retracted=True))
    return Decided(
        retracted=tuple(stored.relation_id for stored in live),
        documents=changes.documents,
        links=changes.links,
    )


def window_of(reader: Reader, route: str) -> window.Window:
    """Return the window of a route; a new one is empty."""
    body = reader.documents(Kind.WINDOW, [route]).get(route)
    return window.Window() if body is None else window.from_json(body)


def relation_id(one: str, other: str) -> str:
    """Return the id of the relation between two claims, whichever comes first and whatever it is."""
    return content_id("relation", *sorted((one, other)))


def _relations(
    policy: Policy, route: str, known: Known, state: State, book: StoryBook, model: PairModel | None
) -> Iterator[Relation]:
    others = sorted((each.known for each in state.candidates.values()), key=lambda other: other.order)
    pairs = [
        tuple(sorted((known, other), key=lambda each: each.order))
        for other in others
        if other.claim_id != known.claim_id
        and abs(other.at - known.at) <= policy.window.max_age
        and meeting_place(known, other) == route
    ]
    opinions = _opinions(pairs, model)
    for pair in pairs:
        left, right = pair
        judged = judge(left, right, opinions.get((left.claim_id, right.claim_id)), policy.thresholds)
        if judged.kind is not None:
            yield _relation(left, right, judged, route, book)


def meeting_place(one: Known, other: Known) -> str | None:
    """Return the one route under which a pair is decided: found under two, it is still one relation."""
    return min(set(one.routes) & set(other.routes), default=None)


def _opinions(pairs: Sequence[tuple[Known, ...]], model: PairModel | None) -> dict[tuple[str, str], Opinion]:
    if model is None:
        return {}
    asked = [(left, right) for left, right in pairs if worth_asking(left, right)]
    answers = model([alike(left, right) for left, right in asked]) if asked else ()
    return {
        (left.claim_id, right.claim_id): answer for (left, right), answer in zip(asked, answers, strict=True)
    }


def _relation(left: Known, right: Known, judged: Judgement, route: str, book: StoryBook) -> Relation:
    assert judged.kind is not None
    name = relation_id(left.claim_id, right.claim_id)
    shared = set(left.subjects) & set(right.subjects)
    return Relation(
        relation_id=name,
        kind=judged.kind,
        subject_id=min(shared) if shared else route,
        story_id=book.join(left, right, name),
        left=left.side,
        right=right.side,
        origins=origins_of(left, right),
        change=judged.change,
        score=judged.score,
        found_at=right.at,
        pipeline=right.pipeline,
    )


def _no_longer_held(route: str, known: Known, state: State, found: Iterable[Relation]) -> list[Stored]:
    """Return the relations found on this route, or on one left since, that a restated claim is not in now."""
    held = {relation.relation_id for relation in found}
    return [
        stored
        for _, stored in sorted(state.relations.items())
        if not stored.retracted
        and (stored.route == route or stored.route not in known.routes)
        and stored.relation_id not in held
    ]


def _is_news(relation: Relation, stored: Mapping[str, Stored]) -> bool:
    old = stored.get(relation.relation_id)
    return old is None or old.retracted or old.digest != records.relation_digest(relation)


def _observed(policy: Policy, known: Known, state: State, *, is_new: bool) -> window.Observed | WindowReason:
    """Count a new claim in; one stated anew at the same time is counted already."""
    if not is_new and state.before is not None and state.before.known.at == known.at:
        return window.Observed(state.window)
    return window.observe(state.window, known.at, policy.window)
