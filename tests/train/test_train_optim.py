"""Loss, optimizer and schedules compute what their papers say."""

import math

import pytest
import torch

from train.loss import batch_loss
from train.model import MT5, ModelConfig
from train.optim import AdamWScaled, squares
from train.schedule import Schedule

CONFIG = ModelConfig(vocab_size=64, d_model=16, d_kv=8, d_ff=24, layers=1, heads=2, decoder_layers=1)


def test_micro_batches_sum_to_the_loss_and_gradient_of_the_batch():
    ids = torch.randint(3, 64, (6, 20), generator=torch.Generator().manual_seed(1))
    inputs, targets = ids, ids[:, :7]
    gradients = []
    for size in (6, 2, 1):
        model = MT5(CONFIG).initialise(0)
        total = torch.tensor(0.0)
        for at in range(0, 6, size):
            loss, nll = batch_loss(model, inputs[at : at + size], targets[at : at + size], 42, 1e-4)
            loss.backward()
            total += loss.detach()
            assert nll.shape == (size,)
        gradients.append((total.item(), AdamWScaled(model).gradient_norm().item()))
    assert gradients[1] == pytest.approx(gradients[0], rel=1e-5)
    assert gradients[2] == pytest.approx(gradients[0], rel=1e-5)


def test_one_step_is_adamw_scaled_by_the_matrix_s_rms():
    model = MT5(CONFIG).initialise(0)
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    loss, _ = batch_loss(model, torch.arange(3, 33)[None], torch.arange(3, 13)[None], 10, 0.0)
    loss.backward()
    gradient = {name: value.grad.clone() for name, value in model.named_parameters()}
    AdamWScaled(model).step(0.01, torch.tensor(1.0))
    for name, parameter in model.named_parameters():
        rms = max(1e-3, before[name].square().mean().sqrt().item())
        adam = 0.1 * gradient[name] / (math.sqrt(0.001) * gradient[name].abs() + 1e-6)
        expected = before[name] - 0.01 * rms * math.sqrt(0.001) / 0.1 * adam
        assert torch.allclose(parameter, expected, atol=1e-6), name
        assert parameter.grad is None


def test_many_steps_are_those_of_the_textbook_with_clipping_and_decay():
    model = MT5(CONFIG).initialise(0)
    optimizer = AdamWScaled(model, decay=0.1)
    expected = {name: value.detach().double() for name, value in model.named_parameters()}
    mean = {name: torch.zeros_like(value) for name, value in expected.items()}
    square = {name: torch.zeros_like(value) for name, value in expected.items()}
    draw = torch.Generator().manual_seed(1)
    for step in range(1, 6):
        for name, value in model.named_parameters():
            value.grad = torch.randn(value.shape, generator=draw)
            gradient = value.grad.double() * 0.3
            expected[name] *= 1 - 0.05 * 0.1
            mean[name] = 0.9 * mean[name] + 0.1 * gradient
            square[name] = 0.999 * square[name] + 0.001 * gradient**2
            size = max(1e-3, expected[name].square().mean().sqrt().item())
            moved = mean[name] / (1 - 0.9**step) * math.sqrt(1 - 0.999**step) / (square[name].sqrt() + 1e-6)
            expected[name] -= 0.05 * size * moved
        optimizer.step(0.05, torch.tensor(0.3))
    for name, value in model.named_parameters():
        assert torch.allclose(value.double(), expected[name], rtol=1e-5, atol=1e-7), name


def test_sums_of_squares_are_right_for_matrices_of_100_million_numbers():
    assert squares(torch.ones(1 << 27)).item() == 1 << 27


def test_schedules_warm_up_and_end_where_they_should():
    kinds = ("constant", "rsqrt", "cosine", "wsd")
    constant, rsqrt, cosine, wsd = schedules = [Schedule(kind, 2.0, 10, 100) for kind in kinds]
    for schedule in schedules:
        assert schedule.at(5) == pytest.approx(1.0)
        assert schedule.at(10) == pytest.approx(2.0)
    assert constant.at(100) == 2.0
    assert rsqrt.at(40) == pytest.approx(1.0)
    assert cosine.at(55) == pytest.approx(1.0)
    assert cosine.at(100) == pytest.approx(0.0)
    assert [wsd.at(step) for step in (80, 85, 100)] == pytest.approx([2.0, 1.0, 0.0])
    assert Schedule("wsd", 2.0, 10, 100, decay=40).at(70) == pytest.approx(2 - 2 * math.sqrt(0.25))


def test_a_steady_phase_is_the_same_for_any_length_of_the_run():
    short, long = Schedule("wsd", 1.0, 10, 100), Schedule("wsd", 1.0, 10, 1000)
    assert [short.at(step) for step in range(1, 81)] == [long.at(step) for step in range(1, 81)]
