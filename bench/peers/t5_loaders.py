"""Loaders that people feed T5 with, over the same chunks of 568 tokens: each writes its own files, then gives batches.

Chunks are cut beforehand from the concatenated documents, as in run_t5_mlm_flax.py. mosaicml-streaming is left out if
it is not installed. Its 0.13 pins transformers below 5, and importing it needs torchvision, for images only; an empty
stand-in will do for that, and a folder of its own for the rest:

    pip install --target FOLDER --no-deps mosaicml-streaming python-snappy cramjam Brotli zstd
    PYTHONPATH=FOLDER python -m bench loader
"""

import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import datasets
import numpy as np
from torch.utils.data import DataLoader, Dataset

Collate = Callable[[list[dict]], object]


def write_datasets(chunks: np.ndarray, folder: Path) -> None:
    """A Hugging Face dataset on disk: memory-mapped Arrow, int32 lists of fixed length."""
    features = datasets.Features({"input_ids": datasets.List(datasets.Value("int32"), length=chunks.shape[1])})
    datasets.Dataset.from_dict({"input_ids": chunks.astype(np.int32)}, features=features).save_to_disk(str(folder))


def datasets_loader(folder: Path, size: int, collate: Collate) -> Iterator:
    """Shuffled batches of it; rows as numpy arrays, a batch fetched at once."""
    rows = datasets.load_from_disk(str(folder)).with_format("numpy")
    return iter(DataLoader(rows, batch_size=size, shuffle=True, collate_fn=collate, drop_last=True))


def write_memmap(chunks: np.ndarray, folder: Path) -> None:
    """One flat file of uint16, as in nanoGPT."""
    folder.mkdir()
    chunks.astype(np.uint16).tofile(folder / "tokens.bin")


class Memmap(Dataset):
    """Rows of a flat file."""

    def __init__(self, folder: Path, raw: int):
        self._rows = np.memmap(folder / "tokens.bin", dtype=np.uint16, mode="r").reshape(-1, raw)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> dict:
        return {"input_ids": self._rows[index].astype(np.int64)}


def memmap_loader(folder: Path, size: int, collate: Collate) -> Iterator:
    """Shuffled batches of it by torch's loader."""
    return iter(DataLoader(Memmap(folder, 568), batch_size=size, shuffle=True, collate_fn=collate, drop_last=True))


def streaming_installed() -> bool:
    """Whether mosaicml-streaming is there."""
    return importlib.util.find_spec("streaming") is not None


def write_streaming(chunks: np.ndarray, folder: Path) -> None:
    """MDS shards, uncompressed, a chunk a sample."""
    _stand_in()
    from streaming import MDSWriter

    with MDSWriter(out=str(folder), columns={"input_ids": f"ndarray:int32:{chunks.shape[1]}"}) as writer:
        for chunk in chunks.astype(np.int32):
            writer.write({"input_ids": chunk})


def streaming_loader(folder: Path, size: int, collate: Collate) -> Iterator:
    """Shuffled batches of them."""
    _stand_in()
    from streaming import StreamingDataset

    rows = StreamingDataset(local=str(folder), shuffle=True, batch_size=size)
    return iter(DataLoader(rows, batch_size=size, collate_fn=collate, drop_last=True))


def _stand_in() -> None:
    if "streaming" in sys.modules or importlib.util.find_spec("torchvision") is not None:
        return
    for name in ("torchvision", "torchvision.datasets", "torchvision.transforms.functional"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__spec__ = ModuleSpec(name, None)
    sys.modules["torchvision.datasets"].VisionDataset = object
    sys.modules["torchvision.transforms.functional"].to_tensor = None
