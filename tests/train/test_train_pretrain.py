"""A whole run: the loss falls, the same command resumes it to the bit, and transformers loads what it exports."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import fsspec
import matplotlib.image
import pytest
import torch
from sentencepiece import sentencepiece_model_pb2 as proto
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
from typer.testing import CliRunner

import train.data.tokens
import train.prepare
from shards.errors import InputError
from train import checkpoint_folder, distributed
from train.convert import load_pretrained
from train.distributed import Group
from train.evaluate import held_out_losses
from train.loop import Run, pretrain
from train.model import shift_right
from train.optim import Optimizer
from train.options import weights
from train.prepare import prepare
from train.pretrain import app
from train.rundir import RunDir
from train.settings import PretrainConfig
from train.watch.progress import progress_bar

REPOSITORY = Path(__file__).resolve().parents[2]
OPTIONS = {
    "vocab_size": 1500,
    "input_length": 64,
    "batch": 8,
    "warmup": 10,
    "eval_every": 20,
    "checkpoint_every": 10,
    "held_out": 0.1,
}


def config(root, out, **changes) -> PretrainConfig:
    return PretrainConfig(root=str(root), version="test@latest", out=str(out), device="cpu", **(OPTIONS | changes))


def metrics(out: Path) -> list[dict]:
    """The records without the speed, the only thing in them that is not computed from the text."""
    records = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in record.items() if not name.endswith("per_second")} for record in records]


@pytest.fixture(scope="module")
def run(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "one"
    return config(root, out, steps=60), pretrain(config(root, out, steps=60))


def test_loss_falls_in_total_and_for_every_language(run):
    _, result = run
    assert 7.0 < result.first_loss < 8.5  # ln 1536 = 7.3
    assert result.last_loss < result.first_loss - 1.0
    assert sorted(result.losses) == ["en", "es", "fr"]
    held_out = [record["held_out"] for record in metrics(result.run_dir) if "held_out" in record]
    assert len(held_out) == 3
    assert all(held_out[-1][name] < held_out[0][name] for name in held_out[0])


def test_plot_is_an_image(run):
    pixels = matplotlib.image.imread(run[1].loss_plot)
    assert pixels.shape[1] > 1000
    assert pixels.std() > 0.02


@torch.no_grad()
def test_transformers_loads_the_export_and_gives_the_same_logits(run):
    _, result = run
    theirs = AutoModelForSeq2SeqLM.from_pretrained(result.export_dir).eval()
    tokens = AutoTokenizer.from_pretrained(result.export_dir)
    own = load_pretrained(result.export_dir, torch.float32)
    inputs = tokens("The patient was <extra_id_0> with antibiotics.", return_tensors="pt").input_ids
    targets = tokens("<extra_id_0> treated", return_tensors="pt").input_ids
    expected = theirs(input_ids=inputs, decoder_input_ids=shift_right(targets)).logits
    assert (own(inputs, shift_right(targets)) - expected).abs().max().item() < 1e-4
    assert torch.equal(theirs.lm_head.weight, own.head.weight)
    assert torch.equal(theirs.get_input_embeddings().weight, own.embedding.weight)
    assert not torch.equal(own.head.weight, own.embedding.weight)
    assert theirs.generate(inputs, max_new_tokens=4).shape[0] == 1


def test_another_way_to_compute_changes_losses_by_rounding_only(run, root, tmp_path):
    _, result = run
    changes = {"attention": "sdpa", "recompute": True, "eval_every": 0, "checkpoint_every": 0}
    other = pretrain(config(root, tmp_path / "other", steps=3, **changes))
    for one, expected in zip(metrics(other.run_dir), metrics(result.run_dir), strict=False):
        assert one["loss"] == pytest.approx(expected["loss"], rel=1e-5)


def test_exported_model_loss_is_the_run_s_held_out_loss(run, root):
    options, result = run
    tokens = AutoTokenizer.from_pretrained(result.export_dir)
    assert tokens.convert_tokens_to_ids("<extra_id_0>") == len(tokens) - 1
    folder = RunDir(result.run_dir)
    group = Group(0, 1, torch.device("cpu"))
    with progress_bar(disable=True) as bar:
        held_out = prepare(options, group, folder, bar).held_out
    own = load_pretrained(result.export_dir, torch.float32)
    assert held_out_losses(own, held_out, 8, group) == result.losses


def test_the_same_command_again_computes_nothing(run):
    options, result = run
    before = metrics(result.run_dir)
    again = pretrain(options)
    assert metrics(result.run_dir) == before
    assert again == result


def test_a_resumed_run_equals_an_unbroken_one_to_the_bit(run, root, tmp_path):
    pretrain(config(root, tmp_path / "run", steps=33))
    record = (tmp_path / "run" / "metrics.jsonl").read_text()
    (tmp_path / "run" / "metrics.jsonl").write_text(record + '{"step": 34, "loss": 1')  # a line that a kill cut short
    pretrain(config(root, tmp_path / "run", steps=60, keep=1))
    broken, whole = metrics(tmp_path / "run"), metrics(run[1].run_dir)
    assert [one.pop("held_out") for one in broken if one["step"] == 33]  # its last step then, evaluated
    assert broken == whole
    exported = [(folder / "model" / "model.safetensors").read_bytes() for folder in (tmp_path / "run", run[1].run_dir)]
    assert exported[0] == exported[1]


def test_a_schedule_that_would_have_had_another_rate_is_refused_on_resuming(root, tmp_path):
    pretrain(config(root, tmp_path / "run", steps=4, schedule="cosine", warmup=1))
    with pytest.raises(InputError, match=r"step 4 was made with learning rate .*--steps and --decay as before"):
        pretrain(config(root, tmp_path / "run", steps=8, schedule="cosine", warmup=1))


def test_going_back_leaves_out_the_examples_since_the_checkpoint(root, tmp_path):
    options = config(root, tmp_path / "run", steps=9)
    folder, group = RunDir(tmp_path / "run"), Group(0, 1, torch.device("cpu"))
    with progress_bar(disable=True) as bar:
        run = Run(options, group, folder, prepare(options, group, folder, bar))
    records = [run.advance() for _ in range(3)]
    run.save()
    expected = run.data.stream.batch(5 * 8, 6 * 8)
    run.advance()
    run.advance()
    assert run.roll_back() == 3
    assert (run.step, run.skipped) == (3, 2)
    assert (run._batches()[0].inputs == expected.inputs).all()
    run.advance()
    run.save()
    run.restore()
    assert (run.step, run.skipped) == (4, 2)
    again = Run(options, group, folder, run.data)
    assert [again.advance()["loss"] for _ in range(3)] == [record["loss"] for record in records]


def test_micro_batches_give_the_same_losses(run, root, tmp_path):
    pretrain(config(root, tmp_path / "run", steps=12, micro_batch=3))
    for ours, whole in zip(metrics(tmp_path / "run"), metrics(run[1].run_dir), strict=False):
        assert ours["loss"] == pytest.approx(whole["loss"], rel=1e-4)


def test_another_setting_in_the_same_folder_is_refused_by_name(run, root):
    with pytest.raises(InputError, match=r"seed = 0, this one has 1.*another --out"):
        pretrain(dataclasses.replace(run[0], seed=1))
    with pytest.raises(InputError, match="lr"):
        pretrain(dataclasses.replace(run[0], lr=1.0))


def test_going_on_from_an_exported_model_with_its_tokenizer(run, root, tmp_path):
    model = str(run[1].export_dir)
    result = pretrain(config(root, tmp_path / "run", steps=5, init=model, tokenizer=model, lr=1e-4, warmup=0))
    assert result.first_loss < run[1].first_loss - 1.0
    assert (result.export_dir / "spiece.model").read_bytes() == (Path(model) / "spiece.model").read_bytes()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": "huge"}, "no size 'huge'"),
        ({"schedule": "linear"}, "no schedule 'linear'; choices: constant, rsqrt"),
        ({"precision": "fp16"}, "fp16"),
        ({"attention": "flash"}, "sdpa, detached, blocks, flex"),
        ({"held_out": 1.0}, "held_out is 1.0"),
        ({"steps": 0}, "at least 1"),
        ({"micro_batch": -1}, "micro_batch is -1"),
        ({"lr": -1.0}, "lr is -1.0; give a number of at least 0"),
        ({"lr": float("nan")}, "lr is nan"),
        ({"warmup": -5}, "warmup is -5"),
        ({"clip": 0.0}, "clip is 0; give a number above 0"),
        ({"alpha": float("inf")}, "alpha is inf"),
        ({"eval_every": -1}, "eval_every is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1 << 63}, "below 2"),
        ({"input_length": 9}, "at least 10"),
        ({"vocab_size": 100}, "at least 612"),
        ({"languages": ("de",)}, "no de in the version"),
        ({"weights": {"en": 1.0, "fr": 0.0}}, "positive"),
        ({"input_length": 2048}, "at most 1800"),
        ({"tokenizer": "./nowhere"}, "no tokenizer"),
        ({"init": "/nowhere"}, r"config\.json is missing"),
    ],
)
def test_wrong_settings_are_refused_with_what_to_do(root, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        pretrain(config(root, tmp_path / "run", **changes))


@pytest.mark.parametrize(
    "changes", [{"input_length": 4000}, {"vocab_size": 100}, {"lr": -1.0}, {"weights": {"en": -1.0}}]
)
def test_wrong_numbers_are_refused_before_anything_is_opened(changes):
    with pytest.raises(InputError):
        config("/nowhere", "/nowhere", **changes)
    config("/nowhere", "/nowhere", tokenizer="google/mt5-base", vocab_size=0)  # not used then


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without GPU")
def test_a_missing_gpu_is_refused_with_what_to_do(root, tmp_path):
    with pytest.raises(InputError, match=r"torch finds 0: give --device cpu"):
        pretrain(dataclasses.replace(config(root, tmp_path / "run"), device="cuda"))


def test_waiting_for_the_leading_process_may_take_hours(monkeypatch):
    given = {}
    monkeypatch.setattr(distributed.dist, "init_process_group", lambda backend, **options: given.update(options))
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert distributed.join("cpu").world == 2
    assert given["timeout"] >= timedelta(hours=12)


def test_another_tokenizer_under_the_same_path_is_refused(run, root, tmp_path):
    folder = tmp_path / "tokenizer"
    shutil.copytree(run[1].export_dir, folder)
    options = config(root, tmp_path / "run", steps=2, tokenizer=str(folder))
    pretrain(options)
    model = proto.ModelProto.FromString((folder / "spiece.model").read_bytes())
    model.pieces[300].score -= 1.0
    (folder / "spiece.model").write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match="tokenizer_digest"):
        pretrain(dataclasses.replace(options, steps=4))
    assert len(metrics(tmp_path / "run")) == 2


def test_another_precision_on_resuming_is_refused(run, monkeypatch):
    monkeypatch.setattr(train.prepare, "precision", lambda *_: torch.bfloat16)  # as "auto" gives on a GPU
    with pytest.raises(InputError, match=r"dtype = 'torch.float32', this one has 'torch.bfloat16'"):
        pretrain(run[0])


def test_other_token_shards_on_resuming_are_refused(run, monkeypatch):
    monkeypatch.setattr(train.data.tokens, "digest", lambda _: "0" * 64)
    with pytest.raises(InputError, match="tokens_digest"):
        pretrain(run[0])


def test_without_a_guard_a_gradient_that_is_not_finite_never_reaches_a_checkpoint(root, tmp_path, monkeypatch):
    steps = []

    def norm(optimizer):
        steps.append(gradient_norm(optimizer))
        return steps[-1] * (float("nan") if len(steps) == 4 else 1.0)

    gradient_norm = Optimizer.gradient_norm
    monkeypatch.setattr(Optimizer, "gradient_norm", norm)
    with pytest.raises(InputError, match=r"norm nan at step 4: give a smaller --lr"):
        pretrain(config(root, tmp_path / "run", steps=6, checkpoint_every=1, spike=0.0))
    assert max(checkpoint_folder.steps(tmp_path / "run" / "checkpoints")) == 3
    assert [one["step"] for one in metrics(tmp_path / "run")] == [1, 2, 3]


def test_a_store_that_is_not_local_gives_the_same_run(run, root, tmp_path):
    remote = fsspec.filesystem("memory")
    remote.put(f"{root}/", "/train-store/", recursive=True)
    pretrain(config("memory://train-store", tmp_path / "run", steps=3, database=f"sqlite:///{root}/catalog.sqlite"))
    assert "database" not in (tmp_path / "run" / "config.json").read_text()  # it may have a password in it
    assert [one["loss"] for one in metrics(tmp_path / "run")] == [one["loss"] for one in metrics(run[1].run_dir)[:3]]


def test_weights_are_read_from_the_command_line():
    assert weights("en=2, fr=1.5") == {"en": 2.0, "fr": 1.5}
    with pytest.raises(InputError, match="en:2"):
        weights("en:2")


def test_help_teaches_by_example():
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    assert "torchrun" in result.output


def command(root, out, steps: int) -> list[str]:
    options = [f"--{name.replace('_', '-')}={value}" for name, value in (OPTIONS | {"eval_every": 25}).items()]
    return ["--root", str(root), "--version", "test@latest", "--out", str(out), f"--steps={steps}", *options]


def environment() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}


@pytest.mark.slow
def test_killed_and_resumed_equals_unbroken_to_the_bit(root, tmp_path):
    program = [sys.executable, "-m", "train.pretrain"]
    subprocess.run([*program, *command(root, tmp_path / "whole", 150)], check=True, env=environment())
    broken = tmp_path / "broken"
    kills = 0
    for lines in (3, 37, 80, 121):  # steps at which to kill; not at a checkpoint
        process = subprocess.Popen([*program, *command(root, broken, 150)], env=environment())
        while process.poll() is None:
            file = broken / "metrics.jsonl"
            if file.exists() and file.read_text().count("\n") >= lines:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                break
            time.sleep(0.002)
    subprocess.run([*program, *command(root, broken, 150)], check=True, env=environment())
    assert kills == 4
    assert metrics(broken) == metrics(tmp_path / "whole")
    weights = [(out / "model" / "model.safetensors").read_bytes() for out in (broken, tmp_path / "whole")]
    assert weights[0] == weights[1]


@pytest.mark.slow
def test_two_processes_give_the_losses_of_one(root, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    subprocess.run([sys.executable, "-m", "train.pretrain", *command(root, one, 30)], check=True, env=environment())
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m"]
    subprocess.run([*launch, "train.pretrain", *command(root, two, 30)], check=True, env=environment())
    for alone, together in zip(metrics(one), metrics(two), strict=True):
        assert together["loss"] == pytest.approx(alone["loss"], rel=1e-4)
        assert together["languages"] == pytest.approx(alone["languages"], rel=1e-4)
        assert together.get("held_out", {}) == pytest.approx(alone.get("held_out", {}), rel=1e-3)


@pytest.mark.slow
def test_errors_of_the_command_are_one_line_without_traceback(root, tmp_path):
    program = [sys.executable, "-m", "train.pretrain", *command(root, tmp_path / "run", 5), "--languages=de"]
    result = subprocess.run(program, capture_output=True, text=True, env=environment())
    assert result.returncode == 1
    assert result.stderr.strip().startswith("error: no de in the version; its languages: en, es, fr")
    assert "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_bfloat16_on_a_gpu_follows_float32(root, tmp_path):
    wide = pretrain(dataclasses.replace(config(root, tmp_path / "wide", steps=40), device="cuda", precision="fp32"))
    narrow = pretrain(dataclasses.replace(config(root, tmp_path / "narrow", steps=40), device="cuda"))
    assert narrow.last_loss == pytest.approx(wide.last_loss, rel=0.03)
