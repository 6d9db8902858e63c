"""An overlay shows and leaves what its operations would have without it."""

from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.relations.overlay import Overlay, ReaderWriter
from workers.state.sqlite import SqliteStore

KINDS, KEYS, LINKS = ("relation",), ("a", "b"), ("left", "right")
NUMBERS = (-(2**63), 2**63 - 1)
Step = Callable[[ReaderWriter], object]


def put(kind: str, key: str, body: str, links: Sequence[str] | None) -> Step:
    return lambda to: to.put_documents(kind, {key: body}, {} if links is None else {key: links})


def drop(kind: str, keys: Sequence[str]) -> Step:
    return lambda to: to.drop_documents(kind, keys)


def read(kind: str, keys: Sequence[str]) -> Step:
    return lambda to: to.documents(kind, keys)


def linked(kind: str, link: str) -> Step:
    return lambda to: to.linked(kind, link)


def put_bucket(name: int, body: bytes) -> Step:
    return lambda to: to.put_buckets({name: body})


def read_buckets(names: Sequence[int]) -> Step:
    return lambda to: to.buckets(names)


kinds, keys, links = st.sampled_from(KINDS), st.sampled_from(KEYS), st.sampled_from(LINKS)
bodies = st.sampled_from(('"1"', '"2"', '"3"'))
steps = st.lists(
    st.one_of(
        st.builds(put, kinds, keys, bodies, st.none() | st.lists(links, unique=True)),
        st.builds(drop, kinds, st.lists(keys, unique=True)),
        st.builds(read, kinds, st.lists(keys, unique=True)),
        st.builds(linked, kinds, links),
        st.builds(put_bucket, st.sampled_from(NUMBERS), st.binary(max_size=2)),
        st.builds(read_buckets, st.lists(st.sampled_from(NUMBERS), unique=True)),
    ),
    max_size=12,
)


def held(to: ReaderWriter) -> list[object]:
    documents: list[object] = [to.documents(kind, KEYS) for kind in KINDS]
    return [*documents, *(to.linked(kind, link) for kind in KINDS for link in LINKS), to.buckets(NUMBERS)]


@settings(max_examples=600, deadline=None)
@given(steps, steps)
def test_whatever_is_read_and_left_is_the_same_with_an_overlay_and_without(
    before: list[Step], steps: list[Step]
) -> None:
    plain, overlaid = SqliteStore(":memory:"), SqliteStore(":memory:")
    for store in (plain, overlaid):
        with store.transaction() as transaction:
            for step in before:
                step(transaction)
    with plain.transaction() as transaction:
        expected = [step(transaction) for step in steps]
        left = held(transaction)
    with overlaid.transaction() as transaction:
        overlay = Overlay(transaction)
        assert [step(overlay) for step in steps] == expected
        overlay.flush()
        assert held(transaction) == left
    plain.close()
    overlaid.close()
