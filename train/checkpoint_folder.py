"""What lies in a run's folder of checkpoints: which there are, what each says of its run, and which is the best."""

import dataclasses
import json
import os
import shutil
from pathlib import Path

from shards.errors import CorruptionError

UNFINISHED = ".tmp-"
FORMAT = 2


@dataclasses.dataclass(frozen=True)
class State:
    """What a checkpoint says of its run.

    Steps done, steps whose examples a roll-back left out, the last step's learning rate, and the mean of the languages'
    held-out losses where that step was evaluated.
    """

    step: int
    skipped: int
    lr: float
    held_out: float | None


def steps(folder: Path) -> list[int]:
    """Steps of the checkpoints in `folder`, ascending."""
    return sorted(int(path.name.removeprefix("step-")) for path in folder.glob("step-*"))


def best(folder: Path) -> int | None:
    """Step of the checkpoint with the lowest held-out loss."""
    losses = {step: read_state(folder / name(step)).held_out for step in steps(folder)}
    known = {step: loss for step, loss in losses.items() if loss is not None}
    return min(known, key=known.__getitem__) if known else None


def name(step: int) -> str:
    """Folder of a step's checkpoint."""
    return f"step-{step:08d}"


def read_state(path: Path) -> State:
    """What the checkpoint in folder `path` says of its run."""
    try:
        found = json.loads((path / "state.json").read_text())
        return State(**{field.name: found[field.name] for field in dataclasses.fields(State)})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> CorruptionError:
    """The error of a checkpoint whose files are not what was written."""
    return CorruptionError(f"{path} cannot be read ({error}); delete it to resume from the one before")


def remove(path: Path) -> None:
    """Delete a checkpoint."""
    # Renamed first, so that a kill in the middle leaves no half checkpoint under a valid name.
    doomed = path.with_name(f"{UNFINISHED}old-{path.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    path.replace(doomed)
    shutil.rmtree(doomed)


def flush(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
