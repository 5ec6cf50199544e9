"""Checkpoints: a folder for each, complete or absent; safetensors and JSON, nothing pickled.

    step-00000120/shard-00001-of-00002.safetensors   one process's rows of parameters and moments
                  shard-00002-of-00002.safetensors
                  state.json                         step, examples skipped, learning rate, held-out loss

torch.distributed.checkpoint plans who writes and reads which rows, so a checkpoint of any number of processes, ddp or
fsdp, is read by any other. Its own storage pickles; here the shards are safetensors with each piece's place in the
header, as its `HuggingFaceStorageReader` expects. The example stream is a pure function and there is no dropout, so
nothing else needs to be kept.

Writing goes on beside training: a step waits only for the copy to the CPU's memory. A checkpoint that cannot be
written, on a full disk say, is dropped and reported; the ones before it stay.
"""

import dataclasses
import errno
import json
import os
import shutil
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor
from torch.distributed.checkpoint import HuggingFaceStorageReader
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.metadata import Metadata
from torch.distributed.checkpoint.planner import SavePlan, SavePlanner
from torch.distributed.checkpoint.storage import StorageWriter, WriteResult
from torch.distributed.tensor import DTensor, Shard

from shards.errors import CorruptionError
from train.checkpoint_folder import (
    FORMAT,
    UNFINISHED,
    State,
    best,
    flush,
    name,
    read_state,
    remove,
    steps,
    unreadable,
)
from train.distributed import Group, own_rows

# What a single process is, and no reason to warn.
warnings.filterwarnings("ignore", message="torch.distributed is disabled, unavailable or uninitialized")


class Checkpoints:
    """The checkpoints of a run: the last `keep`, and besides them the one with the lowest held-out loss."""

    def __init__(self, folder: Path, keep: int, group: Group):
        self.folder, self.keep, self.group = folder, keep, group
        # Processes speak of checkpoints beside the training's own exchange, so they need a channel of their own.
        self._channel = dist.new_group(backend="gloo") if group.world > 1 else None
        self._mesh = group.mesh("cpu") if group.world > 1 else None
        self._buffers: dict[str, Tensor] = {}
        self._thread = ThreadPoolExecutor(1)
        self._writing: tuple[int, Future] | None = None

    def save(self, state: State, tensors: dict[str, Tensor]) -> str | None:
        """Copy the tensors and begin to write; what is reported is how the save before this one failed, if it did."""
        failure = self.wait()
        copies = {name: self._copy(name, value) for name, value in tensors.items()}
        if self.group.device.type == "cuda":
            torch.cuda.synchronize()
        writer = _Writer(self.folder, state, self.keep)
        saving = self._thread.submit(dcp.save, copies, storage_writer=writer, process_group=self._channel)
        self._writing = (state.step, saving)
        return failure

    def _copy(self, key: str, value: Tensor) -> Tensor:
        """This process's rows in the CPU's memory; pinned if from a GPU, and kept, as fresh pages are slow."""
        rows = own_rows(value.detach(), self.group)
        if key not in self._buffers:
            self._buffers[key] = torch.empty_like(rows, device="cpu", pin_memory=rows.is_cuda)
        self._buffers[key].copy_(rows, non_blocking=True)
        if self._mesh is None:
            return self._buffers[key]
        return DTensor.from_local(
            self._buffers[key], self._mesh, [Shard(0)], run_check=False, shape=value.shape, stride=value.stride()
        )

    def wait(self) -> str | None:
        """Wait until what is being written is there; how it failed, if it did. The same in every process."""
        if self._writing is None:
            return None
        (step, saving), self._writing = self._writing, None
        try:
            saving.result()
        except CheckpointException as error:
            causes = {f"{type(cause).__name__}: {cause}" for cause, _ in error.failures.values()}
            last = max(steps(self.folder), default=0)
            return (
                f"the checkpoint of step {step} could not be written ({'; '.join(sorted(causes))}); "
                f"training goes on, the last checkpoint is {f'of step {last}' if last else 'not there yet'}"
            )
        return None

    def load(self, step: int, tensors: dict[str, Tensor]) -> State:
        """Fill `tensors` in place, bit for bit, from checkpoint `step`."""
        path = self.folder / name(step)
        state = read_state(path)
        if state.step != step:
            raise CorruptionError(f"{path} holds step {state.step}; give the folder its name back, or delete it")
        reader = HuggingFaceStorageReader(str(path))
        try:
            saved = {key: tuple(found.size) for key, found in reader.read_metadata().state_dict_metadata.items()}
            if saved != {key: tuple(value.shape) for key, value in tensors.items()}:
                raise CorruptionError(f"{path} is of another model; give another --out or restore the run's settings")
            dcp.load(tensors, storage_reader=reader, process_group=self._channel)
        except (SafetensorError, CheckpointException, OSError, ValueError, KeyError) as error:
            raise unreadable(path, error) from error
        return state


