"""Whatever is written in whatever order, both databases answer as a few dictionaries would."""

from collections.abc import Iterable, Mapping

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.databases import Database, emptied
from workers.state.store import Transaction

LAW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=set(Phase) - {Phase.shrink, Phase.explain},
)
NAMES = st.sampled_from(["", "a", "b", "ü", "\0", "c" * 600])
KINDS = st.sampled_from(["one", "two"])


class Model:
    """What the interface promises, over dictionaries."""

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, str], str] = {}
        self.links: dict[tuple[str, str], frozenset[str]] = {}
        self.times: dict[tuple[str, str], int] = {}
        self.buckets: dict[int, bytes] = {}

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        self.bodies |= {(kind, key): body for key, body in documents.items()}
        self.links |= {(kind, key): frozenset(names) for key, names in links.items()}

    def drop_documents(self, kind: str, keys: Iterable[str]) -> None:
        for key in keys:
            for held in (self.bodies, self.links, self.times):
                held.pop((kind, key), None)

    def schedule(self, kind: str, due: Mapping[str, int | None]) -> None:
        for key, at_ms in due.items():
            self.times.pop((kind, key), None)
            if at_ms is not None:
                self.times[kind, key] = at_ms

    def linked(self, kind: str, link: str) -> dict[str, str]:
        return {
            key: body
            for (of, key), body in self.bodies.items()
            if of == kind and link in self.links.get((kind, key), ())
        }

    def put_buckets(self, buckets: dict[int, bytes]) -> None:
        self.buckets |= buckets

    def due(self, kind: str, by_ms: int) -> dict[str, str]:
        return {
            key: body
            for (of, key), body in self.bodies.items()
            if of == kind and self.times.get((kind, key), by_ms + 1) <= by_ms
        }


PUT = st.builds(
    lambda kind, bodies, links: (
        "put_documents",
        (kind, bodies, {key: names for key, names in links.items() if key in bodies}),
    ),
    KINDS,
    st.dictionaries(NAMES, st.sampled_from(["1", '"Ω"', "{}"]), max_size=4),
    st.dictionaries(NAMES, st.lists(NAMES, max_size=3), max_size=4),
)
DROP = st.builds(lambda kind, keys: ("drop_documents", (kind, keys)), KINDS, st.lists(NAMES, max_size=2))
SCHEDULE = st.builds(
    lambda kind, due: ("schedule", (kind, due)),
    KINDS,
    st.dictionaries(NAMES, st.one_of(st.none(), st.integers(0, 9)), max_size=3),
)
NUMBERS = st.sampled_from([-(2**63), -1, 0, 2**31, 2**63 - 1])
PUT_BUCKETS = st.builds(
    lambda buckets: ("put_buckets", (buckets,)), st.dictionaries(NUMBERS, st.binary(max_size=3), max_size=3)
)
STEPS = st.lists(st.tuples(st.one_of(PUT, PUT, DROP, SCHEDULE, PUT_BUCKETS), st.booleans()), max_size=12)


class UndoneError(Exception):
    """Ends a transaction that shall leave nothing."""


def apply(transaction: Transaction, name: str, arguments: tuple[object, ...], kept: bool) -> None:
    getattr(transaction, name)(*arguments)
    if not kept:
        raise UndoneError


@LAW
@given(steps=STEPS)
def test_a_database_answers_as_its_model_does(
    database: Database, steps: list[tuple[tuple[str, tuple[object, ...]], bool]]
) -> None:
    store, model = database.open(), Model()
    emptied(store)
    for (name, arguments), kept in steps:
        try:
            with store.transaction() as transaction:
                apply(transaction, name, arguments, kept)
        except UndoneError:
            continue
        getattr(model, name)(*arguments)

    names = ["", "a", "b", "ü", "\0", "c" * 600, "never"]
    with store.transaction() as transaction:
        assert transaction.buckets([*model.buckets, 7]) == model.buckets
        for kind in ("one", "two"):
            held = {key: body for (of, key), body in model.bodies.items() if of == kind}
            assert transaction.documents(kind, names) == held
            for link in names:
                assert sorted(transaction.linked(kind, link).values()) == sorted(
                    model.linked(kind, link).values()
                )
            for by_ms in (0, 4, 9):
                assert sorted(transaction.due(kind, by_ms, 100).values()) == sorted(
                    model.due(kind, by_ms).values()
                )
    store.close()
