"""The command `python -m train.pretrain`: its options, and the run in a few lines."""

import math
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from shards.commands import console, run
from shards.errors import InputError
from train.commands import DatabaseUrl
from train.loop import pretrain
from train.settings import PretrainConfig, PretrainResult
from train.watch.energy import WORLD_GRID
from train.watch.operate import Operation
from train.watch.stopping import graceful

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command()
def main(
    version: Annotated[str, typer.Option(help="Version: NAME@TAG or its id.")],
    out: Annotated[Path, typer.Option(help="The run's folder; the same folder again resumes the run.")],
    root: Annotated[str, typer.Option(envvar="MEDCORPUS_ROOT", help="The store with the version.")] = "work/store",
    size: Annotated[str, typer.Option(help="tiny, mini (a laptop), small, base, large, xl or xxl (mT5's).")] = "tiny",
    init: Annotated[str, typer.Option(help="random, or the folder of a Hugging Face mT5 to go on from.")] = "random",
    tokenizer: Annotated[str, typer.Option(help="train, a folder, a .model file, or a Hub name.")] = "train",
    vocab_size: Annotated[int, typer.Option(help="Ids of a trained tokenizer, 100 sentinels included.")] = 32_000,
    steps: Annotated[int, typer.Option(help="Steps in all.")] = 1000,
    batch: Annotated[int, typer.Option(help="Examples a step, over all processes.")] = 16,
    micro_batch: Annotated[int, typer.Option(help="Examples at once in one process; 0: its whole share.")] = 0,
    input_length: Annotated[int, typer.Option(help="Encoder tokens of an example, at most 1800.")] = 512,
    objective: Annotated[str, typer.Option(help="t5, span corruption, or ul2, its mixture of denoisers.")] = "t5",
    mode: Annotated[str, typer.Option(help="reference: documents concatenated; document: each masked.")] = "reference",
    lr: Annotated[float, typer.Option(help="Peak learning rate, relative to each matrix's rms.")] = 2e-2,
    schedule: Annotated[str, typer.Option(help="constant, rsqrt, cosine or wsd, after the warm-up.")] = "constant",
    warmup: Annotated[int, typer.Option(help="Steps of linear warm-up.")] = 100,
    decay: Annotated[int, typer.Option(help="Steps of wsd's decay at the end; 0: a fifth.")] = 0,
    optimizer: Annotated[str, typer.Option(help="adamw (scaled by rms) or adafactor.")] = "adamw",
    weight_decay: Annotated[float, typer.Option(help="Decoupled weight decay.")] = 0.0,
    clip: Annotated[float, typer.Option(help="Largest gradient norm.")] = 1.0,
    spike: Annotated[float, typer.Option(help="Deviations from which a loss is rolled back; 0: never.")] = 6.0,
    z_loss: Annotated[float, typer.Option(help="Weight of the z-loss.")] = 1e-4,
    alpha: Annotated[float, typer.Option(help="Languages are mixed by documents ** alpha.")] = 0.3,
    weights: Annotated[str, typer.Option(help="Explicit mixture instead, for example en=2,fr=1.")] = "",
    sources: Annotated[str, typer.Option(help="Sources seen more or less often, for example emea=2,wiki=0.5.")] = "",
    source_alpha: Annotated[float, typer.Option(help="Sources are mixed by tokens ** alpha; 1: as they are.")] = 1.0,
    languages: Annotated[str, typer.Option(help="Only these, comma-separated (default: all).")] = "",
    held_out: Annotated[float, typer.Option(help="Share of documents that are only evaluated.")] = 0.02,
    eval_every: Annotated[int, typer.Option(help="Steps between held-out evaluations; 0: at the end.")] = 100,
    eval_examples: Annotated[int, typer.Option(help="Held-out examples of each language, at most.")] = 64,
    checkpoint_every: Annotated[int, typer.Option(help="Steps between checkpoints; 0: at the end.")] = 100,
    keep: Annotated[int, typer.Option(help="Checkpoints to keep.")] = 2,
    seed: Annotated[int, typer.Option(help="Seed of order, noise and parameters.")] = 0,
    parallel: Annotated[str, typer.Option(help="ddp, or fsdp: split the model over the processes.")] = "ddp",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, fp32 or bf16.")] = "auto",
    attention: Annotated[str, typer.Option(help="auto, sdpa, detached or flex; see train/attention.py.")] = "auto",
    compile: Annotated[bool, typer.Option("--compile", help="Run the blocks through torch.compile.")] = False,
    recompute: Annotated[bool, typer.Option("--recompute", help="Save memory: run the blocks' forward twice.")] = False,
    ray_workers: Annotated[int, typer.Option(help="Run as so many workers of a Ray cluster; 0: here.")] = 0,
    ray_restarts: Annotated[int, typer.Option(help="How often to begin again when a worker is lost.")] = 3,
    tracker: Annotated[str, typer.Option(help="tensorboard, trackio, wandb or none.")] = "tensorboard",
    profile: Annotated[int, typer.Option(help="Steps to profile, after the first three.")] = 0,
    watts: Annotated[float, typer.Option(help="Power of this machine; 0: metered where it can be.")] = 0.0,
    grid: Annotated[float, typer.Option(help="Grams of CO2 a kWh of the grid.")] = WORLD_GRID,
    database: DatabaseUrl = None,
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
    step under way, with a checkpoint, and exit status 143 or 130.
    """
    config = PretrainConfig(
        root=str(root),
        version=version,
        out=str(out),
        size=size,
        init=init,
        tokenizer=tokenizer,
        vocab_size=vocab_size,
        steps=steps,
        batch=batch,
        micro_batch=micro_batch,
        input_length=input_length,
        objective=objective,
        mode=mode,
        lr=lr,
        schedule=schedule,
        warmup=warmup,
        decay=decay,
        optimizer=optimizer,
        weight_decay=weight_decay,
        clip=clip,
        spike=spike,
        z_loss=z_loss,
        alpha=alpha,
        weights=parse_weights(weights),
        sources=parse_weights(sources),
        source_alpha=source_alpha,
        languages=tuple(filter(None, languages.split(","))),
        held_out=held_out,
        eval_every=eval_every,
        eval_examples=eval_examples,
        checkpoint_every=checkpoint_every,
        keep=keep,
        seed=seed,
        parallel=parallel,
        device=device,
        precision=precision,
        attention=attention,
        compile=compile,
        recompute=recompute,
        database=database,
    )
    operation = Operation(tracker, profile, watts, grid)
    if ray_workers:
        from train.on_ray import pretrain_on_ray  # Ray is loaded by who asks for it

        console().print(summary(pretrain_on_ray(config, operation, ray_workers, ray_restarts)))
        return
    with graceful() as stop:
        result = pretrain(config, operation, stop)
    done = result.steps == config.steps
    if os.environ.get("RANK", "0") == "0":
        console().print(summary(result) if done else f"stopped at step {result.steps}; the same command goes on")
    if not done:
        raise typer.Exit(stop.exit_status)


def parse_weights(text: str) -> dict[str, float]:
    """Language weights of "en=2,fr=1"; empty for an empty text."""
    weights = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            weights[name.strip()] = float(value)
        except ValueError:
            raise InputError(f"weight {part!r} is not LANGUAGE=NUMBER, for example en=2") from None
        if not math.isfinite(weights[name.strip()]):
            raise InputError(f"weight {part!r} is not a finite number")
    return weights


def summary(result: PretrainResult) -> Table:
    """The run in a few lines."""
    table = Table(show_header=False, box=None)
    table.add_row("training loss", f"{result.first_loss:.3f} → {result.last_loss:.3f}")
    for language, loss in result.losses.items():
        table.add_row(f"held-out loss {language}", f"{loss:.3f}")
    table.add_row("plot", str(result.loss_plot))
    table.add_row("model", str(result.export_dir))
    return table


if __name__ == "__main__":
    run(app)
