"""The command `python -m train.pretrain`."""

import os
from typing import Annotated

import typer
from rich.table import Table

from shards.commands import console, run
from train.loop import pretrain
from train.options import command
from train.settings import PANELS, PretrainConfig, PretrainResult
from train.watch.operate import Operation
from train.watch.stopping import graceful

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


def main(
    config: PretrainConfig,
    operation: Operation,
    ray_workers: Annotated[int, typer.Option(help="Run as so many workers of a Ray cluster; 0: here.", min=0)] = 0,
    ray_restarts: Annotated[int, typer.Option(help="Failures in a row without a new checkpoint to bear.", min=0)] = 3,
    ray_wait: Annotated[float, typer.Option(help="Minutes to wait for room for all workers.", min=0)] = 15.0,
) -> None:
    """Pretrain mT5 on a version by T5's span corruption. The same command again resumes from the last checkpoint.

    A tiny model with its own tokenizer, on a laptop:

    [dim]python -m train.pretrain --version demo@latest --out runs/demo --vocab-size 4000 --input-length 128[/dim]

    Go on from mT5-large on eight GPUs:

    [dim]torchrun --nproc-per-node 8 -m train.pretrain --version medical@v1 --out runs/large --init models/mt5-large
    --tokenizer models/mt5-large --batch 128 --micro-batch 16 --lr 1e-3 --steps 50000[/dim]

    On a Ray cluster, begun again from the last checkpoint when a node is lost:

    [dim]ray job submit --working-dir . -- python -m train.pretrain --ray-workers 16 --parallel fsdp ...[/dim]

    Losses are in metrics.jsonl and loss.png, the model for transformers in model/. SIGTERM or Ctrl-C stops after the
    step under way, with a checkpoint, and exit status 143 or 130; so does, with 0 and from any machine of a cluster, a
    file named stop in the run's folder.
    """
    if ray_workers:
        from train.on_ray import pretrain_on_ray  # Ray is loaded by who asks for it

        result, status = pretrain_on_ray(config, operation, ray_workers, ray_restarts, ray_wait * 60), 0
    else:
        with graceful() as stop:
            result = pretrain(config, operation, stop)
        status = stop.exit_status
    done = result.steps == config.steps
    if os.environ.get("RANK", "0") == "0":
        console().print(summary(result) if done else f"stopped at step {result.steps}; the same command goes on")
    if not done:
        raise typer.Exit(status)


def summary(result: PretrainResult) -> Table:
    """The run in a few lines."""
    table = Table(show_header=False, box=None)
    table.add_row("training loss", f"{result.first_loss:.3f} → {result.last_loss:.3f}")
    for language, loss in result.losses.items():
        table.add_row(f"held-out loss {language}", f"{loss:.3f}")
    table.add_row("plot", str(result.loss_plot))
    table.add_row("model", str(result.export_dir))
    return table


app.command()(command(main, PANELS))

if __name__ == "__main__":
    run(app)
