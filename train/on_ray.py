"""The same run on a Ray cluster: one worker for each process, all begun again when one is lost.

Begun again, a run goes on from its last checkpoint, as under torchrun; Ray keeps no checkpoint of its own. This,
`ray_cluster` and `ingest.engine` are all that import Ray, and `train.pretrain` imports it only for `--ray-workers`.
"""

import dataclasses
import os
from pathlib import Path

import ray
from ray.train import FailureConfig, LoggingConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchConfig, TorchTrainer
from ray.train.v2.api.exceptions import TrainingFailedError

from shards.errors import BuildError
from train.checkpoint_folder import steps
from train.data.corpus import open_version
from train.distributed import PATIENCE
from train.loop import pretrain
from train.ray_cluster import check_mark, mark, reason, say, shared, wait_for_room
from train.rundir import RunDir
from train.settings import PretrainConfig, PretrainResult
from train.watch.operate import Operation


def pretrain_on_ray(
    config: PretrainConfig, operation: Operation, workers: int, restarts: int, patience: float
) -> PretrainResult:
    """Run, or resume, on `workers` workers of the cluster, with a GPU for each where the cluster has any.

    The store and `config.out` must be folders that all nodes share. `BuildError` after more than `restarts` failures
    without a new checkpoint, or when there is no room for all workers for `patience` seconds.
    """
    os.environ.setdefault("RAY_TRAIN_ENABLE_PREEMPTION_WATCHER", "0")  # nobody here would act on what it sees
    if not ray.is_initialized():
        ray.init(logging_level="warning")
    gpus = config.device == "cuda" or (config.device == "auto" and ray.cluster_resources().get("GPU", 0) > 0)
    out, root = shared("--out", config.out), shared("--root", config.root)
    config = dataclasses.replace(config, out=out, root=root, device="cuda" if gpus else "cpu")
    open_version(root, config.version, config.database)  # what is missing needs no cluster
    each = {"CPU": 1} | ({"GPU": 1} if gpus else {})
    scaling = ScalingConfig(num_workers=workers, use_gpu=gpus, resources_per_worker=each)
    folder, failures, reached = RunDir(Path(out)), 0, 0
    while True:
        wait_for_room(workers, each, config.batch, patience)
        try:
            _trainer(config, operation, scaling).fit()
            return folder.result()
        except TrainingFailedError as error:
            failed, why, last = error, reason(error), max(steps(folder.checkpoints), default=0)
        failures, reached = failures + 1 if last == reached else 1, last
        if failures > restarts:
            raise BuildError(f"{out}: failed {failures} times after step {last}, the last time with: {failed}")
        say(f"{why}\nbegins again from step {last}: restart {failures} of {restarts} without a new checkpoint")


def _trainer(config: PretrainConfig, operation: Operation, scaling: ScalingConfig) -> TorchTrainer:
    """Ray's trainer for one attempt: left to itself it tries a refused setting again, and waits for room for ever."""
    settings = {"config": dataclasses.asdict(config), "operation": dataclasses.asdict(operation)}
    here = {"folder": str(Path.cwd()), "mark": mark(config.out)}
    backend = "cpu:gloo,cuda:nccl" if scaling.use_gpu else "gloo"
    once = FailureConfig(max_failures=0, controller_failure_limit=0, max_preemption_failures=0)
    return TorchTrainer(
        _work,
        train_loop_config=settings | here,
        torch_config=TorchConfig(backend, timeout_s=int(PATIENCE.total_seconds())),
        scaling_config=scaling,
        run_config=RunConfig("ray", config.out, failure_config=once, logging_config=LoggingConfig("CRITICAL")),
    )


def _work(settings: dict) -> None:
    if Path(settings["folder"]).is_dir():  # the command's: --tokenizer and --init may be relative
        os.chdir(settings["folder"])
    config = PretrainConfig(**settings["config"])
    check_mark(config.out, settings["mark"])
    pretrain(config, Operation(**settings["operation"]))
