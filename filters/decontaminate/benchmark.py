"""What a recipe calls a benchmark: files in one format, found on this machine or on the Hub, pinned by digest."""

import dataclasses
import fnmatch
import hashlib
import re
from pathlib import Path
from typing import Literal, get_args

from shards.errors import CorruptionError, InputError
from shards.step import local

Format = Literal["jsonl", "json", "iob", "tsv", "csv", "parquet", "txt", "hf"]
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2")
PACKED = ("", ".gz", ".bz2", ".zst")
_PATTERNS: dict[str, tuple[str, ...]] = {
    "jsonl": ("*.jsonl", "*.ndjson"),
    "json": ("*.json",),
    "iob": ("*.tsv", "*.iob", "*.iob2", "*.bio", "*.conll", "*.conllu", "*.txt"),
    "tsv": ("*.tsv",),
    "csv": ("*.csv",),
    "parquet": ("*.parquet",),
    "txt": ("*.txt",),
    "hf": ("*.parquet", "*.jsonl", "*.json", "*.csv", "*.tsv", "*.arrow"),
}
_BESIDE = (
    "dataset_info.json",
    "dataset_infos.json",
    "dataset_dict.json",
    "state.json",
    "README*",
    "SOURCES*",
    "LICENSE*",
)
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


@dataclasses.dataclass(frozen=True)
class PinnedFile:
    """A file below the benchmark's root and its SHA-256."""

    name: str
    sha256: str


@dataclasses.dataclass(frozen=True)
class Benchmark:
    """One benchmark, ready to be read. Make it with `pin`, which finds the files and their digests.

    `fields`: dotted names of the columns whose texts, joined, are an item; `id_field` names its id. `only`: glob over
    the files' relative names, of archive members too. `rows`: dotted name of the list of items in a JSON file.
    `unit`: in IOB files, an item is a run of sentences of at least `item_words` words, or a whole document between
    `marker`s (the words with which a document begins; lines with -DOCSTART-, # newdoc and ### always are). `lenient`:
    bytes that are no UTF-8 become U+FFFD, which is no word, instead of an error; published test sets have such bytes.
    """

    name: str
    format: Format
    files: tuple[PinnedFile, ...]
    fields: tuple[str, ...] = ()
    id_field: str = ""
    only: str = "*"
    split: str = ""
    rows: str = ""
    unit: Literal["sentence", "document"] = "sentence"
    item_words: int = 25
    marker: str = ""
    lenient: bool = False
    root: str = local(default="")

    def __post_init__(self) -> None:
        where = f"benchmark {self.name}"
        if self.format not in get_args(Format):
            raise InputError(f"{where}: format {self.format!r} is none of {', '.join(get_args(Format))}")
        if self.format in ("jsonl", "json", "tsv", "csv", "parquet", "hf") and not self.fields:
            raise InputError(f"{where}: name the `fields` that hold the text of an item, e.g. ['question', 'answer']")
        if self.format in ("iob", "txt") and self.fields:
            raise InputError(f"{where}: {self.format} files have no fields; leave `fields` out")
        if self.item_words < 1:
            raise InputError(f"{where}: item_words is {self.item_words}, must be at least 1")

    @property
    def digest(self) -> str:
        """SHA-256 over the names and digests of all files: what was kept out, in one figure."""
        lines = "".join(f"{file.sha256}  {file.name}\n" for file in self.files)
        return hashlib.sha256(lines.encode()).hexdigest()

    def locate(self, file: PinnedFile) -> Path:
        """Where the file lies."""
        root = Path(self.root)
        path = root if root.is_file() else root / file.name
        if not path.is_file():
            raise InputError(f"benchmark {self.name}: {path} is no longer there; bring it back or plan again")
        return path

    def checked(self, file: PinnedFile) -> Path:
        """Where the file lies; `CorruptionError` unless it still has its digest."""
        path = self.locate(file)
        if (found := _digest(path)) != file.sha256:
            raise CorruptionError(f"benchmark {self.name}: {path} has digest {found}, was {file.sha256} when planned")
        return path

    def wants(self, name: str) -> bool:
        """Whether a file or archive member of that relative name belongs to the benchmark."""
        last = name.rsplit("/", 1)[-1]
        kinds = [pattern + packed for pattern in _PATTERNS[self.format] for packed in PACKED]
        ours = any(fnmatch.fnmatch(last.lower(), kind) for kind in kinds)
        beside = any(fnmatch.fnmatch(last, pattern) for pattern in _BESIDE)
        return ours and not beside and fnmatch.fnmatch(name, self.only) and _is_of(self.split, name)


def pin(
    name: str,
    path: str,
    format: Format,
    *,
    fields: tuple[str, ...] = (),
    id_field: str = "",
    only: str = "*",
    split: str = "",
    rows: str = "",
    unit: Literal["sentence", "document"] = "sentence",
    item_words: int = 25,
    marker: str = "",
    lenient: bool = False,
) -> Benchmark:
    """The benchmark with the files found at `path` (a file, a folder, an archive, or for "hf" the name of a data set).

    A name of the Hub is brought as a snapshot into the Hub's cache, of which only the wanted split is taken. Raises
    `InputError` when nothing is there.
    """
    shape = Benchmark(
        name, format, (), tuple(fields), id_field, only, split, rows, unit, item_words, marker, lenient
    )  # fmt: skip
    root = Path(path).expanduser()
    if format == "hf" and not root.exists():
        root = _snapshot(name, path)
    if root.is_file():
        found = [root.name]
    elif root.is_dir():
        below = (file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file())
        found = sorted(file for file in below if shape.wants(file) or is_archive(file))
    else:
        raise InputError(f"benchmark {name}: there is no {path}; correct the path")
    if not found:
        kinds = ", ".join(_PATTERNS[format])
        split_too = f" of split {split!r}" if split else ""
        raise InputError(f"benchmark {name}: no file in {path} is {kinds} like {only!r}{split_too}")
    files = tuple(PinnedFile(file, _digest(root if root.is_file() else root / file)) for file in found)
    return dataclasses.replace(shape, files=files, root=str(root))


def is_archive(name: str) -> bool:
    """Whether the name is that of a zip or tar archive."""
    return name.lower().endswith(ARCHIVES)


def _is_of(split: str, name: str) -> bool:
    # As the Hub finds splits in file names: the split's name between characters that are no letters, in any part.
    return not split or re.search(rf"(?<![A-Za-z0-9]){re.escape(split)}(?![A-Za-z])", name) is not None


def _snapshot(name: str, path: str) -> Path:
    """The data set's files in the Hub's cache, brought there if need be."""
    if not _HUB_NAME.fullmatch(path):
        raise InputError(
            f"benchmark {name}: {path!r} is neither a folder or file here nor a name of the Hub (OWNER/NAME)"
        )
    from huggingface_hub import snapshot_download  # slow to import, and needed for names of the Hub only
    from huggingface_hub.errors import HfHubHTTPError

    try:
        wanted = [pattern + packed for pattern in _PATTERNS["hf"] for packed in PACKED]
        return Path(snapshot_download(path, repo_type="dataset", allow_patterns=wanted))
    except (HfHubHTTPError, OSError) as error:  # no network and nothing in the cache are among the latter
        raise InputError(
            f"benchmark {name}: the data set {path} is not in the Hub's cache and could not be brought "
            f"({type(error).__name__}). Where there is network, run `hf download {path} --repo-type dataset "
            "--local-dir DIR`, bring DIR here and set path = DIR"
        ) from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
