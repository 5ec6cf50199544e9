"""Checkpoints are whole or absent, and give back every bit."""

import json

import pytest
import torch

from shards.errors import CorruptionError
from train import checkpoint
from train.loss import batch_loss
from train.model import MT5, ModelConfig
from train.optim import AdamWScaled

CONFIG = ModelConfig(vocab_size=64, d_model=16, d_kv=8, d_ff=24, layers=1, heads=2, decoder_layers=1)


def trained(steps: int) -> tuple[MT5, AdamWScaled]:
    model = MT5(CONFIG).initialise(0)
    optimizer = AdamWScaled(model)
    go_on(model, optimizer, steps)
    return model, optimizer


def go_on(model: MT5, optimizer: AdamWScaled, steps: int) -> float:
    for _ in range(steps):
        loss, _ = batch_loss(model, torch.arange(3, 33)[None], torch.arange(3, 13)[None], 10, 0.0)
        loss.backward()
        optimizer.step(0.02, 1.0)
    return loss.item()


def test_going_on_from_a_checkpoint_equals_going_on_without(tmp_path):
    model, optimizer = trained(5)
    checkpoint.save(tmp_path, 5, model, optimizer, keep=2)
    expected = go_on(model, optimizer, 5)
    other, moments = trained(1)
    checkpoint.load(tmp_path, 5, other, moments)
    assert go_on(other, moments, 5) == expected
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))


def test_only_the_last_are_kept_and_nothing_unfinished_is_seen(tmp_path):
    model, optimizer = trained(1)
    for step in (1, 2, 3):
        checkpoint.save(tmp_path, step, model, optimizer, keep=2)
    (tmp_path / ".tmp-00000009").mkdir()  # a kill while writing
    assert checkpoint.steps(tmp_path) == [2, 3]
    files = sorted(path.name for path in (tmp_path / "step-00000003").iterdir())
    assert files == ["model.safetensors", "optimizer.safetensors", "state.json"]
    assert json.loads((tmp_path / "step-00000003" / "state.json").read_text())["step"] == 3


def test_a_damaged_checkpoint_is_named(tmp_path):
    model, optimizer = trained(1)
    path = checkpoint.save(tmp_path, 1, model, optimizer, keep=1)
    (path / "model.safetensors").write_bytes(b"nonsense" * 10)
    with pytest.raises(CorruptionError, match="step-00000001"):
        checkpoint.load(tmp_path, 1, model, optimizer)


@pytest.mark.parametrize("state", ['{"step": 7}', "{}", '{"st', None])
def test_a_checkpoint_whose_state_is_not_its_step_is_refused(tmp_path, state):
    model, optimizer = trained(1)
    path = checkpoint.save(tmp_path, 1, model, optimizer, keep=1) / "state.json"
    path.unlink() if state is None else path.write_text(state)
    with pytest.raises(CorruptionError, match="step-00000001"):
        checkpoint.load(tmp_path, 1, model, optimizer)


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    model, optimizer = trained(1)
    checkpoint.save(tmp_path, 1, model, optimizer, keep=1)
    deeper = MT5(ModelConfig(64, 16, 8, 24, 2, 2, 1)).initialise(0)
    with pytest.raises(CorruptionError, match="another model"):
        checkpoint.load(tmp_path, 1, deeper, AdamWScaled(deeper))
