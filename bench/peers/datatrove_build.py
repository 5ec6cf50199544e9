"""The steps of our build as a datatrove pipeline: page -> trafilatura -> language -> quality -> MinHash, one worker.

    python -m bench.peers.datatrove_build warc   FOLDER OUT          a folder of WARC files
    python -m bench.peers.datatrove_build html   FOLDER OUT          a folder of HTML files
    python -m bench.peers.datatrove_build warc   FOLDER OUT fast     trafilatura in its fast mode

The documents kept end in OUT/kept/*.jsonl. Its blocks are datatrove's own and set for speed on one core, but for three:
  - the reader: its WarcReader needs libmagic and cchardet for what this input states or nearly always is (HTML, UTF-8),
    so records are read as it reads them (warcio), with resiliparse's detector for the few that are not UTF-8;
  - the words: a regular expression in place of spaCy, about six times faster in its MinHash, and nothing to install;
  - the language model: our file lid.176.ftz in place of the larger .bin that it would fetch, asked for one label.
Intermediate documents are JSON lines without compression, the cheapest of its writers. Signatures are taken while the
filtered documents are written, so they are read back once, not twice as in its examples.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from datatrove.data import Document
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.readers.base import BaseDiskReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.lid import FT176LID
from datatrove.utils.word_tokenizers import WordTokenizer
from fasttext.FastText import _FastText
from resiliparse.parse.encoding import detect_encoding
from warcio.archiveiterator import ArchiveIterator

from filters.models import find_language_model

LANGUAGES = ["en", "fr", "it", "es"]
MIN_CONFIDENCE = 0.65  # its default
# Its eight English stop words, and eight as common in each of the other languages.
STOP_WORDS = [
    "the", "be", "to", "of", "and", "that", "have", "with",
    "le", "de", "et", "à", "les", "des", "est", "que",
    "il", "di", "e", "che", "la", "per", "non", "con",
    "el", "de", "y", "que", "en", "los", "se", "por",
]  # fmt: skip
BUCKETS = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)


class Words(WordTokenizer):
    """Runs of word characters."""

    _word = re.compile(r"\w+")

    def word_tokenize(self, text: str) -> list[str]:
        """The words of a text."""
        return self._word.findall(text)

    def sent_tokenize(self, text: str) -> list[str]:
        """Not asked for by the blocks used here."""
        raise NotImplementedError("these blocks take words only")

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        """Not asked for by the blocks used here."""
        raise NotImplementedError("these blocks take words only")


class LocalModel(FT176LID):
    """Its language identification, with a model file of this machine."""

    def __init__(self, path: str, languages: list[str]):
        super().__init__(languages, k=1)
        self._path = path

    @property
    def model(self) -> _FastText:
        """The model, loaded when first used."""
        if self._model is None:
            self._model = _FastText(self._path)
        return self._model


class Language(BaseFilter):
    """Its LanguageFilter without what that needs for downloads: any of the languages above the threshold."""

    name = "Language"

    def __init__(self, lid: FT176LID):
        super().__init__()
        self._lid = lid

    def filter(self, doc: Document) -> bool:
        """Whether the document stays."""
        (language, confidence), of_ours = self._lid.predict(doc)
        doc.metadata.update(language=language, language_score=confidence)
        return max(of_ours.values()) > MIN_CONFIDENCE


class Warc(BaseDiskReader):
    """Response records of WARC files; see this file's head for how it differs from its WarcReader."""

    name = "Warc"

    def read_file(self, filepath: str) -> Iterator[Document]:
        """A document a record."""
        with self.data_folder.open(filepath, "rb", compression=None) as file:
            for number, record in enumerate(ArchiveIterator(file)):
                if record.rec_type == "response":
                    with self.track_time():
                        text = decode(record.content_stream().read())
                        url = record.rec_headers.get_header("WARC-Target-URI")
                        document = self.get_document_from_dict({"text": text, "url": url}, filepath, number)
                    if document:
                        yield document


class Html(BaseDiskReader):
    """Files, each one document."""

    name = "Html"

    def read_file(self, filepath: str) -> Iterator[Document]:
        """The file's document."""
        with self.data_folder.open(filepath, "rb") as file:
            document = self.get_document_from_dict({"text": decode(file.read()), "url": filepath}, filepath, 0)
        if document:
            yield document


READERS = {"warc": Warc, "html": Html}


def decode(data: bytes) -> str:
    """Text of a page: UTF-8, else what is detected."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(detect_encoding(data), errors="replace")


def build(reader: PipelineStep, out: Path, fast: bool) -> None:
    """The whole pipeline: four executors, one after the other, as its MinHash wants it."""
    words = Words()

    def stage(name: str, steps: list[PipelineStep], tasks: int = 1) -> None:
        LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=str(out / "logs" / name)).run()

    filtered, kept = str(out / "filtered"), str(out / "kept")
    signatures, buckets, removals = (str(out / name) for name in ("signatures", "buckets", "removals"))
    stage("filter", [
        reader,
        # The options that our own extraction gives it; ours asks its fast mode, and repairs the text. A time limit that
        # no page meets, so that none is lost on a busy machine.
        Trafilatura(
            favour_precision=False, deduplicate=False, timeout=600, include_tables=True, include_formatting=False,
            include_links=False, with_metadata=False, fast=fast,
        ),
        Language(LocalModel(find_language_model().path, LANGUAGES)),
        GopherRepetitionFilter(language=words),
        GopherQualityFilter(stop_words=STOP_WORDS, language=words),
        JsonlWriter(filtered, compression=None),
        MinhashDedupSignature(signatures, BUCKETS, language=words),
    ])  # fmt: skip
    stage("buckets", [MinhashDedupBuckets(signatures, buckets, config=BUCKETS)], tasks=BUCKETS.num_buckets)
    stage("clusters", [MinhashDedupCluster(buckets, removals, config=BUCKETS)])
    reread, unique = JsonlReader(filtered, compression=None), MinhashDedupFilter(removals)
    stage("keep", [reread, unique, JsonlWriter(kept, compression=None)])


if __name__ == "__main__":
    kind, folder, target, *mode = sys.argv[1:]
    build(READERS[kind](folder), Path(target), mode == ["fast"])
