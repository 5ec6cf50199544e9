"""Processes of one run, as torchrun starts them, and how they share a model; a single process needs nothing.

ddp: every process holds the whole model; gradients are summed while they are computed. fsdp: every process holds its
rows of each matrix, of its gradient and of its moments; blocks are put together when they are computed (FSDP2). Every
process divides its loss by the global count of target tokens, so gradients are summed, not averaged.
"""

import contextlib
import dataclasses
import os
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor
from torch.nn.parallel import DistributedDataParallel

from shards.errors import InputError
from train.model import MT5

PATIENCE = timedelta(hours=24)  # the others wait in a barrier while the leading process tokenises the version


@dataclasses.dataclass(frozen=True)
class Group:
    """This process's place among `world` processes, and its device."""

    rank: int
    world: int
    device: torch.device
    owned: bool = False  # whether this run made torch's process group, and ends it

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

    def mesh(self, device: str) -> DeviceMesh:
        """All processes in one row; `device` is what their tensors are on."""
        return init_device_mesh(device, (self.world,))

    def leave(self) -> None:
        """End the group."""
        if self.owned:
            dist.destroy_process_group()


def join(device: str) -> Group:
    """Join the run that torchrun's or Ray's environment describes; `device` is auto, cpu or cuda.

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
    owned = world > 1 and not dist.is_initialized()  # Ray makes it, torchrun does not
    if owned:
        dist.init_process_group("cpu:gloo,cuda:nccl" if kind == "cuda" else "gloo", timeout=PATIENCE)
    return Group(rank, world, place, owned)


def lay_out(model: MT5, layout: str, group: Group) -> nn.Module:
    """The model as all processes share it, to be called as `model` is. Under fsdp, `model` itself is changed.

    fsdp gathers parameters in the model's dtype and sums gradients in float32.
    """
    if group.world == 1:
        return model
    if layout == "fsdp":
        mesh, policy = (
            group.mesh(group.device.type),
            MixedPrecisionPolicy(model.dtype, torch.float32, cast_forward_inputs=False),
        )
        for module in (*model.encoder.blocks, *model.decoder.blocks, model):
            fully_shard(module, mesh=mesh, mp_policy=policy)
            module.set_gradient_divide_factor(1.0)
            module.set_force_sum_reduction_for_comms(True)  # gloo knows no other
        return model
    shared = DistributedDataParallel(model, gradient_as_bucket_view=True)
    shared.register_comm_hook(None, _sum_bucket)
    return shared


def _sum_bucket(_: None, bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:
    summed = dist.all_reduce(bucket.buffer(), async_op=True).get_future()
    return summed.then(lambda future: future.value()[0])


def accumulating(model: nn.Module, more: bool) -> contextlib.AbstractContextManager:
    """Forward and backward of a micro-batch; `more` follow in this step.

    ddp sums gradients after the last one. fsdp sums after each: to wait, it would have to hold whole gradients.
    """
    if more and isinstance(model, DistributedDataParallel):
        return model.no_sync()
    return contextlib.nullcontext()


def release(model: nn.Module) -> None:
    """Under fsdp, drop the whole matrices that a forward pass without a backward pass leaves behind."""
    for module in model.modules():
        if isinstance(module, FSDPModule):
            module.reshard()


def own_rows(value: Tensor, group: Group) -> Tensor:
    """This process's rows of a tensor, in either layout the same; no copy."""
    if isinstance(value, DTensor):
        return value.to_local()
    rows = -(-len(value) // group.world)
    return value[rows * group.rank :][:rows]


@torch.no_grad()
def whole(model: MT5, parameters: dict[str, Tensor], group: Group) -> MT5 | None:
    """The model with all rows of its parameters, for the leading process; None for the others."""
    if not any(isinstance(value, DTensor) for value in parameters.values()):
        return model if group.leads else None
    full = MT5(model.config, model.dtype) if group.leads else None
    rows = dict(full.named_parameters()) if full else {}
    for name, value in parameters.items():
        gathered = value.full_tensor()
        if group.leads:
            rows[name].copy_(gathered)
    return full
