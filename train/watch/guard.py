"""What is not let pass: losses that are not finite, and spikes. The run goes back to its last checkpoint.

As in OLMo-core a spike is a loss more than six standard deviations above the mean of the last 128 steps; here also a
tenth above it. As PaLM (arXiv 2204.02311, section 5.1) the examples between checkpoint and spike are left out, since
the same examples from the same parameters give the same spike. The verdict is a function of the losses in metrics.jsonl
alone, so a resumed run comes to it again.
"""

import math

import numpy as np

from shards.errors import InputError

WINDOW, LEAST = 128, 32  # steps that are looked back on, and the fewest of them that can judge
RISE = 0.1  # of the mean: less is no spike, however even the losses were
MOST = 3  # times that a run goes back to one checkpoint


class Guard:
    """Judges each step by its record. `deviations` 0: nothing is rolled back, and what is not finite ends the run."""

    def __init__(self, deviations: float):
        self.deviations = deviations
        self._losses: dict[int, float] = {}
        self._returns: dict[int, int] = {}

    def begin(self, records) -> None:
        """Take up the losses of the run so far, records of metrics.jsonl."""
        self._losses = {record["step"]: record["loss"] for record in records}

    def verdict(self, record: dict) -> str | None:
        """Why to go back, or None: the loss counts from now on. `InputError` where going back is not asked for."""
        step, loss, norm = record["step"], record["loss"], record["gradient_norm"]
        before = [self._losses[one] for one in range(max(1, step - WINDOW), step) if one in self._losses]
        if not (math.isfinite(loss) and math.isfinite(norm)):
            reason = f"loss is {loss} and the gradient's norm {norm} at step {step}"
            if not self.deviations:
                raise InputError(f"{reason}: give a smaller --lr or a longer --warmup and a new --out")
            return reason
        if self.deviations and len(before) >= LEAST:
            mean, deviation = float(np.mean(before)), float(np.std(before))
            if loss > mean + max(self.deviations * deviation, RISE * mean):
                return f"loss is {loss:.3f} at step {step}, after a mean of {mean:.3f} ± {deviation:.3f}"
        self._losses[step] = loss
        return None

    def went_back(self, step: int, reason: str) -> None:
        """Count that the run went back to `step`; `InputError` when that has not helped `MOST` times."""
        self._returns[step] = self._returns.get(step, 0) + 1
        if self._returns[step] > MOST:
            raise InputError(
                f"{reason}, after {MOST} returns to step {step} with other examples: "
                "give a smaller --lr or a longer --warmup and a new --out"
            )
