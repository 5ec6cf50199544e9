"""Operation of a run: stopped by signals, watched by TensorBoard, profiled, its energy counted, described by a card."""

import json
import signal
import subprocess
import sys
import types

import pytest
import torch
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from test_train_pretrain import command, config, environment, metrics

from shards.errors import InputError
from train.checkpoint_folder import steps
from train.loop import pretrain
from train.watch import energy, speed
from train.watch.energy import Meter, co2_grams
from train.watch.operate import Operation
from train.watch.sessions import read
from train.watch.speed import Peak
from train.watch.stopping import graceful


@pytest.fixture(scope="module")
def run(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "operated"
    stopped = pretrain(config(root, out, steps=24), Operation(profile=2), stops_after(9))
    return stopped, pretrain(config(root, out, steps=24), Operation())


def stops_after(steps: int):
    asked = []

    def stopping() -> bool:
        asked.append(1)
        return len(asked) >= steps

    return stopping


def test_a_stopped_run_has_a_checkpoint_of_its_last_step_and_no_export(run):
    stopped, done = run
    assert (stopped.steps, done.steps) == (9, 24)
    assert done.export_dir.exists()


def test_a_stopped_and_resumed_run_equals_an_unbroken_one(run, root, tmp_path):
    pretrain(config(root, tmp_path / "run", steps=24), Operation(tracker="none"))
    assert metrics(tmp_path / "run") == metrics(run[1].run_dir)


def test_a_file_named_stop_ends_the_run_with_a_checkpoint_and_is_forgotten_by_the_next(run, root, tmp_path):
    folder = tmp_path / "run"

    def ask() -> bool:  # as another machine would, at some step
        (folder / "stop").touch()
        return False

    stopped = pretrain(config(root, folder, steps=24), Operation(tracker="none"), ask)
    assert stopped.steps == 1
    assert max(steps(folder / "checkpoints")) == 1
    assert pretrain(config(root, folder, steps=24), Operation(tracker="none")).steps == 24
    assert metrics(folder) == metrics(run[1].run_dir)


def test_tensorboard_has_every_step_once_over_both_sessions(run):
    events = EventAccumulator(str(run[1].run_dir / "tensorboard"))
    events.Reload()
    tags = events.Tags()["scalars"]
    assert {"loss/train", "loss/fr", "held_out/fr", "optimiser/lr", "speed/mfu_measured"} <= set(tags)
    assert [event.step for event in events.Scalars("loss/train")] == list(range(1, 25))
    assert events.Scalars("loss/train")[4].value == pytest.approx(metrics(run[1].run_dir)[4]["loss"], rel=1e-6)


def test_the_profile_is_a_table_and_a_trace(run):
    folder = run[1].run_dir / "profile"
    assert "aten::mm" in (folder / "table.txt").read_text()
    assert json.loads((folder / "trace.json").read_text())["traceEvents"]


def test_sessions_tell_steps_time_and_energy(run):
    first, second = read(run[1].run_dir)
    assert (first["steps"], second["steps"]) == (9, 15)
    assert first["joules"] > 0
    assert first["energy_source"].startswith(("estimated", "measured"))
    assert first["mfu_measured"] > 0


def test_the_model_card_says_what_the_run_did(run):
    card = (run[1].export_dir / "README.md").read_text()
    header = yaml.safe_load(card.split("---")[1])
    assert header["language"] == ["en", "es", "fr"]
    held_out = [one["held_out"] for one in metrics(run[1].run_dir) if "held_out" in one]
    assert f"| fr | {held_out[0]['fr']:.3f} | {held_out[-1]['fr']:.3f} |" in card
    assert "kWh" in card and "g at 473 g a kWh" in card
    assert "None" not in card and "Undefined" not in card
    assert (run[1].export_dir / "loss.png").exists()


def test_signals_ask_once_and_then_insist():
    before = signal.getsignal(signal.SIGTERM)
    with graceful() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGTERM)
        assert stop()
        assert stop.exit_status == 143
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.slow
def test_sigterm_ends_the_command_with_143_and_the_same_command_goes_on(root, tmp_path):
    program = [sys.executable, "-m", "train.pretrain", *command(root, tmp_path / "run", 100)]
    process = subprocess.Popen(program, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    file = tmp_path / "run" / "metrics.jsonl"
    while process.poll() is None and not (file.exists() and file.read_text().count("\n") >= 7):
        pass
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate()
    assert process.returncode == 143
    assert "SIGTERM: stops after this step" in err
    steps = len(metrics(tmp_path / "run"))
    assert f"stopped at step {steps}; the same command goes on" in out
    subprocess.run(program, check=True, env=environment())
    subprocess.run([sys.executable, "-m", "train.pretrain", *command(root, tmp_path / "whole", 100)], check=True,
                   env=environment())  # fmt: skip
    assert metrics(tmp_path / "run") == metrics(tmp_path / "whole")


@pytest.mark.parametrize(("name", "expected"), [
    ("NVIDIA H200", 989.4e12), ("NVIDIA H100 PCIe", 756e12), ("NVIDIA H100 80GB HBM3", 989.4e12),
    ("NVIDIA A100-SXM4-80GB", 312e12), ("NVIDIA L40S", 362e12), ("Tesla K80", None),
])  # fmt: skip
def test_datasheets_are_found_by_the_device_s_name(name, expected):
    assert speed.datasheet(name) == expected


def test_mfu_is_the_rate_over_the_peak():
    assert Peak("x", 1000.0, 400.0).shares(200.0) == {"mfu_datasheet": 0.2, "mfu_measured": 0.5}
    assert Peak("x", None, 400.0).shares(200.0) == {"mfu_measured": 0.5}


def test_the_probe_measures_something_of_this_machine():
    assert 1e8 < speed.measure(torch.device("cpu"), torch.float32) < 1e14


def rapl(folder, joules: list[int]) -> None:
    for number, value in enumerate(joules):
        package = folder / f"intel-rapl:{number}"
        package.mkdir(exist_ok=True)
        (package / "energy_uj").write_text(str(value))
        (package / "max_energy_range_uj").write_text("9999999")


def test_rapl_sums_packages_and_wraps_round(tmp_path):
    rapl(tmp_path, [9_000_000, 0])
    meter = Meter(torch.device("cpu"), powercap=tmp_path)
    rapl(tmp_path, [1_000_000, 500_000])
    assert meter.joules() == pytest.approx(2.5)
    assert "RAPL" in meter.source


def test_nvml_counts_the_energy_of_this_machine_s_gpus(monkeypatch):
    counters = {"GPU-a": 5_000, "GPU-b": 2_000}  # millijoules
    monkeypatch.setattr(energy.pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(energy.pynvml, "nvmlDeviceGetHandleByUUID", lambda name: name)
    monkeypatch.setattr(energy.pynvml, "nvmlDeviceGetTotalEnergyConsumption", counters.__getitem__)
    read, source = energy.nvml(["a", "b"])
    assert read() == 7.0
    counters["GPU-b"] += 1_500
    assert read() == 8.5
    assert source.startswith("measured by NVML: 2 GPUs")


def test_without_a_meter_energy_is_power_times_time_and_says_so(tmp_path, monkeypatch):
    clock = iter([0.0, 10.0, 0.0, 10.0])
    monkeypatch.setattr(energy.time, "monotonic", lambda: next(clock))
    stated = Meter(torch.device("cpu"), watts=50.0, powercap=tmp_path)
    assert stated.joules() == 500.0
    assert stated.source == "estimated: 50 W stated, times the time"
    guessed = Meter(torch.device("cpu"), powercap=tmp_path)
    assert guessed.joules() == 10.0 * energy.CPU_WATTS * torch.get_num_threads()
    assert co2_grams(3.6e6, 473.0) == 473.0


def test_trackers_are_checked_before_the_work(monkeypatch):
    with pytest.raises(InputError, match="no tracker 'mlflow'; choices: tensorboard"):
        Operation(tracker="mlflow")
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(InputError, match="wandb is not installed: pip install wandb"):
        Operation(tracker="wandb")


@pytest.mark.parametrize("name", ["trackio", "wandb"])
def test_another_tracker_gets_every_step_and_the_run_s_name(root, tmp_path, monkeypatch, name):
    calls = []
    fake = types.SimpleNamespace(
        init=lambda **options: calls.append(("init", options)),
        log=lambda values, step: calls.append(("log", step, values)),
        finish=lambda: calls.append(("finish",)),
    )
    monkeypatch.setitem(sys.modules, name, fake)
    pretrain(config(root, tmp_path / "run", steps=3), Operation(tracker=name))
    assert calls[0][1]["name"] == "run" and calls[0][1]["resume"] == "allow"
    assert [call[1] for call in calls[1:-1]] == [1, 2, 3]
    assert {"loss/train", "held_out/fr", "speed/mfu_measured"} <= calls[3][2].keys()
    assert calls[-1] == ("finish",)


@pytest.mark.parametrize("changes", [{"profile": -1}, {"watts": -5.0}, {"grid": float("nan")}])
def test_wrong_numbers_are_refused(changes):
    with pytest.raises(InputError):
        Operation(**changes)
