"""The memory plan is what a step really holds."""

import dataclasses

import pytest
import torch

from train.loss import batch_loss
from train.memory import Layout, kept, lengths, plan
from train.model import MT5, ModelConfig, preset

CONFIG = ModelConfig(vocab_size=512, d_model=128, d_kv=32, d_ff=320, layers=5, heads=4, decoder_layers=5)
LAYOUT = Layout(precision="fp32", micro_batch=4, input_length=64)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_what_a_step_keeps_is_what_autograd_saves_in_a_real_model(precision):
    layout = dataclasses.replace(LAYOUT, precision=precision)
    model = MT5(CONFIG, layout.dtype).initialise(0).tune(attention="detached")
    found = {}

    def keep(value):
        found[value.untyped_storage().data_ptr()] = value
        return value

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
        batch_loss(model, *(torch.zeros(4, n, dtype=torch.long) for n in lengths(LAYOUT)), 1, 0.0)
    own = {value.untyped_storage().data_ptr() for value in model.parameters()}
    real = sum(
        value.untyped_storage().nbytes()
        for key, value in found.items()
        if key not in own and value.shape != model.head.weight.shape
    )
    assert kept(CONFIG, layout) == pytest.approx(real, rel=0.01)


def test_parameters_gradients_and_moments_are_divided_by_fsdp_only():
    numbers = sum(value.numel() for value in MT5(CONFIG).parameters())
    alone, ddp, fsdp = (
        plan(CONFIG, dataclasses.replace(LAYOUT, parallel=parallel, processes=processes))
        for parallel, processes in (("ddp", 1), ("ddp", 4), ("fsdp", 4))
    )
    assert (alone.parameters, alone.gradients, alone.moments) == (4 * numbers, 4 * numbers, 8 * numbers)
    assert ddp == alone
    assert (fsdp.parameters, fsdp.moments) == (numbers, 2 * numbers)
    assert fsdp.gathered > 0
    assert plan(CONFIG, dataclasses.replace(LAYOUT, optimizer="adafactor")).moments < 0.1 * numbers


def test_recomputing_keeps_less():
    whole, less = (kept(CONFIG, dataclasses.replace(LAYOUT, recompute=on)) for on in (False, True))
    assert less < 0.5 * whole


def test_xl_is_the_size_that_is_published():
    with torch.device("meta"):
        assert sum(value.numel() for value in MT5(preset("xl", 250_112)).parameters()) == pytest.approx(
            3.742e9, rel=1e-3
        )
