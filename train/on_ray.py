"""The same run on a Ray cluster: one worker for each process, all begun again when one is lost.

Begun again, a run goes on from its last checkpoint, as under torchrun; Ray keeps no checkpoint of its own. Besides
`ingest.engine` this is the only module that imports Ray, and `train.pretrain` imports it only for `--ray-workers`.
"""

import dataclasses
from pathlib import Path

import ray
from ray.train import FailureConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchConfig, TorchTrainer
from ray.train.v2.api.exceptions import TrainingFailedError

from shards.errors import BuildError
from train.distributed import PATIENCE
from train.loop import pretrain
from train.rundir import RunDir
from train.settings import PretrainConfig, PretrainResult
from train.watch.operate import Operation


def pretrain_on_ray(config: PretrainConfig, operation: Operation, workers: int, restarts: int) -> PretrainResult:
    """Run, or resume, on `workers` workers of the cluster, with a GPU for each where the cluster has any.

    The store and `config.out` must be folders that all nodes share. `BuildError` after more than `restarts` failures.
    """
    if not ray.is_initialized():
        ray.init(logging_level="warning")
    gpus = config.device != "cpu" and ray.cluster_resources().get("GPU", 0) > 0
    place = str(Path(config.out).resolve())
    trainer = TorchTrainer(
        _work,
        train_loop_config={"config": dataclasses.asdict(config), "operation": dataclasses.asdict(operation)},
        torch_config=TorchConfig("cpu:gloo,cuda:nccl" if gpus else "gloo", timeout_s=int(PATIENCE.total_seconds())),
        scaling_config=ScalingConfig(num_workers=workers, use_gpu=gpus),
        run_config=RunConfig(name="ray", storage_path=place, failure_config=FailureConfig(max_failures=restarts)),
    )
    try:
        trainer.fit()
    except TrainingFailedError as error:
        raise BuildError(f"{config.out}: failed {restarts + 1} times, the last time with: {error}") from error
    return RunDir(Path(config.out)).result()


def _work(settings: dict) -> None:
    pretrain(PretrainConfig(**settings["config"]), Operation(**settings["operation"]))
