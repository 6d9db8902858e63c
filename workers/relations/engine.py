"""The relate stage: one claim against the window of a route that it came in by, or one claim taken back.

``relate`` and ``withdraw`` look up what they need through ``Reader`` (a state transaction is one) and hand
values to ``decide`` and ``retract``. What those answer is stored (``keep``) and sent in the same transaction.
Every route is a world of its own: what came in by another changes nothing here but stories.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workers.domain.claim import Claim
from workers.domain.ids import content_id
from workers.domain.relation import Relation, StoryMerge
from workers.relations import bands, records, window
from workers.relations.asking import worth_asking
from workers.relations.known import Known, known_claim, to_json
from workers.relations.opinion import Opinion, PairModel
from workers.relations.origins import origins_of
from workers.relations.pairs import (
    Judgement,
    alike,
    judge,
    out_of_question,
    same_content,
)
from workers.relations.records import Kind, Reader, Stored, Writer, claim_key
from workers.relations.stories import StoryBook
from workers.relations.thresholds import Thresholds
from workers.relations.window import Evicted, WindowPolicy, WindowReason


@dataclass(frozen=True, slots=True)
class Policy:
    """All that can be turned: the window, how sure a relation must be, how many claims are looked at.

    ``asked`` bounds the pairs of one claim that are put to a pair model, the most alike first.
    """

    window: WindowPolicy = field(default_factory=WindowPolicy)
    thresholds: Thresholds = field(default_factory=Thresholds)
    band_size: int = 48
    candidates: int = 48
    asked: int = 8


@dataclass(frozen=True, slots=True)
class State:
    """What ``decide`` needs to know: the subject's window and bands, and what is remembered of candidates.

    ``before`` is the claim itself when it has come in by this route before; ``relations`` are those it is in.
    """

    window: window.Window
    bands: Mapping[int, bytes]
    before: Known | None
    candidates: Mapping[str, Known]
    relations: Mapping[str, Stored]
    book: StoryBook


@dataclass(frozen=True, slots=True)
class Decided:
    """What a claim (or its withdrawal) leads to.

    ``relations`` are to be published, ``retracted`` are relation ids to publish tombstones for, ``merges``
    joins of stories. ``documents`` and ``links`` are to be stored by kind, ``dropped`` to be forgotten,
    ``buckets`` to be stored by number.
    ``refused`` says why the claim was not taken in; ``evicted`` what left the window.
    """

    relations: tuple[Relation, ...] = ()
    retracted: tuple[str, ...] = ()
    merges: tuple[StoryMerge, ...] = ()
    documents: Mapping[Kind, Mapping[str, str]] = field(default_factory=dict)
    links: Mapping[Kind, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    dropped: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    buckets: Mapping[int, bytes] = field(default_factory=dict)
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


def withdraw(reader: Reader, route: str, claim_id: str) -> Decided:
    """Decide on a claim that is withdrawn from a route: what it was in there is taken back.

    The withdrawal has to come by every route that the claim came by: another worker may own them.
    """
    return retract(route, claim_id, records.relations_of(reader, claim_id))


def keep(writer: Writer, decided: Decided) -> None:
    """Store what was decided."""
    for kind, documents in decided.documents.items():
        writer.put_documents(kind, documents, decided.links.get(kind, {}))
    for kind, keys in decided.dropped.items():
        writer.drop_documents(kind, keys)
    writer.put_buckets(decided.buckets)


def gather(reader: Reader, policy: Policy, route: str, known: Known) -> State:
    """Look up everything that ``decide`` needs; the cost does not grow with the window."""
    found = bands.read(reader, bands.names_of(route, known))
    lived = window_of(reader, route)
    oldest = window.horizon(lived, policy.window)
    ids = bands.candidates(found, known, oldest, policy.candidates)
    known_before = records.remembered(reader, route, [known.claim_id, *ids])
    before = known_before.pop(known.claim_id, None)
    relations = records.relations_of(reader, known.claim_id) if before else {}
    book = records.story_book(reader, [known.claim_id, *known_before])
    return State(lived, found, before, known_before, relations, book)


def decide(policy: Policy, route: str, known: Known, state: State, model: PairModel | None = None) -> Decided:
    """Hold ``known`` against the candidates; a pure function of its arguments, which it does not change."""
    if known == state.before:
        return Decided(refused=WindowReason.DUPLICATE)
    observed = _observed(policy, known, state)
    if isinstance(observed, WindowReason):
        return Decided(refused=observed)
    book = StoryBook(dict(state.book.of), dict(state.book.stories))
    found = tuple(_relations(policy, route, known, state, book, model))
    stale = _no_longer_held(route, state, found)
    new = tuple(each for each in found if _is_news(each, state.relations))
    oldest = window.horizon(observed.window, policy.window)
    changes = records.Changes()
    changes.put(Kind.WINDOW, route, window.to_json(observed.window))
    changes.put(Kind.CLAIM, claim_key(route, known.claim_id), to_json(known))
    for relation in found:
        changes.put_relation(records.stored(relation, route))
    changes.drop(Kind.RELATION, stale)
    changes.put_stories(book)
    return Decided(
        new,
        stale,
        tuple(book.merges),
        changes.documents,
        changes.links,
        changes.dropped,
        bands.entered(state.bands, known, oldest, policy.band_size),
        evicted=observed.evicted,
    )


def retract(route: str, claim_id: str, relations: Mapping[str, Stored]) -> Decided:
    """Take back those of the claim's ``relations`` that were decided on the route.

    A second time it changes nothing.
    """
    gone = tuple(sorted(key for key, stored in relations.items() if stored.route == route))
    return Decided(retracted=gone, dropped={Kind.CLAIM: (claim_key(route, claim_id),), Kind.RELATION: gone})


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
    pairs = met(policy, route, known, state)
    opinions = _opinions(pairs, model, policy)
    for left, right in pairs:
        opinion = opinions.get((left.claim_id, right.claim_id))
        if opinion is None and out_of_question(left, right, policy.thresholds):
            continue
        judged = judge(left, right, opinion, policy.thresholds)
        if judged.kind is not None:
            yield _relation(left, right, judged, route, book)


def met(policy: Policy, route: str, known: Known, state: State) -> list[tuple[Known, Known]]:
    """Return the pairs that are decided on the route, of each the earlier first, in the candidates' order."""
    others = sorted(state.candidates.values(), key=lambda other: other.order)
    return [
        (known, other) if known.order <= other.order else (other, known)
        for other in others
        if other.side.article_id != known.side.article_id
        and abs(other.at - known.at) <= policy.window.max_age
        and meeting_place(known, other) == route
    ]


