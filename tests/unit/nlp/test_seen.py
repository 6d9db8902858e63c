"""What was read before is not read again, and what comes of it is the same to the last digit."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from workers.nlp import load_pipeline
from workers.nlp.encoder import ClaimwireEncoder
from workers.nlp.pieces import Batch

pytestmark = pytest.mark.model

PARAGRAPHS = (
    "The harbour board at Harn said on Tuesday that the ferry had been inspected twice.",
    "“Nobody was hurt,” said Ada Holt, who runs the port. “We were lucky.”",
    "Marovia denied that its troops had crossed the Ilva River, according to Radio Orrin.",
    "READ MORE: Five things to know about the ferry.",
    "At least 12 houses burned down in the old town, the fire chief told reporters.",
)
TEXTS = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=6).map("\n\n".join)


@pytest.fixture(scope="module")
def forgetful() -> Language:
    return load_pipeline()


@pytest.fixture
def remembering() -> Language:
    return load_pipeline(remembered_windows=64)


def encoder_of(nlp: Language) -> ClaimwireEncoder:
    found = nlp.get_pipe("encoder")
    assert isinstance(found, ClaimwireEncoder)
    return found


def counted(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the windows of every run of the network."""
    encoder, runs = encoder_of(nlp), list[int]()
    run = encoder.run

    def counting(batch: Batch, *, hidden: bool) -> Any:
        runs.append(len(batch.indices))
        return run(batch, hidden=hidden)

    monkeypatch.setattr(encoder, "run", counting)
    return runs


def read(doc: Doc) -> tuple[Any, ...]:
    return doc._.claimwire_roles, doc._.claimwire_names, doc._.claimwire_worths, doc._.claimwire_drafts


def test_a_reprint_does_not_run_the_network(remembering: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join(PARAGRAPHS)
    first = read(remembering(text))
    runs = counted(remembering, monkeypatch)

    assert read(remembering(text)) == first
    assert sum(runs) == 0


def test_of_a_new_revision_only_what_is_new_is_read(
    forgetful: Language, remembering: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = "\n".join(" ".join(PARAGRAPHS[:3]) + f" It was day {day}." for day in range(12))
    new = old.replace("It was day 11.", "It was the last day.")
    remembering(old)
    runs = counted(remembering, monkeypatch)

    assert read(remembering(new)) == read(forgetful(new))
    assert sum(runs) == 1


def test_the_same_stretch_twice_in_a_batch_is_read_once(
    remembering: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = counted(remembering, monkeypatch)

    first, second = remembering.pipe([PARAGRAPHS[0], PARAGRAPHS[0]])

    assert read(first) == read(second)
    assert sum(runs) == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_whatever_was_read_before_comes_out_as_if_for_the_first_time(
    forgetful: Language, remembering: Language, texts: list[str]
) -> None:
    for known, fresh in zip(remembering.pipe(texts), forgetful.pipe(texts), strict=True):
        assert read(known) == read(fresh)


def test_no_more_is_remembered_than_was_asked_for() -> None:
    nlp = load_pipeline(remembered_windows=3)

    for number in range(9):
        nlp(f"The board said on Tuesday that ferry {number} had been inspected.")

    assert len(encoder_of(nlp).seen) == 3
