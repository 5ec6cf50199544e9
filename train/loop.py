"""Pretraining mT5 on a version: one loop, which goes on from the run's last checkpoint.

On a CPU a resumed run has the losses of an unbroken one to the bit (same torch, same number of threads). On a GPU it
has them to rounding: torch's default kernels there add in no fixed order.
"""

import math
import time
from pathlib import Path

import numpy as np
import torch
from rich.progress import Progress

from shards.errors import InputError
from train import checkpoint
from train import tokens as token_shards
from train.commands import choose_languages, open_version, progress_bar
from train.convert import load_pretrained
from train.corrupt import Noise
from train.data import ExampleStream, held_out_examples, split
from train.distributed import Group, join
from train.evaluate import Examples, held_out_losses
from train.export import export
from train.loss import batch_loss
from train.mixture import temperature_weights
from train.model import MT5, preset
from train.optim import AdamWScaled, Schedule, gradient_norm
from train.permute import key_of
from train.plot import plot_losses
from train.rundir import RunDir
from train.settings import PretrainConfig, PretrainResult
from train.tokenizer import Tokenizer

PADDED_ROWS = 128  # the embedding's rows are a multiple of this, as in mT5 (250,112 rows for 250,100 ids)


def pretrain(config: PretrainConfig) -> PretrainResult:
    """Run, or resume, a pretraining run to its last step; plot its losses and export the model."""
    group = join(config.device)
    try:
        with progress_bar(disable=not group.leads) as bar:
            return _pretrain(config, group, bar)
    finally:
        group.leave()


def _pretrain(config: PretrainConfig, group: Group, bar: Progress) -> PretrainResult:
    if config.batch % group.world:
        raise InputError(f"batch {config.batch} cannot be shared by {group.world} processes; give a multiple")
    run = RunDir(Path(config.out))
    tokens, stream, held_out, version = prepare(config, group, run, bar)
    model = build_model(config, tokens, precision(config.precision, group.device)).to(group.device)
    optimizer = AdamWScaled(model, decay=config.weight_decay)
    schedule = Schedule(config.schedule, config.lr, config.warmup, config.steps)

    done = max(checkpoint.steps(run.checkpoints), default=0)
    if done:
        checkpoint.load(run.checkpoints, done, model, optimizer)
    if group.leads:
        run.keep_until(done)
    group.wait()

    share = config.batch // group.world
    micro = min(config.micro_batch or share, share)
    target_tokens = config.batch * stream.target_length
    task = bar.add_task("train", total=config.steps, completed=done, note="")
    for step in range(done + 1, config.steps + 1):
        began = time.perf_counter()
        first = (step - 1) * config.batch + group.rank * share
        sums = torch.zeros(len(stream.languages), 2, dtype=torch.float64, device=group.device)
        for start in range(first, first + share, micro):
            batch = stream.batch(start, min(start + micro, first + share))
            inputs, targets = (torch.from_numpy(ids).to(group.device) for ids in (batch.inputs, batch.targets))
            loss, nll = batch_loss(model, inputs, targets, target_tokens, config.z_loss)
            loss.backward()
            rows = torch.from_numpy(batch.languages).to(group.device)
            sums.index_add_(0, rows, torch.stack([nll, torch.full_like(nll, targets.shape[1])], dim=1).double())
        group.sum_gradients(model)
        norm = gradient_norm(model)
        totals = group.sum(sums).tolist()
        mean = sum(nll for nll, _ in totals) / target_tokens
        if not (math.isfinite(mean) and math.isfinite(norm)):
            raise InputError(
                f"loss is {mean} and the gradient's norm {norm.item()} at step {step}: "
                "give a smaller --lr or a longer --warmup and a new --out"
            )
        lr = schedule.at(step)
        optimizer.step(lr, (config.clip / (norm + 1e-6)).clamp(max=1.0))

        record = {
            "step": step,
            "loss": mean,
            "languages": {
                name: nll / count for name, (nll, count) in zip(stream.languages, totals, strict=True) if count
            },
            "lr": lr,
            "gradient_norm": norm.item(),
            "examples": step * config.batch,
            "tokens": step * config.batch * stream.raw,
        }
        last = step == config.steps
        if last or (config.eval_every and step % config.eval_every == 0):
            record["held_out"] = held_out_losses(model, held_out, micro, group)
        speed = config.batch * stream.input_length / (time.perf_counter() - began)
        if group.leads:
            run.log(record | {"input_tokens_per_second": round(speed)})
            if last or (config.checkpoint_every and step % config.checkpoint_every == 0):
                checkpoint.save(run.checkpoints, step, model, optimizer, config.keep)
        bar.update(task, completed=step, note=f"loss {mean:.3f} · {speed:,.0f} tokens/s")

    return finish(config, group, run, model, tokens, version)


