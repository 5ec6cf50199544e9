"""Attention and head alone on a device: time forward and backward, memory, and the error beside float64."""

import statistics
import time
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from train.attention import BACKENDS, allowed_pairs, attention, make_bias
from train.head import Room, head_loss


def synchronise(device: torch.device) -> None:
    """Wait until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def timed(action: Callable[[], object], device: torch.device, repeats: int) -> float:
    """Median seconds of `action` after two runs that warm up."""
    seconds = []
    for turn in range(repeats + 2):
        synchronise(device)
        began = time.perf_counter()
        action()
        synchronise(device)
        if turn >= 2:
            seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def peak_bytes(action: Callable[[], object], device: torch.device) -> int:
    """Most memory that `action` takes above what is in use; 0 where the device does not count it."""
    if device.type != "cuda":
        return 0
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    action()
    return torch.cuda.max_memory_allocated(device) - before


def error(found: Tensor, exact: Tensor) -> float:
    """Euclidean distance, relative to the exact tensor."""
    return ((found.double() - exact).norm() / exact.norm().clamp(min=1e-30)).item()


def reference_attention(q: Tensor, k: Tensor, v: Tensor, position: Tensor, allowed: Tensor | None) -> Tensor:
    """softmax(q k^T + bias) v, written out."""
    logits = q @ k.mT + position
    if allowed is not None:
        logits = logits.masked_fill(~allowed, -torch.inf)
    return logits.softmax(-1) @ v


def attention_rows(
    device: torch.device, dtype: torch.dtype, shape: tuple[int, int, int, int], packed: bool, repeats: int
) -> list[dict]:
    """A row for each way to compute: milliseconds forward and backward, errors of output and gradients.

    `shape`: batch, heads, length, size of a head. Errors are taken on the first two rows of the batch, in float64 and
    written out. Queries have the size that T5's have: logits of about 1 without 1/sqrt(d).
    """
    batch, heads, length, size = shape
    draw = torch.Generator().manual_seed(0)
    q, k, v, upstream = (torch.randn(batch, heads, length, size, generator=draw) for _ in range(4))
    q, position = q * size**-0.5, torch.randn(1, heads, length, length, generator=draw)
    halves = (torch.arange(length) >= length // 2).int() + 1
    segments = halves.repeat(batch, 1).to(device) if packed else None
    allowed = allowed_pairs(segments, segments)
    given = [x.to(device, dtype).requires_grad_() for x in (q, k, v)] + [position.to(device).requires_grad_()]
    upstream = upstream.to(device, dtype)
    rows = []
    for backend in BACKENDS:
        row: dict = {"attention": backend, "batch": batch, "heads": heads, "length": length, "packed": packed}

        def forward(count: int = batch, backend: str = backend) -> Tensor:
            parts = [x[:count] for x in given[:3]]
            mask = None if allowed is None else allowed[:count]
            return attention(*parts, make_bias(given[3], mask, dtype, backend), backend)

        def both(count: int = batch) -> tuple[Tensor, ...]:
            out = forward(count)
            return out, *torch.autograd.grad(out, given, upstream[:count])

        try:
            with torch.no_grad():
                row["forward_ms"] = 1e3 * timed(forward, device, repeats)
            row["both_ms"] = 1e3 * timed(both, device, repeats)
            row["extra_gb"] = peak_bytes(both, device) / 1e9
            row |= attention_errors(both(2), given, upstream, allowed)
        except (RuntimeError, NotImplementedError) as refused:  # this way is not to be had here, which is a result
            row["failed"] = str(refused).splitlines()[0][:120]
        rows.append(row)
    return rows


def attention_errors(
    found: tuple[Tensor, ...], given: Sequence[Tensor], upstream: Tensor, allowed: Tensor | None
) -> dict[str, float]:
    """Errors of output and of the gradients of q, k, v and the position bias over two rows of the batch."""
    exact = [x.detach()[:2].double().requires_grad_() for x in given]
    out = reference_attention(*exact, None if allowed is None else allowed[:2])
    gradients = torch.autograd.grad(out, exact, upstream[:2].double())
    parts = [found[0], *(x[:2] for x in found[1:])]
    names = ("out", "dq", "dk", "dv", "dbias")
    return {
        f"error_{name}": error(one, other) for name, one, other in zip(names, parts, (out, *gradients), strict=True)
    }


def head_rows(
    device: torch.device, dtype: torch.dtype, shape: tuple[int, int, int], blocks: Sequence[int], repeats: int
) -> list[dict]:
    """A row for the loss with all logits at once, and one for each number of positions a block of ours.

    `shape`: positions, d_model, vocabulary. Errors are those of 64 positions beside float64.
    """
    positions, d, vocabulary = shape
    draw = torch.Generator().manual_seed(0)
    hidden = torch.randn(positions, d, generator=draw).to(device, dtype).requires_grad_()
    weight = (torch.randn(vocabulary, d, generator=draw) * d**-0.5).to(device).requires_grad_()
    targets = torch.randint(vocabulary, (positions,), generator=draw).to(device)

    def whole(count: int) -> Tensor:
        return F.cross_entropy((hidden[:count] @ weight.to(dtype).T).float(), targets[:count], reduction="sum")

    ways: dict[str, Callable[[int], Tensor]] = {"all logits": whole}
    for rows in blocks:
        room = Room(rows * vocabulary)
        ways[f"blocks of {rows}"] = lambda count, room=room: head_loss(
            hidden[:count], weight, targets[:count], 0.0, room
        )[0]
    few = min(64, positions)
    exact = [x.detach().double().requires_grad_() for x in (hidden[:few], weight)]
    loss = F.cross_entropy(exact[0] @ exact[1].T, targets[:few], reduction="sum")
    wanted = (loss, *torch.autograd.grad(loss, exact))
    found = []
    for name, way in ways.items():
        row: dict = {"head": name, "positions": positions, "d_model": d}

        def both(count: int = positions, way: Callable[[int], Tensor] = way) -> tuple[Tensor, ...]:
            loss = way(count)
            return loss, *torch.autograd.grad(loss, (hidden, weight))

        try:
            row["both_ms"] = 1e3 * timed(both, device, repeats)
            row["extra_gb"] = peak_bytes(both, device) / 1e9
            loss, in_hidden, in_weight = both(few)
            pairs = zip(("loss", "dhidden", "dweight"), (loss, in_hidden[:few], in_weight), wanted, strict=True)
            row |= {f"error_{part}": error(one, other) for part, one, other in pairs}
        except torch.OutOfMemoryError as refused:
            row["failed"] = str(refused).splitlines()[0][:120]
        found.append(row)
    return found