def meeting_place(one: Known, other: Known) -> str | None:
    """Return the one route under which a pair is decided: found under two, it is still one relation."""
    return min(set(one.routes) & set(other.routes), default=None)


def _opinions(
    pairs: Sequence[tuple[Known, Known]], model: PairModel | None, policy: Policy
) -> dict[tuple[str, str], Opinion]:
    if model is None:
        return {}
    near = [(left, right) for left, right in pairs if worth_asking(left, right, policy.thresholds)]
    asked = sorted(near, key=lambda pair: -same_content(*pair))[: policy.asked]
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


def _no_longer_held(route: str, state: State, found: Iterable[Relation]) -> tuple[str, ...]:
    """Return the relations decided on this route that a claim stated anew is not in any more."""
    held = {relation.relation_id for relation in found}
    decided_here = {key for key, stored in state.relations.items() if stored.route == route}
    return tuple(sorted(decided_here - held))


def _is_news(relation: Relation, stored: Mapping[str, Stored]) -> bool:
    old = stored.get(relation.relation_id)
    return old is None or old.digest != records.relation_digest(relation)


def _observed(policy: Policy, known: Known, state: State) -> window.Observed | WindowReason:
    """Count a new claim in; one stated anew at the same time is counted already."""
    if state.before is not None and state.before.at == known.at:
        return window.Observed(state.window)
    return window.observe(state.window, known.at, policy.window)
