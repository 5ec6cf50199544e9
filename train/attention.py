"""Attention with T5's learnt position bias and masks by document: one function, several ways to compute it.

`sdpa`: torch's own with the bias as a dense matrix. A bias that learns shuts out its fastest kernels.
`detached`: the same without the bias's gradient, which lets the fastest kernel work, and that gradient by a second,
    blockwise pass, in float32: dBias = P (dO V^T - rowsum(dO O)), summed over the batch (arXiv 2205.14135, B.4).
`blocks`: torch's own forward; backward, one such pass gives all gradients. The fastest on a CPU.
`flex`: torch's flex attention, which leaves out blocks between documents; its backward pass needs a GPU.
"""

import dataclasses
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention

from shards.errors import InputError

BACKENDS = ("sdpa", "detached", "blocks", "flex")
_BLOCK = {"cpu": 1 << 18, "cuda": 1 << 27}  # logits at once in a pass by blocks; a CPU's stay in its cache

# Uncompiled, flex attention is a slow reference that holds all logits.
_compiled_flex = torch.compile(flex_attention, dynamic=False)


@dataclasses.dataclass(frozen=True)
class Bias:
    """What is added to the logits of a stack's layers; made once a step, so that they share it.

    `dense`: position bias and mask (1 or batch, heads or 1, queries, keys), -inf where a query must not look, in the
    dtype of the queries: cuDNN misreads another one (pytorch#191612). None where nothing is added.
    `position`: the learnt part alone (1, heads, queries, keys), float32; None in cross-attention.
    `blocks`: the mask as flex attention wants it.
    """

    dense: Tensor | None = None
    position: Tensor | None = None
    blocks: BlockMask | None = None


def make_bias(position: Tensor | None, allowed: Tensor | None, dtype: torch.dtype, backend: str) -> Bias:
    """Bias of a stack's layers from the learnt part and `allowed`, bool (1 or batch, 1, queries, keys) or None."""
    if backend not in BACKENDS:
        raise InputError(f"no attention {backend!r}; there are: {', '.join(BACKENDS)}")
    if backend == "flex":
        return Bias(
            None, None if position is None else position.to(dtype), None if allowed is None else _blocks(allowed)
        )
    if position is None:
        if allowed is None:
            return Bias()
        zero = torch.zeros((), dtype=dtype, device=allowed.device)
        return Bias(zero.masked_fill(~allowed, -torch.inf))
    whole = position.detach() if backend in ("detached", "blocks") else position
    if allowed is not None:
        whole = whole.masked_fill(~allowed, -torch.inf)
    return Bias(whole.to(dtype), position)


def allowed_pairs(
    queries: Tensor | None, keys: Tensor | None, causal: int = 0, device: torch.device | None = None
) -> Tensor | None:
    """Where a query may look: bool (1 or batch, 1, queries, keys), or None for everywhere.

    `queries`, `keys` (batch, length) are segments: tokens see their own document only, and padding (0) no document. A
    query that is padding may look anywhere: the result is not used, and a row without any key would be NaN.
    `causal`: length of a decoder on `device`, whose queries do not look ahead; 0 else.
    """
    allowed = None
    if queries is not None and keys is not None:
        same = queries[:, :, None] == keys[:, None, :]
        allowed = (same | (queries == 0)[:, :, None])[:, None]
    if causal:
        past = torch.ones(causal, causal, dtype=torch.bool, device=device).tril()[None, None]
        allowed = past if allowed is None else past & allowed
    return allowed


def attention(q: Tensor, k: Tensor, v: Tensor, bias: Bias, backend: str) -> Tensor:
    """softmax(q k^T + bias) v, without T5's absent 1/sqrt(d): (batch, heads, queries, size of a head)."""
    if backend == "flex":
        return _flex(q, k, v, bias)
    if backend == "sdpa" or bias.position is None:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=bias.dense, scale=1.0)
    if backend == "blocks":
        return _Blockwise.apply(q, k, v, bias.dense, bias.position)
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.dense, scale=1.0)
    return _BiasGradient.apply(out, q, k, v, bias.dense, bias.position)


