"""fastText models in numba: equal to the library, on every kind of classifier it writes."""

import struct
from pathlib import Path

import numpy as np
import pytest

from filters.language.fasttext import read_fasttext
from shards.errors import CorruptionError, InputError

fasttext = pytest.importorskip("fasttext", reason="the fastText library, the peer of this module, is not installed")
MODEL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "models" / "lid.176.ftz"
needs_model = pytest.mark.skipif(not MODEL.is_file(), reason="../shared/data/models/lid.176.ftz is not here")
TEXTS = [
    "le patient doit prendre un comprimé le matin", "el paciente refiere dolor abdominal", "the", "ñ", "",
    "сообщите врачу", "如果您曾经 对这种药物", "l'eau covid-positive col·legi", "x" * 3000, "de la que el en y a los",
]  # fmt: skip
HIERARCHICAL, SOFTMAX = 1, 3


def packed(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    encoded = [text.encode() for text in texts]
    return np.frombuffer(b"".join(encoded), np.uint8), np.cumsum([0, *map(len, encoded)])


def assert_equals_the_library(path: Path) -> None:
    ours, library = read_fasttext(str(path)), fasttext.FastText._FastText(model_path=str(path))
    found = ours.log_probabilities(*packed(TEXTS))
    assert found.shape == (len(TEXTS), len(ours.labels))
    for row, text in zip(found, TEXTS, strict=True):
        best = library.f.predict(text + "\n", len(ours.labels), 0.0, "strict")
        assert {label.removeprefix("__label__") for _, label in best} <= set(ours.labels)
        for probability, label in best:
            at = ours.labels.index(label.removeprefix("__label__"))
            assert np.exp(row[at]) == pytest.approx(probability, abs=1e-4)


@needs_model
def test_the_language_model_gives_the_librarys_probabilities():
    assert_equals_the_library(MODEL)


@pytest.mark.parametrize("loss", [HIERARCHICAL, SOFTMAX])
@pytest.mark.parametrize("longest", [0, 1, 4])
def test_dense_models_give_the_librarys_probabilities(tmp_path, loss, longest):
    path = tmp_path / "model.bin"
    path.write_bytes(dense_model(loss, longest))
    assert_equals_the_library(path)


def dense_model(loss: int, longest: int) -> bytes:
    """A model file of random numbers as the library writes it (its trainer in the numpy2 wheel gives only NaN)."""
    words = ["</s>", *sorted({word for text in TEXTS[:6] for word in text.split()})]
    labels = [f"__label__{name}" for name in ("fr", "es", "en", "it", "de", "pt", "gl")]
    dim, buckets = 8, 500 if longest else 0
    random = np.random.default_rng(longest)
    entries = [(word, 9, 0) for word in words] + [(label, 90 - 7 * at, 1) for at, label in enumerate(labels)]
    numbers = (dim, 5, 3, 1, 5, 1, loss, 3, buckets, min(1, longest), longest, 9)
    parts = [struct.pack("<ii12id", 793712314, 12, *numbers, 0.1)]
    parts.append(struct.pack("<iiiqq", len(entries), len(words), len(labels), 999, -1))
    parts += [name.encode() + b"\0" + struct.pack("<qb", count, kind) for name, count, kind in entries]
    for rows in (len(words) + buckets, len(labels)):
        parts.append(struct.pack("<?qq", False, rows, dim) + random.normal(size=(rows, dim)).astype("<f4").tobytes())
    return b"".join(parts)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(CorruptionError, match="not a fastText model"):
        read_fasttext(str(path))


@needs_model
@pytest.mark.parametrize("size", [4, 60, 30_000, 900_000])
def test_a_file_cut_short_is_refused(tmp_path, size):
    path = tmp_path / "model"
    path.write_bytes(MODEL.read_bytes()[:size])
    with pytest.raises(CorruptionError, match="fetch it again"):
        read_fasttext(str(path))


def test_a_model_of_word_pairs_is_refused(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(struct.pack("<ii12id", 793712314, 12, 8, 5, 3, 1, 5, 2, 3, 3, 2000, 2, 4, 100, 0.0001))
    with pytest.raises(InputError, match="2-grams of words"):
        read_fasttext(str(path))