class _Writer(StorageWriter):
    """Writes each process's pieces as one safetensors file; the coordinator gives the folder its name at the end."""

    def __init__(self, folder: Path, state: State, keep: int):
        self.folder, self.state, self.keep = folder, state, keep
        self.temporary = folder / f"{UNFINISHED}{name(state.step)}"

    def reset(self, checkpoint_id: str | os.PathLike | None = None) -> None:
        """A writer writes one checkpoint."""

    def set_up_storage_writer(self, is_coordinator: bool) -> None:
        """Nothing to set up."""

    def prepare_local_plan(self, plan: SavePlan) -> SavePlan:
        """As planned."""
        return plan

    def prepare_global_plan(self, plans: list[SavePlan]) -> list[SavePlan]:
        """Name each process's file. `OSError` when the disk has no room: it is not filled up to find out."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        pieces = [item.tensor_data for plan in plans for item in plan.items]
        size = sum(piece.chunk.sizes.numel() * piece.properties.dtype.itemsize for piece in pieces)
        free = shutil.disk_usage(self.folder).free
        if free < size + (1 << 20):
            raise OSError(errno.ENOSPC, f"{size:,} bytes are needed and {free:,} free", str(self.folder))
        self.temporary.mkdir()
        total = len(plans)
        return [
            dataclasses.replace(plan, storage_data=f"shard-{number:05d}-of-{total:05d}.safetensors")
            for number, plan in enumerate(plans, 1)
        ]

    def write_data(self, plan: SavePlan, planner: SavePlanner) -> Future[list[WriteResult]]:
        """Write this process's file, and make it durable."""
        tensors = {item.index.fqn: planner.resolve_data(item).detach().contiguous() for item in plan.items}
        places = {item.index.fqn: {"saved_offsets": list(item.tensor_data.chunk.offsets)} for item in plan.items}
        header = {"DCP_SHARDING_INFO": json.dumps(places), "DCP_VERSION": "1.0", "format": "pt"}
        save_file(tensors, self.temporary / plan.storage_data, metadata=header)
        flush(self.temporary / plan.storage_data)
        done: torch.futures.Future = torch.futures.Future()
        done.set_result([WriteResult(item.index, tensors[item.index.fqn].nbytes, None) for item in plan.items])
        return done

    def finish(self, metadata: Metadata, results: list[list[WriteResult]]) -> None:
        """All files are there: name the folder, and drop what need not be kept."""
        found = dataclasses.asdict(self.state) | {"format": FORMAT}
        (self.temporary / "state.json").write_text(json.dumps(found, indent=1))
        flush(self.temporary / "state.json")
        flush(self.temporary)
        final = self.folder / name(self.state.step)
        if final.exists():
            remove(final)
        self.temporary.replace(final)
        flush(self.folder)
        kept = {*steps(self.folder)[-self.keep :], best(self.folder)}
        for old in steps(self.folder):
            if old not in kept:
                remove(self.folder / name(old))

    @classmethod
    def validate_checkpoint_id(cls, checkpoint_id: str | os.PathLike) -> bool:
        """Not chosen by name."""
        return False