def prepare(
    config: PretrainConfig, group: Group, run: RunDir, bar: Progress
) -> tuple[Tokenizer, ExampleStream, Examples, str]:
    """Tokenizer, training stream, held-out examples and the version's id. The leading process makes what is missing."""
    corpus = open_version(config.root, config.version, config.database)
    languages = choose_languages(corpus, config.languages or tuple(config.weights))
    fixed = config.fixed() | {"version_id": corpus.manifest.id}
    fixed["dtype"] = str(precision(config.precision, group.device))
    if group.leads:
        run.check(fixed)  # before the work
    else:
        group.wait()  # until the leading process has made everything; then all is found
    tokens = token_shards.obtain_tokenizer(
        corpus, config.tokenizer, languages, config.training(), run.path / "tokenizer", bar
    )
    fixed["tokenizer_digest"] = tokens.digest
    if group.leads:
        run.check(fixed)
    blobs = token_shards.tokenise(corpus, tokens, languages, bar)
    if group.leads:
        run.claim(fixed | {"tokens_digest": token_shards.digest(blobs)})
    store = token_shards.localise(corpus.store, blobs, run.path / "tokens")
    if group.leads:
        group.wait()

    noise = Noise()
    parts = {
        language: split([token_shards.read(store, blob) for blob in blobs[language]], config.held_out)
        for language in languages
    }
    train = {language: documents for language, (documents, _) in parts.items()}
    sizes = {name: len(documents.length) for name, documents in train.items()}
    weights = config.weights or temperature_weights(sizes, config.alpha)
    stream = ExampleStream(train, weights, config.input_length, tokens.sentinels, tokens.eos_id, config.seed, noise)
    held_out = {
        language: held_out_examples(
            language, documents, stream.raw, config.eval_examples, tokens.sentinels, tokens.eos_id, noise
        )
        for language, (_, documents) in parts.items()
    }
    return tokens, stream, held_out, corpus.manifest.id


def build_model(config: PretrainConfig, tokens: Tokenizer, dtype: torch.dtype) -> MT5:
    """A fresh model of the size, or the one to go on from, which must have a row for every id of the tokenizer."""
    if config.init == "random":
        rows = -(-tokens.size // PADDED_ROWS) * PADDED_ROWS
        return MT5(preset(config.size, rows), dtype).initialise(key_of(config.seed, "model"))
    model = load_pretrained(Path(config.init), dtype)
    if model.config.vocab_size < tokens.size:
        raise InputError(
            f"{config.init} has {model.config.vocab_size} rows, the tokenizer {tokens.size} ids: "
            "give the model's own tokenizer with --tokenizer"
        )
    return model


def precision(name: str, device: torch.device) -> torch.dtype:
    """What the model computes in; auto is bfloat16 on a GPU that has it (float16 overflows in mT5), else float32."""
    if name == "auto":
        name = "bf16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "fp32"
    return torch.bfloat16 if name == "bf16" else torch.float32


def finish(
    config: PretrainConfig, group: Group, run: RunDir, model: MT5, tokens: Tokenizer, version: str
) -> PretrainResult:
    """Plot, export and sum up."""
    if group.leads:
        plot_losses(run.metrics(), run.loss_plot, f"mT5 {config.size} on {config.version} ({version})")
        export(run.export, model, tokens)
    group.wait()
    records = list(run.metrics())
    held_out = [record["held_out"] for record in records if "held_out" in record]
    edge = max(1, min(10, len(records) // 4))
    first, last = (float(np.mean([one["loss"] for one in part])) for part in (records[:1], records[-edge:]))
    return PretrainResult(run.path, run.loss_plot, run.export, first, last, held_out[-1] if held_out else {})
