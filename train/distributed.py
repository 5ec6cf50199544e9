"""Processes of one run, as torchrun starts them; a single process needs nothing."""

import dataclasses
import os
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn

from shards.errors import InputError

PATIENCE = timedelta(hours=24)  # the others wait in a barrier while the leading process tokenises the version


@dataclasses.dataclass(frozen=True)
class Group:
    """This process's place among `world` processes, and its device."""

    rank: int
    world: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def sum(self, value: Tensor) -> Tensor:
        """Sum of `value` over all processes, in place."""
        if self.world > 1:
            dist.all_reduce(value)
        return value

    def any(self, here: bool) -> bool:
        """Whether it holds in any process."""
        return bool(self.sum(torch.tensor(float(here), device=self.device)).item()) if self.world > 1 else here

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.world > 1:
            dist.barrier()

    def sum_gradients(self, model: nn.Module) -> None:
        """Sum all gradients over the processes.

        Every process divides its loss by the global count of target tokens, so the sum is the global gradient.
        """
        if self.world > 1:
            works = [dist.all_reduce(parameter.grad, async_op=True) for parameter in model.parameters()]
            for work in works:
                work.wait()

    def leave(self) -> None:
        """End the group."""
        if self.world > 1:
            dist.destroy_process_group()


def join(device: str) -> Group:
    """Join the run that torchrun's environment describes; `device` is auto, cpu or cuda.

    `InputError` when there is no GPU for this process.
    """
    rank, world, local = (int(os.environ.get(name, "0")) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
    world = max(1, world)
    kind = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    place = torch.device("cuda", local) if kind == "cuda" else torch.device(kind)
    if kind == "cuda":
        found = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if local >= found:
            raise InputError(
                f"process {local} of this machine needs a GPU of its own and torch finds {found}: "
                "give --device cpu, or no more processes than GPUs"
            )
        torch.cuda.set_device(place)
    if world > 1:
        dist.init_process_group("nccl" if kind == "cuda" else "gloo", timeout=PATIENCE)
    return Group(rank, world, place)
