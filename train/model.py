"""mT5 in plain PyTorch: gated-GELU T5 1.1 (arXiv 2002.05202, 2010.11934), equal to Hugging Face's to rounding.

What sets T5 apart from other transformers: RMS norm before every block, no biases, attention logits without
1/sqrt(d), and a learnt bias by relative position that all layers of a stack share. Without dropout, as in pretraining.

Parameters are float32; `dtype` is what the matrices compute in, the output matrix too: in bfloat16 the logits have its
precision and are then widened (a float32 product with 250,000 rows would slow the step down). Norms, and everything
after the logits, are float32 in any case.
"""

import dataclasses
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from shards.errors import InputError


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


class RMSNorm(nn.Module):
    """x / rms(x) * weight over the last dimension, in float32 (arXiv 1910.07467)."""

    def __init__(self, size: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Same shape and dtype as `x`."""
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return (self.weight * scaled).to(x.dtype)


class Attention(nn.Module):
    """Multi-head attention without scaling; `bias` is added to the logits and carries masks as -inf."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.heads, inner = config.heads, config.heads * config.d_kv
        self.q = Linear(config.d_model, inner)
        self.k = Linear(config.d_model, inner)
        self.v = Linear(config.d_model, inner)
        self.o = Linear(inner, config.d_model)

    def forward(self, x: Tensor, memory: Tensor, bias: Tensor | None) -> Tensor:
        """`x` (batch, queries, d) attends to `memory` (batch, keys, d)."""
        q, k, v = (self._split(part) for part in (self.q(x), self.k(memory), self.v(memory)))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)
        return self.o(mixed.transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class FeedForward(nn.Module):
    """Gated GELU (tanh approximation): (gelu(x W0) * x W1) Wo."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.wi_0 = Linear(config.d_model, config.d_ff)
        self.wi_1 = Linear(config.d_model, config.d_ff)
        self.wo = Linear(config.d_ff, config.d_model)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, length, d) to the same."""
        return self.wo(F.gelu(self.wi_0(x), approximate="tanh") * self.wi_1(x))


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

    def forward(self, x: Tensor, bias: Tensor, memory: Tensor | None, memory_bias: Tensor | None) -> Tensor:
        """`x` (batch, length, d); `memory` is the encoder's output (decoder only)."""
        normed = self.attention_norm(x)
        x = x + self.attention(normed, normed, bias)
        if memory is not None:
            x = x + self.cross(self.cross_norm(x), memory, memory_bias)
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

    def bias(self, length: int, mask: Tensor | None, dtype: torch.dtype) -> Tensor:
        """Position bias (1 or batch, heads, length, length) with -inf where attention is not allowed."""
        place = torch.arange(length, device=self.position_bias.weight.device)
        relative = place[None, :] - place[:, None]
        bucket = relative_bucket(relative, not self.decoder, self.config.buckets, self.config.max_distance)
        bias = self.position_bias(bucket).permute(2, 0, 1)[None]
        if self.decoder:
            bias = bias.masked_fill(relative > 0, -torch.inf)
        if mask is not None:
            bias = bias.masked_fill(~mask[:, None, None, :], -torch.inf)
        return bias.to(dtype)  # a mask of another dtype than the queries is read wrongly by cuDNN (pytorch#191612)

    def forward(self, x: Tensor, mask: Tensor | None, memory: Tensor | None, memory_bias: Tensor | None) -> Tensor:
        """`x` (batch, length, d); `mask` (batch, length) is False on padding."""
        bias = self.bias(x.shape[1], mask, x.dtype)
        for block in self.blocks:
            x = block(x, bias, memory, memory_bias)
        return self.norm(x)


class MT5(nn.Module):
    """Encoder, decoder and output matrix."""

    def __init__(self, config: ModelConfig, dtype: torch.dtype = torch.float32):
        super().__init__()
        self.config, self.dtype = config, dtype
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.encoder = Stack(config, decoder=False)
        self.decoder = Stack(config, decoder=True)
        self.head = Linear(config.d_model, config.vocab_size)
        if config.tied:
            self.head.weight = self.embedding.weight

    def forward(self, inputs: Tensor, decoder_inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        """Logits (batch, targets, vocabulary), float32 with the precision of `dtype`.

        `mask` (batch, inputs) is False on padding, None without.
        """
        memory_bias = None
        if mask is not None:
            memory_bias = torch.zeros(mask.shape, dtype=self.dtype, device=mask.device)
            memory_bias = memory_bias.masked_fill(~mask, -torch.inf)[:, None, None, :]
        memory = self.encoder(self.embedding(inputs).to(self.dtype), mask, None, None)
        x = self.decoder(self.embedding(decoder_inputs).to(self.dtype), None, memory, memory_bias)
        return self.head(x).float()

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


def shift_right(targets: Tensor, start: int = 0) -> Tensor:
    """Decoder inputs of targets (batch, length): the start token (pad in T5), then all but the last target."""
    return torch.cat([torch.full_like(targets[:, :1], start), targets[:, :-1]], dim=1)
