"""Pretraining mT5 on a version: one loop, which goes on from the run's last checkpoint.

On a CPU a resumed run has the losses of an unbroken one to the bit (same torch, same number of threads and processes).
On a GPU it has them to rounding: torch's default kernels there add in no fixed order.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from shards.commands import console
from shards.errors import InputError
from train.checkpoint import Checkpoints
from train.checkpoint_folder import State, steps
from train.data.stream import Batch
from train.distributed import Group, accumulating, join, lay_out, release, whole
from train.evaluate import held_out_losses
from train.export import export
from train.flops import step_flops
from train.loss import batch_loss
from train.optim import OPTIMIZERS
from train.prepare import Data, build_model, prepare
from train.rundir import RunDir
from train.schedule import Schedule
from train.settings import PretrainConfig, PretrainResult
from train.watch.card import card
from train.watch.guard import Guard
from train.watch.observer import Observer
from train.watch.operate import Operation
from train.watch.plot import plot_losses
from train.watch.progress import progress_bar


class Run:
    """A run under way. `step` counts the steps done, `skipped` those whose examples a roll-back left out."""

    def __init__(self, config: PretrainConfig, group: Group, folder: RunDir, data: Data):
        if config.batch % group.world:
            raise InputError(f"batch {config.batch} cannot be shared by {group.world} processes; give a multiple")
        self.config, self.group, self.folder, self.data = config, group, folder, data
        self.share = config.batch // group.world
        self.micro_batch = min(config.micro_batch or self.share, self.share)
        self.schedule = Schedule(config.schedule, config.lr, config.warmup, config.steps, config.decay)
        self.checkpoints = Checkpoints(folder.checkpoints, config.keep, group)
        self._begin()

    def _begin(self) -> None:
        config, group = self.config, self.group
        self.model = build_model(config, self.data.tokens, group.device)
        self.shared = lay_out(self.model, config.parallel, group)
        sums = group.sum if config.parallel == "fsdp" else lambda here: here
        self.optimizer = OPTIMIZERS[config.optimizer](self.model, sums, config.weight_decay)
        stream = self.data.stream
        self.flops = step_flops(self.model.config, config.batch, stream.input_length, stream.target_length)
        self.step, self.skipped = 0, 0
        self.held_out: float | None = None  # mean over the languages, of the last step

    def advance(self) -> dict:
        """Do the next step; its record. Parameters and moments are those after it, whatever the record says."""
        began = time.perf_counter()
        batches = [self._tensors(batch) for batch in self._batches()]
        first = (self.step + self.skipped) * self.config.batch
        target_tokens = self.data.stream.target_tokens(first, first + self.config.batch)
        languages = self.data.stream.languages
        sums = torch.zeros(len(languages), 2, dtype=torch.float64, device=self.group.device)
        for number, (inputs, targets, rows, scored, *segments) in enumerate(batches, 1):
            with accumulating(self.shared, number < len(batches)):
                loss, nll = batch_loss(self.shared, inputs, targets, target_tokens, self.config.z_loss, *segments)
                loss.backward()
            sums.index_add_(0, rows, torch.stack([nll.double(), scored.double()], dim=1))
        norm = self.optimizer.gradient_norm()
        self.step, self.held_out = self.step + 1, None
        lr = self.schedule.at(self.step)
        self.optimizer.step(lr, (self.config.clip / (norm + 1e-6)).clamp(max=1.0))
        totals = self.group.sum(sums).tolist()  # waits for the device, so the time is the step's
        seconds = time.perf_counter() - began
        named = zip(languages, totals, strict=True)
        return {
            "step": self.step,
            "loss": sum(nll for nll, _ in totals) / target_tokens,
            "languages": {name: nll / count for name, (nll, count) in named if count},
            "lr": lr,
            "gradient_norm": norm.item(),
            "examples": self.step * self.config.batch,
            **({"skipped": self.skipped} if self.skipped else {}),
            "tokens": round(self.step * self.config.batch * self.data.stream.tokens),
            "input_tokens_per_second": round(self.config.batch * self.data.stream.input_length / seconds),
            "flops_per_second": round(self.flops / seconds / self.group.world),  # of each process
        }

    def _batches(self) -> list[Batch]:
        """This process's share of the next step's examples, in micro-batches: a pure function of step and skipped."""
        first = (self.step + self.skipped) * self.config.batch + self.group.rank * self.share
        end = first + self.share
        starts = range(first, end, self.micro_batch)
        return [self.data.stream.batch(start, min(start + self.micro_batch, end)) for start in starts]

    def _tensors(self, batch: Batch) -> tuple[torch.Tensor, ...]:
        arrays = [batch.inputs, batch.targets, batch.languages, batch.scored]
        if batch.input_segments is not None:
            arrays += [batch.input_segments, batch.target_segments]
        return tuple(torch.from_numpy(array).to(self.group.device) for array in arrays)

    def evaluate(self) -> dict[str, float]:
        """Held-out loss of each language."""
        losses = held_out_losses(self.shared, self.data.held_out, self.micro_batch, self.group)
        release(self.shared)
        self.held_out = sum(losses.values()) / len(losses) if losses else None
        return losses

    def save(self) -> None:
        """Begin to write a checkpoint of the steps done."""
        state = State(self.step, self.skipped, self.schedule.at(self.step), self.held_out)
        self._report(self.checkpoints.save(state, self._tensors_to_keep()))

    def settle(self) -> None:
        """Wait until the last checkpoint is on the disk."""
        self._report(self.checkpoints.wait())

    def restore(self) -> None:
        """Go to the last checkpoint, or to the beginning when there is none; later metrics are dropped."""
        self.settle()
        done = max(steps(self.folder.checkpoints), default=0)
        if done:
            state = self.checkpoints.load(done, self._tensors_to_keep())
            if state.lr != (lr := self.schedule.at(done)):
                raise InputError(
                    f"step {done} was made with learning rate {state.lr}, the schedule has {lr} there: "
                    "give --steps and --decay as before, or delete the checkpoints since the two part"
                )
            self.step, self.skipped, self.held_out = done, state.skipped, state.held_out
            self.optimizer.steps = done
        elif self.step:
            self._begin()
        if self.group.leads:
            self.folder.keep_until(done)
        self.group.wait()

    def _tensors_to_keep(self) -> dict[str, torch.Tensor]:
        parameters = {f"model.{name}": value.detach() for name, value in self.optimizer.parameters.items()}
        return parameters | {f"optimizer.{name}": value for name, value in self.optimizer.state().items()}

    def _report(self, failure: str | None) -> None:
        if failure and self.group.leads:
            console(stderr=True).print(f"warning: {failure}", soft_wrap=True, highlight=False, markup=False)

    def roll_back(self) -> int:
        """Go to the last checkpoint and leave out the examples of all steps since; the step to go on from."""
        failed, skipped = self.step, self.skipped
        self.restore()
        self.skipped = skipped + failed - self.step
        return self.step

    def finish(self) -> PretrainResult:
        """Plot and export, if all steps are done, and sum up."""
        if self.step == self.config.steps:
            self._export()
        return self.folder.result()

    def _export(self) -> None:
        model = whole(self.model, self.optimizer.parameters, self.group)
        if model is not None:
            title = f"mT5 {self.config.size} on {self.config.version} ({self.data.version})"
            plot_losses(self.folder.metrics(), self.folder.loss_plot, title)
            beside = {"README.md": card(self, model).encode(), "loss.png": self.folder.loss_plot.read_bytes()}
            export(self.folder.export, model, self.data.tokens, beside)
        self.group.wait()


def train(run: Run, observers: Sequence[Observer], stopping: Callable[[], bool] = lambda: False) -> None:
    """All steps that are left, or until some process is `stopping` or the file `stop` is in the run's folder.

    Then there is a checkpoint of the last step.
    """
    if run.group.leads:
        run.folder.stop.unlink(missing_ok=True)  # of an earlier session
    for observer in observers:
        observer.begin(run)
    try:
        _train(run, observers, stopping)
    finally:
        run.settle()  # an error, too, leaves the last checkpoint on the disk
        for observer in observers:
            observer.end(run)


def _train(run: Run, observers: Sequence[Observer], stopping: Callable[[], bool]) -> None:
    config, guard = run.config, Guard(run.config.spike)
    guard.begin(run.folder.metrics())
    while run.step < config.steps:
        record = run.advance()
        reason = guard.verdict(record)
        if run.group.any(reason is not None):  # the leading process has the metrics, so it is the one that judges
            failed, reason = run.step, reason or f"a spike at step {run.step}"
            guard.went_back(run.roll_back(), reason)
            for observer in observers:
                observer.went_back(run, failed, reason)
            continue
        last = run.step == config.steps
        stop = run.group.any(stopping() or (run.group.leads and run.folder.stop.exists()))
        if last or due(config.eval_every, run.step):
            record["held_out"] = run.evaluate()
        if run.group.leads:
            run.folder.log(record)
        if last or stop or due(config.checkpoint_every, run.step):
            run.save()
        for observer in observers:
            observer.step(run, record)
        if stop:
            return


def due(every: int, step: int) -> bool:
    """Whether something that is done every so many steps is done after this one; 0 is never."""
    return every > 0 and step % every == 0


def pretrain(
    config: PretrainConfig, operation: Operation | None = None, stopping: Callable[[], bool] = lambda: False
) -> PretrainResult:
    """Run, or resume, a pretraining run to its last step; plot its losses and export the model.

    A run that was stopped before its last step has a checkpoint, no plot and no model; the same call resumes it.
    """
    operation = operation or Operation()
    group = join(config.device)
    try:
        with progress_bar(disable=not group.leads) as bar:
            folder = RunDir(Path(config.out))
            run = Run(config, group, folder, prepare(config, group, folder, bar))
            run.restore()
            train(run, operation.observers(run, bar), stopping)
            return run.finish()
    finally:
        group.leave()
