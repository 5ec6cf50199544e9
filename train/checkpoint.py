"""Checkpoints: a folder for each, complete or absent; safetensors and JSON, nothing pickled.

The example stream is a pure function and there is no dropout, so a checkpoint needs parameters, moments and the step.
"""

import json
import os
import shutil
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from shards.errors import CorruptionError
from train.model import MT5
from train.optim import AdamWScaled

_UNFINISHED = ".tmp-"


def save(folder: Path, step: int, model: MT5, optimizer: AdamWScaled, keep: int) -> Path:
    """Write checkpoint `step` and drop all but the last `keep`. A kill at any moment leaves whole checkpoints only."""
    final = folder / f"step-{step:08d}"
    temporary = folder / f"{_UNFINISHED}{step:08d}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_file(_parameters(model), temporary / "model.safetensors")
    save_file({name: value.cpu() for name, value in optimizer.state().items()}, temporary / "optimizer.safetensors")
    (temporary / "state.json").write_text(json.dumps({"step": step}))
    for path in temporary.iterdir():
        _flush(path)
    if final.exists():
        _remove(final)
    temporary.replace(final)
    _flush(folder)
    for old in steps(folder)[:-keep]:
        _remove(folder / f"step-{old:08d}")
    return final


def steps(folder: Path) -> list[int]:
    """Steps of the checkpoints in `folder`, ascending."""
    return sorted(int(path.name.removeprefix("step-")) for path in folder.glob("step-*"))


def load(folder: Path, step: int, model: MT5, optimizer: AdamWScaled) -> None:
    """Fill model and optimizer from checkpoint `step`, bit for bit."""
    path = folder / f"step-{step:08d}"
    try:
        parameters = load_file(path / "model.safetensors")
        moments = load_file(path / "optimizer.safetensors")
        saved = json.loads((path / "state.json").read_text())["step"]
    except (SafetensorError, FileNotFoundError, ValueError, KeyError) as error:
        raise CorruptionError(f"{path} cannot be read ({error}); delete it to resume from the one before") from error
    if saved != step:
        raise CorruptionError(f"{path} holds step {saved}; give the folder its name back, or delete it")
    own = _parameters(model)
    if parameters.keys() != own.keys() or moments.keys() != optimizer.state().keys():
        raise CorruptionError(f"{path} is of another model; give another --out or restore the run's settings")
    with torch.no_grad():
        for name, value in model.named_parameters():
            value.copy_(parameters[name])
    optimizer.load(moments, step)


def _parameters(model: MT5) -> dict[str, torch.Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in model.named_parameters()}


def _remove(path: Path) -> None:
    # Renamed first, so that a kill in the middle leaves no half checkpoint under a valid name.
    doomed = path.with_name(f"{_UNFINISHED}old-{path.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    path.replace(doomed)
    shutil.rmtree(doomed)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
