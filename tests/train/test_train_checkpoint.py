"""Checkpoints are whole or absent, and give back every bit."""

import json
import resource
import shutil

import pytest
import torch
from safetensors.torch import load_file

from shards.errors import CorruptionError
from train.checkpoint import Checkpoints
from train.checkpoint_folder import State, best, steps
from train.distributed import Group
from train.loss import batch_loss
from train.model import MT5, ModelConfig
from train.optim import Adafactor, AdamWScaled, Optimizer

CONFIG = ModelConfig(vocab_size=130, d_model=128, d_kv=8, d_ff=24, layers=1, heads=2, decoder_layers=1)
ALONE = Group(0, 1, torch.device("cpu"))


class Pair:
    """A model and its optimizer, some steps on."""

    def __init__(self, number: int, kind: type[Optimizer] = AdamWScaled, config: ModelConfig = CONFIG):
        self.model = MT5(config).initialise(0)
        self.optimizer = kind(self.model)
        self.go_on(number)

    def go_on(self, number: int) -> float:
        loss = torch.tensor(0.0)
        for _ in range(number):
            loss, _ = batch_loss(self.model, torch.arange(3, 33)[None], torch.arange(3, 13)[None], 10, 0.0)
            loss.backward()
            self.optimizer.step(0.02, torch.tensor(1.0))
        return loss.item()

    def tensors(self) -> dict[str, torch.Tensor]:
        return {name: value.detach() for name, value in self.model.named_parameters()} | self.optimizer.state()


def saved(folder, step: int, pair: Pair, keep: int = 2, held_out: float | None = None) -> Checkpoints:
    checkpoints = Checkpoints(folder, keep, ALONE)
    assert checkpoints.save(State(step, 0, 0.1, held_out), pair.tensors()) is None
    assert checkpoints.wait() is None
    return checkpoints


@pytest.mark.parametrize("kind", [AdamWScaled, Adafactor])
def test_going_on_from_a_checkpoint_equals_going_on_without(tmp_path, kind):
    pair = Pair(5, kind)
    checkpoints = saved(tmp_path, 5, pair)
    expected = pair.go_on(5)
    other = Pair(1, kind)
    assert checkpoints.load(5, other.tensors()) == State(5, 0, 0.1, None)
    other.optimizer.steps = 5
    assert other.go_on(5) == expected
    assert all(torch.equal(a, b) for a, b in zip(pair.model.parameters(), other.model.parameters(), strict=True))


def test_training_on_while_a_checkpoint_is_written_does_not_change_it(tmp_path):
    pair = Pair(2)
    expected = {name: value.clone() for name, value in pair.tensors().items()}
    checkpoints = Checkpoints(tmp_path, 2, ALONE)
    checkpoints.save(State(2, 0, 0.1, None), pair.tensors())
    pair.go_on(3)
    checkpoints.wait()
    other = Pair(1)
    checkpoints.load(2, other.tensors())
    assert all(torch.equal(value, expected[name]) for name, value in other.tensors().items())


def test_nothing_is_pickled_and_anyone_can_read_the_files(tmp_path):
    pair = Pair(1)
    saved(tmp_path, 1, pair)
    files = sorted(path.name for path in (tmp_path / "step-00000001").iterdir())
    assert files == ["shard-00001-of-00001.safetensors", "state.json"]
    found = load_file(tmp_path / "step-00000001" / "shard-00001-of-00001.safetensors")
    assert all(torch.equal(value, found[name]) for name, value in pair.tensors().items())


def test_the_last_and_the_best_are_kept_and_nothing_unfinished_is_seen(tmp_path):
    pair = Pair(1)
    for step, loss in ((1, 3.0), (2, 2.0), (3, 2.5), (4, None), (5, 2.1)):
        saved(tmp_path, step, pair, held_out=loss)
    (tmp_path / ".tmp-step-00000009").mkdir()  # a kill while writing
    assert steps(tmp_path) == [2, 4, 5]
    assert best(tmp_path) == 2
    saved(tmp_path, 6, pair, held_out=1.0)
    assert steps(tmp_path) == [5, 6]
    assert not list(tmp_path.glob(".tmp-*"))


def test_a_damaged_checkpoint_is_named(tmp_path):
    pair = Pair(1)
    checkpoints = saved(tmp_path, 1, pair)
    (tmp_path / "step-00000001" / "shard-00001-of-00001.safetensors").write_bytes(b"nonsense" * 10)
    with pytest.raises(CorruptionError, match="step-00000001"):
        checkpoints.load(1, pair.tensors())


@pytest.mark.parametrize("state", [{"step": 7, "skipped": 0, "lr": 0.1, "held_out": None}, {}, None, "{"])
def test_a_checkpoint_whose_state_is_not_its_step_is_refused(tmp_path, state):
    pair = Pair(1)
    checkpoints = saved(tmp_path, 1, pair)
    path = tmp_path / "step-00000001" / "state.json"
    path.unlink() if state is None else path.write_text(state if isinstance(state, str) else json.dumps(state))
    with pytest.raises(CorruptionError, match="step-00000001"):
        checkpoints.load(1, pair.tensors())


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    checkpoints = saved(tmp_path, 1, Pair(1))
    deeper = Pair(0, config=ModelConfig(130, 128, 8, 24, 2, 2, 1))
    with pytest.raises(CorruptionError, match="another model"):
        checkpoints.load(1, deeper.tensors())
    wider = Pair(0, config=ModelConfig(260, 128, 8, 24, 1, 2, 1))
    with pytest.raises(CorruptionError, match="another model"):
        checkpoints.load(1, wider.tensors())


def test_a_checkpoint_that_cannot_be_written_is_reported_and_the_last_one_stays(tmp_path):
    pair = Pair(1)
    checkpoints = saved(tmp_path, 1, pair)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))  # the writer gets EFBIG in the middle of the file
    try:
        checkpoints.save(State(2, 0, 0.1, None), pair.tensors())
        failure = checkpoints.wait()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "step 2 could not be written" in failure
    assert "too large" in failure
    assert "the last checkpoint is of step 1" in failure
    assert steps(tmp_path) == [1]
    checkpoints.save(State(3, 0, 0.1, None), pair.tensors())
    assert checkpoints.wait() is None
    assert steps(tmp_path) == [1, 3]
    checkpoints.load(3, pair.tensors())


def test_a_disk_without_room_is_not_filled_up(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    checkpoints = Checkpoints(tmp_path, 2, ALONE)
    checkpoints.save(State(2, 0, 0.1, None), Pair(1).tensors())
    failure = checkpoints.save(State(3, 0, 0.1, None), Pair(1).tensors())
    assert "bytes are needed and 1,000 free" in failure
    assert "not there yet" in failure
    checkpoints.wait()
    assert list(tmp_path.iterdir()) == []
