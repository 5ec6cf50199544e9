"""Floating-point operations of a training step, by which utilisation (MFU) is stated.

A multiplication with its addition is 2, a training step 3 forward passes. Nothing that is recomputed counts, and the
decoder's causal attention counts whole. The embedding is a look-up and has none, and the decoder sees the targets only:
the usual 6 operations a parameter and encoder token would say 2.3 times too much for mT5-large.
"""

from train.model import ModelConfig


def step_flops(config: ModelConfig, examples: int, input_length: int, target_length: int) -> int:
    """Operations of forward and backward pass over `examples` of that many encoder and decoder tokens each."""
    return examples * sum(example_flops(config, input_length, target_length).values())


def example_flops(config: ModelConfig, input_length: int, target_length: int) -> dict[str, int]:
    """Operations of training on one example, by part: its sum is what `step_flops` takes.

    `cross_projection`, keys and values of the encoder's output, is the decoder's work on encoder tokens.
    """
    d, inner, hidden = config.d_model, config.heads * config.d_kv, config.d_ff
    forward = {
        "encoder_linear": 2 * input_length * config.layers * (4 * d * inner + 3 * d * hidden),
        "encoder_attention": 4 * input_length**2 * inner * config.layers,
        "decoder_linear": 2 * target_length * config.decoder_layers * (6 * d * inner + 3 * d * hidden),
        "cross_projection": 2 * input_length * config.decoder_layers * 2 * d * inner,
        "decoder_attention": 4 * target_length**2 * inner * config.decoder_layers,
        "cross_attention": 4 * target_length * input_length * inner * config.decoder_layers,
        "head": 2 * target_length * d * config.vocab_size,
    }
    return {part: 3 * count for part, count in forward.items()}
