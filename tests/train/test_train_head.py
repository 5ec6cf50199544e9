"""The head in blocks is the plain loss: same sums, same gradients, and never all logits."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode

from train.head import Room, head_loss

VOCABULARY, D = 1000, 24


class Largest(TorchDispatchMode):
    """Remembers the largest tensor that any operation made."""

    def __init__(self, *known: torch.Tensor) -> None:
        super().__init__()
        self.numel = 0
        self.known = {value.data_ptr() for value in known}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for value in out if isinstance(out, (tuple, list)) else (out,):
            if isinstance(value, torch.Tensor) and value.data_ptr() not in self.known:
                self.numel = max(self.numel, value.untyped_storage().nbytes() // value.element_size())
        return out


def example(positions: int, seed: int, scale: float = 1.0, dtype=torch.float32):
    draw = torch.Generator().manual_seed(seed)
    hidden = (torch.randn(positions, D, generator=draw) * scale).to(dtype).requires_grad_()
    weight = torch.randn(VOCABULARY, D, generator=draw).requires_grad_()
    return hidden, weight, torch.randint(VOCABULARY, (positions,), generator=draw)


def plain(hidden, weight, targets, z_loss):
    logits = hidden @ weight.T
    normaliser = logits.logsumexp(1)
    nll = normaliser - logits.gather(1, targets[:, None])[:, 0]
    return nll.sum() + z_loss * normaliser.square().sum(), nll


def closeness(found: torch.Tensor, expected: torch.Tensor) -> float:
    return ((found - expected).norm() / expected.norm().clamp(min=1e-30)).item()


@given(st.integers(1, 40), st.integers(1, 50), st.sampled_from([0.0, 1e-4, 0.1]), st.sampled_from([0.01, 1.0, 8.0]))
@settings(max_examples=40, deadline=None)
def test_loss_and_gradients_are_the_plain_ones(positions, rows, z_loss, scale):
    hidden, weight, targets = example(positions, rows, scale)
    expected, nll = plain(*(x.double() for x in (hidden, weight)), targets, z_loss)
    wanted = torch.autograd.grad(expected / 7, (hidden, weight))
    loss, found = head_loss(hidden, weight, targets, z_loss, Room(rows * VOCABULARY))
    given = torch.autograd.grad(loss / 7, (hidden, weight))
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    assert torch.allclose(found.double(), nll, rtol=1e-5, atol=1e-5 * nll.abs().max().item())
    assert all(closeness(one, other) < 1e-5 for one, other in zip(given, wanted, strict=True))


def test_all_logits_never_exist_at_once():
    hidden, weight, targets = example(200, 0)
    rows = 8
    with Largest() as blocks:
        loss, _ = head_loss(hidden, weight, targets, 1e-4, Room(rows * VOCABULARY))
        loss.backward()
    assert blocks.numel <= max(rows * VOCABULARY, weight.numel())
    with Largest() as whole:
        plain(hidden, weight, targets, 1e-4)[0].backward()
    assert whole.numel == 200 * VOCABULARY  # so that the measure measures


def test_certain_and_hopeless_positions_keep_their_gradients():
    weight = torch.eye(D).requires_grad_()
    hidden = torch.zeros(2, D)
    hidden[0, 3] = hidden[1, 3] = 200.0
    hidden.requires_grad_()
    targets = torch.tensor([3, 5])
    loss, nll = head_loss(hidden, weight, targets, 0.0)
    loss.backward()
    assert nll.tolist() == pytest.approx([0.0, 200.0])
    assert hidden.grad[0].abs().max() < 1e-6
    assert (hidden.grad[1, 3].item(), hidden.grad[1, 5].item()) == pytest.approx((1.0, -1.0))


def test_bfloat16_gradients_keep_their_direction():
    hidden, weight, targets = example(64, 1, dtype=torch.bfloat16)
    loss, _ = head_loss(hidden, weight, targets, 1e-4, Room(10 * VOCABULARY))
    found = torch.autograd.grad(loss, (hidden, weight))
    expected, _ = plain(hidden.double(), weight.double(), targets, 1e-4)
    wanted = torch.autograd.grad(expected, (hidden, weight))
    assert found[0].dtype == torch.bfloat16
    assert found[1].dtype == torch.float32
    assert loss.item() == pytest.approx(expected.item(), rel=1e-2)
    for one, other in zip(found, wanted, strict=True):
        assert torch.nn.functional.cosine_similarity(one.flatten().double(), other.flatten().double(), 0) > 0.999


def test_without_gradients_none_are_computed():
    hidden, weight, targets = example(50, 2)
    with torch.no_grad(), Largest(weight) as seen:
        loss, nll = head_loss(hidden, weight, targets, 0.0, Room(2 * VOCABULARY))
    assert not loss.requires_grad
    assert nll.sum().item() == pytest.approx(loss.item(), rel=1e-6)
    assert seen.numel < weight.numel()


def test_no_position_at_all_is_a_loss_of_zero():
    hidden, weight, _ = example(1, 3)
    loss, nll = head_loss(hidden[:0], weight, torch.zeros(0, dtype=torch.long), 1e-4)
    loss.backward()
    assert loss.item() == 0
    assert nll.numel() == 0
    assert weight.grad.abs().max() == 0