class _BiasGradient(torch.autograd.Function):
    """The identity on attention's output, which gives `position` the gradient that attention left out."""

    @staticmethod
    def forward(ctx, out: Tensor, q: Tensor, k: Tensor, v: Tensor, dense: Tensor, position: Tensor) -> Tensor:
        ctx.save_for_backward(out, q, k, v, dense)
        ctx.shape = position.shape
        return out.view_as(out)

    @staticmethod
    def backward(ctx, grad: Tensor):
        total = torch.zeros(ctx.shape, device=grad.device)
        for _, heads, _, slope in _slopes(grad, *ctx.saved_tensors):
            total[:, heads] += slope.sum(0, keepdim=True)
        return grad, None, None, None, None, total


class _Blockwise(torch.autograd.Function):
    """Attention whose gradients, the bias's among them, come from one pass by blocks."""

    @staticmethod
    def forward(ctx, q: Tensor, k: Tensor, v: Tensor, dense: Tensor, position: Tensor) -> Tensor:
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=dense, scale=1.0)
        ctx.save_for_backward(out, q, k, v, dense)
        ctx.shape = position.shape
        return out

    @staticmethod
    def backward(ctx, grad: Tensor):
        out, q, k, v, dense = ctx.saved_tensors
        total = torch.zeros(ctx.shape, device=grad.device)
        dq, dk, dv = torch.empty_like(q), torch.empty_like(k), torch.empty_like(v)
        for rows, heads, share, slope in _slopes(grad, out, q, k, v, dense):
            part = rows, heads
            total[:, heads] += slope.sum(0, keepdim=True)
            slope, share = slope.to(q.dtype), share.to(q.dtype)
            dq[part], dk[part], dv[part] = slope @ k[part], slope.mT @ q[part], share.mT @ grad[part]
        return dq, dk, dv, None, total


def _slopes(
    grad: Tensor, out: Tensor, q: Tensor, k: Tensor, v: Tensor, dense: Tensor
) -> Iterator[tuple[slice, slice, Tensor, Tensor]]:
    """Rows of the batch, heads, their attention P and the gradient of its logits, float32; a block at a time."""
    pairs = max(1, _BLOCK.get(grad.device.type, _BLOCK["cpu"]) // (q.shape[2] * k.shape[2]))  # of a row and a head
    some_heads = min(pairs, q.shape[1])
    some_rows = pairs // some_heads
    for row in range(0, len(q), some_rows):
        rows = slice(row, row + some_rows)
        added = dense[rows] if len(dense) > 1 else dense
        for head in range(0, q.shape[1], some_heads):
            heads = slice(head, head + some_heads)
            part = rows, heads
            logits = (q[part] @ k[part].mT).add_(added[:, heads] if added.shape[1] > 1 else added)
            share = logits.float().softmax(-1)
            mean = (grad[part].float() * out[part].float()).sum(-1, keepdim=True)
            yield rows, heads, share, (grad[part] @ v[part].mT).float().sub_(mean).mul_(share)


def _blocks(allowed: Tensor) -> BlockMask:
    batch, _, queries, keys = allowed.shape
    return create_block_mask(
        lambda b, h, i, j: allowed[b, 0, i, j], batch if batch > 1 else None, None, queries, keys, allowed.device
    )


def _flex(q: Tensor, k: Tensor, v: Tensor, bias: Bias) -> Tensor:
    position, add = bias.position, None
    if position is not None:

        def add(score: Tensor, b: Tensor, h: Tensor, i: Tensor, j: Tensor) -> Tensor:
            return score + position[0, h, i, j]

    run = _compiled_flex if q.is_cuda else flex_attention
    return run(q, k, v, score_mod=add, block_mask=bias.blocks, scale=1.0)
