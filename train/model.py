"""mT5 in plain PyTorch: gated-GELU T5 1.1 (arXiv 2002.05202, 2010.11934), equal to Hugging Face's to rounding.

What sets T5 apart from other transformers: RMS norm before every block, no biases, attention logits without
1/sqrt(d), and a learnt bias by relative position that all layers of a stack share. Without dropout, as in pretraining.

Parameters are float32; `dtype` is what the matrices compute in, and what the residual has. Norms, and everything after
the logits, are float32 in any case; in `head_loss` the logits, too.
"""

import dataclasses
import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from shards.errors import InputError
from train.attention import Bias, allowed_pairs, attention, make_bias
from train.head import Room, head_loss


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """Shape of a model. `vocab_size` are rows of the embedding, at least the tokenizer's size."""

    vocab_size: int
    d_model: int
    d_kv: int
    d_ff: int
    layers: int
    heads: int
    decoder_layers: int
    buckets: int = 32
    max_distance: int = 128
    epsilon: float = 1e-6
    tied: bool = False  # one matrix for embedding and output; mT5 has two


# d_model, d_kv, d_ff, layers of each stack, heads; all but tiny and mini as published (google/mt5-*)
SIZES = {
    "tiny": (128, 32, 256, 2, 4),
    "mini": (256, 64, 1024, 4, 4),
    "small": (512, 64, 1024, 8, 6),
    "base": (768, 64, 2048, 12, 12),
    "large": (1024, 64, 2816, 24, 16),
    "xl": (2048, 64, 5120, 24, 32),
    "xxl": (4096, 64, 10240, 24, 64),
}


def preset(size: str, vocab_size: int) -> ModelConfig:
    """Config of a named size."""
    if size not in SIZES:
        raise InputError(f"no size {size!r}; sizes: {', '.join(SIZES)}")
    d_model, d_kv, d_ff, layers, heads = SIZES[size]
    return ModelConfig(vocab_size, d_model, d_kv, d_ff, layers, heads, decoder_layers=layers)


class Linear(nn.Linear):
    """A matrix without bias that computes in the dtype of its input."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x W^T."""
        return F.linear(x, self.weight.to(x.dtype))


def fused(x: Tensor, *matrices: Linear) -> Sequence[Tensor]:
    """x W^T for several matrices in one product.

    They are joined here and not in the parameters: optimisers scale a step by each matrix's own size, and T5's queries
    are 8 times smaller than its keys.
    """
    joined = torch.cat([matrix.weight.to(x.dtype) for matrix in matrices])
    return F.linear(x, joined).split([len(matrix.weight) for matrix in matrices], dim=-1)


