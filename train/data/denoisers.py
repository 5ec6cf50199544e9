"""What is hidden from the model: T5's span corruption, or UL2's mixture of denoisers (Tay et al. 2022, 2205.05131)."""

import dataclasses
import math

from train.data.corrupt import SHORTEST, Corruption, Noise, counts, raw_length


@dataclasses.dataclass(frozen=True)
class Denoiser:
    """One kind of corruption and its share of the examples. `mode`: R (regular), S (the end is hidden), X (extreme)."""

    mode: str
    noise: Noise
    weight: float

    def corruption(
        self, input_length: int, sentinels: tuple[int, ...], eos_id: int, prefixes: dict[str, int]
    ) -> Corruption:
        """Corruption whose inputs fill `input_length`, or as much of it as there are sentinels for.

        `prefixes`: the ids of "[R]", "[S]", "[X]" that the tokenizer has; without one there is no prefix.
        """
        prefix = prefixes.get(f"[{self.mode}]")
        longest = raw_length(input_length - (prefix is not None), self.noise)
        while self.mode == "X" and longest > SHORTEST and counts(longest, self.noise)[1] > len(sentinels):
            longest -= 1
        return Corruption(self.noise, sentinels, eos_id, longest, prefix)


T5 = (Denoiser("R", Noise(), 1.0),)

# Densities and spans of the paper's table 1, shares of FAT5 (catie-aq/flashT5), where S has a third.
UL2 = (
    Denoiser("R", Noise(0.15, 3.0), 0.165),
    Denoiser("R", Noise(0.15, 8.0), 0.165),
    Denoiser("S", Noise(0.25, math.inf), 0.34),
    Denoiser("X", Noise(0.5, 3.0), 0.0825),
    Denoiser("X", Noise(0.5, 8.0), 0.0825),
    Denoiser("X", Noise(0.15, 64.0), 0.0825),
    Denoiser("X", Noise(0.5, 64.0), 0.0825),
)

OBJECTIVES = {"t5": T5, "ul2": UL2}
