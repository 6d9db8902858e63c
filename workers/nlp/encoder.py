"""The one component with a neural network: every head of the encoder, run once over a batch of Docs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
import srsly  # type: ignore[import-untyped]
from spacy.language import Language
from spacy.tokens import Doc
from tokenizers import Tokenizer

from workers.nlp.decode import TaggedSpan, decode, link
from workers.nlp.encoded import Encoded, joined
from workers.nlp.extensions import register
from workers.nlp.found import NameSpan, Role, RoleSpan, Stretch
from workers.nlp.heads import Heads, parse_heads
from workers.nlp.pieces import Batch, Pieces, Window, batches
from workers.nlp.seen import SeenWindows
from workers.nlp.worths import Worths, shared_out

Scores = npt.NDArray[np.float32]
_MODEL: Final = "model.onnx"
_TOKENIZER: Final = "tokenizer.json"
_HEADS: Final = "encoder.json"
_FILES: Final = (_MODEL, _TOKENIZER, _HEADS)
_TAGS: Final = ("attribution", "entities")
POINTERS: Final = ("cue_query", "cue_key", "source_query", "source_key")


class ClaimwireEncoder:
    """Component ``claimwire_encoder``: sets ``claimwire_roles``, ``claimwire_names``, ``claimwire_worths``.

    It has no weights before ``from_disk``, ``from_bytes`` or ``load``; calling it then raises ``ValueError``.
    """

    def __init__(self, name: str = "claimwire_encoder", *, threads: int = 1, max_windows: int = 64) -> None:
        """``threads`` of one run; ``max_windows`` of a batch of the network (not of Docs)."""
        register()
        self.name = name
        self.threads = threads
        self.max_windows = max_windows
        self.seen = SeenWindows()
        self.model_sha256 = ""
        self._files: dict[str, bytes] = {}
        self._pieces: Pieces | None = None
        self._heads: Heads | None = None
        self._session: onnxruntime.InferenceSession | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc."""
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 64) -> Iterator[Doc]:
        """Encode ``batch_size`` Docs together: their windows are sorted by length and share batches."""
        for docs in _groups(stream, batch_size):
            self.set_annotations(docs, self.predict(docs))
            yield from docs

    def predict(self, docs: Sequence[Doc]) -> list[Encoded]:
        """Run the network over all windows of ``docs``; sets nothing."""
        pieces, _, _ = self.loaded()
        owners: list[int] = []
        windows: list[Window] = []
        sentences: list[Sequence[Stretch]] = []
        for number, doc in enumerate(docs):
            masked = [(stretch.start, stretch.end) for stretch in doc._.claimwire_masked]
            found = pieces.windows(doc._.claimwire_text, masked)
            windows += found
            sentences += shared_out(doc._.claimwire_layout.sentences, found)
            owners += [number] * len(found)
        by_window = self.encode(windows, sentences)
        gathered: list[list[Encoded]] = [[] for _ in docs]
        for owner, encoded in zip(owners, by_window, strict=True):
            gathered[owner].append(encoded)
        return [joined(parts) for parts in gathered]

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Encoded]) -> None:
        """Write ``predictions`` (of the same order) to ``docs``."""
        for doc, encoded in zip(docs, predictions, strict=True):
            doc._.claimwire_roles = encoded.roles
            doc._.claimwire_names = encoded.names
            doc._.claimwire_worths = encoded.sentences

    def encode(
        self, windows: Sequence[Window], sentences: Sequence[Sequence[Stretch]] | None = None
    ) -> list[Encoded]:
        """What each window holds, in the order of ``windows``; ``sentences`` are those that begin in each."""
        rated = sentences if sentences is not None else [()] * len(windows)
        return self.seen.through(windows, rated, self._encode)

    def _encode(self, windows: Sequence[Window], rated: Sequence[Sequence[Stretch]]) -> list[Encoded]:
        found: dict[int, Encoded] = {}
        for batch in batches(windows, self.max_windows):
            rows = [windows[index] for index in batch.indices]
            wanted = [rated[index] for index in batch.indices]
            found.update(zip(batch.indices, self._batch(batch, rows, wanted), strict=True))
        return [found[index] for index in range(len(windows))]

    def run(self, batch: Batch, *, hidden: bool) -> dict[str, Scores]:
        """The bare network over a batch, one window at a time: its outputs by name, padded with zeros.

        The int8 kernels take their range from all they are given at once, padding and neighbours included:
        run together, a window's scores would depend on what else is in the batch, and a record processed
        again would come out different.
        """
        _, _, session = self.loaded()
        names = [*_TAGS, *POINTERS, *(("hidden",) if hidden else ())]
        arrays = {
            "input_ids": batch.input_ids,
            "attention_mask": batch.attention_mask,
            "case_ids": batch.case_ids,
        }
        outputs: dict[str, Scores] = {}
        for row, size in enumerate(batch.attention_mask.sum(axis=1)):
            feed = {name: array[row : row + 1, :size] for name, array in arrays.items()}
            for name, scores in zip(names, session.run(names, feed), strict=True):
                if name not in outputs:
                    outputs[name] = np.zeros((*batch.input_ids.shape, scores.shape[-1]), np.float32)
                outputs[name][row, :size] = scores[0]
        return outputs

    def load(self, folder: Path) -> None:
        """Read ``model.onnx``, ``tokenizer.json`` and ``encoder.json`` from ``folder``."""
        self._set_files({name: (folder / name).read_bytes() for name in _FILES})

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> ClaimwireEncoder:
        """As ``load``; ``exclude`` is spaCy's and names nothing here."""
        self.load(Path(path))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the three files into the folder ``path``, which is made when it is missing."""
        self.loaded()
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self._files.items():
            (folder / name).write_bytes(content)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The three files as one message."""
        self.loaded()
        return bytes(srsly.msgpack_dumps(self._files))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> ClaimwireEncoder:
        """Read what ``to_bytes`` made."""
        self._set_files(srsly.msgpack_loads(data))
        return self

    def _set_files(self, files: dict[str, bytes]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        heads = parse_heads(srsly.json_loads(files[_HEADS].decode("utf-8")))
        tokenizer = Tokenizer.from_str(files[_TOKENIZER].decode("utf-8"))
        self._session = onnxruntime.InferenceSession(
            files[_MODEL], options, providers=["CPUExecutionProvider"]
        )
        self._pieces = Pieces(tokenizer, heads.max_pieces)
        self._heads = heads
        self._files = {name: files[name] for name in _FILES}
        self.seen = SeenWindows(self.seen.most)
        self.model_sha256 = hashlib.sha256(files[_MODEL]).hexdigest()

    def loaded(self) -> tuple[Pieces, Heads, onnxruntime.InferenceSession]:
        """Tokenizer, heads and network; ``ValueError`` before any was loaded."""
        if self._pieces is None or self._heads is None or self._session is None:
            raise ValueError(f"{self.name} has no weights yet: load a trained pipeline")
        return self._pieces, self._heads, self._session

    def _batch(
        self, batch: Batch, windows: Sequence[Window], sentences: Sequence[Sequence[Stretch]]
    ) -> list[Encoded]:
        _, heads, _ = self.loaded()
        outputs = self.run(batch, hidden=heads.checkworthiness is not None)
        attributed = decode(heads.attribution, outputs["attribution"], windows)
        named = decode(heads.entities, outputs["entities"], windows)
        found = []
        for row, (spans, names) in enumerate(zip(attributed, named, strict=True)):
            pointers = [outputs[name][row] for name in POINTERS]
            told = Worths(heads, windows[row], outputs["hidden"][row]) if "hidden" in outputs else None
            worth = told.of_contents(spans) if told is not None else {}
            found.append(
                Encoded(
                    linked(heads, pointers, spans, worth),
                    tuple(NameSpan(s.label, s.start, s.end, s.probability) for s in names),
                    told.of_sentences(sentences[row], windows[row]) if told is not None else (),
                )
            )
        return found


def _groups(stream: Iterable[Doc], size: int) -> Iterator[list[Doc]]:
    docs = iter(stream)
    while group := list(islice(docs, size)):
        yield group


def linked(
    heads: Heads, pointers: Sequence[Scores], spans: Sequence[TaggedSpan], worth: dict[int, float]
) -> tuple[RoleSpan, ...]:
    """Roles of one window with their targets; ``pointers`` are [T, D] in the order of ``POINTERS``."""
    places = {role: [n for n, span in enumerate(spans) if span.label == role] for role in Role}
    groups = {role: [spans[n] for n in numbers] for role, numbers in places.items()}
    targets: dict[int, tuple[int | None, float]] = {}
    cue_query, cue_key, source_query, source_key = pointers
    for head, query, key, role, other in (
        (heads.cue, cue_query, cue_key, Role.CONTENT, Role.CUE),
        (heads.source, source_query, source_key, Role.CUE, Role.SOURCE),
    ):
        for place, found in zip(
            places[role], link(head, query, key, groups[role], groups[other]), strict=True
        ):
            target = None if found.target is None else places[other][found.target]
            targets[place] = (target, found.probability)
    return tuple(
        RoleSpan(
            Role(span.label),
            span.start,
            span.end,
            span.probability,
            *targets.get(n, (None, 1.0)),
            worth.get(n),
        )
        for n, span in enumerate(spans)
    )


@Language.factory(
    "claimwire_encoder",
    requires=["doc._.claimwire_masked"],
    assigns=["doc._.claimwire_roles", "doc._.claimwire_names", "doc._.claimwire_worths"],
    default_config={"threads": 1, "max_windows": 64},
)
def make_encoder(nlp: Language, name: str, threads: int, max_windows: int) -> Any:
    """The factory; weights come with ``from_disk``."""
    return ClaimwireEncoder(name, threads=threads, max_windows=max_windows)
