"""A tiny model learns made-up sentences, is exported to int8, and reads them back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `training` is not installed")
pytest.importorskip("onnx", reason="the extra `training` is not installed")

from tests.training.made_up import a_tokenizer, an_article, write_corpora  # noqa: E402
from training import corpora, graph, ranges, scores  # noqa: E402
from training.batching import Stream  # noqa: E402
from training.calibrate import fit_platt, fit_temperature  # noqa: E402
from training.crf import Crf  # noqa: E402
from training.evaluate import attribution_tallies, report  # noqa: E402
from training.examples import attribution_examples, entity_examples  # noqa: E402
from training.export import tag_head  # noqa: E402
from training.labels import ATTRIBUTION_LABELS, ENTITY_LABELS, NEWSWIRE, TYPES, WIKIGOLD  # noqa: E402
from training.model import Claimwire, Shape  # noqa: E402
from training.predict import read, session  # noqa: E402
from training.scores import Claim, Tally  # noqa: E402
from training.train import Recipe, attribution_stream, entity_stream, rate_at, train  # noqa: E402
from training.worth import average_precision  # noqa: E402
from workers.nlp.heads import Heads, parse_heads  # noqa: E402
from workers.nlp.pieces import CASE_CLASSES, Pieces  # noqa: E402

TINY = Shape(vocabulary=64, hidden=32, layers=2, heads=4, inner=64, positions=64, dropout=0.0)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # threads cost more than they give on a model this small


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora")
    write_corpora(folder)
    return folder


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(a_tokenizer(), 64)


@pytest.fixture(scope="module")
def trained(data: Path, pieces: Pieces, tmp_path_factory: pytest.TempPathFactory) -> Claimwire:
    torch.manual_seed(0)
    model = Claimwire(TINY)
    recipe = Recipe(1.0, encoder_rate=3e-3, head_rate=1e-2, pieces_per_batch=512, max_pieces=64, steps=160)
    train(model, streams(data, pieces, recipe), recipe, tmp_path_factory.mktemp("run"), save_every=5)
    return model


def streams(data: Path, pieces: Pieces, recipe: Recipe) -> dict[str, Stream]:
    articles = corpora.attributed(data / corpora.POLNEAR_TRAIN)
    newswire, _ = corpora.newswire(data / corpora.NEWSWIRE)
    wikigold = corpora.with_entities(data / corpora.WIKIGOLD)
    return {
        "attribution": attribution_stream(articles, pieces, recipe),
        "entities": entity_stream(newswire, wikigold, pieces, recipe),
    }


def heads_of(model: Claimwire) -> Heads:
    return parse_heads(
        {
            "version": "test",
            "max_pieces": 64,
            "case_classes": list(CASE_CLASSES),
            "attribution": tag_head(ATTRIBUTION_LABELS, model.attribution_crf),
            "entities": tag_head(ENTITY_LABELS, model.entities_crf),
            "links": {"cue": {"temperature": 1.0}, "source": {"temperature": 1.0}},
        }
    )


def test_training_learns_spans_and_links_that_survive_int8(
    trained: Claimwire, data: Path, pieces: Pieces, tmp_path: Path
) -> None:
    articles = corpora.attributed(data / corpora.POLNEAR_DEV)
    windows = [window for article in articles for window in pieces.windows(article.text)]
    graph.write(trained, tmp_path / "int8.onnx", ranges.measure(trained, windows))

    reads = read(session(tmp_path / "int8.onnx"), pieces, heads_of(trained), [a.text for a in articles])

    totals = {name: sum(tallies, Tally()) for name, tallies in attribution_tallies(articles, reads).items()}
    assert totals["cue exact"].gold == 24
    assert totals["cue exact"].f1 > 0.9
    assert totals["source exact"].f1 > 0.9
    assert totals["content exact"].f1 > 0.9
    assert totals["whole claim"].f1 > 0.6


def test_the_written_graph_computes_what_the_model_computes(
    trained: Claimwire, pieces: Pieces, tmp_path: Path
) -> None:
    (window,) = pieces.windows(an_article(1)["text"])[:1]
    graph.write(trained, tmp_path / "float.onnx")
    inputs = {
        "input_ids": window.input_ids[None],
        "attention_mask": np.ones((1, len(window)), dtype=np.int64),
        "case_ids": window.case_ids[None],
    }

    with torch.no_grad():
        expected = trained(*(torch.from_numpy(inputs[name]) for name in graph.INPUTS))
    found = session(tmp_path / "float.onnx").run(list(graph.OUTPUTS), inputs)

    for one, other in zip(expected, found, strict=True):
        assert np.allclose(one.numpy(), other, atol=1e-3)


def test_int8_scores_do_not_depend_on_the_batch(trained: Claimwire, pieces: Pieces, tmp_path: Path) -> None:
    long, short = pieces.windows(an_article(1)["text"])[0], pieces.windows("Ada Quill said.")[0]
    graph.write(trained, tmp_path / "int8.onnx", ranges.measure(trained, [long]))
    from training.predict import run

    encoder = session(tmp_path / "int8.onnx")

    together, alone = run(encoder, [short, long])[0], run(encoder, [short])[0]

    assert np.allclose(together["attribution"], alone["attribution"], atol=1e-5)


def test_a_run_that_was_cut_off_goes_on(data: Path, pieces: Pieces, tmp_path: Path) -> None:
    recipe = Recipe(1.0, pieces_per_batch=512, max_pieces=64, steps=3)
    first = train(Claimwire(TINY), streams(data, pieces, recipe), recipe, tmp_path, save_every=60)
    longer = Recipe(1.0, pieces_per_batch=512, max_pieces=64, steps=5)
    made = streams(data, pieces, longer)

    second = train(Claimwire(TINY), made, longer, tmp_path, save_every=60)

    assert (first.steps, second.steps) == (3, 5)
    assert second.seconds > first.seconds
    assert made["attribution"].pieces_seen > 0
    assert json.loads((tmp_path / "recipe.json").read_text())["steps"] == 5


def test_report_prints_a_row_for_each_role_and_type(
    trained: Claimwire, data: Path, pieces: Pieces, tmp_path: Path
) -> None:
    graph.write(trained, tmp_path / "float.onnx")

    rows = report(session(tmp_path / "float.onnx"), pieces, heads_of(trained), data, 1)

    for name in ("source exact", "cue token", "whole claim", "content to cue", *TYPES, "all"):
        assert any(row.startswith(name) for row in rows), name


def test_ignored_text_allows_every_label(data: Path, pieces: Pieces) -> None:
    article = corpora.attributed(data / corpora.POLNEAR_DEV)[0]

    example = attribution_examples(article, pieces)[0]

    assert example.allowed[1].all()
    assert not example.allowed[6:].all(axis=1).any()
    assert len(example.cue_links) == len(example.source_links) > 0


def test_a_corpus_without_dates_does_not_forbid_them(pieces: Pieces) -> None:
    text = corpora.EntityText("one", "Ada Quill said two boats", ((0, 9, "PER"),))

    (example,) = entity_examples(text, WIKIGOLD, pieces)
    (strict,) = entity_examples(corpora.EntityText("two", text.text, ()), NEWSWIRE, pieces)

    person, date = (2 * TYPES.index(name) + 1 for name in ("PERSON", "DATE"))
    assert example.allowed[1].nonzero()[0].tolist() == [person]
    assert example.allowed[3, [0, date]].all()
    assert not example.allowed[3, person]
    assert not strict.allowed[3, date]


def test_a_chain_whose_only_allowed_path_is_sure_costs_nothing() -> None:
    crf = Crf(3)
    logits = torch.tensor([[[0.0, 30.0, 0.0], [0.0, 0.0, 30.0], [30.0, 0.0, 0.0]]])
    gold = torch.zeros(1, 3, 3, dtype=torch.bool)
    gold[0, [0, 1, 2], [1, 2, 0]] = True
    mask = torch.ones(1, 3, dtype=torch.bool)

    assert crf(logits, mask, gold).item() == pytest.approx(0.0, abs=1e-4)
    assert crf(logits, mask, torch.ones_like(gold)).item() == pytest.approx(0.0, abs=1e-4)


def test_rates_rise_then_fall_to_zero() -> None:
    assert rate_at(0.0, 0.05) == 0.0
    assert rate_at(0.05, 0.05) == pytest.approx(1.0)
    assert rate_at(0.5, 0.05) < rate_at(0.1, 0.05)
    assert rate_at(1.0, 0.05) == 0.0


def test_a_claim_counts_once_and_only_with_all_its_roles() -> None:
    gold = [Claim(((0, 10),), ((11, 15),), ((16, 40),))]

    assert scores.whole_claims([*gold, *gold], gold) == Tally(1, 2, 1)
    assert scores.whole_claims([Claim((), ((11, 15),), ((16, 40),))], gold) == Tally(0, 1, 1)
    near = Claim(((0, 9),), ((11, 15),), ((16, 38),))
    assert scores.whole_claims([near], gold) == Tally(1, 1, 1)


def test_calibration_fits_what_it_is_shown() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.05, 0.95, 4000)
    hits = rng.uniform(size=4000) < truth
    too_sure = 1 / (1 + np.exp(-2 * np.log(truth / (1 - truth))))

    platt = fit_platt(too_sure.tolist(), hits.tolist())

    assert platt.slope == pytest.approx(0.5, abs=0.06)
    assert platt.offset == pytest.approx(0.0, abs=0.1)
    rows = [np.array([0.0, 8.0]) if sure else np.array([8.0, 0.0]) for sure in hits[:400]]
    golds = [int(sure) if index % 4 else 1 - int(sure) for index, sure in enumerate(hits[:400])]
    assert fit_temperature(rows, golds) > 3


def test_average_precision_of_a_perfect_ranking_is_one() -> None:
    assert average_precision(np.array([0.9, 0.8, 0.1]), np.array([1.0, 1.0, 0.0])) == 1.0
    assert average_precision(np.array([0.9, 0.8, 0.1]), np.array([0.0, 1.0, 0.0])) == 0.5
