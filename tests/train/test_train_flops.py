"""Operations of a step: the published shapes of mT5, and the count by hand."""

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from train.flops import example_flops, step_flops
from train.model import MT5, ModelConfig, preset

TABLE = {  # size, encoder and decoder tokens: tera-operations an example, the head's share
    ("large", 512, 114): (1.6205, 0.108),
    ("large", 1024, 229): (3.4418, 0.102),
    ("xl", 512, 114): (5.6513, 0.062),
    ("xl", 1024, 229): (11.708, 0.060),
    ("base", 512, 114): (0.5405, 0.243),
    ("small", 512, 114): (0.1826, 0.480),
}


@pytest.mark.parametrize("shape", TABLE)
def test_published_sizes_have_the_operations_that_were_derived(shape):
    size, inputs, targets = shape
    tera, head = TABLE[shape]
    config = preset(size, 250_112)
    parts = example_flops(config, inputs, targets)
    assert sum(parts.values()) / 1e12 == pytest.approx(tera, rel=2e-4)
    assert parts["head"] / sum(parts.values()) == pytest.approx(head, abs=6e-4)
    assert step_flops(config, 64, inputs, targets) == 64 * sum(parts.values())


def test_forward_and_backward_run_as_many_operations_as_are_counted():
    config = ModelConfig(vocab_size=300, d_model=32, d_kv=8, d_ff=48, layers=2, heads=3, decoder_layers=1)
    model = MT5(config).initialise(0)
    inputs, targets = torch.randint(300, (2, 24)), torch.randint(300, (2, 10))
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(inputs, targets).sum().backward()
    assert counter.get_total_flops() == step_flops(config, 2, 24, 10)
