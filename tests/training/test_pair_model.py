"""A tiny pair model learns made-up pairs, goes on after a cut, is exported and reads as it did."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `training` is not installed")
pytest.importorskip("onnx", reason="the extra `training` is not installed")

from tokenizers import Tokenizer, models, pre_tokenizers, processors  # noqa: E402

from training.model import Shape  # noqa: E402
from training.relations import export  # noqa: E402
from training.relations.evaluate import probabilities  # noqa: E402
from training.relations.model import HEADS, INPUTS, PairModel  # noqa: E402
from training.relations.pairs import Labelled  # noqa: E402
from training.relations.train import Recipe, optimizer_of, resumed, train  # noqa: E402
from workers.nlp.pair_model import PairReader  # noqa: E402

TINY = Shape(vocabulary=32, hidden=32, layers=3, heads=4, inner=64, positions=32, dropout=0.0)
RECIPE = Recipe(steps=150, rate=3e-3, head_rate=1e-2)
WORDS = ("the", "pier", "is", "open", "not", "ferry", "sank", "today", "harbour", "safe")


def a_pair_tokenizer() -> Tokenizer:
    """Whole words, with BERT's frame around two texts."""
    vocabulary = {word: place for place, word in enumerate(("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def rows() -> dict[str, list[Labelled]]:
    """Pairs whose label shows in one word."""
    said = ("the pier is open", "the ferry is safe", "the harbour is open today", "the pier is safe")
    sick = [Labelled(each, each, "entailment") for each in said]
    sick += [Labelled(each, each.replace("is", "is not"), "contradiction") for each in said]
    sick += [Labelled(each, "the ferry sank", "neutral") for each in said]
    emergent = [Labelled(each, each, "for") for each in said]
    same = [Labelled(each, each, "same") for each in said]
    return {"sick": sick * 8, "emergent": emergent * 8, "same": same * 8}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a few seconds."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("run")
    train(PairModel(TINY), a_pair_tokenizer(), rows(), folder, RECIPE)
    return folder


def trained(run: Path) -> PairModel:
    model = PairModel(TINY)
    model.load_state_dict(torch.load(run / "checkpoint.pt", weights_only=True)["model"])
    model.eval()
    return model


def test_what_was_learnt_is_read_again(run: Path) -> None:
    known = rows()["sick"][:12]

    likely = probabilities(trained(run), a_pair_tokenizer(), "sick", known)

    assert [HEADS["sick"][place] for place in likely.argmax(dim=1).tolist()] == [row.label for row in known]


def test_a_run_that_was_cut_goes_on_from_its_checkpoint(run: Path) -> None:
    model = PairModel(TINY)

    progress = resumed(run, model, optimizer_of(model, RECIPE))

    assert progress.steps == 150
    assert progress.seconds > 0
    for name, value in trained(run).state_dict().items():
        assert torch.equal(model.state_dict()[name], value)


def test_embeddings_and_the_lowest_layers_stay_as_they_were() -> None:
    model = PairModel(TINY)

    optimizer_of(model, RECIPE)

    trained_names = {name for name, each in model.encoder.named_parameters() if each.requires_grad}
    assert trained_names
    assert all(name.startswith("layers.2.") for name in trained_names)


def test_the_exported_graph_scores_as_the_network_does(run: Path, tmp_path: Path) -> None:
    model, tokenizer = trained(run), a_pair_tokenizer()
    known = [(row.left, row.right) for row in rows()["sick"][:12]]
    for folder in ("pairs", "encoder"):
        (tmp_path / folder).mkdir()
    tokenizer.save(str(tmp_path / "encoder" / "tokenizer.json"))
    (tmp_path / "pairs" / "pairs.json").write_text(json.dumps({"max_pieces": 32, "heads": HEADS}))
    fed = export.feeds(tokenizer, known)
    scores = {}
    for name, ranges in (("float", {}), ("int8", export.measured(model, fed))):
        export.write(model, tmp_path / "pairs" / "model.onnx", ranges)
        scores[name] = np.array(PairReader(tmp_path)(known))

    with torch.inference_mode():
        wanted = [
            torch.cat(model(*(torch.from_numpy(feed[name]) for name in INPUTS)), dim=1).numpy()[0]
            for feed in (export.feeds(tokenizer, [pair])[0] for pair in known)
        ]

    assert scores["float"] == pytest.approx(np.array(wanted), abs=1e-3)
    assert (scores["int8"][:, :3].argmax(axis=1) == scores["float"][:, :3].argmax(axis=1)).all()