class RMSNorm(nn.Module):
    """x / rms(x) * weight over the last dimension, in float32 (arXiv 1910.07467)."""

    def __init__(self, size: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Same shape and dtype as `x`."""
        return F.rms_norm(x.float(), self.weight.shape, self.weight.float(), self.epsilon).to(x.dtype)


class Attention(nn.Module):
    """Multi-head attention without scaling."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.heads, inner = config.heads, config.heads * config.d_kv
        self.q = Linear(config.d_model, inner)
        self.k = Linear(config.d_model, inner)
        self.v = Linear(config.d_model, inner)
        self.o = Linear(inner, config.d_model)

    def forward(self, x: Tensor, memory: Tensor | None, bias: Bias, backend: str) -> Tensor:
        """`x` (batch, queries, d) attends to `memory` (batch, keys, d), or to itself."""
        if memory is None:
            projected = fused(x, self.q, self.k, self.v)
        else:
            projected = (self.q(x), *fused(memory, self.k, self.v))
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in projected)
        return self.o(attention(q, k, v, bias, backend).transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """Gated GELU (tanh approximation): (gelu(x W0) * x W1) Wo."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.wi_0 = Linear(config.d_model, config.d_ff)
        self.wi_1 = Linear(config.d_model, config.d_ff)
        self.wo = Linear(config.d_ff, config.d_model)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, length, d) to the same."""
        gate, value = fused(x, self.wi_0, self.wi_1)
        return self.wo(F.gelu(gate, approximate="tanh") * value)


class Block(nn.Module):
    """One layer: self-attention, in a decoder cross-attention, then feed-forward, each x + f(norm(x))."""

    def __init__(self, config: ModelConfig, decoder: bool):
        super().__init__()
        self.attention_norm = RMSNorm(config.d_model, config.epsilon)
        self.attention = Attention(config)
        if decoder:
            self.cross_norm = RMSNorm(config.d_model, config.epsilon)
            self.cross = Attention(config)
        self.feed_forward_norm = RMSNorm(config.d_model, config.epsilon)
        self.feed_forward = FeedForward(config)

    def forward(self, x: Tensor, bias: Bias, memory: Tensor | None, memory_bias: Bias, backend: str) -> Tensor:
        """`x` (batch, length, d); `memory` is the encoder's output (decoder only)."""
        x = x + self.attention(self.attention_norm(x), None, bias, backend)
        if memory is not None:
            x = x + self.cross(self.cross_norm(x), memory, memory_bias, backend)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Stack(nn.Module):
    """Encoder or decoder: blocks, a final norm, and the position bias they share."""

    def __init__(self, config: ModelConfig, decoder: bool):
        super().__init__()
        self.config, self.decoder = config, decoder
        layers = config.decoder_layers if decoder else config.layers
        self.position_bias = nn.Embedding(config.buckets, config.heads)
        self.blocks = nn.ModuleList(Block(config, decoder) for _ in range(layers))
        self.norm = RMSNorm(config.d_model, config.epsilon)

    def position(self, length: int) -> Tensor:
        """Learnt bias by distance (1, heads, length, length), float32."""
        place = torch.arange(length, device=self.position_bias.weight.device)
        relative = place[None, :] - place[:, None]
        bucket = relative_bucket(relative, not self.decoder, self.config.buckets, self.config.max_distance)
        return self.position_bias(bucket).permute(2, 0, 1)[None]

    def forward(
        self,
        x: Tensor,
        segments: Tensor | None,
        memory: Tensor | None,
        memory_segments: Tensor | None,
        backend: str,
        recompute: bool,
    ) -> Tensor:
        """`x` (batch, length, d), its `segments` (batch, length) or None; `memory` only for a decoder."""
        length = x.shape[1]
        allowed = allowed_pairs(segments, segments, causal=length if self.decoder else 0, device=x.device)
        bias = make_bias(self.position(length), allowed, x.dtype, backend)
        memory_bias = make_bias(None, allowed_pairs(segments, memory_segments), x.dtype, backend)
        for block in self.blocks:
            if recompute and torch.is_grad_enabled():
                x = checkpoint(block, x, bias, memory, memory_bias, backend, use_reentrant=False)
            else:
                x = block(x, bias, memory, memory_bias, backend)
        return self.norm(x)


class MT5(nn.Module):
    """Encoder, decoder and output matrix. `dtype`: what it computes in; `tune` says how."""

    def __init__(self, config: ModelConfig, dtype: torch.dtype = torch.float32):
        super().__init__()
        self.config, self.dtype = config, dtype
        self.attention, self.recompute, self.multiple, self.room = "sdpa", False, 1, Room()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.encoder = Stack(config, decoder=False)
        self.decoder = Stack(config, decoder=True)
        self.head = Linear(config.d_model, config.vocab_size)
        if config.tied:
            self.head.weight = self.embedding.weight

    def tune(
        self, attention: str = "sdpa", recompute: bool = False, compiled: bool = False, multiple: int = 1
    ) -> "MT5":
        """Choose how the model computes, which changes no result beyond rounding.

        `attention` is one of `train.attention.BACKENDS`; `recompute` keeps only each block's input for the backward
        pass and computes the rest twice; `compiled` runs the blocks through torch.compile; sequences are padded to a
        `multiple`: 128 suits GPUs, and saves cuDNN from the lengths at which its gradients are wrong (pytorch#196678).
        """
        self.attention, self.recompute, self.multiple = attention, recompute, multiple
        for block in (*self.encoder.blocks, *self.decoder.blocks) if compiled else ():
            block.compile()
        return self

    def forward(
        self,
        inputs: Tensor,
        decoder_inputs: Tensor,
        input_segments: Tensor | None = None,
        target_segments: Tensor | None = None,
        targets: Tensor | None = None,
        z_loss: float = 0.0,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Logits (batch, targets, vocabulary), float32; given `targets`, the losses of `head_loss` without the logits.

        All arguments are (batch, length). Segments number the documents packed into a row from 1; 0 is padding, whose
        targets are not scored (their cross entropy is 0). None: each row is one document without padding. The losses
        are the sum over the batch and the cross entropy of each position (batch, targets).
        """
        hidden = self.hidden(inputs, decoder_inputs, input_segments, target_segments)
        if targets is None:
            return self.head(hidden).float()
        if target_segments is None:
            loss, nll = head_loss(hidden.flatten(0, 1), self.head.weight, targets.flatten(), z_loss, self.room)
            return loss, nll.view_as(targets)
        scored = target_segments != 0
        loss, found = head_loss(hidden[scored], self.head.weight, targets[scored], z_loss, self.room)
        return loss, torch.zeros(targets.shape, device=found.device).masked_scatter(scored, found)

    def hidden(
        self, inputs: Tensor, decoder_inputs: Tensor, input_segments: Tensor | None, target_segments: Tensor | None
    ) -> Tensor:
        """The decoder's output (batch, targets, d)."""
        length = decoder_inputs.shape[1]
        # Padding behind targets needs no mask: the decoder looks back only.
        masked = input_segments is not None or target_segments is not None or inputs.shape[1] % self.multiple
        if masked:
            input_segments = torch.ones_like(inputs) if input_segments is None else input_segments
            target_segments = torch.ones_like(decoder_inputs) if target_segments is None else target_segments
            input_segments, target_segments = self._pad(input_segments), self._pad(target_segments)
        inputs, decoder_inputs = self._pad(inputs), self._pad(decoder_inputs)
        # One look-up for both, because its gradient is as large as the table.
        ids = torch.cat([inputs.flatten(), decoder_inputs.flatten()])
        embedded = self.embedding(ids).to(self.dtype).split([inputs.numel(), decoder_inputs.numel()])
        source, target = (x.view(*ids.shape, -1) for x, ids in zip(embedded, (inputs, decoder_inputs), strict=True))
        how = self.attention, self.recompute
        memory = self.encoder(source, input_segments, None, None, *how)
        return self.decoder(target, target_segments, memory, input_segments, *how)[:, :length]

    def _pad(self, ids: Tensor) -> Tensor:
        return F.pad(ids, (0, -ids.shape[1] % self.multiple))

    @torch.no_grad()
    def initialise(self, seed: int) -> "MT5":
        """Fresh parameters, the same for a seed on every machine: T5's scales, except the output matrix.

        That one gets d^-1/2 where Hugging Face has 1: logits then have variance 1 and the first loss is about ln V.
        """
        draw = torch.Generator().manual_seed(seed)
        model, inner, hidden = self.config.d_model, self.config.heads * self.config.d_kv, self.config.d_ff
        scales = {
            "embedding": model**-0.5 if self.config.tied else 1.0,
            "head": model**-0.5,
            "position_bias": model**-0.5,
            "q": (model * self.config.d_kv) ** -0.5,
            "k": model**-0.5,
            "v": model**-0.5,
            "o": inner**-0.5,
            "wi_0": model**-0.5,
            "wi_1": model**-0.5,
            "wo": hidden**-0.5,
        }
        for name, parameter in self.named_parameters():
            if parameter.dim() == 1:
                parameter.fill_(1.0)  # norms
            else:
                fresh = torch.randn(parameter.shape, generator=draw) * scales[name.split(".")[-2]]
                parameter.copy_(fresh)
        return self


def relative_bucket(relative: Tensor, bidirectional: bool, buckets: int, max_distance: int) -> Tensor:
    """Bucket of each key-minus-query distance: exact when near, logarithmic up to `max_distance`, one beyond it.

    Bidirectional: half of the buckets for each side. Otherwise keys after the query share bucket 0 (they are masked).
    """
    offset = torch.zeros_like(relative)
    if bidirectional:
        buckets //= 2
        offset = (relative > 0).long() * buckets
        distance = relative.abs()
    else:
        distance = (-relative).clamp(min=0)
    exact = buckets // 2
    ratio = torch.log(distance.clamp(min=1).float() / exact) / math.log(max_distance / exact)
    far = exact + (ratio * (buckets - exact)).long()
    return offset + torch.where(distance < exact, distance, far.clamp(max=buckets - 1))


def shift_right(targets: Tensor, segments: Tensor | None = None, start: int = 0) -> Tensor:
    """Decoder inputs of targets (batch, length): the start token (pad in T5), then all but the last target.

    With `segments` every document of a row begins with the start token.
    """
    shifted = torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)
    if segments is not None:
        first = segments[:, 1:] != segments[:, :-1]
        shifted[:, 1:] = shifted[:, 1:].masked_fill(first, start)
    return shifted
