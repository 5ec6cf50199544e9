"""The learning rate of every step, as a pure function of its number."""

import dataclasses
import math
from typing import Literal


@dataclasses.dataclass(frozen=True)
class Schedule:
    """A linear warm-up to `peak`, then one of four ways.

    constant: Medical mT5's. rsqrt: falls with the inverse square root of the step, as mT5 itself was trained.
    cosine: half a cosine to 0 at `steps`. wsd: constant, then over the last `decay` steps to 0 as
    1 - sqrt(progress) (arXiv 2405.18392); a checkpoint from before the decay can go on to any number of steps.
    """

    kind: Literal["constant", "rsqrt", "cosine", "wsd"]
    peak: float
    warmup: int
    steps: int
    decay: int = 0  # wsd: 0 is a fifth of `steps`

    def at(self, step: int) -> float:
        """Learning rate of step 1, 2, 3 ..."""
        return self.peak * min(1.0, step / max(1, self.warmup)) * self._shape(step)

    def _shape(self, step: int) -> float:
        if self.kind == "rsqrt":
            return math.sqrt(max(1, self.warmup) / max(step, self.warmup, 1))
        if self.kind == "cosine":
            return 0.5 * (1 + math.cos(math.pi * self._part(step, self.warmup)))
        if self.kind == "wsd":
            return 1 - math.sqrt(self._part(step, self.steps - (self.decay or max(1, self.steps // 5))))
        return 1.0

    def _part(self, step: int, start: int) -> float:
        """How much of the way from `start` to the last step is done, 0 to 1."""
        return min(1.0, max(0, step - start) / max(1, self.steps - start))
